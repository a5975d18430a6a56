//! The runner, on a host of one adapter that can be told to misbehave.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use npivot_hal::{
    Adapter, AdapterKind, Error, ErrorKind, Host, HostCapabilities, HostNo, Npiv, Outcome,
    RemotePort, Result, Vport, WwnPair,
};

use super::*;
use crate::{Access, Fixture, testing};

/// How the host behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Right,
    Wrong,
    Panics,
    Hangs,
    CannotBeMade,
}

#[derive(Debug)]
struct Toy(Mood);

#[async_trait]
impl Host for Toy {
    fn name(&self) -> &'static str {
        "toy"
    }

    fn capabilities(&self) -> HostCapabilities {
        HostCapabilities::default()
    }

    async fn adapters(&self) -> Result<Vec<Adapter>> {
        let name = |text: &str| text.parse().expect("a name");
        let wwnn = "2000001b32a9da4e".parse().expect("a name");
        let names = WwnPair::new(name("2100001b32a9da4e"), wwnn);
        let one = |no| Adapter::new(HostNo(no), names, AdapterKind::Physical { npiv: None });
        match self.0 {
            Mood::Wrong => Ok(vec![one(1), one(0)]),
            Mood::Panics => panic!("on purpose"),
            Mood::Hangs => std::future::pending().await,
            Mood::Right | Mood::CannotBeMade => Ok(vec![one(0)]),
        }
    }

    async fn remote_ports(&self, adapter: HostNo) -> Result<Vec<RemotePort>> {
        if adapter == HostNo(0) {
            return Ok(vec![]);
        }
        Err(Error::new(ErrorKind::NotFound, "list remote ports", adapter.to_string(), "no adapter"))
    }
}

#[derive(Debug)]
struct Place(Arc<Toy>);

#[async_trait]
impl Fixture for Place {
    fn host(&self) -> Option<Arc<dyn Host>> {
        Some(Arc::clone(&self.0) as _)
    }
}

#[async_trait]
impl Maker for Mood {
    fn name(&self) -> String {
        format!("{self:?}")
    }

    async fn make(&self) -> Result<Box<dyn Fixture>> {
        if *self == Mood::CannotBeMade {
            return Err(Error::new(ErrorKind::Unsupported, "make", "toy", "out of toys"));
        }
        Ok(Box::new(Place(Arc::new(Toy(*self)))))
    }
}

fn tried_on(mood: Mood, selection: &Selection, deviations: &[Deviation]) -> Report {
    testing::run_paused(&mood, selection, deviations, &mut |_| ())
}

fn result_of(mood: Mood, case: &str, deviations: &[Deviation]) -> CaseReport {
    let mut report = tried_on(mood, &Selection::named(case), deviations);
    assert_eq!(report.cases.len(), 1, "{case}");
    report.cases.remove(0)
}

#[test]
fn names_are_unique_and_documented() {
    let mut seen = BTreeMap::new();
    for case in cases() {
        let before = seen.insert(case.name, case.group);
        assert_eq!(before, None, "{} stands twice", case.name);
        assert!(case.doc.len() > 20, "{} does not say what it proves", case.name);
        let first_ability = case.needs.abilities().first();
        assert!(first_ability.is_some(), "{} needs nothing", case.name);
    }
}

#[test]
fn what_cannot_be_tried_is_not_applicable_and_says_why() {
    let report = tried_on(Mood::Right, &Selection::default(), &[]);
    assert!(report.passed(), "{report}");
    let counts = report.counts();
    assert!(counts.passed >= 10 && counts.not_applicable > counts.passed, "{report}");
    for case in report.cases.iter().filter(|c| c.result == CaseResult::NotApplicable) {
        assert!(case.message.starts_with("needs "), "{case:?}");
    }
    let vport = result_of(Mood::Right, "a_vport_becomes_active", &[]);
    assert_eq!(vport.message, "needs Host::npiv");
}

#[test]
fn failures_panics_and_hangs_are_of_their_case() {
    let case = "adapters_ascend";
    let wrong = result_of(Mood::Wrong, case, &[]);
    assert_eq!(wrong.result, CaseResult::Failed);
    assert_eq!(wrong.message, "adapters(): HostNo(1) comes before HostNo(0)");
    let panics = result_of(Mood::Panics, case, &[]);
    let told = (panics.result, &*panics.message);
    assert_eq!(told, (CaseResult::Failed, "panicked: on purpose"));
    let hangs = result_of(Mood::Hangs, case, &[]);
    let told = (hangs.result, &*hangs.message, hangs.time.as_secs());
    assert_eq!(told, (CaseResult::Failed, "not done after 600 s: a call never returned", 600));
    let unmade = result_of(Mood::CannotBeMade, case, &[]);
    assert_eq!(unmade.result, CaseResult::Failed);
    assert!(unmade.message.contains("out of toys"), "{unmade:?}");
    let others = tried_on(Mood::Panics, &Selection::of_group(Group::Errors), &[]);
    assert!(others.counts().passed > 0, "others go on: {others}");
}

#[test]
fn deviations_hold_both_ways() {
    let known = [Deviation::new("adapters_ascend", "sorted by age", "bug 1")];
    let fails = result_of(Mood::Wrong, "adapters_ascend", &known);
    assert_eq!(fails.result, CaseResult::Deviates);
    assert!(fails.message.starts_with("sorted by age (bug 1): adapters()"), "{fails:?}");
    assert!(tried_on(Mood::Wrong, &Selection::named("adapters_ascend"), &known).passed());
    let passes = result_of(Mood::Right, "adapters_ascend", &known);
    assert_eq!(passes.result, CaseResult::UnexpectedPass);
    assert!(!tried_on(Mood::Right, &Selection::named("adapters_ascend"), &known).passed());
    let stale = [Deviation::new("no_such_case", "once", "bug 2")];
    let report = tried_on(Mood::Right, &Selection::default(), &stale);
    assert_eq!(report.errors, ["the deviation `no_such_case` names no case: delete it"]);
    assert!(!report.passed());
}

