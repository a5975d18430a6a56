//! What zones do to the name server's answers and to hosts, and the transactions that change them.

use std::collections::BTreeSet;

use npivot_fabric::config::SwitchSettings;
use npivot_fabric::host::IoFailure;
use npivot_fabric::san::Unreachable;
use npivot_fabric::world::Happening;
use npivot_fabric::zoning::ZoningError;
use npivot_hal::{DefaultZone, Outcome, Zone, ZoneDatabase, ZoneMember};

use super::*;

fn member(n: u16) -> ZoneMember {
    ZoneMember::Wwpn(wwpn(n))
}

fn zone(ns: &[u16]) -> Zone {
    Zone::of(ns.iter().map(|&n| member(n)))
}

fn peers(principals: &[u16], peers: &[u16]) -> Zone {
    Zone { principals: principals.iter().map(|&n| member(n)).collect(), ..zone(peers) }
}

/// One switch, these zones in force, and N_Ports 1 to 6 behind its ports 1 to 6.
fn zoned(zones: &[Zone], default_zone: DefaultZone) -> World {
    let mut world = bare_fabric(&[SwitchSettings::default()]);
    let zones = zones.iter().enumerate().map(|(i, zone)| (format!("z{i}"), zone.clone()));
    let mut database = ZoneDatabase { default_zone, ..ZoneDatabase::default() };
    database.zones = zones.collect();
    let all: BTreeSet<String> = database.zones.keys().cloned().collect();
    database.zone_sets.insert("cfg".into(), all);
    let enabled = Some("cfg".into());
    must(&mut world, Command::Build(Build::Zones { fabric: A, database, enabled }));
    for n in 1..=6 {
        let port = port(&world, 0, n);
        flogi(&mut world, port, n).unwrap();
    }
    world
}

fn sees(world: &World, n: u16) -> Vec<u16> {
    let seen = seen_by(world, n).into_iter();
    seen.map(|wwpn| (wwpn.get() & 0xffff).try_into().expect("16 bits")).collect()
}

/// Each N_Port's answer of the name server.
fn all_see(world: &World) -> Vec<Vec<u16>> {
    (1..=6).map(|n| sees(world, n)).collect()
}

#[test]
fn the_name_server_names_the_members_of_the_askers_zones_alone() {
    let world = zoned(&[zone(&[1, 2]), zone(&[2, 3, 4])], DefaultZone::Deny);
    let expected: [&[u16]; 6] = [&[2], &[1, 3, 4], &[2, 4], &[2, 3], &[], &[]];
    assert_eq!(all_see(&world), expected);
}

#[test]
fn the_default_zone_is_for_those_that_no_zone_names() {
    let world = zoned(&[zone(&[1, 2])], DefaultZone::Permit);
    let expected: [&[u16]; 6] = [&[2], &[1], &[4, 5, 6], &[3, 5, 6], &[3, 4, 6], &[3, 4, 5]];
    assert_eq!(all_see(&world), expected);
    let world = zoned(&[zone(&[1, 2])], DefaultZone::Deny);
    let expected: [&[u16]; 6] = [&[2], &[1], &[], &[], &[], &[]];
    assert_eq!(all_see(&world), expected);
}

#[test]
fn a_fabric_from_the_factory_lets_nobody_see_anybody() {
    let mut world = bare_fabric(&[SwitchSettings::default()]);
    let [p, q] = [0, 1].map(|n| port(&world, 0, n));
    let one = flogi(&mut world, p, 1).unwrap().nport;
    let other = flogi(&mut world, q, 2).unwrap().nport;
    assert_eq!(seen_by(&world, 1), []);
    assert_eq!(world.san().reach(one, other), Err(Unreachable::NotZoned));
}

#[test]
fn a_member_by_domain_and_port_covers_every_npiv_port_behind_it() {
    let here = ZoneMember::DomainPort(DomainId::new(1).expect("1"), 1);
    let mut world = zoned(&[Zone::of([here, member(2)])], DefaultZone::Deny);
    let port = port(&world, 0, 1);
    fdisc(&mut world, port, 11).unwrap();
    fdisc(&mut world, port, 12).unwrap();
    assert_eq!(sees(&world, 2), [1, 11, 12]);
    assert_eq!(sees(&world, 11), [1, 12, 2]);
    logo(&mut world, 11);
    assert_eq!(sees(&world, 2), [1, 12]);
}

