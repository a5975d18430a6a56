//! REPORT SUPPORTED OPERATION CODES (SPC-5, 6.35), REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS (6.36).

use std::collections::BTreeSet;

use crate::bench::{Bench, INVALID_FIELD, NO_COMMAND, codes, field, nexus};

fn codes_of(option: u8, code: u8, action: u8) -> [u8; 12] {
    [0xa3, 0x0c, option, code, 0, action, 0, 0, 4, 0, 0, 0]
}

#[test]
fn as_the_kernel_asks_for_write_same() {
    let mut bench = Bench::new();
    // Supported as the standard says; 16 bytes; WRPROTECT, ANCHOR, UNMAP, NDOB; address; number.
    let mut expected = vec![0, 3, 0, 16, 0x93, 0xf9];
    expected.extend([0xff; 12]);
    expected.extend([0x3f, 0x04]);
    assert_eq!(bench.good(&codes_of(1, 0x93, 0), &[]), expected);
    assert_eq!(bench.good(&codes_of(1, 0x12, 0), &[]), [0, 3, 0, 6, 0x12, 3, 0xff, 0xff, 0xff, 4]);
    assert_eq!(bench.good(&codes_of(1, 0xa2, 0), &[]), [0, 1, 0, 0], "no SECURITY PROTOCOL IN");
}

#[test]
fn one_with_a_service_action() {
    let mut bench = Bench::new();
    let groups = bench.good(&codes_of(2, 0xa3, 0x0a), &[]);
    assert_eq!(groups[..6], [0, 3, 0, 12, 0xa3, 0xea], "the action's field shows the action");
    assert_eq!(bench.good(&codes_of(2, 0xa3, 0x0b), &[]), [0, 1, 0, 0]);
    assert_eq!(bench.good(&codes_of(3, 0xa3, 0x0a), &[]), groups);
    assert_eq!(bench.good(&codes_of(3, 0x28, 0), &[])[..5], [0, 3, 0, 10, 0x28]);
    assert_eq!(bench.good(&codes_of(3, 0x28, 1), &[]), [0, 1, 0, 0]);
    for cdb in [codes_of(1, 0xa3, 0), codes_of(2, 0x28, 0), codes_of(4, 0x28, 0)] {
        let sense = bench.refused(&cdb, &[]);
        assert_eq!((codes(&sense), field(&sense)), (INVALID_FIELD, (true, 2, Some(2))));
    }
}

#[test]
fn with_timeouts() {
    let mut bench = Bench::new();
    let timeouts = [0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let one = bench.good(&codes_of(0x81, 0x00, 0), &[]);
    assert_eq!(one[..10], [0, 0x83, 0, 6, 0, 0, 0, 0, 0, 4]);
    assert_eq!(one[10..], timeouts);
    let all = bench.good(&codes_of(0x80, 0, 0), &[]);
    assert!((all.len() - 4).is_multiple_of(20));
    assert_eq!((all[9], &all[12..24]), (0x02, timeouts.as_slice()));
}

/// Everything that is listed is known, and what is not listed is refused as unknown.
#[test]
fn the_list_is_the_truth() {
    let mut bench = Bench::new();
    let list = bench.good(&codes_of(0, 0, 0), &[]);
    let told = usize::try_from(u32::from_be_bytes(list[..4].try_into().unwrap())).unwrap();
    assert_eq!(told, list.len() - 4);
    let (entries, rest) = list[4..].as_chunks::<8>();
    assert!(rest.is_empty());
    let mut listed = BTreeSet::new();
    for entry in entries {
        let length = [6, 10, 10, 0, 16, 12, 0, 0][usize::from(entry[0] >> 5)];
        assert_eq!(entry[6..], [0, length], "{entry:02x?}");
        assert!(listed.insert((entry[0], (entry[5] & 1 != 0).then_some(entry[3]))));
    }
    let needed = [
        0x00, 0x03, 0x08, 0x0a, 0x12, 0x15, 0x1a, 0x1b, 0x25, 0x28, 0x2a, 0x2f, 0x35, 0x41, 0x42,
        0x4d, 0x55, 0x5a, 0x5e, 0x5f, 0x88, 0x89, 0x8a, 0x8f, 0x91, 0x93, 0x9e, 0xa0, 0xa3, 0xa8,
        0xaa, 0xaf,
    ];
    let found: BTreeSet<u8> = listed.iter().map(|(code, _)| *code).collect();
    assert_eq!(found, BTreeSet::from(needed));
    for code in 0..=u8::MAX {
        for action in 0..32 {
            let mut cdb = [0; 16];
            (cdb[0], cdb[1]) = (code, action);
            let done = bench.serve(nexus(1, 0), 0, &cdb, &[]);
            let sense = (!done.sense.is_empty()).then(|| codes(&done.sense));
            let known = listed.contains(&(code, None)) || listed.contains(&(code, Some(action)));
            if !found.contains(&code) {
                assert_eq!(sense, Some(NO_COMMAND), "{code:02x}");
            } else if !known {
                assert_eq!(sense, Some(INVALID_FIELD), "{code:02x}/{action:02x}");
                assert_eq!(field(&done.sense), (true, 1, Some(4)));
            } else {
                assert_ne!(sense, Some(NO_COMMAND), "{code:02x}/{action:02x}");
            }
        }
    }
}

#[test]
fn task_management_functions() {
    let mut bench = Bench::new();
    let ask = |flags, length| [0xa3, 0x0d, flags, 0, 0, 0, 0, 0, 0, length, 0, 0];
    // ABORT TASK, ABORT TASK SET, CLEAR TASK SET, LOGICAL UNIT RESET, TARGET RESET.
    assert_eq!(bench.good(&ask(0, 255), &[]), [0xda, 0, 0, 0]);
    let mut long = [0; 16];
    (long[0], long[3]) = (0xda, 12);
    assert_eq!(bench.good(&ask(0x80, 255), &[]), long);
    assert_eq!(bench.good(&ask(0x80, 4), &[]), long[..4]);
}
