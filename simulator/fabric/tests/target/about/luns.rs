//! REPORT LUNS (SPC-5, 6.33), READ CAPACITY (SBC-4, 5.20 and 5.21).

use crate::bench::{Bench, INVALID_FIELD, NO_COMMAND, codes, field, nexus, wwpn};

fn report(select: u8, allocation: u8) -> [u8; 12] {
    [0xa0, 0, select, 0, 0, 0, 0, 0, 0, allocation, 0, 0]
}

#[test]
fn luns_by_initiator() {
    let mut bench = Bench::new();
    bench.array.create_group("far").unwrap().changed();
    bench.array.add_initiator("far", wwpn(4)).unwrap().changed();
    bench.array.map("far", "large", 300).unwrap().changed();
    let two = [0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    assert_eq!(bench.good(&report(0, 255), &[]), two);
    assert_eq!(bench.good(&report(2, 255), &[]), two);
    assert_eq!(bench.good(&report(0, 17), &[]), two[..17], "cut, its length tells the rest");
    assert_eq!(bench.good_at(77, &report(0, 255), &[]), two, "whatever LUN is asked");
    assert_eq!(bench.good(&report(1, 255), &[]), [0; 8], "no well known logical units");
    // Flat addressing above 255: 01b, then 300.
    let flat = [0, 0, 0, 8, 0, 0, 0, 0, 0x41, 0x2c, 0, 0, 0, 0, 0, 0];
    assert_eq!(bench.serve(nexus(4, 0), 0, &report(0, 255), &[]).data, flat);
    let sense = bench.refused(&report(3, 255), &[]);
    assert_eq!((codes(&sense), field(&sense)), (INVALID_FIELD, (true, 2, None)));
}

#[test]
fn capacity() {
    let mut bench = Bench::new();
    let ten = [0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let sixteen = |allocation| [0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, allocation, 0, 0];
    assert_eq!(bench.good(&ten, &[]), [0, 0, 0, 127, 0, 0, 2, 0]);
    assert_eq!(bench.good_at(1, &ten, &[]), [0xff, 0xff, 0xff, 0xff, 0, 0, 2, 0], "ask the other");
    let long = bench.good_at(1, &sixteen(255), &[]);
    // The last of 2^33 blocks; 512 bytes; no protection; LBPME, LBPRZ.
    assert_eq!(long[..8], [0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff]);
    assert_eq!((long.len(), &long[8..16]), (32, [0, 0, 2, 0, 0, 0, 0xc0, 0].as_slice()));
    assert!(long[16..].iter().all(|byte| *byte == 0));
    assert_eq!(bench.good_at(1, &sixteen(12), &[]), long[..12]);
    let sense = bench.refused(&[0x9e, 0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0], &[]);
    assert_eq!(
        (codes(&sense), field(&sense)),
        (INVALID_FIELD, (true, 1, Some(4))),
        "no such action"
    );
}

#[test]
fn lengths_of_commands() {
    let mut bench = Bench::new();
    for short in [&[][..], &[0x12, 0, 0, 0, 36], &[0x25, 0, 0, 0, 0, 0, 0, 0, 0], &[0x88; 15]] {
        assert_eq!(bench.sense(short, &[]), INVALID_FIELD, "{short:02x?}");
    }
    for unknown in [0x1d, 0x7f, 0xc1, 0xff] {
        assert_eq!(bench.sense(&[unknown; 32], &[]), NO_COMMAND, "{unknown:02x}");
    }
    assert!(bench.good(&[0; 32], &[]).is_empty(), "FCP always carries 16 bytes or more");
}