#[test]
fn selections() {
    let none = tried_on(Mood::Right, &Selection::named("no_such_case"), &[]);
    assert_eq!(none.errors, ["no case was selected: nothing was tried"]);
    assert!(!none.passed());
    let count =
        |selection: &Selection| cases().iter().filter(|case| selection.selects(case)).count();
    assert_eq!(count(&Selection::default()), cases().len());
    assert_eq!(count(&Selection::named("adapters_")), 3, "a prefix");
    let reads = Selection::all(Access::ReadOnly);
    let changes = Selection::all(Access::Changes);
    assert!(0 < count(&reads) && count(&reads) < count(&changes));
    assert!(count(&changes) < cases().len());
    let both = Selection { groups: vec![Group::Inventory], ..reads };
    assert!(cases().iter().filter(|c| both.selects(c)).all(|c| c.group == Group::Inventory));
}

#[test]
fn progress_is_told_in_order() {
    let told = Mutex::new(vec![]);
    let mut note = |case: &CaseReport| told.lock().expect("nobody panics").push(case.clone());
    let report = testing::run_paused(&Mood::Right, &Selection::default(), &[], &mut note);
    assert_eq!(report.cases, told.into_inner().expect("nobody panics"));
    assert!(report.cases.is_sorted_by_key(|case| case.group));
}

/// A fixture with names to spare, on a host that can make vports and has no adapter to make them on.
#[derive(Debug)]
struct Idle;

#[async_trait]
impl Host for Idle {
    fn name(&self) -> &'static str {
        "idle"
    }
    fn capabilities(&self) -> HostCapabilities {
        HostCapabilities::default()
    }
    async fn adapters(&self) -> Result<Vec<Adapter>> {
        Ok(vec![])
    }
    async fn remote_ports(&self, adapter: HostNo) -> Result<Vec<RemotePort>> {
        Err(Error::new(ErrorKind::NotFound, "list remote ports", adapter.to_string(), "no adapter"))
    }
    fn npiv(&self) -> Option<&dyn Npiv> {
        Some(self)
    }
}

#[async_trait]
impl Npiv for Idle {
    async fn create_vport(&self, parent: HostNo, _: WwnPair) -> Result<(Vport, Outcome)> {
        Err(Error::new(ErrorKind::NotFound, "create vport", parent.to_string(), "no adapter"))
    }
    async fn delete_vport(&self, parent: HostNo, _: WwnPair) -> Result<Outcome> {
        Err(Error::new(ErrorKind::NotFound, "delete vport", parent.to_string(), "no adapter"))
    }
    async fn vports(&self, parent: HostNo) -> Result<Vec<Vport>> {
        Err(Error::new(ErrorKind::NotFound, "list vports", parent.to_string(), "no adapter"))
    }
}

#[async_trait]
impl Fixture for Idle {
    fn host(&self) -> Option<Arc<dyn Host>> {
        Some(Arc::new(Self))
    }
    fn spare_names(&self) -> Vec<WwnPair> {
        let name = |text: &str| text.parse().expect("a name");
        let wwnn = "2000001b32a9da4e".parse().expect("a name");
        ["1", "2", "3", "4"]
            .map(|last| WwnPair::new(name(&format!("5001a4a00000000{last}")), wwnn))
            .to_vec()
    }
}

#[async_trait]
impl Maker for Idle {
    fn name(&self) -> String {
        "idle".into()
    }
    async fn make(&self) -> Result<Box<dyn Fixture>> {
        Ok(Box::new(Self))
    }
}

#[test]
fn a_group_that_could_be_tried_nowhere_is_an_error_and_one_that_was_not_offered_is_none() {
    let run = |group| testing::run_paused(&Idle, &Selection::of_group(group), &[], &mut |_| ());
    let npiv = run(Group::Npiv);
    assert_eq!(npiv.counts().not_applicable, npiv.counts().selected);
    let [error] = npiv.errors.as_slice() else { panic!("{npiv}") };
    assert!(error.starts_with("npiv: nothing was tried, although"), "{error}");
    assert!(error.contains("needs an online adapter with room for four vports ("), "{error}");
    let line = npiv.group_line(Group::Npiv);
    assert!(line.starts_with("npiv: 0 tried, ") && line.contains("needs an online"), "{line}");
    let told = std::panic::catch_unwind(|| testing::check_group(&Idle, Group::Npiv, &[]));
    assert!(told.is_err(), "the macro's test of this group fails");

    let zoning = run(Group::Zoning);
    assert_eq!(zoning.errors, Vec::<String>::new());
    assert!(zoning.group_line(Group::Zoning).contains("needs a fabric ("), "{zoning}");
    testing::check_group(&Idle, Group::Zoning, &[]);
    // The whole run is no better than its groups; single cases are what was asked for.
    let whole = testing::run_paused(&Idle, &Selection::default(), &[], &mut |_| ());
    assert!(whole.counts().passed > 0 && !whole.passed(), "{whole}");
    assert!(whole.errors.iter().any(|error| error.starts_with("npiv:")), "{whole}");
    let named = Selection::named("the_first_create_is_changed");
    let one = testing::run_paused(&Idle, &named, &[], &mut |_| ());
    assert!(one.errors.is_empty() && !one.passed(), "{one}");
}
