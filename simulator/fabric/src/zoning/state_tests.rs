//! Transactions: who may write, what a failed request leaves behind, and what is in force when.

use std::collections::BTreeSet;

use npivot_hal::{DefaultZone, ErrorKind, Wwpn, Zone, ZoneMember};
use proptest::prelude::*;

use super::super::tally::Tally;
use super::*;

fn domain(id: u8) -> DomainId {
    DomainId::new(id).unwrap()
}

fn member(n: u64) -> ZoneMember {
    ZoneMember::Wwpn(Wwpn::new(0x2100_0000_0000_0000 + n).unwrap())
}

fn alias(name: &str) -> ZoneMember {
    ZoneMember::Alias(name.into())
}

/// Alias `disk`, zone `z` of it and port 1, zone set `prod` of `z`, enabled.
fn sample() -> Zoning {
    let database = ZoneDatabase {
        aliases: [("disk".into(), BTreeSet::from([member(9)]))].into(),
        zones: [("z".into(), Zone::of([member(1), alias("disk")]))].into(),
        zone_sets: [("prod".into(), BTreeSet::from(["z".into()]))].into(),
        default_zone: DefaultZone::Deny,
    };
    let mut zoning = Zoning::default();
    zoning.install(database, Some("prod")).unwrap();
    zoning
}

/// A refused edit on the sample: its error, after checking that it left no trace.
fn refused(edit: ZoneEdit) -> ZoningError {
    let mut zoning = sample();
    let open = zoning.begin(domain(1)).unwrap();
    let error = zoning.edit(&open, edit).unwrap_err();
    assert_eq!(zoning.open_transaction(), Some(open.clone()));
    let effect = zoning.commit(&open, None).unwrap();
    assert!(!effect.outcome().changed());
    assert_eq!(zoning.defined(), sample().defined());
    error
}

#[test]
fn enabling_resolves_aliases() {
    let zoning = sample();
    let zone = &zoning.effective().zones["z"];
    assert_eq!(zone, &Zone::of([member(1), member(9)]));
}

#[test]
fn a_second_writer_loses_and_learns_to_whom() {
    let mut zoning = sample();
    let first = zoning.begin(domain(3)).unwrap();
    let error = zoning.begin(domain(4)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Busy);
    assert_eq!(
        error.to_string(),
        "zoning transaction 1 of domain 3 is open: begin again when it has been committed or aborted"
    );
    zoning.abort(&first);
    let second = zoning.begin(domain(4)).unwrap();
    assert!(second.token > first.token, "tokens are never used twice");
    zoning.abort(&first);
    assert_eq!(zoning.open_transaction(), Some(second), "not his to abort");
    let stale = zoning.commit(&first, None).unwrap_err();
    assert_eq!(stale, ZoningError::NotOpen { token: 1 });
    assert_eq!(stale.kind(), ErrorKind::Conflict);
}

#[test]
fn nobody_commits_what_he_has_not_seen() {
    let mut zoning = sample();
    let begun = zoning.begin(domain(1)).unwrap();
    let edit = ZoneEdit::CreateZoneSet("new".into());
    let (edited, outcome) = zoning.edit(&begun, edit.clone()).unwrap();
    assert!(outcome.changed());
    assert!(matches!(zoning.commit(&begun, None), Err(ZoningError::Stale { token: 1, .. })));
    assert!(zoning.edit(&begun, edit.clone()).is_err());
    let (same, outcome) = zoning.edit(&edited, edit).unwrap();
    assert_eq!((same.checksum, outcome), (edited.checksum, Outcome::Unchanged));
    assert!(!zoning.defined().zone_sets.contains_key("new"));
    let effect = zoning.commit(&edited, None).unwrap();
    assert!(effect.defined_changed && !effect.effective_changed);
    assert!(zoning.defined().zone_sets.contains_key("new"));
    assert_eq!(zoning.open_transaction(), None);
}

#[test]
fn enabling_again_puts_the_new_definition_in_force() {
    let mut zoning = sample();
    let open = zoning.begin(domain(1)).unwrap();
    let edit = ZoneEdit::PutAlias("disk".into(), [member(8)].into());
    let (open, _) = zoning.edit(&open, edit).unwrap();
    let effect = zoning.commit(&open, None).unwrap();
    assert!(effect.defined_changed && !effect.effective_changed);
    assert!(zoning.effective().zones["z"].members.contains(&member(9)));
    for changed in [true, false] {
        let open = zoning.begin(domain(1)).unwrap();
        let effect = zoning.commit(&open, Some("prod")).unwrap();
        assert_eq!((effect.defined_changed, effect.effective_changed), (false, changed));
    }
    assert!(zoning.effective().zones["z"].members.contains(&member(8)));
}

