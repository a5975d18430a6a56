//! REPORT TARGET PORT GROUPS (SPC-5, 6.36) and what the states let through (5.17).

use npivot_fabric::array::AccessState;
use npivot_hal::scsi::ask::{self, AskError};

use crate::bench::{Bench, INVALID_FIELD, READY, cdb_10, codes, field, nexus};

fn report(format: u8, allocation: u8) -> [u8; 12] {
    [0xa3, format << 5 | 0x0a, 0, 0, 0, 0, 0, 0, 0, allocation, 0, 0]
}

/// Ports 0 and 1 in group 1, port 2 in group 0x0102.
fn grouped() -> Bench {
    let mut bench = Bench::new();
    bench.array.set_port_group(2, 0x0102).changed();
    bench
}

#[test]
fn both_formats() {
    let mut bench = grouped();
    bench.array.set_preferred(1, true).changed();
    let groups = [
        // Preferred, active/optimized; T, O, U, S, AN and AO supported; group 1; two ports, 1 and 2.
        &[0x80, 0xcf, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2][..],
        &[0x00, 0xcf, 1, 2, 0, 0, 0, 1, 0, 0, 0, 3],
    ];
    let groups = groups.concat();
    assert_eq!(bench.good(&report(0, 255), &[]), [&[0, 0, 0, 28], &groups[..]].concat());
    let extended = [&[0, 0, 0, 32, 0x10, 0, 0, 0], &groups[..]].concat();
    assert_eq!(bench.good(&report(1, 255), &[]), extended);
    assert_eq!(bench.good(&report(1, 8), &[]), extended[..8]);
    let sense = bench.refused(&report(2, 255), &[]);
    assert_eq!((codes(&sense), field(&sense)), (INVALID_FIELD, (true, 1, Some(7))));
    let page = bench.serve(nexus(1, 2), 0, &[0x12, 1, 0x83, 1, 0, 0], &[]).data;
    assert_eq!(page[page.len() - 8..], [0x01, 0x95, 0, 4, 0, 0, 1, 2], "as page 83 says");
}

#[test]
fn a_change_is_told_to_all_and_shown() {
    let mut bench = grouped();
    let changed = Some((0x06, 0x2a, 0x06));
    bench.array.set_access_state(0x0102, AccessState::ActiveNonOptimized).changed();
    for (n, port) in [(1, 0), (1, 2), (3, 1)] {
        assert_eq!(bench.ready(nexus(n, port)), changed);
        assert_eq!(bench.ready(nexus(n, port)), None, "told once");
    }
    let data = bench.good(&report(0, 255), &[]);
    assert_eq!(data[20..28], [0x01, 0xcf, 1, 2, 0, 0x02, 0, 1], "changed by the array");
    assert!(!bench.array.set_access_state(0x0102, AccessState::ActiveNonOptimized).changed());
    assert_eq!(bench.ready(nexus(1, 1)), changed, "from before");
    assert_eq!(bench.ready(nexus(1, 1)), None);
}

#[test]
fn what_each_state_lets_through() {
    let ready = READY.to_vec();
    let inquiry = vec![0x12, 0, 0, 0, 36, 0];
    let luns = vec![0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0];
    let sense = vec![0x03, 0, 0, 0, 18, 0];
    let mode = vec![0x1a, 0, 0x3f, 0, 255, 0];
    let log = vec![0x4d, 0, 0x40, 0, 0, 0, 0, 0, 255, 0];
    let keys = vec![0x5e, 0, 0, 0, 0, 0, 0, 0, 255, 0];
    let groups = report(0, 255).to_vec();
    let capacity = vec![0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let read = cdb_10(0x28, 0, 0, 1).to_vec();
    let everywhere = [&inquiry, &luns, &sense, &groups];
    let standby = [&mode, &log, &keys, &capacity];
    let active = [&ready, &read];
    for (state, ascq, in_standby) in [
        (AccessState::Standby, 0x0b, true),
        (AccessState::Unavailable, 0x0c, false),
        (AccessState::Transitioning, 0x0a, false),
        (AccessState::Offline, 0x12, false),
    ] {
        let mut bench = grouped();
        bench.array.set_access_state(0x0102, state).changed();
        bench.quiet();
        let mut check = |cdb: &Vec<u8>, through: bool| {
            let done = bench.serve(nexus(1, 2), 0, cdb, &[]);
            let expected = if through { None } else { Some((0x02, 0x04, ascq)) };
            let found = done.check.map(|_| codes(&done.sense));
            assert_eq!(found, expected, "{cdb:02x?} in {state:?}");
        };
        let cases = everywhere.map(|cdb| (cdb, true)).into_iter();
        let cases = cases.chain(standby.map(|cdb| (cdb, in_standby)));
        for (cdb, through) in cases.chain(active.map(|cdb| (cdb, false))) {
            check(cdb, through);
        }
        assert_eq!(bench.ready(nexus(1, 0)), None, "the other group serves");
    }
    let mut bench = grouped();
    bench.array.set_access_state(0x0102, AccessState::ActiveNonOptimized).changed();
    bench.quiet();
    assert_eq!(bench.ready(nexus(1, 2)), None);
}

#[test]
fn what_a_backend_asks_is_what_the_array_has() {
    let mut bench = grouped();
    bench.quiet();
    let asked = |bench: &mut Bench, port| {
        let mut device = |cdb: &[u8], room: usize| {
            let mut data = bench.serve(nexus(1, port), 0, cdb, &[]).data;
            data.truncate(room);
            Ok::<_, AskError<()>>(data)
        };
        let details = ask::details(&mut device).unwrap();
        (details.access, details.read_only)
    };
    for state in [AccessState::ActiveNonOptimized, AccessState::Standby, AccessState::Transitioning]
    {
        bench.array.set_access_state(0x0102, state).changed();
        bench.quiet();
        assert_eq!(asked(&mut bench, 2).0, Some(state));
        assert_eq!(asked(&mut bench, 0), (Some(AccessState::ActiveOptimized), Some(false)));
    }
}
