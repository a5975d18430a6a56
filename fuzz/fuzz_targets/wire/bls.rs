//! Basic link services. The first byte is the R_CTL, the rest is the payload.
#![no_main]

#[macro_use]
mod stable;

use libfuzzer_sys::fuzz_target;
use npivot_wire::bls::Bls;
use npivot_wire::fc2::{MAX_DATA_BYTES, RCtl};

fuzz_target!(|bytes: &[u8]| {
    let [r_ctl, payload @ ..] = bytes else { return };
    if payload.len() > MAX_DATA_BYTES {
        return;
    }
    stable!(|bytes| Bls::decode(RCtl(*r_ctl), bytes), payload);
});
