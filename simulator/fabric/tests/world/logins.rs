//! Logins on worlds made by hand: limits, duplicate names, logouts, segments.

use npivot_fabric::World;
use npivot_fabric::config::{DuplicateWwpn, SwitchSettings};
use npivot_fabric::san::{LoginReject, Unreachable};
use npivot_fabric::world::{Build, Command, Refusal};

use super::*;

fn ordinary() -> SwitchSettings {
    SwitchSettings::default()
}

/// One switch with other settings than usual.
fn one(change: impl FnOnce(&mut SwitchSettings)) -> World {
    let mut settings = ordinary();
    change(&mut settings);
    open_fabric(&[settings])
}

/// Two linked switches with this policy; the link is between the last ports.
fn two(duplicate_wwpn: DuplicateWwpn) -> World {
    let settings = SwitchSettings { duplicate_wwpn, ..ordinary() };
    let mut world = open_fabric(&[settings, settings]);
    link(&mut world, 0, 1, 47);
    world
}

fn link(world: &mut World, a: u32, b: u32, number: u16) {
    let (a, b) = (port(world, a, number), port(world, b, number));
    must(world, Command::Build(Build::Isl { a, b }));
}

fn reject(answer: Result<Accepted, Refusal>) -> LoginReject {
    match answer {
        Err(Refusal::Login(reject)) => reject,
        other => panic!("{other:?}"),
    }
}

fn all_of(ns: &[u16]) -> Vec<Wwpn> {
    ns.iter().map(|&n| wwpn(n)).collect()
}

fn logins(world: &World) -> (u32, u32) {
    (world.san().logins(), world.san().switches.iter().map(|s| s.logins).sum())
}

#[test]
fn a_port_takes_as_many_logins_as_its_limit_the_base_included() {
    let mut world = one(|s| s.logins_per_port = 3);
    let (p, q) = (port(&world, 0, 0), port(&world, 0, 1));
    flogi(&mut world, p, 1).unwrap();
    fdisc(&mut world, p, 2).unwrap();
    fdisc(&mut world, p, 3).unwrap();
    let full = reject(fdisc(&mut world, p, 4));
    assert_eq!(full, LoginReject::PortFull { limit: 3 });
    assert!(full.is_resources());
    assert_eq!(behind(&world, p), all_of(&[1, 2, 3]), "a refused login changes nothing");
    assert!(flogi(&mut world, q, 5).is_ok(), "the limit is each port's own");
    logo(&mut world, 2);
    assert!(fdisc(&mut world, p, 4).is_ok());
    assert_eq!(behind(&world, p), all_of(&[1, 3, 4]));
}

#[test]
fn a_switch_takes_as_many_logins_as_its_limit() {
    let settings = SwitchSettings { logins: 2, ..ordinary() };
    let mut world = open_fabric(&[settings, ordinary()]);
    let [p, q, r] = [0, 1, 2].map(|n| port(&world, 0, n));
    flogi(&mut world, p, 1).unwrap();
    flogi(&mut world, q, 2).unwrap();
    assert_eq!(reject(fdisc(&mut world, p, 3)), LoginReject::SwitchFull { limit: 2 });
    assert_eq!(reject(flogi(&mut world, r, 3)), LoginReject::SwitchFull { limit: 2 });
    let elsewhere = port(&world, 1, 0);
    assert!(flogi(&mut world, elsewhere, 3).is_ok(), "another switch has room");
    logo(&mut world, 2);
    assert!(flogi(&mut world, r, 4).is_ok());
    assert_eq!(logins(&world), (3, 3));
}

#[test]
fn the_first_login_of_a_name_stays_by_default() {
    let mut world = two(DuplicateWwpn::FirstWins);
    let [p, q] = [0, 1].map(|s| port(&world, s, 0));
    let first = flogi(&mut world, p, 1).unwrap();
    let refused = LoginReject::DuplicateName { wwpn: wwpn(1), fc_id: first.fc_id };
    assert_eq!(reject(flogi(&mut world, q, 1)), refused);
    assert!(!refused.is_resources());
    flogi(&mut world, q, 2).unwrap();
    assert_eq!(reject(fdisc(&mut world, q, 1)), refused);
    assert_eq!((behind(&world, p), behind(&world, q)), (all_of(&[1]), all_of(&[2])));
}

