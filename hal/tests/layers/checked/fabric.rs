//! A fabric.

use std::sync::Arc;

use npivot_hal::layer::{CheckedFabric, FaultyFabric, Once, Verdict};
use npivot_hal::{
    DomainId, ErrorKind, Fabric, Outcome, Result, Zone, ZoneEdit, ZoneMember, ZoneTransaction,
    Zoning,
};

use super::must_refuse;
use crate::toy::{ToyFabric, names, now, poll_once};

fn put(name: &str) -> ZoneEdit {
    ZoneEdit::PutZone(name.into(), Zone::of([ZoneMember::Wwpn(names(5).wwpn)]))
}

fn checked() -> (Arc<ToyFabric>, CheckedFabric) {
    let toy = Arc::new(ToyFabric::default());
    (toy.clone(), CheckedFabric::new(toy))
}

fn edit(
    zoning: &dyn Zoning,
    transaction: &ZoneTransaction,
    edit: ZoneEdit,
) -> Result<ZoneTransaction> {
    now(zoning.edit(transaction, edit)).map(|(transaction, _)| transaction)
}

#[test]
fn no_such_domain() {
    let (toy, fabric) = checked();
    must_refuse(
        now(fabric.ports(DomainId::new(7).unwrap())),
        ErrorKind::NotFound,
        "list ports on domain 7 of fabric-a: no switch has this domain: expected one of 1",
    );
    assert_eq!(toy.take_asked(), ["switches"]);
    assert_eq!(now(fabric.ports(DomainId::new(1).unwrap())).unwrap(), []);
}

#[test]
fn names_that_cannot_be() {
    let (toy, fabric) = checked();
    let zoning = fabric.zoning().unwrap();
    let open = now(zoning.begin()).unwrap();
    toy.take_asked();
    let none = "expected at least one character";
    let long = "it has 9 bytes, expected 8 at most";
    let alias = |name: &str| ZoneEdit::PutAlias(name.into(), [].into());
    let set = |name: &str| ZoneEdit::CreateZoneSet(name.into());
    for (what, asked, name, problem) in [
        ("alias", alias(""), "", none),
        ("alias", alias("é2345678"), "é2345678", long),
        ("zone", put(""), "", none),
        ("zone", put("123456789"), "123456789", long),
        ("zone set", set(""), "", none),
        ("zone set", set("123456789"), "123456789", long),
    ] {
        let line = format!("edit zones on {what} `{name}`: the name cannot be: {problem}");
        must_refuse(edit(zoning, &open, asked), ErrorKind::InvalidArgument, &line);
    }
    let add = |zone_set: &str, zone: &str| ZoneEdit::AddToZoneSet {
        zone_set: zone_set.into(),
        zone: zone.into(),
    };
    let remove = ZoneEdit::RemoveFromZoneSet { zone_set: String::new(), zone: "z".into() };
    for (what, asked) in [("zone set", add("", "z")), ("zone", add("s", "")), ("zone set", remove)]
    {
        let line = format!("edit zones on {what} ``: no {what} can have this name: {none}");
        must_refuse(edit(zoning, &open, asked), ErrorKind::NotFound, &line);
    }
    must_refuse(
        now(zoning.commit(&open, Some("123456789"))),
        ErrorKind::NotFound,
        &format!(
            "commit zoning transaction on zone set `123456789`: no zone set can have this name: {long}"
        ),
    );
    assert_eq!(toy.take_asked(), [""; 0]);
    let gone = ZoneEdit::DeleteZone("123456789".into());
    assert_eq!(now(zoning.edit(&open, gone)).unwrap().1, Outcome::Unchanged);
    edit(zoning, &open, put("12345678")).unwrap();
}

#[test]
fn an_alias_in_an_alias() {
    let (_, fabric) = checked();
    let zoning = fabric.zoning().unwrap();
    let open = now(zoning.begin()).unwrap();
    let nested = ZoneEdit::PutAlias("a".into(), [ZoneMember::Alias("b".into())].into());
    must_refuse(
        edit(zoning, &open, nested),
        ErrorKind::InvalidArgument,
        "edit zones on alias `a`: its member `b` is an alias: expected ports, by name, address or switch port",
    );
}

#[test]
fn the_zone_set_that_is_enabled() {
    let (_, fabric) = checked();
    let zoning = fabric.zoning().unwrap();
    let open = now(zoning.begin()).unwrap();
    let open = edit(zoning, &open, ZoneEdit::CreateZoneSet("s".into())).unwrap();
    let open = edit(zoning, &open, ZoneEdit::CreateZoneSet("t".into())).unwrap();
    assert_eq!(now(zoning.commit(&open, Some("s"))).unwrap(), Outcome::Changed);
    let open = now(zoning.begin()).unwrap();
    let delete = |name: &str| ZoneEdit::DeleteZoneSet(name.into());
    must_refuse(
        edit(zoning, &open, delete("s")),
        ErrorKind::InvalidArgument,
        "edit zones on zone set `s`: it is enabled: enable another one first",
    );
    let (open, outcome) = now(zoning.edit(&open, delete("t"))).unwrap();
    assert_eq!(outcome, Outcome::Changed);
    assert_eq!(now(zoning.edit(&open, delete("t"))).unwrap().1, Outcome::Unchanged);
}

