//! Messages of the FC transport.

use npivot_hal::HostNo;
use npivot_sysfs::events::fc::{FcEventCode, FcMessageError, PageOrder, parse};
use proptest::prelude::*;

use crate::bytes::fc_event;

/// An RSCN of lpfc's, as it comes on a little-endian machine.
#[cfg(target_endian = "little")]
const RSCN: [u8; 64] = [
    64, 0, 0, 0, 0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // nlmsghdr
    1, 1, 0xb2, 0xa1, 0x00, 0x01, 48, 0, // scsi_nl_hdr
    0xc0, 0xa2, 0xfd, 0x6a, 0, 0, 0, 0, // seconds
    0, 0, 0, 0, 0, 0, 0, 0, // vendor id
    5, 0, 4, 0, // host number, data length
    0x2a, 0, 0, 0, 5, 0, 0, 0, // event number, code
    0x00, 0x01, 0x08, 0x00, // page: one port, 010800
    0, 0, 0, 0, 0, 0, 0, 0,
];

#[cfg(target_endian = "little")]
#[test]
fn golden_bytes() {
    let events = parse(&RSCN).unwrap();
    let [event] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((event.adapter, event.number, event.code), (HostNo(5), 42, FcEventCode::Rscn));
    assert_eq!((event.seconds, event.vendor_id), (1_795_007_168, 0));
    assert_eq!(event.affected(PageOrder::Wire).unwrap().to_string(), "0x010800");
}

#[test]
fn two_drivers_two_orders() {
    // qla2xxx posts a number with the page's format bits on top; lpfc passes the page on.
    let qla = parse(&fc_event(0, 1, 5, 0x0201_0800_u32.to_ne_bytes())).unwrap();
    let lpfc = parse(&fc_event(0, 1, 5, 0x0201_0800_u32.to_be_bytes())).unwrap();
    for (event, driver) in [(&qla[0], "qla2xxx"), (&lpfc[0], "lpfc")] {
        let order = PageOrder::of_driver(Some(driver));
        assert_eq!(event.affected(order).unwrap().to_string(), "0x010800", "{driver}");
    }
    let link = parse(&fc_event(0, 1, 2, [1, 2, 3, 4])).unwrap();
    assert_eq!((link[0].code, link[0].affected(PageOrder::Wire)), (FcEventCode::LinkUp, None));
    let unknown = parse(&fc_event(0, 1, 0x777, [0; 4])).unwrap();
    assert_eq!(unknown[0].code, FcEventCode::Other(0x777));
}

#[test]
fn several_in_one_datagram() {
    let done = [20_u32.to_ne_bytes(), [3, 0, 0, 0], [0; 4], [0; 4], [0; 4]].concat();
    let mut other = fc_event(1, 1, 2, [0; 4]);
    other[17] = 0; // not FC, but SCSI's own
    let datagram = [fc_event(1, 7, 3, [0; 4]), done, other, fc_event(2, 8, 2, [0; 4])].concat();
    let events = parse(&datagram).unwrap();
    let told: Vec<_> = events.iter().map(|event| (event.adapter.0, event.number)).collect();
    assert_eq!(told, [(1, 7), (2, 8)]);
    assert_eq!(parse(&[]), Ok(vec![]));
    let mut unaligned = fc_event(3, 9, 2, [0; 4]);
    unaligned[0..4].copy_from_slice(&61_u32.to_ne_bytes());
    unaligned[22..24].copy_from_slice(&45_u16.to_ne_bytes());
    unaligned.extend(fc_event(4, 10, 2, [0; 4]));
    assert_eq!(parse(&unaligned).unwrap().len(), 2, "each message begins at a multiple of 4");
}

#[test]
fn lengths_that_lie() {
    let with = |at: usize, bytes: &[u8]| {
        let mut message = fc_event(5, 1, 5, [0; 4]);
        message[at..at + bytes.len()].copy_from_slice(bytes);
        parse(&message).unwrap_err()
    };
    let truncated = |error: FcMessageError| match error {
        FcMessageError::Truncated { what, at, .. } => (what, at),
        other => panic!("{other}"),
    };
    for length in [0_u32, 1, 15, 65, u32::MAX] {
        assert_eq!(truncated(with(0, &length.to_ne_bytes())), ("a netlink message", 0), "{length}");
    }
    assert_eq!(truncated(with(0, &16_u32.to_ne_bytes())), ("a SCSI message", 16));
    assert_eq!(truncated(with(22, &49_u16.to_ne_bytes())), ("a SCSI message", 16));
    assert_eq!(truncated(with(22, &39_u16.to_ne_bytes())), ("an FC event", 16));
    assert_eq!(truncated(with(42, &13_u16.to_ne_bytes())), ("an FC event's data", 52));
    assert_eq!(
        with(42, &u16::MAX.to_ne_bytes()).to_string(),
        "an FC event's data at byte 52 is cut off: it needs 65535 bytes and has 12"
    );
    assert_eq!(
        with(18, &0x1234_u16.to_ne_bytes()).to_string(),
        "the magic number at byte 18 is 0x1234 where 0xa1b2 was expected"
    );
    assert!(matches!(with(16, &[2]), FcMessageError::Unexpected { what: "the version", .. }));
    assert!(matches!(with(4, &[0x12, 0]), FcMessageError::Unexpected { at: 4, .. }));
}

proptest! {
    #[test]
    fn what_was_sent_is_read(host: u16, number: u32, code: u32, data: [u8; 4], copies in 0_usize..5) {
        let events = parse(&fc_event(host, number, code, data).repeat(copies)).unwrap();
        prop_assert_eq!(events.len(), copies);
        for event in events {
            prop_assert_eq!((event.adapter.0, event.number), (host.into(), number));
            prop_assert_eq!(event.data, data);
        }
    }

    #[test]
    fn any_bytes(datagram in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse(&datagram);
    }

    #[test]
    fn cut_anywhere(cut in 1_usize..128) {
        let whole = fc_event(1, 2, 5, [0; 4]).repeat(2);
        prop_assert_eq!(parse(&whole[..cut]).is_ok(), cut == 64);
    }

    #[test]
    fn one_lie(at in 0_usize..128, byte: u8) {
        let mut datagram = fc_event(1, 2, 5, [0; 4]).repeat(2);
        datagram[at] = byte;
        if let Ok(events) = parse(&datagram) {
            let taken: usize = events.iter().map(|event| event.data.len()).sum();
            prop_assert!(taken <= datagram.len());
        }
    }
}
