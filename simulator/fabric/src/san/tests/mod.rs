//! Logins, segments and the name server, rule by rule; `model` has them all at random.

mod model;
mod queries;

use npivot_hal::{DomainId, FcId, Roles, WwnPair, Wwnn, Wwpn};

use super::ids::{FabricIx, NPortIx, PortIx, SwitchIx};
use super::{Login, LoginReject, Owner, San, WiringError};
use crate::config::{DuplicateWwpn, SwitchSettings};

const FABRIC: FabricIx = FabricIx(0);

fn wwpn(n: u8) -> Wwpn {
    Wwpn::new(0x5001_a4a0_0000_0000 | u64::from(n)).unwrap()
}

fn login(n: u8) -> Login {
    let wwnn = Wwnn::new(0x5001_a4a0_0000_0100 | u64::from(n)).unwrap();
    let roles = Roles { target: false, initiator: true };
    Login { names: WwnPair::new(wwpn(n), wwnn), roles, owner: Owner::OUTSIDE }
}

fn domain(n: u8) -> DomainId {
    DomainId::new(n).unwrap()
}

/// One fabric of unconnected switches, domains 1 and up, with a node on each port but the last.
fn san_of(settings: &[SwitchSettings]) -> San {
    let mut san = San::default();
    san.add_fabric("a".into());
    for (n, &settings) in (1..).zip(settings) {
        let ix = san.add_switch(FABRIC, format!("s{n}"), domain(n), settings).unwrap();
        for number in 0..settings.ports - 1 {
            let port = san.switches[ix.index()].port(number).unwrap();
            san.attach_node(port).unwrap();
        }
    }
    san
}

/// One switch of four ports.
fn one(change: impl FnOnce(&mut SwitchSettings)) -> San {
    let mut settings = SwitchSettings { ports: 4, ..SwitchSettings::default() };
    change(&mut settings);
    san_of(&[settings])
}

/// Two switches of four ports with these policies, connected by their last ports.
fn two(policies: [DuplicateWwpn; 2]) -> San {
    let settings = policies.map(|duplicate_wwpn| SwitchSettings {
        ports: 4,
        duplicate_wwpn,
        ..SwitchSettings::default()
    });
    let mut san = san_of(&settings);
    let (a, b) = (port(&san, 0, 3), port(&san, 1, 3));
    san.connect(a, b).unwrap();
    san
}

fn port(san: &San, switch: u32, number: u16) -> PortIx {
    san.switches[SwitchIx(switch).index()].port(number).unwrap()
}

fn names(san: &San, port: PortIx) -> Vec<Wwpn> {
    san.behind(port).map(|ix| san.nport(ix).names.wwpn).collect()
}

fn address(san: &San, n: u8) -> Option<String> {
    san.by_name(FABRIC, wwpn(n)).map(|ix| san.nport(ix).fc_id().to_string())
}

fn by_name(san: &San, n: u8) -> NPortIx {
    san.by_name(FABRIC, wwpn(n)).unwrap()
}

#[test]
fn the_base_logs_in_first_and_vports_follow() {
    let mut san = one(|_| ());
    let p = port(&san, 0, 2);
    assert_eq!(san.fdisc(p, &login(1)), Err(LoginReject::BaseNotLoggedIn));
    let base = san.flogi(p, &login(0)).unwrap();
    assert_eq!((base.fc_id.to_string(), base.npiv), ("0x010200".into(), true));
    let vport = san.fdisc(p, &login(1)).unwrap();
    assert_eq!(vport.fc_id.to_string(), "0x010201");
    assert_eq!(names(&san, p), [wwpn(0), wwpn(1)]);
    assert_eq!(san.by_address(FABRIC, vport.fc_id), Some(vport.nport));
    assert_eq!(san.flogi(p, &login(2)), Err(LoginReject::BaseTaken(wwpn(0))));
    assert_eq!(san.fdisc(p, &login(0)).unwrap_err().to_string(), duplicate(0, "0x010200"));
    assert_eq!((san.logins(), san.switches[0].logins, san.port(p).logins), (2, 2, 2));
}

fn duplicate(n: u8, at: &str) -> String {
    format!("invalid N_Port_Name: {} is logged in as {at}", wwpn(n))
}