#[test]
fn a_member_by_name_covers_that_npiv_port_alone() {
    let mut world = zoned(&[zone(&[11, 2])], DefaultZone::Deny);
    let port = port(&world, 0, 1);
    fdisc(&mut world, port, 11).unwrap();
    fdisc(&mut world, port, 12).unwrap();
    assert_eq!((sees(&world, 11), sees(&world, 12), sees(&world, 1)), (vec![2], vec![], vec![]));
}

#[test]
fn a_member_by_address_is_whoever_has_the_address() {
    let address = npivot_hal::FcId::new(0x01_0101).expect("24 bits");
    let zones = [Zone::of([ZoneMember::FcId(address), member(2)])];
    let mut world = zoned(&zones, DefaultZone::Deny);
    let port = port(&world, 0, 1);
    assert_eq!(fdisc(&mut world, port, 11).unwrap().fc_id, address);
    assert_eq!(sees(&world, 2), [11]);
    logo(&mut world, 11);
    assert_eq!(fdisc(&mut world, port, 12).unwrap().fc_id, address);
    assert_eq!(sees(&world, 2), [12]);
}

#[test]
fn peers_see_their_principals_and_not_each_other() {
    let world = zoned(&[peers(&[1, 2], &[3, 4])], DefaultZone::Permit);
    let expected: [&[u16]; 6] = [&[2, 3, 4], &[1, 3, 4], &[1, 2], &[1, 2], &[6], &[5]];
    assert_eq!(all_see(&world), expected);
    let world = zoned(&[peers(&[1], &[3, 4]), zone(&[3, 4])], DefaultZone::Deny);
    assert_eq!(sees(&world, 3), [1, 4], "another zone may still join them");
}

#[test]
fn whom_one_sees_is_whom_it_reaches() {
    let zones = [zone(&[1, 2]), peers(&[2, 5], &[3, 4]), zone(&[4, 1])];
    for default_zone in [DefaultZone::Deny, DefaultZone::Permit] {
        let world = zoned(&zones, default_zone);
        let ix = |n| world.san().by_name(A, wwpn(n)).expect("it is logged in");
        for a in 1..=6 {
            for b in (1..=6).filter(|&b| b != a) {
                let seen = sees(&world, a).contains(&b);
                assert_eq!(world.san().reach(ix(a), ix(b)).is_ok(), seen, "{a} {b}");
                assert_eq!(sees(&world, b).contains(&a), seen, "{a} {b}");
            }
        }
    }
}

#[test]
fn a_committed_zone_change_reaches_the_hosts_by_rscn_and_blocks_what_is_gone() {
    let (mut world, web1) = with_web1(EXAMPLE);
    assert_eq!(rport_states(&world, web1), [PortState::Online; 2]);
    world.take_happenings();
    rezone(&mut world, [ZoneEdit::DeleteZone("web1_a".into())]);
    assert_eq!(rport_states(&world, web1), [PortState::Online; 2], "nobody has told it yet");
    moment(&mut world);
    assert_eq!(rport_states(&world, web1), [PortState::Blocked; 2]);
    let told: Vec<(HostIx, HostNo)> = (world.take_happenings().into_iter())
        .filter_map(|(_, happening)| match happening {
            Happening::Rscn { host, adapter, .. } => Some((host, adapter)),
            _ => None,
        })
        .collect();
    let told: BTreeSet<_> = told.into_iter().collect();
    let all_on_a = [(ALPHA, HostNo(0)), (ALPHA, web1), (BETA, HostNo(0))];
    assert_eq!(told, BTreeSet::from(all_on_a), "every registered N_Port of that fabric");
    let (address, _) = devices(&world, web1)[0];
    let read = HostCommand::Read { address, lba: 0, blocks: 1 };
    assert_eq!(ask(&mut world, ALPHA, read), Err(Refusal::Io(IoFailure::Held)));
    assert_eq!(rport_states(&world, HostNo(0)), [PortState::Online; 2], "the others stay");
}