#[test]
fn the_second_login_of_a_name_wins_where_the_switch_says_so() {
    let mut world = two(DuplicateWwpn::SecondWins);
    let [p, q] = [0, 1].map(|s| port(&world, s, 0));
    let first = flogi(&mut world, p, 1).unwrap();
    let second = flogi(&mut world, q, 1).unwrap();
    assert_eq!(second.displaced.len(), 1);
    assert_eq!((second.displaced[0].fc_id, second.displaced[0].port), (first.fc_id, p));
    assert_eq!((behind(&world, p), behind(&world, q)), (vec![], all_of(&[1])));
    assert_eq!(world.san().by_name(A, wwpn(1)), Some(second.nport));
    flogi(&mut world, p, 2).unwrap();
    fdisc(&mut world, p, 1).unwrap();
    assert_eq!((behind(&world, p), behind(&world, q)), (all_of(&[2, 1]), vec![]));
    assert_eq!(logins(&world), (2, 2));
}

#[test]
fn the_second_login_of_a_name_wins_only_as_fdisc_where_the_switch_says_so() {
    let mut world = two(DuplicateWwpn::SecondWinsIfFdisc);
    let [p, q] = [0, 1].map(|s| port(&world, s, 0));
    let first = flogi(&mut world, p, 1).unwrap();
    let refused = LoginReject::DuplicateName { wwpn: wwpn(1), fc_id: first.fc_id };
    assert_eq!(reject(flogi(&mut world, q, 1)), refused);
    flogi(&mut world, q, 2).unwrap();
    let second = fdisc(&mut world, q, 1).unwrap();
    assert_eq!(second.displaced.len(), 1);
    assert_eq!((behind(&world, p), behind(&world, q)), (vec![], all_of(&[2, 1])));
}

#[test]
fn an_fdisc_with_the_name_of_its_own_base_port_is_refused() {
    let mut world = one(|s| s.duplicate_wwpn = DuplicateWwpn::SecondWins);
    let p = port(&world, 0, 0);
    let base = flogi(&mut world, p, 1).unwrap();
    let refused = LoginReject::DuplicateName { wwpn: wwpn(1), fc_id: base.fc_id };
    assert_eq!(reject(fdisc(&mut world, p, 1)), refused);
    assert_eq!(behind(&world, p), all_of(&[1]));
}

#[test]
fn a_newcomer_that_displaces_takes_the_place_even_where_all_are_taken() {
    let settings = |s: &mut SwitchSettings| {
        s.duplicate_wwpn = DuplicateWwpn::SecondWins;
        (s.logins, s.logins_per_port) = (3, 2);
    };
    let mut world = one(settings);
    let [p, q] = [0, 1].map(|n| port(&world, 0, n));
    flogi(&mut world, p, 1).unwrap();
    fdisc(&mut world, p, 2).unwrap();
    flogi(&mut world, q, 3).unwrap();
    assert!(fdisc(&mut world, q, 2).is_ok());
    assert_eq!((behind(&world, p), behind(&world, q)), (all_of(&[1]), all_of(&[3, 2])));
}

#[test]
fn the_base_port_takes_its_vports_along_when_it_logs_out() {
    let mut world = one(|_| ());
    let p = port(&world, 0, 0);
    flogi(&mut world, p, 1).unwrap();
    fdisc(&mut world, p, 2).unwrap();
    fdisc(&mut world, p, 3).unwrap();
    logo(&mut world, 1);
    assert_eq!(behind(&world, p), []);
    assert_eq!(logins(&world), (0, 0));
    assert_eq!(reject(fdisc(&mut world, p, 2)), LoginReject::BaseNotLoggedIn);
}

