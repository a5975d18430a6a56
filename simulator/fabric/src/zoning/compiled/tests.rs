//! The index against an obvious model: sets of names, looked through one by one.

use std::collections::{BTreeMap, BTreeSet};

use npivot_hal::{DomainId, FcId, Wwpn, Zone, ZoneMember};
use proptest::prelude::*;

use super::*;

fn domain(id: u8) -> DomainId {
    DomainId::new(id).unwrap()
}

fn wwpn(n: u64) -> Wwpn {
    Wwpn::new(0x2100_0000_0000_0000 + n).unwrap()
}

/// Port `n` of eight: two behind each switch port, two switch ports on each of two domains.
fn port(n: u8) -> PortKey {
    let domain = domain(1 + n / 4);
    PortKey {
        wwpn: wwpn(n.into()),
        fc_id: FcId::from_parts(domain, n, 0),
        domain,
        port: u16::from(n / 2 % 2),
    }
}

fn ports() -> Vec<PortKey> {
    (0..8).map(port).collect()
}

fn stands_for(member: &ZoneMember, port: &PortKey) -> bool {
    match member {
        ZoneMember::Wwpn(name) => *name == port.wwpn,
        ZoneMember::DomainPort(domain, number) => (*domain, *number) == (port.domain, port.port),
        ZoneMember::FcId(id) => *id == port.fc_id,
        _ => false,
    }
}

/// The rule as one would tell it.
fn model_zones(effective: &EffectiveZones, a: &PortKey, b: &PortKey) -> Vec<String> {
    let is = |set: &BTreeSet<ZoneMember>, port| set.iter().any(|m| stands_for(m, port));
    let sees = |zone: &Zone| {
        let leads = |port| is(&zone.principals, port);
        let within = |port| leads(port) || is(&zone.members, port);
        within(a) && within(b) && (!zone.is_peer() || leads(a) || leads(b))
    };
    let names = effective.zones.iter().filter(|(_, zone)| sees(zone));
    names.map(|(name, _)| name.clone()).collect()
}

fn model_default(effective: &EffectiveZones, port: &PortKey) -> bool {
    let all = effective.zones.values();
    !all.flat_map(|zone| zone.members.iter().chain(&zone.principals))
        .any(|member| stands_for(member, port))
}

fn a_member() -> impl Strategy<Value = ZoneMember> {
    (0_u8..9, 0_u8..3).prop_map(|(n, kind)| match kind {
        0 => ZoneMember::Wwpn(wwpn(n.into())),
        1 => ZoneMember::DomainPort(domain(1 + n / 4), u16::from(n / 2 % 2)),
        _ => ZoneMember::FcId(port(n).fc_id),
    })
}

fn a_zone() -> impl Strategy<Value = Zone> {
    let members = prop::collection::btree_set(a_member(), 0..4);
    let principals =
        prop_oneof![Just(BTreeSet::new()), prop::collection::btree_set(a_member(), 0..3)];
    (members, principals).prop_map(|(members, principals)| Zone { members, principals })
}

fn effective() -> impl Strategy<Value = EffectiveZones> {
    let zones = prop::collection::btree_map("[a-z]{1,6}", a_zone(), 0..6);
    (zones, any::<bool>()).prop_map(|(zones, permit)| {
        let default = if permit { DefaultZone::Permit } else { DefaultZone::Deny };
        EffectiveZones::new(Some("set".into()), zones, default)
    })
}