#[test]
fn what_edits_refuse() {
    let put =
        |members: &[ZoneMember]| ZoneEdit::PutZone("y".into(), Zone::of(members.iter().cloned()));
    let add = |zone_set: &str, zone: &str| ZoneEdit::AddToZoneSet {
        zone_set: zone_set.into(),
        zone: zone.into(),
    };
    let cases = [
        (put(&[alias("tape")]), "there is no alias `tape`, which zone `y` names: create it first"),
        (
            ZoneEdit::PutAlias("a".into(), [alias("disk")].into()),
            "alias `a` has the alias `disk` as a member: an alias stands for ports, name them",
        ),
        (
            ZoneEdit::DeleteAlias("disk".into()),
            "alias `disk` is a member of zone `z`: take it out of the zone before deleting it",
        ),
        (
            ZoneEdit::DeleteZoneSet("prod".into()),
            "zone set `prod` is enabled: enable another one before deleting it",
        ),
        (add("prod", "y"), "there is no zone `y`: create it first"),
        (add("test", "z"), "there is no zone set `test`: create it first"),
        (
            ZoneEdit::CreateZoneSet("_x".into()),
            "`_x` cannot name a zone set: start with a letter or digit, go on with letters, digits, `_`, `$`, `^` or `-`, and use at most 64 bytes",
        ),
    ];
    for (edit, message) in cases {
        assert_eq!(refused(edit).to_string(), message);
    }
    for name in ["", "a b", "é", "a\n", "-", &"x".repeat(65)] {
        let error = refused(ZoneEdit::CreateZoneSet(name.into()));
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{name:?}");
    }
}

#[test]
fn a_deleted_zone_leaves_every_zone_set_but_not_what_is_in_force() {
    let mut zoning = sample();
    let open = zoning.begin(domain(1)).unwrap();
    let (open, _) = zoning.edit(&open, ZoneEdit::DeleteZone("z".into())).unwrap();
    zoning.commit(&open, None).unwrap().outcome().changed();
    assert!(zoning.defined().zone_sets["prod"].is_empty());
    assert!(zoning.effective().zones.contains_key("z"));
}

#[test]
fn a_refused_commit_leaves_the_transaction_open() {
    let limits = ZoningLimits { max_database_bytes: 60, ..ZoningLimits::default() };
    let mut zoning = Zoning::new(limits);
    let open = zoning.begin(domain(1)).unwrap();
    let missing = zoning.commit(&open, Some("none")).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    let edit = ZoneEdit::PutZone("z".into(), Zone::of((1..4).map(member)));
    let (open, _) = zoning.edit(&open, edit).unwrap();
    assert_eq!(
        zoning.commit(&open, None).unwrap_err(),
        ZoningError::TooLarge { bytes: 2 + 3 * 24, max_bytes: 60 }
    );
    let sizes = zoning.sizes();
    assert_eq!((sizes.committed_bytes, sizes.transaction_bytes), (0, Some(74)));
    assert_eq!(zoning.open_transaction(), Some(open));
}

/// Aliases multiply, so the effective configuration has a limit of its own.
#[test]
fn a_small_database_cannot_make_a_huge_effective_configuration() {
    let limits = ZoningLimits { max_effective_members: 150, ..ZoningLimits::default() };
    let many: BTreeSet<_> = (0..100).map(member).collect();
    let zone = Zone::of([alias("many")]);
    let database = ZoneDatabase {
        aliases: [("many".into(), many)].into(),
        zones: [("a".into(), zone.clone()), ("b".into(), zone)].into(),
        zone_sets: [("s".into(), BTreeSet::from(["a".into(), "b".into()]))].into(),
        default_zone: DefaultZone::Deny,
    };
    let error = Zoning::new(limits).install(database, Some("s")).unwrap_err();
    assert_eq!(error, ZoningError::TooManyMembers { members: 200, max_members: 150 });
}

/// Without its principals a peer zone would turn into a regular one, and its peers would see each other.
#[test]
fn a_peer_zone_needs_a_principal_that_is_somebody() {
    let mut database = ZoneDatabase::default();
    database.aliases.insert("nobody".into(), BTreeSet::new());
    let zone =
        Zone { members: [member(1), member(2)].into(), principals: [alias("nobody")].into() };
    database.zones.insert("z".into(), zone);
    database.zone_sets.insert("s".into(), ["z".into()].into());
    let mut zoning = Zoning::default();
    let error = zoning.install(database, Some("s")).unwrap_err();
    assert_eq!(error, ZoningError::NoPrincipal { zone: "z".into() });
    assert_eq!(zoning.defined(), &ZoneDatabase::default());
}

fn a_name() -> impl Strategy<Value = String> {
    prop_oneof![9 => "[abc]", 1 => "[-é ]"]
}