#[test]
fn vports_outlive_their_base_port_where_the_switch_keeps_them() {
    let mut world = one(|s| s.keep_npiv_on_base_logout = true);
    let p = port(&world, 0, 0);
    flogi(&mut world, p, 1).unwrap();
    let vport = fdisc(&mut world, p, 2).unwrap();
    logo(&mut world, 1);
    assert_eq!(behind(&world, p), all_of(&[2]));
    assert_eq!(reject(fdisc(&mut world, p, 3)), LoginReject::BaseNotLoggedIn);
    let back = flogi(&mut world, p, 1).unwrap();
    assert_eq!(back.displaced, []);
    assert_eq!(behind(&world, p), all_of(&[1, 2]), "the base is first again");
    assert_eq!(world.san().by_address(A, vport.fc_id), world.san().by_name(A, wwpn(2)));
    light(&mut world, p, false);
    assert_eq!(behind(&world, p), [], "darkness logs everybody out all the same");
}

#[test]
fn an_fdisc_needs_the_flogi_of_its_port_and_light() {
    let mut world = one(|_| ());
    let p = port(&world, 0, 0);
    assert_eq!(reject(fdisc(&mut world, p, 2)), LoginReject::BaseNotLoggedIn);
    flogi(&mut world, p, 1).unwrap();
    assert_eq!(reject(flogi(&mut world, p, 2)), LoginReject::BaseTaken(wwpn(1)));
    light(&mut world, p, false);
    assert_eq!(reject(flogi(&mut world, p, 1)), LoginReject::NoLink);
    assert_eq!(reject(fdisc(&mut world, p, 2)), LoginReject::NoLink);
    light(&mut world, p, true);
    assert_eq!(reject(fdisc(&mut world, p, 2)), LoginReject::BaseNotLoggedIn);
    assert!(flogi(&mut world, p, 1).is_ok());
}

#[test]
fn a_switch_without_npiv_says_so_in_the_accept_and_refuses_fdisc() {
    let mut world = one(|s| s.npiv = false);
    let p = port(&world, 0, 0);
    assert!(!flogi(&mut world, p, 1).unwrap().npiv);
    let refused = reject(fdisc(&mut world, p, 2));
    assert_eq!(refused, LoginReject::NpivDisabled);
    assert!(!refused.is_resources());
    let mut world = one(|_| ());
    let p = port(&world, 0, 0);
    assert!(flogi(&mut world, p, 1).unwrap().npiv);
}

#[test]
fn a_repeated_flogi_ends_all_logins_behind_its_port() {
    for keep in [false, true] {
        let mut world = one(|s| s.keep_npiv_on_base_logout = keep);
        let p = port(&world, 0, 0);
        flogi(&mut world, p, 1).unwrap();
        fdisc(&mut world, p, 2).unwrap();
        let again = flogi(&mut world, p, 1).unwrap();
        let gone: Vec<Wwpn> = again.displaced.iter().map(|gone| gone.names.wwpn).collect();
        assert_eq!(gone, all_of(&[1, 2]));
        assert_eq!(behind(&world, p), all_of(&[1]));
        assert_eq!(logins(&world), (1, 1));
    }
}

#[test]
fn addresses_are_of_the_switch_and_are_used_again() {
    let mut world = one(|_| ());
    let p = port(&world, 0, 5);
    let base = flogi(&mut world, p, 1).unwrap();
    assert_eq!(base.fc_id.domain(), DomainId::new(1));
    let given: Vec<_> = (2..100).map(|n| fdisc(&mut world, p, n).unwrap().fc_id).collect();
    let mut sorted = given.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted.len(), 98, "no address is given twice");
    (2..100).for_each(|n| logo(&mut world, n));
    assert_eq!(world.san().by_address(A, given[0]), None);
    for n in 100..198 {
        let fc_id = fdisc(&mut world, p, n).unwrap().fc_id;
        assert!(given.contains(&fc_id), "{fc_id}");
    }
    assert_eq!(world.san().switches[0].addresses_used(), 99);
}

