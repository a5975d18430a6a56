//! What devices answer: no bytes panic a decoder, none reads more than came, and an identity that is read
//! prints and reads again, and is one that a page of ours says as well.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npivot_fabric::array::scsi::{PortDesignators, Product, vpd_83 as page_of};
use npivot_hal::{LunId, Wwpn, scsi};

fuzz_target!(|bytes: &[u8]| {
    let _ = (scsi::inquiry(bytes), scsi::vpd_00(bytes), scsi::vpd_80(bytes));
    let _ = (scsi::read_capacity_10(bytes), scsi::read_capacity_16(bytes));
    let _ = (scsi::read_keys(bytes), scsi::read_reservation(bytes), scsi::Sense::decode(bytes));
    if let Ok(list) = scsi::report_luns(bytes) {
        assert!(list.luns.len() <= bytes.len() / 8);
    }
    let Ok(identity) = scsi::vpd_83(bytes) else { return };
    assert_eq!(identity.to_string().parse::<LunId>().as_ref(), Ok(&identity));
    let wwpn = Wwpn::new(0x5006_0160_41e0_aa00).expect("not zero");
    let port = PortDesignators { wwpn, relative: 1, group: 1 };
    let page = page_of(&Product::default(), &identity, "42", port);
    assert_eq!(scsi::vpd_83(&page).as_ref(), Ok(&identity));
});
