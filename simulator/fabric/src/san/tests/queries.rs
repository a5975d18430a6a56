//! What the name server answers, against "can each of them be reached?".

use std::collections::BTreeSet;

use npivot_hal::{DefaultZone, FcId, Zone, ZoneDatabase, ZoneMember};
use proptest::prelude::*;

use super::{DuplicateWwpn, FABRIC, by_name, domain, login, names, port, two, wwpn};
use crate::san::{San, Unreachable};

fn database(zones: Vec<Zone>, default_zone: DefaultZone) -> ZoneDatabase {
    let mut database = ZoneDatabase { default_zone, ..ZoneDatabase::default() };
    database.zone_sets.insert("cfg".into(), BTreeSet::new());
    for (n, zone) in zones.into_iter().enumerate() {
        database.zones.insert(format!("z{n}"), zone);
        database.zone_sets.get_mut("cfg").unwrap().insert(format!("z{n}"));
    }
    database
}

/// Six N_Ports: 0 with vports 1 and 2 behind s1/0, 3 behind s1/1, 4 with vport 5 behind s2/0.
fn six(zones: Vec<Zone>, default_zone: DefaultZone) -> San {
    let mut san = two([DuplicateWwpn::FirstWins; 2]);
    for (switch, number, base, vports) in [(0, 0, 0, 1..3), (0, 1, 3, 0..0), (1, 0, 4, 5..6)] {
        let port = port(&san, switch, number);
        san.flogi(port, &login(base)).unwrap();
        for vport in vports {
            san.fdisc(port, &login(vport)).unwrap();
        }
    }
    san.fabrics[0].zoning.install(database(zones, default_zone), Some("cfg")).unwrap();
    san
}

/// The N_Ports that one sees, by number.
fn seen(san: &San, n: u8) -> Vec<u8> {
    let seen = san.visible_from(by_name(san, n));
    let number = |wwpn| (0..6).find(|&n| super::wwpn(n) == wwpn).unwrap();
    seen.into_iter().map(|ix| number(san.nport(ix).names.wwpn)).collect()
}

#[test]
fn default_zone_deny_and_permit() {
    let pair = Zone::of([0, 4].map(|n| ZoneMember::Wwpn(wwpn(n))));
    let san = six(vec![pair.clone()], DefaultZone::Deny);
    assert_eq!((seen(&san, 0), seen(&san, 1)), (vec![4], vec![]));
    let san = six(vec![pair], DefaultZone::Permit);
    assert_eq!(seen(&san, 0), [4], "who is in a zone is not in the default zone");
    assert_eq!(seen(&san, 1), [2, 3, 5], "by address");
}

#[test]
fn a_port_as_member_stands_for_all_behind_it() {
    let members = [ZoneMember::DomainPort(domain(1), 0), ZoneMember::Wwpn(wwpn(4))];
    let mut san = six(vec![Zone::of(members)], DefaultZone::Deny);
    assert_eq!(seen(&san, 4), [0, 1, 2]);
    assert_eq!(seen(&san, 2), [0, 1, 4], "and they see each other");
    assert!(seen(&san, 5).is_empty());
    let key = (san.key(by_name(&san, 1)), san.key(by_name(&san, 4)));
    assert_eq!(san.shared_zones(FABRIC, &key.0, &key.1), ["z0"]);
    // In the other half of a split fabric there is nobody.
    let isl = port(&san, 0, 3);
    assert!(san.set_isl_light(isl, false));
    assert_eq!((seen(&san, 4), seen(&san, 2)), (vec![], vec![0, 1]));
    let (a, b) = (by_name(&san, 2), by_name(&san, 4));
    assert_eq!(san.reach(a, b), Err(Unreachable::OtherSegment));
    assert!(san.set_isl_light(isl, true));
    assert_eq!(san.reach(a, b), Ok(()));
    assert_eq!(san.reach(a, by_name(&san, 5)), Err(Unreachable::NotZoned));
}

fn member() -> impl Strategy<Value = ZoneMember> {
    prop_oneof![
        (0_u8..6).prop_map(|n| ZoneMember::Wwpn(wwpn(n))),
        (1_u8..3, 0_u16..2).prop_map(|(d, p)| ZoneMember::DomainPort(domain(d), p)),
        (1_u32..3, 0_u32..2, 0_u32..3)
            .prop_map(|(d, a, p)| ZoneMember::FcId(FcId::new(d << 16 | a << 8 | p).unwrap())),
    ]
}

fn zone() -> impl Strategy<Value = Zone> {
    let members = || prop::collection::btree_set(member(), 0..4);
    (members(), prop_oneof![Just(BTreeSet::new()), members()])
        .prop_map(|(members, principals)| Zone { members, principals })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_name_server_tells_of_whom_one_can_reach(
        zones in prop::collection::vec(zone(), 0..4),
        permit: bool,
        split: bool,
    ) {
        let default_zone = if permit { DefaultZone::Permit } else { DefaultZone::Deny };
        let mut san = six(zones, default_zone);
        if split {
            let isl = port(&san, 0, 3);
            san.set_isl_light(isl, false);
        }
        for n in 0..6 {
            let own = by_name(&san, n);
            let reached = san.all(FABRIC).filter(|&other| other != own && san.reach(own, other).is_ok());
            prop_assert_eq!(san.visible_from(own), reached.collect::<Vec<_>>(), "of {}", n);
        }
        prop_assert_eq!(names(&san, port(&san, 0, 0)).len(), 3);
    }
}