#[test]
fn a_zone_that_returns_in_time_brings_everything_back_as_it_was() {
    let (mut world, web1) = with_web1(EXAMPLE);
    let (before, rports) = (devices(&world, web1), adapter(&world, web1).rports.len());
    let zone = world.san().fabrics[0].zoning.defined().zones["web1_a"].clone();
    rezone(&mut world, [ZoneEdit::DeleteZone("web1_a".into())]);
    wait(&mut world, 30);
    let put = ZoneEdit::PutZone("web1_a".into(), zone);
    let add = ZoneEdit::AddToZoneSet { zone_set: "cfg".into(), zone: "web1_a".into() };
    rezone(&mut world, [put, add]);
    moment(&mut world);
    assert_eq!(rport_states(&world, web1), [PortState::Online; 2]);
    wait(&mut world, 120);
    assert_eq!((devices(&world, web1), adapter(&world, web1).rports.len()), (before, rports));
}

#[test]
fn an_uncommitted_change_is_seen_by_nobody() {
    let (mut world, web1) = with_web1(EXAMPLE);
    let (token, checksum) = begin(&mut world);
    let edit = ZoneEdit::DeleteZone("web1_a".into());
    must(&mut world, Command::Zoning(A, ZoningCommand::Edit { token, checksum, edit }));
    world.take_happenings();
    moment(&mut world);
    assert_eq!(world.take_happenings(), []);
    must(&mut world, Command::Zoning(A, ZoningCommand::Abort { token }));
    wait(&mut world, 120);
    assert_eq!(world.take_happenings(), []);
    assert_eq!(rport_states(&world, web1), [PortState::Online; 2]);
}

#[test]
fn a_second_administrator_is_told_that_the_fabric_is_busy() {
    let mut world = booted(EXAMPLE);
    let (token, checksum) = begin(&mut world);
    let busy = world.apply(Command::Zoning(A, ZoningCommand::Begin));
    assert!(matches!(busy, Err(Refusal::Zoning(ZoningError::Busy { token: t, .. })) if t == token));
    let begin_on_b = Command::Zoning(FabricIx(1), ZoningCommand::Begin);
    assert!(world.apply(begin_on_b).is_ok(), "each fabric has its own");
    let edit = ZoneEdit::DeleteZone("web1_a".into());
    let stale = ZoningCommand::Edit { token, checksum: checksum ^ 1, edit };
    let refused = world.apply(Command::Zoning(A, stale));
    assert!(matches!(refused, Err(Refusal::Zoning(ZoningError::Stale { .. }))), "{refused:?}");
    let commit = ZoningCommand::Commit { token, checksum, enable: None };
    let answer = must(&mut world, Command::Zoning(A, commit.clone()));
    assert_eq!(answer, Reply::Outcome(Outcome::Unchanged));
    let again = world.apply(Command::Zoning(A, commit));
    assert!(matches!(again, Err(Refusal::Zoning(ZoningError::NotOpen { .. }))), "{again:?}");
}

#[test]
fn an_abandoned_transaction_ends_by_itself() {
    let mut world = booted(EXAMPLE);
    let (token, checksum) = begin(&mut world);
    let begun = world.now();
    wait(&mut world, World::ZONE_TRANSACTION_SECS - 1);
    assert!(world.san().fabrics[0].zoning.open_transaction().is_some());
    let edit = ZoneEdit::DeleteZone("web1_a".into());
    must(&mut world, Command::Zoning(A, ZoningCommand::Edit { token, checksum, edit }));
    wait(&mut world, World::ZONE_TRANSACTION_SECS - 1);
    assert!(world.now() > begun.plus_secs(World::ZONE_TRANSACTION_SECS));
    assert!(world.san().fabrics[0].zoning.open_transaction().is_some(), "an edit extends it");
    wait(&mut world, 1);
    assert_eq!(world.san().fabrics[0].zoning.open_transaction(), None);
    assert!(world.san().fabrics[0].zoning.defined().zones.contains_key("web1_a"));
    let (next, _) = begin(&mut world);
    assert!(next > token, "its token is never used again");
    let late = ZoningCommand::Commit { token, checksum, enable: None };
    assert!(world.apply(Command::Zoning(A, late)).is_err());
}

#[test]
fn a_transaction_is_not_ended_by_the_time_of_the_one_before() {
    let mut world = booted(EXAMPLE);
    let (token, _) = begin(&mut world);
    wait(&mut world, 20);
    must(&mut world, Command::Zoning(A, ZoningCommand::Abort { token }));
    begin(&mut world);
    wait(&mut world, 20);
    assert!(world.san().fabrics[0].zoning.open_transaction().is_some());
    wait(&mut world, 10);
    assert_eq!(world.san().fabrics[0].zoning.open_transaction(), None);
}
