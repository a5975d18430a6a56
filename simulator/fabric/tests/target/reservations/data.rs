//! PERSISTENT RESERVE IN, byte for byte.

use super::{
    CLEAR, End, REGISTER, REGISTER_AND_IGNORE, RESERVE, ended, generation, keys, list, order, out,
    read,
};
use crate::bench::{Bench, INVALID_FIELD, field, nexus};

#[test]
fn keys_and_reservation() {
    let mut bench = Bench::new();
    assert_eq!(read(&mut bench, 0), [0; 8]);
    assert_eq!(read(&mut bench, 1), [0; 8]);
    out(&mut bench, 2, REGISTER, 0, (0, 0x0102_0304_0506_0708));
    out(&mut bench, 1, REGISTER, 0, (0, 0xaa));
    let two =
        [&[0, 0, 0, 2, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0xaa][..], &[1, 2, 3, 4, 5, 6, 7, 8]];
    assert_eq!(read(&mut bench, 0), two.concat(), "by initiator");
    out(&mut bench, 2, RESERVE, 5, (0x0102_0304_0506_0708, 0));
    let held = [0, 0, 0, 2, 0, 0, 0, 16, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 5, 0, 0];
    assert_eq!(read(&mut bench, 1), held);
    assert_eq!(bench.good(&[0x5e, 1, 0, 0, 0, 0, 0, 0, 9, 0], &[]), held[..9]);
    assert_eq!(bench.good(&[0x5e, 0, 0, 0, 0, 0, 0, 0, 8, 0], &[]), two.concat()[..8]);
    out(&mut bench, 2, CLEAR, 0, (0x0102_0304_0506_0708, 0));
    out(&mut bench, 3, REGISTER, 0, (0, 7));
    out(&mut bench, 3, RESERVE, 8, (7, 0));
    let all = [0, 0, 0, 4, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0];
    bench.quiet();
    assert_eq!(read(&mut bench, 1), all, "of all registrants: no key");
}

#[test]
fn capabilities() {
    let mut bench = Bench::new();
    // PTPL_C; TMV; all six types.
    assert_eq!(read(&mut bench, 2), [0, 8, 0x01, 0x80, 0xea, 0x01, 0, 0]);
    ended(&mut bench, nexus(1, 0), &order(REGISTER, 0), &list(0, 1, 1));
    assert_eq!(read(&mut bench, 2), [0, 8, 0x01, 0x81, 0xea, 0x01, 0, 0], "PTPL_A");
    let sense = bench.refused(&[0x5e, 4, 0, 0, 0, 0, 0, 0, 255, 0], &[]);
    assert_eq!((crate::bench::codes(&sense), field(&sense)), (INVALID_FIELD, (true, 1, Some(4))));
}

#[test]
fn full_status() {
    let mut bench = Bench::new();
    assert_eq!(read(&mut bench, 3), [0; 8]);
    out(&mut bench, 1, REGISTER, 0, (0, 0xaa));
    ended(&mut bench, nexus(1, 2), &order(REGISTER, 0), &list(0, 0xbb, 0));
    let cdb = order(RESERVE, 3);
    assert_eq!(ended(&mut bench, nexus(1, 2), &cdb, &list(0xbb, 0, 0)), End::Good);
    let one = |key: u8, holder: u8, kind: u8, port: u8| {
        let mut one = vec![0, 0, 0, 0, 0, 0, 0, key, 0, 0, 0, 0, holder, kind, 0, 0, 0, 0, 0, port];
        // 24 bytes of TransportID: FCP, the initiator's name at byte 8.
        one.extend([0, 0, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0]);
        one.extend([0x21, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
        one
    };
    let header = [0, 0, 0, 2, 0, 0, 0, 96];
    let expected = [&header[..], &one(0xaa, 0, 0, 1), &one(0xbb, 1, 3, 3)].concat();
    assert_eq!(read(&mut bench, 3), expected);
    ended(&mut bench, nexus(1, 2), &order(2, 3), &list(0xbb, 0, 0));
    ended(&mut bench, nexus(1, 2), &order(RESERVE, 7), &list(0xbb, 0, 0));
    let shared = [&header[..], &one(0xaa, 1, 7, 1), &one(0xbb, 1, 7, 3)].concat();
    assert_eq!(read(&mut bench, 3), shared, "each of all registrants holds it");
}

#[test]
fn what_outlives_a_loss_of_power() {
    let mut bench = Bench::new();
    for (flags, kept) in [(1, vec![5, 6]), (0, vec![])] {
        bench.quiet();
        for (n, key) in [(1, 5), (2, 6)] {
            let cdb = order(REGISTER_AND_IGNORE, 0);
            ended(&mut bench, nexus(n, 0), &cdb, &list(0, key, flags));
        }
        assert_eq!(out(&mut bench, 1, RESERVE, 5, (5, 0)), End::Good);
        bench.array.forget_nexus(crate::bench::wwpn(1), 0);
        bench.quiet();
        assert_eq!(keys(&mut bench), [5, 6], "a logout takes nothing away");
        bench.array.power_cycle();
        bench.quiet();
        assert_eq!((keys(&mut bench), generation(&mut bench)), (kept.clone(), 0));
        assert_eq!(super::holder(&mut bench), (!kept.is_empty()).then_some((5, 5)));
    }
}
