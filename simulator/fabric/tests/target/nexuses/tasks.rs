//! Task management (SAM-5, 7).

use npivot_fabric::array::{TaskAnswer, TaskManagement};

use crate::bench::{Bench, READY, Sense, codes, lun, nexus, wwpn};

const RESET: Option<Sense> = Some((0x06, 0x29, 0x03));

#[test]
fn nothing_is_ever_under_way() {
    let mut bench = Bench::new();
    let mut ask = |at, function| bench.array.manage(nexus(1, 0), lun(at), function);
    for function in
        [TaskManagement::AbortTask, TaskManagement::AbortTaskSet, TaskManagement::ClearTaskSet]
    {
        assert_eq!(ask(0, function), TaskAnswer::Complete);
        assert_eq!(ask(7, function), TaskAnswer::IncorrectLun);
    }
    assert_eq!(ask(0, TaskManagement::ClearAca), TaskAnswer::Rejected);
    assert_eq!(ask(7, TaskManagement::LogicalUnitReset), TaskAnswer::IncorrectLun);
    assert_eq!((TaskAnswer::Rejected.code(), TaskAnswer::IncorrectLun.code()), (4, 9));
    assert_eq!(bench.ready(nexus(2, 0)), None, "nobody is told of it");
}

#[test]
fn a_reset_of_a_unit() {
    let mut bench = Bench::new();
    // D_SENSE, which a reset sets back; and a reservation, which it does not.
    let list = [0, 0, 0, 0, 0x0a, 10, 4, 0x10, 0, 0, 0, 0, 0xff, 0xff, 0, 0];
    bench.good(&[0x15, 0x10, 0, 0, 16, 0], &list);
    let mut register = [0; 24];
    register[15] = 5;
    bench.good(&[0x5f, 0, 0, 0, 0, 0, 0, 0, 24, 0], &register);
    let answer = bench.array.manage(nexus(1, 0), lun(0), TaskManagement::LogicalUnitReset);
    assert_eq!(answer, TaskAnswer::Complete);
    for (n, port) in [(1, 0), (1, 1), (2, 0)] {
        assert_eq!(bench.ready(nexus(n, port)), RESET, "the sender too");
        assert_eq!(bench.ready(nexus(n, port)), None, "it stands for the changed mode pages");
    }
    assert!(bench.serve(nexus(2, 0), 1, &READY, &[]).sense.is_empty(), "the other unit");
    assert_eq!(bench.refused(&[0xff; 6], &[])[0], 0x70, "fixed format again");
    assert_eq!(
        bench.good(&[0x5e, 0, 0, 0, 0, 0, 0, 0, 255, 0], &[])[7..],
        [8, 0, 0, 0, 0, 0, 0, 0, 5]
    );
}

#[test]
fn a_reset_of_the_target() {
    let mut bench = Bench::new();
    let answer = bench.array.manage(nexus(1, 0), lun(99), TaskManagement::TargetReset);
    assert_eq!(answer, TaskAnswer::Complete, "of no LUN");
    for at in [0, 1] {
        let told = bench.serve(nexus(3, 2), at, &READY, &[]).sense;
        assert_eq!(Some(codes(&told)), RESET);
    }
    bench.array.forget_nexus(wwpn(2), 0);
    let answer = bench.array.manage(nexus(2, 0), lun(0), TaskManagement::LogicalUnitReset);
    assert_eq!(answer, TaskAnswer::Complete);
    let told = [(); 3].map(|()| bench.ready(nexus(2, 0)));
    assert_eq!(told, [Some((0x06, 0x29, 0x00)), RESET, None], "a new nexus hears that it is new");
}
