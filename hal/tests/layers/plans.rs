//! The plans alone: which verdict the nth call gets.

use std::sync::Arc;
use std::time::Duration;

use npivot_hal::ErrorKind;
use npivot_hal::layer::{
    Call, Counted, FaultPlan, FaultSwitch, Once, Pass, Rates, Request, Script, Timed, Verdict, When,
};
use proptest::prelude::*;

const READ: &str = "paths";
const CHANGE: &str = "scan";

/// The verdicts that a plan gives to these methods on alpha, one after the other.
fn verdicts(plan: &dyn FaultPlan, methods: &[&'static str]) -> Vec<Verdict> {
    let verdict = |&method| plan.verdict(&Call::new(method, "alpha", method == CHANGE));
    methods.iter().map(verdict).collect()
}

#[test]
fn pass_and_counted() {
    let calls = [CHANGE, READ, CHANGE];
    assert_eq!(verdicts(&Pass, &calls), [Verdict::Pass; 3]);
    let counted = Counted::default();
    assert_eq!(verdicts(&counted, &calls), [Verdict::Pass; 3]);
    assert_eq!(counted.count(), 2, "reads are not counted");
}

#[test]
fn once_and_from() {
    use Verdict::{Fail, Lost, Pass};
    let calls = [CHANGE, READ, CHANGE, CHANGE];
    let once = Once::at(1, Fail);
    assert!(!once.happened());
    assert_eq!(verdicts(&once, &calls), [Pass, Pass, Fail, Pass]);
    assert!(once.happened());
    assert_eq!(verdicts(&Once::from(1, Lost), &calls), [Pass, Pass, Lost, Lost]);
    assert_eq!(verdicts(&Once::at_any(1, Fail), &calls), [Pass, Fail, Pass, Pass]);
}

#[test]
fn rates_are_of_a_thousand() {
    let error = Rates::new(1, [(Verdict::Fail, 600), (Verdict::Lost, 401)]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the rates sum up to 1001 per thousand: they share one thousand, lower them"
    );
    assert!(Rates::new(1, [(Verdict::Fail, u32::MAX), (Verdict::Lost, u32::MAX)]).is_err());
    let all = Rates::new(1, [(Verdict::Fail, 600), (Verdict::Lost, 400)]).unwrap();
    assert!(!verdicts(&all, &[CHANGE; 500]).contains(&Verdict::Pass));
    let none = Rates::new(1, []).unwrap();
    assert_eq!(verdicts(&none, &[CHANGE; 500]), [Verdict::Pass; 500]);
    assert_eq!((all.fired(), none.fired()), (500, 0));
}

#[test]
fn rates_are_kept() {
    let rates = [(Verdict::Fail, 100), (Verdict::Lost, 20)];
    let plan = Rates::new(42, rates).unwrap();
    let given = verdicts(&plan, &vec![CHANGE; 20_000]);
    for (verdict, per_thousand) in rates {
        let count = given.iter().filter(|v| **v == verdict).count();
        let expected = per_thousand as usize * 20;
        // Five standard deviations and more: the seed is fixed, so this is no gamble.
        assert!(count.abs_diff(expected) < 250, "{verdict:?}: {count}, expected about {expected}");
    }
    assert_eq!(plan.fired(), given.iter().filter(|v| **v != Verdict::Pass).count() as u64);
}

/// The generator is the documented one: the numbers are the first of `SplitMix64` from seed 1234567, as
/// its authors' program prints them.
#[test]
fn rates_draw_from_the_documented_generator() {
    let numbers = [
        6_457_827_717_110_365_317_u64,
        3_203_168_211_198_807_973,
        9_817_491_932_198_370_423,
        4_593_380_528_125_082_431,
    ];
    for (nth, number) in numbers.into_iter().enumerate() {
        let drawn = u32::try_from(number % 1000).unwrap();
        let below = Rates::new(1_234_567, [(Verdict::Fail, drawn)]).unwrap();
        let reached = Rates::new(1_234_567, [(Verdict::Fail, drawn + 1)]).unwrap();
        let calls = vec![CHANGE; nth + 1];
        assert_eq!(verdicts(&below, &calls)[nth], Verdict::Pass, "number {nth}");
        assert_eq!(verdicts(&reached, &calls)[nth], Verdict::Fail, "number {nth}");
    }
}

proptest! {
    #[test]
    fn the_same_seed_gives_the_same_verdicts(seed: u64, reads in proptest::collection::vec(any::<bool>(), 0..60)) {
        let plan = || Rates::new(seed, [(Verdict::Fail, 300), (Verdict::Lost, 300)]).unwrap();
        let changes = reads.iter().filter(|read| !**read).count();
        let alone = verdicts(&plan(), &vec![CHANGE; changes]);
        let calls: Vec<_> = reads.iter().map(|read| if *read { READ } else { CHANGE }).collect();
        let mixed = verdicts(&plan(), &calls);
        let of_changes: Vec<_> = mixed.iter().zip(&reads).filter(|(_, r)| !**r).map(|(v, _)| *v).collect();
        prop_assert_eq!(of_changes, alone, "reads pass and use no number up");
        let too = verdicts(&plan().for_reads_too(), &calls);
        prop_assert_eq!(too, verdicts(&plan(), &vec![CHANGE; calls.len()]));
    }
}

#[test]
fn a_script_by_method_machine_words_and_number() {
    use Verdict::{CrashAfter, Fail, Lost, Pass};
    let script = Script::new([
        When::method("map").on("array-1").nth(1, Lost),
        When::method("map").saying("`v2`").always(Fail),
        When::changing().on("beta").from_nth(1, CrashAfter),
        When::any().on("gamma").nth(0, Fail),
    ]);
    let map = |machine, volume| {
        script.verdict(&Call::of(machine, Request::Map { group: "g", volume, lun: 0 }))
    };
    assert_eq!(map("array-1", "v1"), Pass);
    assert_eq!(map("array-1", "v2"), Lost, "the first line that is due is obeyed");
    assert_eq!(map("array-1", "v2"), Fail);
    assert_eq!(map("array-1", "v22"), Pass, "the words have the quotes in them");
    let read = Call::of("beta", Request::Groups);
    let change = Call::of("beta", Request::CreateGroup { group: "g" });
    let given = [&read, &change, &read, &change, &change].map(|call| script.verdict(call));
    assert_eq!(given, [Pass, Pass, Pass, CrashAfter, CrashAfter]);
    let unfired: Vec<String> = script.unfired().iter().map(ToString::to_string).collect();
    assert_eq!(unfired, ["any call on gamma, number 0: Fail"]);
}

/// A line that is due while another is obeyed has had its turn, and did nothing.
#[test]
fn a_line_in_the_shadow_of_another_never_fired() {
    let line = |verdict| When::method(CHANGE).nth(0, verdict);
    let script = Script::new([line(Verdict::Fail), line(Verdict::Lost)]);
    assert_eq!(verdicts(&script, &[CHANGE; 3]), [Verdict::Fail, Verdict::Pass, Verdict::Pass]);
    assert_eq!(script.unfired(), [line(Verdict::Lost)]);
}

#[test]
fn a_fault_is_on_while_its_guard_lives() {
    use Verdict::{Fail, Lost, Pass};
    let below = Arc::new(Once::at(0, Verdict::FailWith(ErrorKind::Busy)));
    let switch = FaultSwitch::over(below.clone());
    let one = |method| verdicts(&switch, &[method])[0];
    let first = switch.raise(When::any().on("alpha").always(Fail));
    let second = switch.raise(When::changing().nth(1, Lost));
    assert_eq!((one(CHANGE), one(READ), switch.raised()), (Fail, Fail, 2));
    assert_eq!((first.fired(), second.fired()), (2, 0));
    assert!(!below.happened(), "what a fault is for does not reach the plan below");
    drop(first);
    assert_eq!((one(READ), one(CHANGE)), (Pass, Lost), "the second has counted all the while");
    assert_eq!(second.fired(), 1);
    drop(second);
    assert_eq!(switch.raised(), 0);
    assert_eq!((one(CHANGE), one(CHANGE)), (Verdict::FailWith(ErrorKind::Busy), Pass));
}

#[test]
fn a_guard_outlives_its_switch() {
    let switch = FaultSwitch::default();
    let guard = switch.raise(When::any().always(Verdict::Fail));
    drop(switch);
    assert_eq!(guard.fired(), 0);
}

#[test]
fn a_timer_is_passed_on() {
    let delay = Verdict::Delay(Duration::from_secs(2));
    let timed = Timed::new(Arc::new(Once::at(0, delay)), |_| std::future::ready(()));
    let switch = FaultSwitch::over(Arc::new(timed));
    assert!(switch.timer().is_some());
    assert!(FaultSwitch::default().timer().is_none());
    assert_eq!(verdicts(&switch, &[CHANGE; 2]), [delay, Verdict::Pass]);
}
