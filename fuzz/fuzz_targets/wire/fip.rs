//! FIP messages: descriptor lists of any order, length and number.
#![no_main]

#[macro_use]
mod stable;

use libfuzzer_sys::fuzz_target;
use npivot_wire::fc2::MAX_DATA_BYTES;
use npivot_wire::fip::Message;

fuzz_target!(|bytes: &[u8]| {
    if bytes.len() > MAX_DATA_BYTES {
        return;
    }
    stable!(Message::decode, bytes);
    match Message::decode(bytes) {
        Ok(Message::ClearVirtualLink(message)) => {
            assert!(message.vn_ports.iter().count() <= bytes.len() / 20);
        }
        Ok(Message::VlanNotification(message)) => {
            assert!((1..=bytes.len() / 4).contains(&message.vlans.iter().count()));
        }
        _ => {}
    }
});