#[test]
fn a_fabric_that_is_cut_has_two_name_servers_until_it_heals() {
    let mut world = two(DuplicateWwpn::FirstWins);
    let [p, q] = [0, 1].map(|s| port(&world, s, 0));
    let one = flogi(&mut world, p, 1).unwrap().nport;
    let other = flogi(&mut world, q, 2).unwrap().nport;
    assert_eq!((seen_by(&world, 1), seen_by(&world, 2)), (all_of(&[2]), all_of(&[1])));
    let segments = |world: &World| [0, 1].map(|s| world.san().switches[s].segment);
    assert_eq!(segments(&world)[0], segments(&world)[1]);
    let isl = port(&world, 1, 47);
    light(&mut world, isl, false);
    assert_ne!(segments(&world)[0], segments(&world)[1]);
    assert_eq!((seen_by(&world, 1), seen_by(&world, 2)), (vec![], vec![]));
    assert_eq!(world.san().reach(one, other), Err(Unreachable::OtherSegment));
    assert_eq!(logins(&world), (2, 2), "a cut logs nobody out");
    let other_end = port(&world, 0, 47);
    light(&mut world, other_end, true);
    assert_eq!((seen_by(&world, 1), seen_by(&world, 2)), (all_of(&[2]), all_of(&[1])));
    assert_eq!(world.san().reach(one, other), Ok(()));
}

#[test]
fn a_second_link_keeps_a_fabric_whole() {
    let mut world = two(DuplicateWwpn::FirstWins);
    link(&mut world, 0, 1, 46);
    let [p, q] = [0, 1].map(|s| port(&world, s, 0));
    flogi(&mut world, p, 1).unwrap();
    flogi(&mut world, q, 2).unwrap();
    let [first, second] = [47, 46].map(|number| port(&world, 0, number));
    light(&mut world, first, false);
    assert_eq!(seen_by(&world, 1), all_of(&[2]));
    light(&mut world, second, false);
    assert_eq!(seen_by(&world, 1), []);
}

#[test]
fn the_best_priority_of_a_segment_is_principal_then_the_lowest_name() {
    let with = |priority| SwitchSettings { priority, ..ordinary() };
    let mut world = open_fabric(&[with(255), with(128), with(2), with(128)]);
    for (a, number) in [(0, 40), (1, 41), (2, 42)] {
        link(&mut world, a, a + 1, number);
    }
    let principals = |world: &World| -> Vec<Option<u8>> {
        let san = world.san();
        san.switches.iter().map(|s| san.principal(s).map(|p| p.domain.get())).collect()
    };
    assert_eq!(principals(&world), [Some(3); 4]);
    let isl = port(&world, 1, 41);
    light(&mut world, isl, false);
    assert_eq!(principals(&world), [Some(2), Some(2), Some(3), Some(3)]);
    let isl = port(&world, 0, 40);
    light(&mut world, isl, false);
    assert_eq!(principals(&world), [None, Some(2), Some(3), Some(3)], "255 never is");
    let isl = port(&world, 2, 42);
    light(&mut world, isl, false);
    assert_eq!(principals(&world), [None, Some(2), Some(3), Some(4)]);
    for number in [40, 41] {
        let isl = port(&world, 1, number);
        light(&mut world, isl, true);
    }
    assert_eq!(principals(&world), [Some(3), Some(3), Some(3), Some(4)]);
}

#[test]
fn equal_priorities_are_decided_by_the_lowest_name() {
    let mut world = open_fabric(&[ordinary(), ordinary()]);
    link(&mut world, 0, 1, 47);
    let san = world.san();
    let both: Vec<_> = san.switches.iter().map(|s| san.fabric_name(s)).collect();
    assert_eq!(both[0], both[1]);
    assert_eq!(san.principal(&san.switches[1]).map(|s| s.domain), DomainId::new(1));
    assert!(san.switches[0].wwn() < san.switches[1].wwn());
}

#[test]
fn ids_that_were_never_given_out_are_refused() {
    let mut world = one(|_| ());
    let nowhere = PortIx(9_999);
    assert!(flogi(&mut world, nowhere, 1).is_err());
    assert!(fdisc(&mut world, nowhere, 1).is_err());
    assert!(world.apply(Command::Light { port: nowhere, on: false }).is_err());
    let unused = port(&world, 0, 30);
    assert!(flogi(&mut world, unused, 1).is_err(), "nothing is plugged in there");
    let logo = NPortCommand::Logo { fabric: FabricIx(9), wwpn: wwpn(1) };
    assert!(world.apply(Command::NPort(logo)).is_err());
}
