//! Which commands a reservation lets through, and what comes first (SPC-5, table of commands that are
//! allowed in the presence of reservations; SBC-4, likewise; SAM-5, 5.3.3).

use super::{End, RELEASE, RESERVE, TYPES, ended, list, order, out, registered};
use crate::bench::{Bench, cdb_10, cdb_16, nexus};

/// A command, its data, and whether it is allowed to who has neither registered nor reserved: under a
/// write exclusive reservation, and under exclusive access.
type Case = (Vec<u8>, Vec<u8>, bool, bool);

fn cases() -> Vec<Case> {
    let always = |cdb: &[u8]| (cdb.to_vec(), vec![], true, true);
    let reads = |cdb: &[u8], data: usize| (cdb.to_vec(), vec![0; data], true, false);
    let writes = |cdb: &[u8], data: usize| (cdb.to_vec(), vec![0; data], false, false);
    vec![
        always(&[0; 6]),
        always(&[0x03, 0, 0, 0, 18, 0]),
        always(&[0x12, 0, 0, 0, 36, 0]),
        always(&[0x1b, 0, 0, 0, 1, 0]),
        always(&cdb_10(0x25, 0, 0, 0)),
        always(&[0x4d, 0, 0x40, 0, 0, 0, 0, 0, 255, 0]),
        always(&[0x5e, 0, 0, 0, 0, 0, 0, 0, 255, 0]),
        always(&[0x5e, 1, 0, 0, 0, 0, 0, 0, 255, 0]),
        always(&[0x5e, 3, 0, 0, 0, 0, 0, 0, 255, 0]),
        always(&[0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0]),
        always(&[0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0]),
        always(&[0xa3, 0x0a, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0]),
        reads(&[0x08, 0, 0, 0, 1, 0], 0),
        reads(&cdb_10(0x28, 0, 0, 1), 0),
        reads(&[0xa8, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0], 0),
        reads(&cdb_16(0x88, 0, 0, 1), 0),
        reads(&cdb_10(0x2f, 0, 0, 1), 0),
        reads(&[0xaf, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0], 0),
        reads(&cdb_16(0x8f, 2, 0, 1), 512),
        reads(&[0x1a, 0, 0x3f, 0, 255, 0], 0),
        reads(&[0x5a, 0, 0x3f, 0, 0, 0, 0, 0, 255, 0], 0),
        reads(&[0xa3, 0x0c, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0], 0),
        reads(&[0xa3, 0x0d, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0], 0),
        writes(&[0x0a, 0, 0, 0, 1, 0], 512),
        writes(&cdb_10(0x2a, 0, 0, 1), 512),
        writes(&[0xaa, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0], 512),
        writes(&cdb_16(0x8a, 0, 0, 1), 512),
        writes(&cdb_10(0x35, 0, 0, 0), 0),
        writes(&cdb_16(0x91, 0, 0, 0), 0),
        writes(&cdb_10(0x41, 0, 0, 1), 512),
        writes(&cdb_16(0x93, 1, 0, 1), 0),
        writes(&[0x42, 0, 0, 0, 0, 0, 0, 0, 8, 0], 8),
        writes(&cdb_16(0x89, 0, 0, 0), 0),
        writes(&[0x15, 0x10, 0, 0, 4, 0], 4),
        writes(&[0x55, 0x10, 0, 0, 0, 0, 0, 0, 8, 0], 8),
    ]
}

fn shows(bench: &mut Bench, (cdb, data, ..): &Case, n: u64, allowed: bool, kind: u8) {
    let expected = if allowed { End::Good } else { End::Conflict };
    let found = ended(bench, nexus(n, 0), cdb, data);
    assert_eq!(found, expected, "initiator {n}, type {kind}: {cdb:02x?}");
}

/// Initiator 1 holds it, 2 is registered, 3 is not, and nor is 1 through another port.
#[test]
fn every_command_under_every_type() {
    for kind in TYPES {
        let mut bench = registered();
        assert_eq!(out(&mut bench, 3, 0, 0, (30, 0)), End::Good);
        assert_eq!(out(&mut bench, 1, RESERVE, kind, (10, 0)), End::Good);
        bench.quiet();
        let write_exclusive = matches!(kind, 1 | 5 | 7);
        for case in cases() {
            let (_, _, under_write, under_all) = case;
            let to_others = if write_exclusive { under_write } else { under_all };
            shows(&mut bench, &case, 1, true, kind);
            shows(&mut bench, &case, 2, to_others || kind >= 5, kind);
            shows(&mut bench, &case, 3, to_others, kind);
            let other_port = ended(&mut bench, nexus(1, 1), &case.0, &case.1);
            assert_eq!(other_port == End::Good, to_others, "a nexus is not its initiator");
        }
        assert_eq!(out(&mut bench, 1, RELEASE, kind, (10, 0)), End::Good);
        bench.quiet();
        for case in cases() {
            shows(&mut bench, &case, 3, true, kind);
        }
    }
}

#[test]
fn the_other_unit_is_not_reserved() {
    let mut bench = registered();
    out(&mut bench, 1, RESERVE, 3, (10, 0));
    let read = bench.serve(nexus(2, 0), 1, &cdb_10(0x28, 0, 0, 1), &[]);
    assert_eq!(read.data, [0; 512]);
}

#[test]
fn what_comes_first() {
    let mut bench = registered();
    out(&mut bench, 1, RESERVE, 3, (10, 0));
    let read = cdb_10(0x28, 0, 0, 1);
    bench.array.resize(crate::bench::DISK, 512).unwrap().changed();
    assert_eq!(ended(&mut bench, nexus(2, 0), &read, &[]), End::Conflict, "before 2A/09");
    assert_eq!(bench.ready(nexus(2, 0)), Some((0x06, 0x2a, 0x09)), "which is still owed");
    bench.array.forget_nexus(crate::bench::wwpn(2), 0);
    let first = ended(&mut bench, nexus(2, 0), &read, &[]);
    assert_eq!(first, End::Check((0x06, 0x29, 0x00)), "after 29/00");
    assert_eq!(ended(&mut bench, nexus(2, 0), &read, &[]), End::Conflict);
    let far = cdb_10(0x28, 0, 9_000, 1);
    assert_eq!(ended(&mut bench, nexus(2, 0), &far, &[]), End::Conflict, "before the fields");
    let unknown = ended(&mut bench, nexus(2, 0), &[0xc0; 16], &[]);
    assert_eq!(unknown, End::Check((0x05, 0x20, 0x00)));
}

/// A transport is told before it sends for the data.
#[test]
fn no_data_is_sent_for() {
    let mut bench = registered();
    out(&mut bench, 1, RESERVE, 1, (10, 0));
    let cdb = cdb_10(0x2a, 0, 0, 1);
    let refused = bench.array.admit(nexus(2, 0), crate::bench::lun(0), &cdb).unwrap_err();
    assert_eq!(refused.status.code(), 0x18);
    // PERSISTENT RESERVE OUT needs its list to know.
    let cdb = order(RESERVE, 1);
    assert_eq!(bench.array.admit(nexus(2, 0), crate::bench::lun(0), &cdb), Ok(24));
    assert_eq!(ended(&mut bench, nexus(2, 0), &cdb, &list(20, 0, 0)), End::Conflict);
}
