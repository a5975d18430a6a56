//! Zone edits on small databases.

use super::*;

fn wwpn(n: u64) -> Wwpn {
    Wwpn::new(0x5001_a4a0_0000_0000 + n).unwrap()
}

fn member(n: u64) -> ZoneMember {
    ZoneMember::Wwpn(wwpn(n))
}

fn alias(name: &str) -> ZoneMember {
    ZoneMember::Alias(name.into())
}

/// Initiators 1 and 2, targets 8 and 9.
fn targets() -> BTreeSet<Wwpn> {
    [wwpn(8), wwpn(9)].into()
}

fn database(zones: &[(&str, Zone)], aliases: &[(&str, &[ZoneMember])]) -> ZoneDatabase {
    let mut database = ZoneDatabase::default();
    for (name, zone) in zones {
        database.zones.insert((*name).into(), zone.clone());
    }
    for (name, members) in aliases {
        database.aliases.insert((*name).into(), members.iter().cloned().collect());
    }
    database
}

#[test]
fn a_zone_of_its_own_goes_with_it() {
    let own = database(&[("z", Zone::of([member(1), alias("vault")]))], &[("vault", &[member(8)])]);
    assert_eq!(retire(&own, wwpn(1), &targets()), [ZoneEdit::DeleteZone("z".into())]);
}

#[test]
fn a_shared_zone_stays_for_the_others() {
    let shared = Zone::of([member(1), member(2), member(8)]);
    let left = Zone::of([member(2), member(8)]);
    assert_eq!(
        retire(&database(&[("z", shared)], &[]), wwpn(1), &targets()),
        [ZoneEdit::PutZone("z".into(), left)]
    );
}

#[test]
fn a_member_by_port_may_be_an_initiator() {
    let by_port = ZoneMember::DomainPort(npivot_hal::DomainId::new(1).unwrap(), 4);
    let zone = Zone::of([member(1), by_port.clone(), member(8)]);
    let left = Zone::of([by_port, member(8)]);
    assert_eq!(
        retire(&database(&[("z", zone)], &[]), wwpn(1), &targets()),
        [ZoneEdit::PutZone("z".into(), left)]
    );
}

#[test]
fn an_alias_of_its_own_goes_after_the_zones_that_use_it() {
    let zone = Zone::of([alias("web"), member(2), member(8)]);
    let edits = retire(&database(&[("z", zone)], &[("web", &[member(1)])]), wwpn(1), &targets());
    let left = Zone::of([member(2), member(8)]);
    assert_eq!(edits, [ZoneEdit::PutZone("z".into(), left), ZoneEdit::DeleteAlias("web".into())]);
}

#[test]
fn a_shared_alias_loses_it_and_its_zones_stay() {
    let zone = Zone::of([alias("web"), member(8)]);
    let aliases: &[(&str, &[ZoneMember])] = &[("web", &[member(1), member(2)])];
    let edits = retire(&database(&[("z", zone)], aliases), wwpn(1), &targets());
    assert_eq!(edits, [ZoneEdit::PutAlias("web".into(), [member(2)].into())]);
}

#[test]
fn a_peer_zone_goes_with_its_last_principal() {
    let peer = Zone { members: [member(2)].into(), principals: [member(1)].into() };
    let edits = retire(&database(&[("z", peer)], &[]), wwpn(1), &targets());
    assert_eq!(edits, [ZoneEdit::DeleteZone("z".into())]);
}

#[test]
fn strangers_are_not_touched() {
    let others = database(
        &[
            ("mine", Zone::of([member(2), member(8)])),
            ("targets", Zone::of([member(8), member(9)])),
        ],
        &[],
    );
    assert_eq!(retire(&others, wwpn(1), &targets()), []);
}

#[test]
fn letting_in_and_out_leaves_nothing() {
    let mut zones = ZoneDatabase::default();
    for edit in admit("cfg", wwpn(1), &targets()) {
        if let ZoneEdit::PutZone(name, zone) = edit {
            zones.zones.insert(name, zone);
        }
    }
    assert_eq!(
        retire(&zones, wwpn(1), &targets()),
        [ZoneEdit::DeleteZone("npivot_5001a4a000000001".into())]
    );
}
