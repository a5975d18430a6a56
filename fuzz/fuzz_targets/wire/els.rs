//! Extended link services. The first byte is the command that a reply answers, the rest is a payload.
#![no_main]

#[macro_use]
mod stable;

use libfuzzer_sys::fuzz_target;
use npivot_wire::els::{Accept, Command, Els, Reply};
use npivot_wire::fc2::MAX_DATA_BYTES;
use npivot_wire::{DecodeError, List};

/// The accept in a reply to this command.
fn accept(command: Command, payload: &[u8]) -> Result<Accept<'_>, DecodeError> {
    match Reply::decode(payload)?.accept(command)? {
        Some(accept) => Ok(accept),
        None => Ok(Accept::Pages(List::new(&[]))),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let [command, payload @ ..] = bytes else { return };
    if payload.len() > MAX_DATA_BYTES {
        return;
    }
    stable!(Els::decode, payload);
    stable!(Reply::decode, payload);
    if let Ok(Reply::Accept(_)) = Reply::decode(payload) {
        stable!(|bytes| accept(Command(*command), bytes), payload);
    }
    if let Ok(Els::Rscn(rscn)) = Els::decode(payload) {
        assert!(rscn.affected.len() <= payload.len() / 4);
    }
});
