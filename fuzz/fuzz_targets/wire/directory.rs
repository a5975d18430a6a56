//! Common transport and the name server. The first two bytes are the command that an answer answers, the
//! rest is a message.
#![no_main]

#[macro_use]
mod stable;

use libfuzzer_sys::fuzz_target;
use npivot_wire::ct::directory::{Answer, Command, Query};
use npivot_wire::ct::{Outcome, Reply, Request};
use npivot_wire::fc2::MAX_DATA_BYTES;

fuzz_target!(|bytes: &[u8]| {
    let [high, low, message @ ..] = bytes else { return };
    if message.len() > MAX_DATA_BYTES {
        return;
    }
    let command = Command(u16::from_be_bytes([*high, *low]));
    stable!(Request::decode, message);
    stable!(Reply::decode, message);
    stable!(|bytes| Query::decode(command, bytes), message);
    if Request::decode(message).is_ok() {
        assert!(Request::command_of(message).is_ok());
    }
    if let Ok(Reply { outcome: Outcome::Accept(body), .. }) = Reply::decode(message) {
        stable!(|bytes| Answer::decode(command, bytes), body);
        if let Ok(Answer::PortNames(list)) = Answer::decode(command, body) {
            assert_eq!((list.len(), list.iter().count()), (body.len() / 16, body.len() / 16));
        }
    }
});
