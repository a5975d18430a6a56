//! Decoders on whole answers.

use crate::scsi::{
    DecodeError, Inquiry, Sense, SenseKey, cdb, inquiry, read_capacity_10, read_capacity_16,
    read_keys, read_reservation, report_luns, vpd_00, vpd_80, vpd_83,
};
use crate::{Capacity, Lun, Reservation, ReservationKind};

/// Standard INQUIRY data of a disk as Linux 6.1 keeps it in sysfs: 96 bytes.
pub(super) fn captured_inquiry() -> Vec<u8> {
    let mut data = vec![0x00, 0x00, 0x06, 0x02, 0x5b, 0x00, 0x00, 0x02];
    data.extend(b"PROBE   SIM FC DISK     0001");
    data.resize(96, 0);
    data
}

/// VPD page 80 of the same disk.
pub(super) const PAGE_80: &[u8] = b"\x00\x80\x00\x11SIM00C90002010000";
/// VPD page 83 of the same disk: its own name, its port's, and the port's relative number.
pub(super) const PAGE_83: &[u8] = &[
    0x00, 0x83, 0x00, 0x20, 0x01, 0x03, 0x00, 0x08, 0x50, 0x00, 0x0c, 0x90, 0x02, 0x01, 0x00, 0x00,
    0x61, 0x93, 0x00, 0x08, 0x50, 0x00, 0x00, 0x00, 0xc9, 0x00, 0x02, 0x01, 0x61, 0x94, 0x00, 0x04,
    0x00, 0x00, 0x00, 0x01,
];

#[test]
fn a_captured_disk() {
    let disk = inquiry(&captured_inquiry()).unwrap();
    let expected = Inquiry {
        qualifier: 0,
        device_type: 0,
        vendor: "PROBE".into(),
        product: "SIM FC DISK".into(),
        revision: "0001".into(),
    };
    assert_eq!(disk, expected);
    assert!(disk.is_connected() && disk.has_blocks());
    assert_eq!(vpd_00(&[0, 0, 0, 5, 0x00, 0x80, 0x83, 0xb0, 0xb1]).unwrap().len(), 5);
    assert_eq!(vpd_80(PAGE_80).unwrap().as_deref(), Some("SIM00C90002010000"));
    assert_eq!(vpd_83(PAGE_83).unwrap().to_string(), "naa.50000c9002010000");
}

#[test]
fn text_is_made_as_linux_makes_it() {
    let mut data = captured_inquiry();
    data[8..16].copy_from_slice(b"\x01AB\xffC\0DE");
    assert_eq!(inquiry(&data).unwrap().vendor, "AB C");
    assert_eq!(vpd_80(b"\0\x80\0\x04    ").unwrap(), None, "blank: none to tell");
}

#[test]
fn where_there_is_no_unit() {
    let mut data = captured_inquiry();
    data[0] = 0x7f;
    let none = inquiry(&data).unwrap();
    assert_eq!((none.qualifier, none.device_type), (3, 0x1f));
    assert!(!none.is_connected() && !none.has_blocks());
}

#[test]
fn pages_that_are_not_what_they_should_be() {
    let wrong = vpd_80(&[0, 0x83, 0, 0]).unwrap_err();
    assert_eq!(
        wrong.to_string(),
        "VPD page 80 has 0x83 at byte 1 where the code of this page was expected"
    );
    let short = vpd_80(&[0, 0x80, 0, 9, b'1']).unwrap_err();
    assert_eq!(short, DecodeError::Truncated { what: "VPD page 80", at: 5, missing: 8 });
    assert_eq!(
        inquiry(&[0; 35]).unwrap_err().to_string(),
        "INQUIRY data is cut off: 1 bytes are missing at byte 0"
    );
}

#[test]
fn lists_of_luns() {
    let wire = |n| Lun::from_number(n).unwrap();
    let three = [wire(0), wire(7), wire(300)];
    let whole: Vec<u8> = [0, 0, 0, 24, 0, 0, 0, 0]
        .into_iter()
        .chain(three.iter().flat_map(|lun| lun.to_wire()))
        .collect();
    let list = report_luns(&whole).unwrap();
    assert_eq!((list.luns.as_slice(), list.missing, list.needed_bytes()), (&three[..], 0, 32));
    let cut = report_luns(&whole[..31]).unwrap();
    assert_eq!((cut.luns.len(), cut.missing, cut.needed_bytes()), (2, 1, 32));
    let more = [&whole[..], &[9; 16]].concat();
    assert_eq!(report_luns(&more).unwrap(), list, "what is beyond the list is none of it");
    assert!(report_luns(&[0, 0, 0, 9, 0, 0, 0, 0]).is_err());
    let huge = report_luns(&[0xff, 0xff, 0xff, 0xf8, 0, 0, 0, 0]).unwrap();
    assert_eq!((huge.luns.len(), huge.missing), (0, 0x1fff_ffff));
}

#[test]
fn capacities() {
    let ten = |last: u32, length: u32| [last.to_be_bytes(), length.to_be_bytes()].concat();
    let small = Some(Capacity { blocks: 2_048, block_bytes: 512 });
    assert_eq!(read_capacity_10(&ten(2_047, 512)), Ok(small));
    assert_eq!(read_capacity_10(&ten(u32::MAX, 512)), Ok(None), "ask with (16)");
    assert!(read_capacity_10(&ten(1, 0)).is_err());
    let mut sixteen = [0; 32];
    sixteen[3..12].copy_from_slice(&[1, 0, 0, 0, 0, 0, 0, 0x10, 0]);
    let large = Capacity { blocks: (1 << 32) + 1, block_bytes: 4_096 };
    assert_eq!(read_capacity_16(&sixteen), Ok(large));
    sixteen[..8].fill(0xff);
    assert!(read_capacity_16(&sixteen).is_err(), "2^64 blocks cannot be counted");
}