#[test]
fn no_light_and_no_npiv() {
    let mut san = one(|settings| settings.npiv = false);
    let (p, unused) = (port(&san, 0, 0), port(&san, 0, 3));
    assert_eq!(san.flogi(unused, &login(0)), Err(LoginReject::NoLink), "nothing is plugged in");
    assert!(!san.flogi(p, &login(0)).unwrap().npiv, "the accept lacks the NPIV bit");
    assert_eq!(san.fdisc(p, &login(1)), Err(LoginReject::NpivDisabled));
    let gone = san.set_light(p, false);
    assert_eq!(gone.len(), 1);
    assert_eq!(san.flogi(p, &login(0)), Err(LoginReject::NoLink));
    assert_eq!(san.fdisc(p, &login(1)), Err(LoginReject::NoLink));
    assert!(san.set_light(p, true).is_empty());
    assert!(san.flogi(p, &login(0)).is_ok());
}

#[test]
fn limits_of_port_and_switch() {
    let mut san = one(|settings| (settings.logins_per_port, settings.logins) = (3, 4));
    let (p, q) = (port(&san, 0, 0), port(&san, 0, 1));
    san.flogi(p, &login(0)).unwrap();
    san.fdisc(p, &login(1)).unwrap();
    san.fdisc(p, &login(2)).unwrap();
    let full = san.fdisc(p, &login(3)).unwrap_err();
    assert_eq!(full, LoginReject::PortFull { limit: 3 });
    assert!(full.is_resources());
    san.flogi(q, &login(4)).unwrap();
    assert_eq!(san.fdisc(q, &login(5)), Err(LoginReject::SwitchFull { limit: 4 }));
    san.logout(by_name(&san, 1));
    assert_eq!(san.fdisc(q, &login(5)).unwrap().fc_id.to_string(), "0x010101");
    // Room at the switch was taken; the freed address behind the port is there for the next.
    san.logout(by_name(&san, 5));
    assert_eq!(san.fdisc(p, &login(3)).unwrap().fc_id.to_string(), "0x010001");
}

#[test]
fn who_keeps_a_name() {
    use DuplicateWwpn::{FirstWins, SecondWins, SecondWinsIfFdisc};
    // By FLOGI and by FDISC, at the second switch: its policy decides. The first one's is another.
    for (policy, other, flogi, fdisc) in [
        (FirstWins, SecondWins, false, false),
        (SecondWins, FirstWins, true, true),
        (SecondWinsIfFdisc, FirstWins, false, true),
    ] {
        let mut san = two([other, policy]);
        let (here, there) = (port(&san, 0, 0), port(&san, 1, 0));
        san.flogi(here, &login(0)).unwrap();
        san.fdisc(here, &login(1)).unwrap();
        let answer = san.flogi(there, &login(1));
        assert_eq!(answer.is_ok(), flogi, "{policy:?}");
        if let Ok(accepted) = answer {
            assert_eq!(accepted.displaced.len(), 1);
            assert_eq!(accepted.displaced[0].fc_id.to_string(), "0x010001");
            san.logout(accepted.nport);
        }
        let (spare, name) = (port(&san, 1, 1), 2);
        san.flogi(spare, &login(7)).unwrap();
        san.fdisc(here, &login(name)).unwrap();
        let answer = san.fdisc(spare, &login(name));
        assert_eq!(answer.is_ok(), fdisc, "{policy:?}");
        let at = if fdisc { "0x020101" } else { "0x010002" };
        let at = if flogi { at.replace("0x010002", "0x010001") } else { at.into() };
        assert_eq!(address(&san, name), Some(at), "{policy:?}");
    }
}

#[test]
fn a_base_that_loses_its_name_takes_its_vports_along() {
    let mut san = two([DuplicateWwpn::SecondWins; 2]);
    let (here, there) = (port(&san, 0, 0), port(&san, 1, 0));
    san.flogi(here, &login(0)).unwrap();
    san.fdisc(here, &login(1)).unwrap();
    let gone = san.flogi(there, &login(0)).unwrap().displaced;
    let gone: Vec<Wwpn> = gone.iter().map(|one| one.names.wwpn).collect();
    assert_eq!(gone, [wwpn(0), wwpn(1)]);
    assert_eq!(names(&san, here), []);
    // Its own base's name would pull the ground from under an FDISC.
    let own = san.fdisc(there, &login(0)).unwrap_err();
    assert_eq!(own.to_string(), duplicate(0, "0x020000"));
}

