//! Fabric device management. The first two bytes are a command, the rest is what follows the preamble of a
//! request or of an answer with it.
#![no_main]

#[macro_use]
mod stable;

use libfuzzer_sys::fuzz_target;
use npivot_wire::ct::fdmi::{Answer, Command, Query};
use npivot_wire::fc2::MAX_DATA_BYTES;

fuzz_target!(|bytes: &[u8]| {
    let [high, low, body @ ..] = bytes else { return };
    if body.len() > MAX_DATA_BYTES {
        return;
    }
    let command = Command(u16::from_be_bytes([*high, *low]));
    stable!(|bytes| Query::decode(command, bytes), body);
    stable!(|bytes| Answer::decode(command, bytes), body);
    if let Ok(Query::RegisterHba(_, ports, attributes)) = Query::decode(command, body) {
        assert_eq!(attributes.iter().count(), attributes.len());
        assert!(ports.len() * 8 + attributes.len() * 4 <= body.len());
    }
});
