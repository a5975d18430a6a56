//! Who is told of changes, of which, how often.

use npivot_fabric::config::SwitchSettings;
use npivot_hal::FcId;
use npivot_wire::els::{Accept, Change, Command, Els, Explanation, Reason, Scope, ScrFunction};
use npivot_wire::fc2::{FCtl, RCtl};
use npivot_wire::fcf::Settings;
use npivot_wire::fcf::{Event, limits};

use crate::bed::{A, Bed, Peer, Unit, VAULT, VAULT_NAME, names, wwpn};

/// Long enough for an RSCN to arrive.
const SOON_US: u64 = 3_000;

/// The RSCNs among some frames.
fn notices(units: Vec<Unit>) -> Vec<Unit> {
    units.into_iter().filter(|unit| unit.header.r_ctl == RCtl::ELS_REQUEST).collect()
}

/// The addresses that an RSCN tells of; `None` for all of the fabric.
fn pages(unit: &Unit) -> Vec<Option<FcId>> {
    let Els::Rscn(rscn) = unit.els() else { panic!("{unit:?}") };
    let page = |page: npivot_wire::els::AffectedPort| {
        assert_eq!(page.change, Change::UNSPECIFIED);
        (page.scope == Scope::PORT).then_some(page.id)
    };
    rscn.affected.iter().map(page).collect()
}

fn soon(bed: &mut Bed, peer: &Peer) -> Vec<Unit> {
    bed.pass(SOON_US);
    notices(bed.take_fc(peer.link))
}

/// The same, acknowledged until there are no more: what they told.
fn told(bed: &mut Bed, peer: &Peer) -> Vec<Vec<Option<FcId>>> {
    let mut all = vec![];
    let mut fresh = soon(bed, peer);
    while !fresh.is_empty() {
        for unit in &fresh {
            all.push(pages(unit));
            peer.acknowledge(bed, unit);
        }
        fresh = soon(bed, peer);
    }
    all
}

/// A fabric with the array, and one who wants to be told.
fn watched() -> (Bed, Peer) {
    let mut bed = Bed::new();
    let mut peer = Peer::logged_in(&mut bed, 1);
    peer.register(&mut bed, true);
    bed.pass(100_000);
    bed.sent.clear();
    (bed, peer)
}

#[test]
fn only_those_who_registered_are_told() {
    let mut bed = Bed::new();
    let mut wants = Peer::logged_in(&mut bed, 1);
    let wants_not = Peer::logged_in(&mut bed, 2);
    let mut no_more = Peer::logged_in(&mut bed, 3);
    let mut of_n_ports = Peer::logged_in(&mut bed, 4);
    no_more.state_changes(&mut bed, ScrFunction::FULL);
    for (peer, function) in [
        (&mut wants, ScrFunction::FABRIC),
        (&mut no_more, ScrFunction::CLEAR),
        (&mut of_n_ports, ScrFunction::N_PORT),
    ] {
        let answer = peer.state_changes(&mut bed, function);
        assert_eq!(answer.accept(Command::SCR), Accept::Done);
    }
    bed.pass(100_000);
    bed.sent.clear();
    let port = bed.port(0, 40);
    bed.light(port, false);
    assert_eq!(told(&mut bed, &wants), [[Some(VAULT)]]);
    for peer in [&wants_not, &no_more, &of_n_ports] {
        assert_eq!(told(&mut bed, peer), Vec::<Vec<_>>::new());
    }
    let answer = wants.state_changes(&mut bed, ScrFunction(9));
    assert_eq!(answer.words(), (Reason::LOGICAL_ERROR, Explanation::NONE));
}

#[test]
fn a_login_is_told_once_it_is_registered_and_a_logout() {
    let (mut bed, peer) = watched();
    let mut other = Peer::logged_in(&mut bed, 2);
    assert_eq!(told(&mut bed, &peer), Vec::<Vec<_>>::new(), "nothing is registered yet");
    other.register(&mut bed, false);
    assert_eq!(told(&mut bed, &peer), [[Some(other.id)]]);
    let port = bed.port(0, 2);
    bed.light(port, false);
    assert_eq!(told(&mut bed, &peer), [[Some(other.id)]]);
}

#[test]
fn the_array_comes_and_goes() {
    let (mut bed, peer) = watched();
    let port = bed.port(0, 40);
    bed.light(port, false);
    assert_eq!(told(&mut bed, &peer), [[Some(VAULT)]]);
    bed.light(port, true);
    bed.pass(10_000);
    assert_eq!(told(&mut bed, &peer), [[Some(VAULT)]]);
}