/// Some switches let a zone set be deleted while it is in force: asking again does nothing.
#[test]
fn a_zone_set_that_is_enabled_and_not_defined() {
    let (toy, fabric) = checked();
    toy.with(|machine| machine.effective.zone_set = Some("s".into()));
    let zoning = fabric.zoning().unwrap();
    let open = now(zoning.begin()).unwrap();
    let delete = ZoneEdit::DeleteZoneSet("s".into());
    assert_eq!(now(zoning.edit(&open, delete)).unwrap().1, Outcome::Unchanged);
}

#[test]
fn a_transaction_that_was_seen_to_end() {
    let (toy, fabric) = checked();
    let zoning = fabric.zoning().unwrap();
    let ends: [fn(&dyn Zoning, &ZoneTransaction); 2] = [
        |zoning, open| assert!(now(zoning.commit(open, None)).is_ok()),
        |zoning, open| assert!(now(zoning.abort(open)).is_ok()),
    ];
    for end in ends {
        let open = now(zoning.begin()).unwrap();
        end(zoning, &open);
        toy.take_asked();
        let object = format!("transaction {} of fabric-a", open.token);
        let why = "it was committed or aborted: begin a new one";
        must_refuse(
            edit(zoning, &open, put("z")),
            ErrorKind::Conflict,
            &format!("edit zones on {object}: {why}"),
        );
        must_refuse(
            now(zoning.commit(&open, None)),
            ErrorKind::Conflict,
            &format!("commit zoning transaction on {object}: {why}"),
        );
        assert_eq!(toy.take_asked(), [""; 0]);
        now(zoning.abort(&open)).unwrap();
        assert_eq!(toy.take_asked(), ["abort"], "ending it again is no error");
    }
}

#[test]
fn a_transaction_that_was_seen_edited() {
    let (toy, fabric) = checked();
    let zoning = fabric.zoning().unwrap();
    let begun = now(zoning.begin()).unwrap();
    let open = edit(zoning, &begun, put("z")).unwrap();
    toy.take_asked();
    let line = format!(
        "edit zones on transaction 1 of fabric-a: it is at checksum {:016x}, not {:016x}: present what the last edit returned",
        open.checksum, begun.checksum
    );
    must_refuse(edit(zoning, &begun, put("y")), ErrorKind::Conflict, &line);
    assert_eq!(toy.take_asked(), [""; 0]);
    // Back to where it was: the first proof is as good as the last one.
    edit(zoning, &open, ZoneEdit::DeleteZone("z".into())).unwrap();
    edit(zoning, &begun, put("x")).unwrap();
}

/// What it has not seen it leaves to the backend.
#[test]
fn transactions_that_it_does_not_know() {
    let (toy, fabric) = checked();
    let zoning = fabric.zoning().unwrap();
    let elsewhere = now(toy.zoning().unwrap().begin()).unwrap();
    edit(zoning, &elsewhere, put("z")).unwrap();
    let never = ZoneTransaction::new(99, 0, DomainId::new(1).unwrap());
    let error = edit(zoning, &never, put("z")).unwrap_err();
    assert_eq!((error.kind(), error.reason()), (ErrorKind::Conflict, "refused by the toy"));
}

/// After a lost answer nobody knows where the transaction is: a retry must reach the backend.
#[test]
fn a_lost_edit_leaves_nothing_known() {
    for verdict in [Verdict::Lost, Verdict::CrashAfter, Verdict::CrashBefore, Verdict::Fail] {
        let toy = Arc::new(ToyFabric::default());
        // The first change is the beginning, the second the first edit.
        let faulty = FaultyFabric::new(toy.clone(), Arc::new(Once::at(1, verdict)));
        let fabric = CheckedFabric::new(Arc::new(faulty));
        let zoning = fabric.zoning().unwrap();
        let begun = now(zoning.begin()).unwrap();
        let mut call = zoning.edit(&begun, put("z"));
        let _ = poll_once(call.as_mut());
        drop(call);
        toy.take_asked();
        let retried = edit(zoning, &begun, put("z"));
        assert_eq!(toy.take_asked(), ["edit"], "{verdict:?}");
        let done = matches!(verdict, Verdict::Lost | Verdict::CrashAfter);
        assert_eq!(retried.is_err(), done, "{verdict:?}: the toy knows that its checksum moved");
    }
}

/// Of two calls at once it cannot tell which came last.
#[test]
fn overlapping_edits_leave_nothing_known() {
    let toy = Arc::new(ToyFabric::default());
    let faulty = FaultyFabric::new(toy.clone(), Arc::new(Once::at(1, Verdict::CrashBefore)));
    let fabric = CheckedFabric::new(Arc::new(faulty));
    let zoning = fabric.zoning().unwrap();
    let begun = now(zoning.begin()).unwrap();
    let mut first = zoning.edit(&begun, put("z"));
    assert!(poll_once(first.as_mut()).is_pending());
    edit(zoning, &begun, put("y")).unwrap();
    toy.take_asked();
    let error = edit(zoning, &begun, put("x")).unwrap_err();
    assert_eq!((error.reason(), toy.take_asked()), ("refused by the toy", vec!["edit"]));
}

#[test]
fn it_remembers_a_bounded_number_of_transactions() {
    let (_, fabric) = checked();
    let zoning = fabric.zoning().unwrap();
    let mut ended = vec![];
    for _ in 0..200 {
        let open = now(zoning.begin()).unwrap();
        now(zoning.abort(&open)).unwrap();
        ended.push(open);
    }
    let refused_by = |transaction| {
        let error = edit(zoning, transaction, put("z")).unwrap_err();
        error.reason() == "refused by the toy"
    };
    assert!(!refused_by(&ended[199]), "the last is remembered");
    assert!(refused_by(&ended[0]), "the first is forgotten: the backend says it");
}
