//! The look before a call: what happens when it fails, or when somebody comes in between.

use std::sync::Arc;

use npivot_hal::layer::{
    CheckedArray, CheckedFabric, CheckedHost, FaultyArray, FaultyFabric, FaultyHost, Script,
    Verdict, When,
};
use npivot_hal::{Array, DomainId, ErrorKind, Fabric, Host, HostNo, Outcome};

use crate::toy::{ToyArray, ToyFabric, ToyHost, names, now};

/// A plan that makes every read fail.
fn blind() -> Arc<Script> {
    let reads = ["adapters", "vports", "groups", "volumes", "switches", "effective", "defined"];
    Arc::new(Script::new(reads.map(|method| When::method(method).always(Verdict::Fail))))
}

#[test]
fn a_look_that_fails_finds_nothing_wrong() {
    let host = FaultyHost::new(Arc::new(ToyHost::default()), blind());
    let host = CheckedHost::new(Arc::new(host));
    let npiv = host.npiv().unwrap();
    let create = |on| now(npiv.create_vport(HostNo(on), names(5))).map(|(_, outcome)| outcome);
    assert_eq!(create(0).unwrap(), Outcome::Changed);
    let error = create(9).unwrap_err();
    assert_eq!((error.kind(), error.reason()), (ErrorKind::NotFound, "refused by the toy"));

    let fabric = FaultyFabric::new(Arc::new(ToyFabric::default()), blind());
    let fabric = CheckedFabric::new(Arc::new(fabric));
    assert_eq!(now(fabric.ports(DomainId::new(1).unwrap())).unwrap(), []);

    let array = FaultyArray::new(Arc::new(ToyArray::default()), blind());
    let array = CheckedArray::new(Arc::new(array));
    let masking = array.masking().unwrap();
    assert_eq!(now(masking.create_group("g")).unwrap(), Outcome::Changed);
    assert_eq!(now(masking.map("g", "v0", 1)).unwrap(), Outcome::Changed);
    assert!(now(masking.map("nobody", "v0", 1)).is_err());
}

/// One list that cannot be read hides what is in it, and nothing else.
#[test]
fn a_list_of_vports_that_fails_leaves_the_adapters_to_look_at() {
    let toy = Arc::new(ToyHost::default());
    let script = Script::new([When::method("vports").always(Verdict::Fail)]);
    let host = CheckedHost::new(Arc::new(FaultyHost::new(toy, Arc::new(script))));
    let npiv = host.npiv().unwrap();
    let create = |on| now(npiv.create_vport(HostNo(on), names(5))).map(|(_, outcome)| outcome);
    assert_eq!(create(0).unwrap(), Outcome::Changed);
    assert_eq!(create(0).unwrap(), Outcome::Unchanged, "seen by its own adapter");
    assert_eq!(create(1).unwrap_err().kind(), ErrorKind::AlreadyExists);
}

/// Faults outside of the checks never reach their looks: numbered verdicts stay where they are.
#[test]
fn looks_are_below_the_layer() {
    let toy = Arc::new(ToyHost::default());
    let script = Arc::new(Script::new([When::any().nth(1, Verdict::Fail)]));
    let checked = CheckedHost::new(toy.clone());
    let host = FaultyHost::new(Arc::new(checked), script);
    let npiv = host.npiv().unwrap();
    assert!(now(npiv.create_vport(HostNo(0), names(5))).is_ok(), "call 0, whatever it looks at");
    assert!(now(npiv.vports(HostNo(0))).unwrap_err().is_injected(), "call 1");
    assert_eq!(
        toy.take_asked(),
        ["adapters", "vports", "vports", "create_vport"],
        "call 1 did not even look"
    );
}

#[test]
fn a_lost_call_can_be_repeated() {
    let script = Script::new([When::changing().nth(0, Verdict::Lost)]);
    let host = FaultyHost::new(Arc::new(ToyHost::default()), Arc::new(script));
    let host = CheckedHost::new(Arc::new(host));
    let npiv = host.npiv().unwrap();
    let create = || now(npiv.create_vport(HostNo(0), names(5))).map(|(_, outcome)| outcome);
    assert_eq!(create().unwrap_err().kind(), ErrorKind::NoAnswer);
    assert_eq!(create().unwrap(), Outcome::Unchanged);
}