#[test]
fn reservations() {
    let keys = [&[0, 0, 0, 5, 0, 0, 0, 16][..], &[1; 8], &[2; 8]].concat();
    let found = read_keys(&keys).unwrap();
    let expected = vec![0x0101_0101_0101_0101, 0x0202_0202_0202_0202];
    assert_eq!((found.generation, found.keys, found.missing), (5, expected, 0));
    assert_eq!(read_keys(&keys[..20]).unwrap().missing, 1);
    assert!(read_keys(&[0, 0, 0, 5, 0, 0, 0, 3]).is_err());

    assert_eq!(read_reservation(&[0, 0, 0, 5, 0, 0, 0, 0]), Ok(None));
    let mut held = vec![0, 0, 0, 5, 0, 0, 0, 16];
    held.extend([0, 0, 0, 0, 0, 0, 0, 0x2a, 0, 0, 0, 0, 0, 0x05, 0, 0]);
    let kind = ReservationKind::WriteExclusiveRegistrantsOnly;
    assert_eq!(read_reservation(&held), Ok(Some(Reservation { key: 42, kind })));
    assert!(read_reservation(&held[..23]).is_err());
    held[7] = 8;
    assert!(read_reservation(&held).is_err(), "half a reservation");
}

#[test]
fn sense_data() {
    let mut fixed = [0; 18];
    (fixed[0], fixed[2], fixed[7]) = (0xf0, 0x26, 10);
    (fixed[12], fixed[13]) = (0x3f, 0x0e);
    assert_eq!(Sense::decode(&fixed), Ok(Sense::REPORTED_LUNS_CHANGED));
    assert!(Sense::decode(&fixed[..13]).is_err(), "it says that it has the codes");
    let bare = Sense { key: SenseKey::UnitAttention, asc: 0, ascq: 0 };
    assert_eq!(Sense::decode(&fixed[..7]), Ok(bare));
    let descriptor = [0x72, 0x05, 0x25, 0x00, 0, 0, 0, 0];
    let sense = Sense::decode(&descriptor).unwrap();
    assert_eq!(sense, Sense::LOGICAL_UNIT_NOT_SUPPORTED);
    assert_eq!(sense.to_string(), "ILLEGAL REQUEST 25/00: logical unit not supported");
    for bad in [&[][..], &[0x70], &[0x72, 5, 0x25], &[0x00; 18], &[0x7f; 18]] {
        assert!(Sense::decode(bad).is_err(), "{bad:x?}");
    }
}

#[test]
fn commands() {
    assert_eq!(cdb::inquiry(0x1234), [0x12, 0, 0, 0x12, 0x34, 0]);
    assert_eq!(cdb::vpd(0x83, 252), [0x12, 1, 0x83, 0, 252, 0]);
    assert_eq!(cdb::report_luns(0x0102_0304)[6..10], [1, 2, 3, 4]);
    assert_eq!(cdb::read_capacity_10()[0], 0x25);
    assert_eq!(cdb::read_capacity_16(32)[..2], [0x9e, 0x10]);
    assert_eq!(cdb::read_capacity_16(32)[10..14], [0, 0, 0, 32]);
    assert_eq!(cdb::read_keys(0x0102), [0x5e, 0, 0, 0, 0, 0, 0, 1, 2, 0]);
    assert_eq!(cdb::read_reservation(24), [0x5e, 1, 0, 0, 0, 0, 0, 0, 24, 0]);
}

#[test]
fn the_write_protect_bit_is_that_of_the_header() {
    use crate::scsi::mode_sense_6_write_protect as read;
    assert_eq!(read(&[3, 0, 0x90, 0]), Ok(true));
    assert_eq!(read(&[3, 0, 0x10, 0]), Ok(false));
    assert!(read(&[3, 0, 0x80]).is_err());
}

#[test]
fn a_target_port_group_is_found_by_its_number() {
    use crate::AccessState;
    use crate::scsi::{target_port_group_state as state, vpd_83_port_group};
    // Two groups: 1 with two ports, 0102h with one.
    let groups = [
        &[0, 0, 0, 28][..],
        &[0x80, 0xcf, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2],
        &[0x0f, 0xcf, 1, 2, 0, 0, 0, 1, 0, 0, 0, 3],
    ]
    .concat();
    assert_eq!(state(&groups, 1), Ok(Some(AccessState::ActiveOptimized)));
    assert_eq!(state(&groups, 0x0102), Ok(Some(AccessState::Transitioning)));
    assert_eq!(state(&groups, 7), Ok(None));
    assert_eq!(state(&[0, 0, 0, 8, 0x05, 0, 0, 7, 0, 0, 0, 0], 7), Ok(None), "reserved");
    assert!(state(&groups[..23], 0x0102).is_err());
    assert!(state(&[0, 0], 1).is_err());
    let page = [0, 0x83, 0, 20, 1, 3, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 0x95, 0, 4, 0, 0, 1, 2];
    assert_eq!(vpd_83_port_group(&page), Some(0x0102));
    assert_eq!(vpd_83_port_group(&page[..22]), None);
    for code in 0..16 {
        let known = AccessState::of_code(code).map(AccessState::code);
        assert!(known.is_none_or(|found| found == code), "{code}");
    }
}
