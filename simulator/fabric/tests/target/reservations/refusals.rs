//! What PERSISTENT RESERVE OUT does not take.

use npivot_fabric::array::MAX_REGISTRATIONS;

use super::{
    CLEAR, End, PREEMPT, REGISTER, REGISTER_AND_IGNORE, RELEASE, RESERVE, ended, keys, list, order,
    registered,
};
use crate::bench::{Bench, INVALID_FIELD, INVALID_LIST, LIST_LENGTH, codes, field, nexus, wwpn};

#[test]
fn lengths() {
    let mut bench = Bench::new();
    for (length, data) in [(23, 24), (24, 23), (25, 25), (0, 0), (4096, 4096)] {
        let mut cdb = order(REGISTER, 0);
        [cdb[7], cdb[8]] = u16::try_from(length).unwrap().to_be_bytes();
        assert_eq!(bench.sense(&cdb, &vec![0; data]), LIST_LENGTH, "{length} of {data}");
    }
    let mut endless = order(REGISTER, 0);
    endless[5] = 0xff;
    assert_eq!(bench.sense(&endless, &[]), LIST_LENGTH);
}

#[test]
fn registrations_of_others() {
    let mut bench = Bench::new();
    for action in [REGISTER, REGISTER_AND_IGNORE] {
        for (flags, bit) in [(0x08, 3), (0x04, 2), (0x0c, 3)] {
            let sense = bench.refused(&order(action, 0), &list(0, 5, flags));
            assert_eq!((codes(&sense), field(&sense)), (INVALID_LIST, (false, 20, Some(bit))));
        }
        // A list with TransportIDs is refused for what it asks, not for its length.
        let mut longer = order(action, 0);
        longer[8] = 52;
        let data = [&list(0, 5, 0x08)[..], &[0; 28]].concat();
        assert_eq!(field(&bench.refused(&longer, &data)), (false, 20, Some(3)));
    }
    assert!(keys(&mut bench).is_empty());
    // For other service actions the bits have no meaning.
    let mut bench = registered();
    assert_eq!(ended(&mut bench, nexus(1, 0), &order(RESERVE, 1), &list(10, 0, 0x0c)), End::Good);
}

#[test]
fn scopes_types_and_actions() {
    let mut bench = registered();
    for action in [RESERVE, RELEASE, PREEMPT] {
        for (byte, bit) in [(0x11, 7), (0x21, 7), (0x00, 3), (0x02, 3), (0x04, 3), (0x09, 3)] {
            let sense = bench.refused(&order(action, byte), &list(10, 0, 0));
            let expected = (INVALID_FIELD, (true, 2, Some(bit)));
            assert_eq!((codes(&sense), field(&sense)), expected, "{action} {byte:02x}");
        }
    }
    for action in [7, 8, 31] {
        let sense = bench.refused(&order(action, 1), &list(10, 0, 0));
        assert_eq!((codes(&sense), field(&sense)), (INVALID_FIELD, (true, 1, Some(4))));
    }
    // Scope and type are of no meaning here.
    assert_eq!(ended(&mut bench, nexus(2, 0), &order(CLEAR, 0xff), &list(20, 0, 0)), End::Good);
}

#[test]
fn more_registrations_than_there_are_places() {
    let mut bench = Bench::new();
    for port in 0..u16::try_from(MAX_REGISTRATIONS).unwrap() {
        bench.array.scanned(wwpn(1), port);
        let answer = ended(&mut bench, nexus(1, port), &order(REGISTER, 0), &list(0, 5, 0));
        assert_eq!(answer, End::Good);
    }
    bench.array.scanned(wwpn(2), 0);
    let full = ended(&mut bench, nexus(2, 0), &order(REGISTER, 0), &list(0, 5, 0));
    assert_eq!(full, End::Check((0x05, 0x55, 0x04)));
    let again = ended(&mut bench, nexus(1, 7), &order(REGISTER, 0), &list(5, 6, 0));
    assert_eq!(again, End::Good, "who has one keeps it");
    assert_eq!(keys(&mut bench).len(), MAX_REGISTRATIONS);
}
