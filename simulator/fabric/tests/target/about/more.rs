//! LOG SENSE (SPC-5, 6.8 and 7.3), START STOP UNIT (SBC-4, 5.31), TEST UNIT READY.

use crate::bench::{Bench, INVALID_FIELD, NO_UNIT, READY, cdb_10, codes, field, nexus};

fn log(page: u8, subpage: u8, from: u8) -> [u8; 10] {
    [0x4d, 0, 0x40 | page, subpage, 0, 0, from, 0, 255, 0]
}

#[test]
fn log_pages() {
    let mut bench = Bench::new();
    assert_eq!(bench.good(&log(0x00, 0, 0), &[]), [0x00, 0, 0, 3, 0x00, 0x0d, 0x2f]);
    let reference = [0, 1, 0x01, 2, 0, 60];
    let temperature = [&[0x0d, 0, 0, 12, 0, 0, 0x01, 2, 0, 25], &reference[..]].concat();
    assert_eq!(bench.good(&log(0x0d, 0, 0), &[]), temperature);
    assert_eq!(bench.good(&log(0x0d, 0, 1), &[]), [&[0x0d, 0, 0, 6], &reference[..]].concat());
    assert_eq!(bench.good(&log(0x2f, 0, 0), &[]), [0x2f, 0, 0, 8, 0, 0, 0x03, 4, 0, 0, 25, 0]);
    assert_eq!(bench.good(&[0x4d, 0, 0x4d, 0, 0, 0, 0, 0, 4, 0], &[]), temperature[..4]);
    for (cdb, at) in [
        (log(0x02, 0, 0), (true, 2, Some(5))),
        (log(0x00, 0xff, 0), (true, 3, None)),
        (log(0x0d, 0, 2), (true, 5, None)),
        ([0x4d, 1, 0x40, 0, 0, 0, 0, 0, 255, 0], (true, 1, Some(0))),
    ] {
        let sense = bench.refused(&cdb, &[]);
        assert_eq!((codes(&sense), field(&sense)), (INVALID_FIELD, at), "{cdb:02x?}");
    }
}

#[test]
fn a_volume_runs_and_nobody_stops_it() {
    let mut bench = Bench::new();
    bench.good(&[0x1b, 1, 0, 0, 1, 0], &[]);
    for (byte_3, byte_4, at) in
        [(0, 0, (true, 4, Some(0))), (0, 3, (true, 4, Some(1))), (0, 0x11, (true, 4, Some(7)))]
    {
        let sense = bench.refused(&[0x1b, 0, 0, byte_3, byte_4, 0], &[]);
        assert_eq!((codes(&sense), field(&sense)), (INVALID_FIELD, at));
    }
    assert_eq!(bench.ready(nexus(1, 0)), None);
}

#[test]
fn only_inquiry_luns_and_sense_know_what_is_not_there() {
    let mut bench = Bench::new();
    for cdb in [&READY[..], &cdb_10(0x28, 0, 0, 1), &[0x5e, 0, 0, 0, 0, 0, 0, 0, 8, 0], &[0xff; 16]]
    {
        let sense = bench.refused_at(5, cdb, &[]);
        assert_eq!(codes(&sense), NO_UNIT, "{cdb:02x?}");
    }
    let sense = bench.good_at(5, &[0x03, 0, 0, 0, 255, 0], &[]);
    assert_eq!(codes(&sense), NO_UNIT, "as data, with GOOD status");
}