#[test]
fn the_base_leaves_and_returns() {
    let mut san = one(|_| ());
    let p = port(&san, 0, 0);
    san.flogi(p, &login(0)).unwrap();
    san.fdisc(p, &login(1)).unwrap();
    assert_eq!(san.logout(by_name(&san, 0)).len(), 2, "base-device logout is off: all go");
    assert_eq!((san.logins(), san.port(p).logins), (0, 0));

    let mut san = one(|settings| settings.keep_npiv_on_base_logout = true);
    let p = port(&san, 0, 0);
    san.flogi(p, &login(0)).unwrap();
    san.fdisc(p, &login(1)).unwrap();
    san.fdisc(p, &login(2)).unwrap();
    assert_eq!(san.logout(by_name(&san, 0)).len(), 1, "it is on: they stay");
    assert_eq!(names(&san, p), [wwpn(1), wwpn(2)]);
    assert_eq!(san.fdisc(p, &login(3)), Err(LoginReject::BaseNotLoggedIn));
    assert_eq!(san.logout(by_name(&san, 1)).len(), 1, "the first that is left is no base");
    let back = san.flogi(p, &login(0)).unwrap();
    assert_eq!((back.displaced.len(), back.fc_id.to_string()), (0, "0x010000".into()));
    assert_eq!(names(&san, p), [wwpn(0), wwpn(2)], "the base is first again");
    assert!(san.fdisc(p, &login(3)).is_ok());
    assert_eq!(san.set_light(p, false).len(), 3, "without light nobody stays");
}

#[test]
fn a_repeated_flogi_begins_anew() {
    let mut san = one(|_| ());
    let p = port(&san, 0, 0);
    san.flogi(p, &login(0)).unwrap();
    san.fdisc(p, &login(1)).unwrap();
    let again = san.flogi(p, &login(0)).unwrap();
    let gone: Vec<Wwpn> = again.displaced.iter().map(|one| one.names.wwpn).collect();
    assert_eq!(gone, [wwpn(0), wwpn(1)]);
    assert_eq!((names(&san, p), again.fc_id.to_string()), (vec![wwpn(0)], "0x010000".into()));
}

/// Whatever the policy for other ports' names, and where all places are taken.
#[test]
fn a_repeated_fdisc_begins_anew() {
    use DuplicateWwpn::{FirstWins, SecondWins, SecondWinsIfFdisc};
    for policy in [FirstWins, SecondWins, SecondWinsIfFdisc] {
        let mut san = one(|settings| {
            settings.duplicate_wwpn = policy;
            (settings.logins_per_port, settings.logins) = (3, 3);
        });
        let p = port(&san, 0, 0);
        san.flogi(p, &login(0)).unwrap();
        let first = san.fdisc(p, &login(1)).unwrap().fc_id;
        san.fdisc(p, &login(2)).unwrap();
        let again = san.fdisc(p, &login(1)).unwrap();
        let gone: Vec<_> = again.displaced.iter().map(|one| (one.names.wwpn, one.fc_id)).collect();
        assert_eq!(gone, [(wwpn(1), first)], "{policy:?}");
        assert_eq!(names(&san, p), [wwpn(0), wwpn(2), wwpn(1)], "{policy:?}");
        // Its base's is another's.
        assert!(san.fdisc(p, &login(0)).is_err(), "{policy:?}");
    }
}

#[test]
fn a_full_domain_refuses_before_anybody_has_to_go() {
    let policy = DuplicateWwpn::SecondWins;
    let all = SwitchSettings {
        ports: 3,
        logins_per_port: u32::MAX,
        logins: u32::MAX,
        duplicate_wwpn: policy,
        ..SwitchSettings::default()
    };
    let mut san = san_of(&[all, all]);
    let (full, other) = (port(&san, 0, 0), port(&san, 1, 0));
    let many = |n: u32| {
        let name = Wwpn::new(0x5001_a4a0_1000_0000 | u64::from(n)).unwrap();
        Login { names: WwnPair::new(name, login(0).names.wwnn), ..login(0) }
    };
    san.flogi(full, &many(0)).unwrap();
    for n in 1..65_536 {
        san.fdisc(full, &many(n)).unwrap();
    }
    san.flogi(other, &login(0)).unwrap();
    san.fdisc(other, &login(1)).unwrap();
    let refused = san.fdisc(full, &login(1)).unwrap_err();
    assert_eq!(refused, LoginReject::NoAddress);
    assert!(refused.is_resources());
    assert_eq!(address(&san, 1).unwrap(), "0x020001", "who has the name keeps it");
    // Whose name is taken over makes room for itself.
    assert!(san.fdisc(full, &many(9)).is_ok());
    assert_eq!(san.switches[0].addresses_used(), 65_536);
}

