//! PERSISTENT RESERVE OUT: what it does, and who is told.

use super::{
    CLEAR, End, PREEMPT, PREEMPT_AND_ABORT, PREEMPTED, REGISTER, REGISTER_AND_IGNORE, RELEASE,
    RELEASED, RESERVE, TYPES, UNREGISTERED, generation, holder, keys, out, registered, told,
};
use crate::bench::Bench;

#[test]
fn registering() {
    let mut bench = Bench::new();
    assert_eq!(out(&mut bench, 1, REGISTER, 0, (0, 0)), End::Good, "nothing to do");
    assert_eq!(generation(&mut bench), 0);
    assert_eq!(out(&mut bench, 1, REGISTER, 0, (7, 5)), End::Conflict, "it has no key");
    assert_eq!(out(&mut bench, 1, REGISTER, 0, (0, 5)), End::Good);
    assert_eq!(out(&mut bench, 1, REGISTER, 0, (0, 6)), End::Conflict, "it has one");
    assert_eq!(out(&mut bench, 1, REGISTER, 0, (5, 6)), End::Good);
    assert_eq!(keys(&mut bench), [6]);
    assert_eq!(out(&mut bench, 1, REGISTER_AND_IGNORE, 0, (99, 7)), End::Good);
    assert_eq!(out(&mut bench, 2, REGISTER_AND_IGNORE, 0, (99, 7)), End::Good);
    assert_eq!((keys(&mut bench), generation(&mut bench)), (vec![7, 7], 4));
    assert_eq!(out(&mut bench, 1, REGISTER, 0, (7, 0)), End::Good);
    assert_eq!(out(&mut bench, 2, REGISTER_AND_IGNORE, 0, (1, 0)), End::Good);
    assert_eq!(out(&mut bench, 2, REGISTER_AND_IGNORE, 0, (1, 0)), End::Good);
    assert_eq!((keys(&mut bench), generation(&mut bench)), (vec![], 6));
}

#[test]
fn reserving_and_releasing() {
    for kind in TYPES {
        let (mut bench, all) = (registered(), kind >= 7);
        assert_eq!(out(&mut bench, 1, RESERVE, kind, (11, 0)), End::Conflict, "a wrong key");
        assert_eq!(out(&mut bench, 1, RESERVE, kind, (10, 0)), End::Good);
        assert_eq!(holder(&mut bench), Some((if all { 0 } else { 10 }, kind)));
        assert_eq!(out(&mut bench, 1, RESERVE, kind, (10, 0)), End::Good, "it is so");
        let other = if kind == 1 { 3 } else { 1 };
        assert_eq!(out(&mut bench, 1, RESERVE, other, (10, 0)), End::Conflict);
        let shared = if all { End::Good } else { End::Conflict };
        assert_eq!(out(&mut bench, 2, RESERVE, kind, (20, 0)), shared);
        assert_eq!(out(&mut bench, 1, RELEASE, other, (10, 0)), End::Check((0x05, 0x26, 0x04)));
        assert_eq!(generation(&mut bench), 3, "none of it counts");
        if !all {
            assert_eq!(out(&mut bench, 2, RELEASE, kind, (20, 0)), End::Good, "without effect");
            assert!(holder(&mut bench).is_some());
        }
        assert_eq!(out(&mut bench, 1, RELEASE, kind, (10, 0)), End::Good);
        assert_eq!(holder(&mut bench), None);
        let others = if kind >= 5 { RELEASED } else { None };
        assert_eq!(told(&mut bench), [None, others, others], "type {kind}");
        assert_eq!(out(&mut bench, 1, RELEASE, kind, (10, 0)), End::Good, "nothing to release");
        assert_eq!(told(&mut bench), [None; 3]);
    }
}

#[test]
fn who_unregisters_gives_up_what_it_holds() {
    for kind in TYPES {
        let mut bench = registered();
        assert_eq!(out(&mut bench, 1, RESERVE, kind, (10, 0)), End::Good);
        assert_eq!(out(&mut bench, 1, REGISTER, 0, (10, 0)), End::Good);
        let stays = kind >= 7;
        assert_eq!(holder(&mut bench).is_some(), stays, "others hold it too");
        let others = if matches!(kind, 5 | 6) { RELEASED } else { None };
        assert_eq!(told(&mut bench)[1..], [others; 2], "type {kind}");
        assert_eq!(out(&mut bench, 2, REGISTER, 0, (20, 0)), End::Good);
        assert_eq!(holder(&mut bench).is_some(), stays);
        assert_eq!(out(&mut bench, 3, REGISTER, 0, (30, 0)), End::Good);
        assert_eq!(holder(&mut bench), None, "nobody is left");
    }
}

#[test]
fn a_key_that_changes_stays_with_the_holder() {
    let mut bench = registered();
    out(&mut bench, 1, RESERVE, 1, (10, 0));
    assert_eq!(out(&mut bench, 1, REGISTER, 0, (10, 77)), End::Good);
    assert_eq!(holder(&mut bench), Some((77, 1)));
}

