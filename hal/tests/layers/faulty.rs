//! What each verdict does to a call.

use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use npivot_hal::layer::{
    FaultPlan, FaultSwitch, FaultyArray, FaultyFabric, FaultyHost, Once, Script, Timed, Verdict,
    When,
};
use npivot_hal::{Array, ErrorKind, Fabric, Host, HostNo, Outcome};

use crate::toy::{ToyArray, ToyFabric, ToyHost, names, now, poll_once};

/// A toy whose first change gets this verdict.
fn under(verdict: Verdict) -> (Arc<ToyHost>, FaultyHost) {
    let toy = Arc::new(ToyHost::default());
    let host = FaultyHost::new(toy.clone(), Arc::new(Once::at(0, verdict)));
    (toy, host)
}

/// Makes a vport: `None`: the call never comes back.
fn create(host: &FaultyHost) -> Option<Result<Outcome, npivot_hal::Error>> {
    let mut call = host.npiv().unwrap().create_vport(HostNo(0), names(5));
    match poll_once(call.as_mut()) {
        Poll::Ready(answer) => Some(answer.map(|(_, outcome)| outcome)),
        Poll::Pending => None,
    }
}

#[test]
fn pass_is_the_call() {
    let (toy, host) = under(Verdict::Pass);
    assert_eq!(create(&host).unwrap().unwrap(), Outcome::Changed);
    assert_eq!(toy.take_asked(), ["create_vport"]);
}

#[test]
fn fail_is_marked_and_not_made() {
    let kinds = [
        (Verdict::Fail, ErrorKind::Rejected),
        (Verdict::FailWith(ErrorKind::Busy), ErrorKind::Busy),
        (Verdict::FailWith(ErrorKind::Unreachable), ErrorKind::Unreachable),
    ];
    for (verdict, kind) in kinds {
        let (toy, host) = under(verdict);
        let error = create(&host).unwrap().unwrap_err();
        assert!(error.is_injected());
        assert_eq!(error.kind(), kind);
        assert_eq!(error.to_string(), "create vport on alpha: made to fail [injected]");
        assert_eq!(toy.take_asked(), [""; 0]);
        assert_eq!(create(&host).unwrap().unwrap(), Outcome::Changed, "only once");
    }
}

#[test]
fn lost_is_made_exactly_once() {
    let (toy, host) = under(Verdict::Lost);
    let error = create(&host).unwrap().unwrap_err();
    assert!(error.is_injected());
    assert_eq!(error.kind(), ErrorKind::NoAnswer);
    assert_eq!(toy.take_asked(), ["create_vport"]);
    assert_eq!(create(&host).unwrap().unwrap(), Outcome::Unchanged, "it was done");
}

#[test]
fn a_call_that_fails_by_itself_can_get_lost_too() {
    let (toy, host) = under(Verdict::Lost);
    let answer = now(host.npiv().unwrap().create_vport(HostNo(9), names(5)));
    assert_eq!(answer.unwrap_err().kind(), ErrorKind::NoAnswer);
    assert_eq!(toy.take_asked(), ["create_vport"]);
}

#[test]
fn crashes_never_come_back() {
    for (verdict, made) in
        [(Verdict::CrashBefore, Outcome::Changed), (Verdict::CrashAfter, Outcome::Unchanged)]
    {
        let (toy, host) = under(verdict);
        let mut call = host.npiv().unwrap().create_vport(HostNo(0), names(5));
        for _ in 0..3 {
            assert!(poll_once(call.as_mut()).is_pending(), "{verdict:?}");
        }
        drop(call);
        let asked = toy.take_asked().len();
        assert_eq!(asked, usize::from(verdict == Verdict::CrashAfter), "{verdict:?}");
        assert_eq!(create(&host).unwrap().unwrap(), made, "{verdict:?}");
    }
}

#[test]
fn an_error_of_the_backend_is_not_marked() {
    let (_, host) = under(Verdict::Pass);
    let error = now(host.npiv().unwrap().create_vport(HostNo(9), names(5))).unwrap_err();
    assert!(!error.is_injected());
}

#[test]
fn a_delay_is_measured_by_the_timer() {
    let (gate, asked_for) = (Arc::new(Mutex::new(false)), Arc::new(Mutex::new(vec![])));
    let timer = {
        let (gate, asked_for) = (Arc::clone(&gate), Arc::clone(&asked_for));
        move |time: Duration| {
            asked_for.lock().unwrap().push(time);
            let gate = Arc::clone(&gate);
            std::future::poll_fn(move |_| {
                if *gate.lock().unwrap() { Poll::Ready(()) } else { Poll::Pending }
            })
        }
    };
    let time = Duration::from_millis(1500);
    let toy = Arc::new(ToyHost::default());
    let plan = Timed::new(Arc::new(Once::at(0, Verdict::Delay(time))), timer);
    let host = FaultyHost::new(toy.clone(), Arc::new(plan));
    let mut call = host.npiv().unwrap().create_vport(HostNo(0), names(5));
    assert!(poll_once(call.as_mut()).is_pending());
    assert!(poll_once(call.as_mut()).is_pending());
    assert_eq!(toy.take_asked(), [""; 0], "it is made after the delay");
    *gate.lock().unwrap() = true;
    let Poll::Ready(answer) = poll_once(call.as_mut()) else { panic!("the time is over") };
    assert_eq!(answer.unwrap().1, Outcome::Changed);
    assert_eq!(*asked_for.lock().unwrap(), [time]);
    assert_eq!(toy.take_asked(), ["create_vport"]);
}

#[test]
fn a_delay_without_a_timer_is_an_error() {
    let (toy, host) = under(Verdict::Delay(Duration::from_secs(1)));
    let error = create(&host).unwrap().unwrap_err();
    assert_eq!((error.kind(), error.is_injected()), (ErrorKind::Unsupported, true));
    assert!(error.reason().contains("layer::Timed"), "{error}");
    assert_eq!(toy.take_asked(), [""; 0]);
}

#[test]
fn a_guard_lifts_the_fault() {
    let switch = Arc::new(FaultSwitch::default());
    let toy = Arc::new(ToyHost::default());
    let host = FaultyHost::new(toy, switch.clone());
    let broken = switch.raise(When::method("adapters").always(Verdict::Fail));
    assert!(now(host.adapters()).unwrap_err().is_injected());
    assert_eq!(broken.fired(), 1);
    drop(broken);
    assert_eq!(now(host.adapters()).unwrap().len(), 3);
}

#[test]
fn one_plan_rules_all_machines() {
    let lines = ["reset", "begin", "create_group", "switches"];
    let script = lines.map(|method| When::method(method).nth(0, Verdict::Fail));
    let script = Arc::new(Script::new(script));
    let plan: Arc<dyn FaultPlan> = script.clone();
    let host = FaultyHost::new(Arc::new(ToyHost::default()), Arc::clone(&plan));
    let fabric = FaultyFabric::new(Arc::new(ToyFabric::default()), Arc::clone(&plan));
    let array = FaultyArray::new(Arc::new(ToyArray::default()), plan);
    let errors = [
        now(host.links().unwrap().reset(HostNo(0))).unwrap_err(),
        now(fabric.zoning().unwrap().begin()).unwrap_err(),
        now(array.masking().unwrap().create_group("g")).unwrap_err(),
    ];
    assert_eq!(
        errors.map(|error| error.to_string()),
        [
            "reset on alpha: made to fail [injected]",
            "begin zoning transaction on fabric-a: made to fail [injected]",
            "create host group on array-1: made to fail [injected]",
        ]
    );
    assert_eq!(script.unfired().len(), 1);
}