proptest! {
    #[test]
    fn is_the_model(effective in effective()) {
        let compiled = CompiledZones::compile(&effective).unwrap();
        let permit = effective.default_zone == DefaultZone::Permit;
        for a in &ports() {
            let alone = model_default(&effective, a);
            prop_assert_eq!(compiled.in_default_zone(a), alone);
            let visible: Vec<_> = compiled.visible_members(a).collect();
            prop_assert!(visible.is_sorted_by(|x, y| x < y), "distinct and in order");
            for b in &ports() {
                let zones = model_zones(&effective, a, b);
                let defaults = permit && alone && model_default(&effective, b);
                let sees = compiled.can_see(a, b);
                prop_assert_eq!(sees, !zones.is_empty() || defaults);
                prop_assert_eq!(sees, compiled.can_see(b, a));
                let shared: Vec<_> = compiled.shared_zones(a, b).collect();
                prop_assert_eq!(&shared, &zones);
                let listed = visible.iter().any(|key| key.matches(b));
                prop_assert_eq!(listed, !zones.is_empty());
            }
        }
    }

    #[test]
    fn roles_are_the_models(effective in effective(), n in 0_u8..8) {
        let port = port(n);
        let compiled = CompiledZones::compile(&effective).unwrap();
        let found: BTreeMap<_, _> = compiled
            .zones_of(&port)
            .map(|(zone, role)| (compiled.zone_name(zone).unwrap(), role))
            .collect();
        for (name, zone) in &effective.zones {
            let role = if zone.principals.iter().any(|m| stands_for(m, &port)) {
                Some(Role::Principal)
            } else if zone.members.iter().any(|m| stands_for(m, &port)) {
                Some(Role::Member)
            } else {
                None
            };
            prop_assert_eq!(found.get(name.as_str()).copied(), role);
        }
    }
}

#[test]
fn without_a_zone_set_everybody_is_in_the_default_zone() {
    let zones = BTreeMap::from([("z".to_owned(), Zone::of([ZoneMember::Wwpn(wwpn(0))]))]);
    for (default, sees) in [(DefaultZone::Permit, true), (DefaultZone::Deny, false)] {
        let compiled =
            CompiledZones::compile(&EffectiveZones::new(None, zones.clone(), default)).unwrap();
        assert!(compiled.in_default_zone(&port(0)));
        assert_eq!(compiled.can_see(&port(0), &port(5)), sees);
        assert_eq!(compiled.zone_count(), 0);
    }
}

#[test]
fn a_domain_and_port_lets_all_vports_in_and_a_name_only_one() {
    let target = ZoneMember::Wwpn(wwpn(7));
    let by_port = Zone::of([target.clone(), ZoneMember::DomainPort(domain(1), 0)]);
    let by_name = Zone::of([target, ZoneMember::Wwpn(wwpn(2))]);
    let zones = BTreeMap::from([("by-name".into(), by_name), ("by-port".into(), by_port)]);
    let effective = EffectiveZones::new(Some("set".into()), zones, DefaultZone::Deny);
    let compiled = CompiledZones::compile(&effective).unwrap();
    let seen = |n| compiled.can_see(&port(7), &port(n));
    assert_eq!([0, 1, 2, 3].map(seen), [true, true, true, false]);
}

#[test]
fn an_alias_cannot_be_in_force() {
    let zones = BTreeMap::from([("z".into(), Zone::of([ZoneMember::Alias("a".into())]))]);
    let effective = EffectiveZones::new(Some("set".into()), zones, DefaultZone::Deny);
    let error = CompiledZones::compile(&effective).unwrap_err();
    assert_eq!(
        error.to_string(),
        "zone `z` has the member `a`, which stands for no port: resolve it first"
    );
}

/// The cost that the module promises, on a fabric where each vport has a zone with a target port.
#[test]
fn a_membership_takes_eight_bytes() {
    let (vports, targets) = (20_000_u64, 16_u64);
    let zone = |n: u64| {
        let initiator = ZoneMember::Wwpn(wwpn(n));
        Zone::of([initiator, ZoneMember::Wwpn(wwpn(1_000_000 + n % targets))])
    };
    let zones = (0..vports).map(|n| (format!("vport-{n:06}"), zone(n))).collect();
    let effective = EffectiveZones::new(Some("set".into()), zones, DefaultZone::Deny);
    let compiled = CompiledZones::compile(&effective).unwrap();
    assert_eq!(compiled.membership_count() as u64, 2 * vports);
    let fixed = size_of::<CompiledZones>() as u64 + 8;
    let names = 12 * vports;
    let expected = fixed + 2 * vports * 8 + (vports + targets) * 12 + vports * 8 + names;
    assert_eq!(compiled.memory_bytes() as u64, expected);
    let initiator = PortKey {
        wwpn: wwpn(17),
        fc_id: FcId::new(0x01_0000).unwrap(),
        domain: domain(1),
        port: 0,
    };
    let visible: Vec<_> = compiled.visible_members(&initiator).collect();
    assert_eq!(visible, [MemberKey::Wwpn(wwpn(17)), MemberKey::Wwpn(wwpn(1_000_001))]);
}