#[test]
fn clearing() {
    let mut bench = registered();
    out(&mut bench, 1, RESERVE, 3, (10, 0));
    assert_eq!(out(&mut bench, 2, CLEAR, 0, (21, 0)), End::Conflict);
    assert_eq!(out(&mut bench, 2, CLEAR, 0, (20, 0)), End::Good);
    assert_eq!(told(&mut bench), [PREEMPTED, None, PREEMPTED]);
    assert_eq!((keys(&mut bench), holder(&mut bench)), (vec![], None));
    assert_eq!(generation(&mut bench), 4);
    assert_eq!(out(&mut bench, 2, CLEAR, 0, (20, 0)), End::Conflict, "nobody is registered");
}

#[test]
fn preempting_a_reservation() {
    for action in [PREEMPT, PREEMPT_AND_ABORT] {
        let mut bench = registered();
        out(&mut bench, 1, RESERVE, 1, (10, 0));
        assert_eq!(out(&mut bench, 2, action, 1, (20, 10)), End::Good);
        assert_eq!((keys(&mut bench), holder(&mut bench)), (vec![20, 30], Some((20, 1))));
        assert_eq!(told(&mut bench), [UNREGISTERED, None, None], "the type is the same");
        assert_eq!(generation(&mut bench), 4);
        assert_eq!(out(&mut bench, 3, action, 5, (30, 20)), End::Good);
        assert_eq!((keys(&mut bench), holder(&mut bench)), (vec![30], Some((30, 5))));
        assert_eq!(told(&mut bench), [None, UNREGISTERED, None]);
        assert_eq!(out(&mut bench, 1, action, 5, (10, 30)), End::Conflict, "it is out");
    }
}

#[test]
fn preempting_with_another_type() {
    let mut bench = registered();
    out(&mut bench, 1, RESERVE, 5, (10, 0));
    assert_eq!(out(&mut bench, 2, PREEMPT, 6, (20, 10)), End::Good);
    assert_eq!(told(&mut bench), [UNREGISTERED, None, RELEASED], "who stays hears of it");
    // Oneself, to change the type.
    assert_eq!(out(&mut bench, 2, PREEMPT, 1, (20, 20)), End::Good);
    assert_eq!((keys(&mut bench), holder(&mut bench)), (vec![20, 30], Some((20, 1))));
    assert_eq!(told(&mut bench), [None, None, RELEASED]);
}

#[test]
fn preempting_registrations_alone() {
    let mut bench = registered();
    assert_eq!(out(&mut bench, 1, PREEMPT, 1, (10, 99)), End::Conflict, "no such key");
    assert_eq!(out(&mut bench, 1, PREEMPT, 1, (10, 0)), End::Check((0x05, 0x26, 0x00)));
    assert_eq!(out(&mut bench, 1, PREEMPT, 1, (10, 20)), End::Good);
    assert_eq!((keys(&mut bench), holder(&mut bench)), (vec![10, 30], None));
    assert_eq!(told(&mut bench), [None, UNREGISTERED, None]);
    out(&mut bench, 3, RESERVE, 1, (30, 0));
    assert_eq!(out(&mut bench, 1, PREEMPT, 3, (10, 10)), End::Good, "one's own, the holder's not");
    assert_eq!((keys(&mut bench), holder(&mut bench)), (vec![30], Some((30, 1))));
    assert_eq!(told(&mut bench), [None; 3]);
}

#[test]
fn preempting_all_registrants() {
    let mut bench = registered();
    out(&mut bench, 1, RESERVE, 7, (10, 0));
    assert_eq!(out(&mut bench, 2, PREEMPT, 7, (20, 10)), End::Good, "one of them");
    assert_eq!((keys(&mut bench), holder(&mut bench)), (vec![20, 30], Some((0, 7))));
    assert_eq!(told(&mut bench), [UNREGISTERED, None, None]);
    assert_eq!(out(&mut bench, 2, PREEMPT, 1, (20, 0)), End::Good, "key zero: all others");
    assert_eq!((keys(&mut bench), holder(&mut bench)), (vec![20], Some((20, 1))));
    assert_eq!(told(&mut bench), [None, None, UNREGISTERED]);
}

#[test]
fn keys_that_several_share() {
    let mut bench = Bench::new();
    for n in 1..4 {
        out(&mut bench, n, REGISTER, 0, (0, 5));
    }
    out(&mut bench, 1, RESERVE, 5, (5, 0));
    assert_eq!(out(&mut bench, 2, PREEMPT, 5, (5, 5)), End::Good);
    assert_eq!((keys(&mut bench), holder(&mut bench)), (vec![5], Some((5, 5))));
    assert_eq!(told(&mut bench), [UNREGISTERED, None, UNREGISTERED]);
}