#[test]
fn who_is_not_zoned_with_it_is_not_told() {
    let (mut bed, peer) = watched();
    bed.zones(A, &[&[peer.names.wwpn, names(2).wwpn], &[names(3).wwpn, wwpn(VAULT_NAME)]]);
    assert_eq!(told(&mut bed, &peer), [[None]], "its zones changed: all of the fabric may have");
    let mut two = Peer::logged_in(&mut bed, 2);
    two.register(&mut bed, false);
    let mut three = Peer::logged_in(&mut bed, 3);
    three.register(&mut bed, false);
    assert_eq!(told(&mut bed, &peer), [[Some(two.id)]]);
}

/// Linux asks the name server about each address that a page names, and about nothing else: a page that
/// names the receiver itself would let it find nothing new.
#[test]
fn a_change_of_zones_is_told_as_one_of_the_fabric() {
    let (mut bed, peer) = watched();
    bed.zones(A, &[&[peer.names.wwpn, wwpn(VAULT_NAME)]]);
    let units = soon(&mut bed, &peer);
    assert_eq!(units.len(), 1);
    let header = units[0].header;
    assert_eq!((header.s_id, header.d_id), (FcId::FABRIC_CONTROLLER, peer.id));
    assert_eq!((header.f_ctl, header.rx_id), (FCtl::REQUEST, 0xffff));
    assert_eq!(units[0].payload, [0x61, 4, 0, 8, 3, 0, 0, 0]);
}

#[test]
fn what_changes_while_one_is_under_way_is_told_together() {
    let (mut bed, peer) = watched();
    let port = bed.port(0, 40);
    bed.light(port, false);
    let first = soon(&mut bed, &peer);
    assert_eq!(pages(&first[0]), [Some(VAULT)]);
    // Three more before it acknowledges, one of them twice.
    let mut others: Vec<Peer> = (2..5).map(|n| Peer::logged_in(&mut bed, n)).collect();
    for other in &mut others {
        other.register(&mut bed, false);
        bed.pass(SOON_US);
    }
    others[0].register(&mut bed, false);
    assert_eq!(soon(&mut bed, &peer).len(), 0, "one at a time");
    peer.acknowledge(&mut bed, &first[0]);
    let second = notices(bed.take_fc(peer.link));
    assert_eq!(second.len(), 1);
    assert_ne!(second[0].header.ox_id, first[0].header.ox_id);
    let all: Vec<_> = others.iter().map(|other| Some(other.id)).collect();
    assert_eq!(pages(&second[0]), all);
    peer.acknowledge(&mut bed, &second[0]);
    assert_eq!(soon(&mut bed, &peer).len(), 0);
}

#[test]
fn it_is_repeated_and_given_up() {
    let (mut bed, peer) = watched();
    let port = bed.port(0, 40);
    bed.light(port, false);
    let first = soon(&mut bed, &peer);
    let mut again = vec![];
    for _ in 0..12 {
        bed.pass(1_000_000);
        peer.keep_alive(&mut bed);
        again.extend(notices(bed.take_fc(peer.link)));
    }
    assert_eq!(again.len(), 2);
    assert!(again.iter().all(|unit| *unit == first[0]), "the same, byte by byte");
    assert_eq!(bed.count(peer.link, Event::TimedOut), 1);
    // The next change is told all the same.
    bed.light(port, true);
    bed.pass(10_000);
    let next = soon(&mut bed, &peer);
    assert_eq!(pages(&next[0]), [Some(VAULT)]);
    // An answer to the one that was given up is none to this one.
    let unexpected = bed.count(peer.link, Event::Unexpected);
    peer.acknowledge(&mut bed, &first[0]);
    assert_eq!(bed.count(peer.link, Event::Unexpected), unexpected + 1);
}

#[test]
fn too_much_to_tell_becomes_one_page() {
    let mut bed = Bed::empty(Settings::default());
    let settings = SwitchSettings { ports: 200, ..SwitchSettings::default() };
    bed.fabric("a", settings);
    bed.zones(A, &[]);
    let mut peer = Peer::logged_in(&mut bed, 1);
    peer.register(&mut bed, true);
    let many = u16::try_from(limits::STATE_CHANGES).unwrap() + 20;
    for n in 0..many {
        let port = bed.port(0, 50 + n);
        bed.array(&format!("v{n}"), 0x5006_0000_0000_0000 + (u64::from(n) << 16), port);
    }
    bed.pass(20_000);
    let first = notices(bed.take_fc(peer.link));
    assert_eq!(first.len(), 1);
    peer.acknowledge(&mut bed, &first[0]);
    let second = notices(bed.take_fc(peer.link));
    assert!(pages(&second[0]).contains(&None), "{:?}", pages(&second[0]));
    assert!(second[0].payload.len() <= 4 + 4 * limits::STATE_CHANGES);
}