#[test]
fn cuts_and_links_make_segments() {
    let settings = |priority| SwitchSettings { ports: 6, priority, ..SwitchSettings::default() };
    let mut san = san_of(&[settings(128), settings(2), settings(255)]);
    assert_eq!(san.switches.iter().map(|s| s.segment).collect::<Vec<_>>(), [0, 1, 2]);
    // Free two ports for links: attached ones are refused.
    let (a, b) = (port(&san, 0, 5), port(&san, 1, 5));
    assert_eq!(
        san.connect(port(&san, 0, 0), b).unwrap_err(),
        WiringError::PortInUse { switch: "s1".into(), number: 0 }
    );
    assert!(matches!(san.connect(a, a), Err(WiringError::NotOneFabric { .. })));
    san.connect(a, b).unwrap();
    assert_eq!(san.switches.iter().map(|s| s.segment).collect::<Vec<_>>(), [0, 0, 2]);
    let principal = |san: &San, n: usize| san.principal(&san.switches[n]).map(|s| s.name.clone());
    assert_eq!(principal(&san, 0).as_deref(), Some("s2"), "priority 2 is better than 128");
    assert_eq!(principal(&san, 2), None, "priority 255 never is");
    assert_eq!(san.lead_domain(FABRIC), Some(domain(2)));
    assert_eq!(san.fabric_name(&san.switches[0]), san.fabric_name(&san.switches[1]));

    san.flogi(port(&san, 0, 0), &login(0)).unwrap();
    san.flogi(port(&san, 1, 0), &login(1)).unwrap();
    let (x, y) = (by_name(&san, 0), by_name(&san, 1));
    assert_eq!(san.connected(x, y), Ok(()));
    assert!(san.set_isl_light(b, false), "by either end");
    assert!(!san.set_isl_light(a, false), "it is dark already");
    assert_eq!(san.connected(x, y), Err(super::Unreachable::OtherSegment));
    assert_eq!(principal(&san, 0).as_deref(), Some("s1"));
    assert!(san.set_isl_light(a, true));
    assert_eq!(san.connected(x, y), Ok(()));
    assert!(!san.set_isl_light(port(&san, 0, 0), false), "that is no inter-switch link");
}

#[test]
fn two_links_bear_the_loss_of_one() {
    let settings = SwitchSettings { ports: 2, ..SwitchSettings::default() };
    let mut san = San::default();
    san.add_fabric("a".into());
    for n in 1..=2 {
        san.add_switch(FABRIC, format!("s{n}"), domain(n), settings).unwrap();
    }
    for n in 0..2 {
        let (a, b) = (port(&san, 0, n), port(&san, 1, n));
        san.connect(a, b).unwrap();
    }
    assert!(!san.set_isl_light(port(&san, 0, 0), false));
    assert!(san.set_isl_light(port(&san, 1, 1), false));
}

#[test]
fn wiring_is_checked() {
    let mut san = one(|_| ());
    let other = san.add_fabric("b".into());
    let settings = SwitchSettings { ports: 1, ..SwitchSettings::default() };
    let none = SwitchSettings { ports: 0, ..settings };
    assert_eq!(
        san.add_switch(FABRIC, "x".into(), domain(9), none),
        Err(WiringError::NoPorts("x".into()))
    );
    let taken = san.add_switch(FABRIC, "x".into(), domain(1), settings).unwrap_err();
    assert!(matches!(taken, WiringError::DomainTaken { by, .. } if by == "s1"));
    let b = san.add_switch(other, "b1".into(), domain(1), settings).unwrap();
    let (x, y) = (port(&san, 0, 3), port(&san, b.0, 0));
    assert!(matches!(san.connect(x, y), Err(WiringError::NotOneFabric { .. })));
    assert_eq!(san.by_address(FABRIC, FcId::FABRIC_LOGIN), None);
}
