//! VPD page 83: no bytes panic, and what is read is an identity that prints and reads again, and that a
//! page of ours says as well.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npivot_fabric::array::scsi::{Product, vpd_83};
use npivot_hal::{LunId, Wwpn, scsi::vpd_83 as parse_vpd_83};

fuzz_target!(|bytes: &[u8]| {
    let Ok(identity) = parse_vpd_83(bytes) else { return };
    assert_eq!(identity.to_string().parse::<LunId>().as_ref(), Ok(&identity));
    let port = Wwpn::new(0x5006_0160_41e0_aa00).expect("not zero");
    assert_eq!(parse_vpd_83(&vpd_83(&Product::default(), &identity, "42", port, 1)).as_ref(), Ok(&identity));
});