fn members() -> impl Strategy<Value = BTreeSet<ZoneMember>> {
    let one =
        prop_oneof![3 => (0_u64..4).prop_map(member), 1 => "[abc]".prop_map(ZoneMember::Alias)];
    prop::collection::btree_set(one, 0..3)
}

fn an_edit() -> impl Strategy<Value = ZoneEdit> {
    prop_oneof![
        (a_name(), members()).prop_map(|(name, members)| ZoneEdit::PutAlias(name, members)),
        a_name().prop_map(ZoneEdit::DeleteAlias),
        (a_name(), members(), members()).prop_map(|(name, members, principals)| {
            ZoneEdit::PutZone(name, Zone { members, principals })
        }),
        a_name().prop_map(ZoneEdit::DeleteZone),
        a_name().prop_map(ZoneEdit::CreateZoneSet),
        a_name().prop_map(ZoneEdit::DeleteZoneSet),
        (a_name(), a_name()).prop_map(|(zone_set, zone)| ZoneEdit::AddToZoneSet { zone_set, zone }),
        (a_name(), a_name())
            .prop_map(|(zone_set, zone)| ZoneEdit::RemoveFromZoneSet { zone_set, zone }),
        prop_oneof![Just(DefaultZone::Deny), Just(DefaultZone::Permit)]
            .prop_map(ZoneEdit::SetDefaultZone),
    ]
}

/// An edit on a database, as the documentation of [`ZoneEdit`] tells it, without any check.
fn model(mut database: ZoneDatabase, edit: ZoneEdit) -> ZoneDatabase {
    match edit {
        ZoneEdit::PutAlias(name, members) => drop(database.aliases.insert(name, members)),
        ZoneEdit::DeleteAlias(name) => drop(database.aliases.remove(&name)),
        ZoneEdit::PutZone(name, zone) => drop(database.zones.insert(name, zone)),
        ZoneEdit::DeleteZone(name) => {
            database.zones.remove(&name);
            for zones in database.zone_sets.values_mut() {
                zones.remove(&name);
            }
        }
        ZoneEdit::CreateZoneSet(name) => drop(database.zone_sets.entry(name).or_default()),
        ZoneEdit::DeleteZoneSet(name) => drop(database.zone_sets.remove(&name)),
        ZoneEdit::AddToZoneSet { zone_set, zone } => {
            database.zone_sets.get_mut(&zone_set).unwrap().insert(zone);
        }
        ZoneEdit::RemoveFromZoneSet { zone_set, zone } => {
            database.zone_sets.get_mut(&zone_set).unwrap().remove(&zone);
        }
        ZoneEdit::SetDefaultZone(default) => database.default_zone = default,
        _ => unreachable!(),
    }
    database
}

proptest! {
    /// Whatever is asked for: the working copy stays valid and is what the edits that succeeded make;
    /// checksum and size are those of the content; a failure changes nothing; abort and commit are all or
    /// nothing.
    #[test]
    fn edits_keep_the_database_valid(
        edits in prop::collection::vec(an_edit(), 0..40),
        save in any::<bool>(),
        enable in prop::option::of("[abc]"),
    ) {
        let mut zoning = Zoning::default();
        let mut open = zoning.begin(domain(1)).unwrap();
        let mut expected = ZoneDatabase::default();
        for edit in edits {
            let before = open.clone();
            let result = zoning.edit(&open, edit.clone());
            if let Ok((next, outcome)) = result {
                let after = model(expected.clone(), edit);
                prop_assert_eq!(outcome.changed(), after != expected);
                prop_assert_eq!(outcome.changed(), next.checksum != before.checksum);
                (expected, open) = (after, next);
            } else {
                prop_assert_eq!(zoning.open_transaction(), Some(before));
            }
            let working = &zoning.open.as_ref().unwrap().draft;
            prop_assert_eq!(&*working.database, &expected);
            prop_assert_eq!(working.tally, Tally::of(&expected));
            prop_assert_eq!(check::database(&expected, zoning.limits()), Ok(()));
            prop_assert_eq!(zoning.defined(), &ZoneDatabase::default());
        }
        if !save {
            zoning.abort(&open);
            zoning.abort(&open);
            expected = ZoneDatabase::default();
        } else if let Ok(effect) = zoning.commit(&open, enable.as_deref()) {
            prop_assert_eq!(effect.defined_changed, expected != ZoneDatabase::default());
            prop_assert_eq!(zoning.effective().zone_set.clone(), enable);
        } else {
            prop_assert_eq!(zoning.open_transaction(), Some(open));
            expected = ZoneDatabase::default();
        }
        prop_assert_eq!(zoning.defined(), &expected);
    }
}
