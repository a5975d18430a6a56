//! Logins that are refused, and floods of them.

use npivot_fabric::config::{DuplicateWwpn, SwitchSettings};
use npivot_hal::{FcId, Wwnn};
use npivot_wire::els::{Els, Explanation, Reason, Reject, Reply};
use npivot_wire::ethernet::Mac;
use npivot_wire::fc2::{FcType, RCtl};
use npivot_wire::fcf::{Event, Settings};
use npivot_wire::fip::LinkServiceKind;

use crate::bed::{Bed, Peer, bytes_of, id, names};

fn bed(settings: SwitchSettings) -> Bed {
    Bed::with(settings, Settings::default())
}

fn unable(explanation: Explanation) -> Reject {
    Reject::new(Reason::UNABLE, explanation)
}

/// The same login in FCoE: its refusal.
fn by_fcoe(bed: &mut Bed, peer: &mut Peer, els: &Els<'_>) -> Reject {
    let header = peer.header(RCtl::ELS_REQUEST, FcType::ELS, FcId::FABRIC_LOGIN);
    let (enode, id) = (peer.id, id(0));
    peer.id = id;
    peer.frame(bed, npivot_wire::fc2::Header { s_id: id, ..header }, &bytes_of(els)[..]);
    peer.id = enode;
    let answer = bed.take_fc(peer.link).remove(0);
    assert_eq!((answer.header.s_id, answer.header.d_id), (FcId::FABRIC_LOGIN, id));
    answer.reject()
}

#[test]
fn fdisc_before_flogi() {
    let mut bed = Bed::new();
    let mut peer = Peer::new(&mut bed, 1);
    assert_eq!(peer.vport(&mut bed, 20).err(), Some(unable(Explanation::INVALID_S_ID)));
    let fdisc = Els::Fdisc(peer.login_parameters());
    assert_eq!(by_fcoe(&mut bed, &mut peer, &fdisc), unable(Explanation::INVALID_S_ID));
    assert_eq!(bed.count(peer.link, Event::Refused), 2);
    assert_eq!(bed.world.san().logins(), 1, "the array's");
}

#[test]
fn npiv_is_disabled() {
    let mut bed = bed(SwitchSettings { npiv: false, ..SwitchSettings::default() });
    let peer = Peer::logged_in(&mut bed, 1);
    let refused = Reject::new(Reason::UNSUPPORTED, Explanation::UNSUPPORTED);
    assert_eq!(peer.vport(&mut bed, 20).err(), Some(refused));
}

#[test]
fn the_accept_of_a_port_without_npiv_says_so() {
    use npivot_wire::els::{Accept, Command, CommonFeatures};
    let mut bed = bed(SwitchSettings { npiv: false, ..SwitchSettings::default() });
    let mut peer = Peer::new(&mut bed, 1);
    let els = Els::Flogi(peer.login_parameters());
    let (_, reply) = peer.link_service(&mut bed, LinkServiceKind::Flogi, &els).unwrap();
    let accept = Reply::decode(&reply).unwrap().accept(Command::FLOGI).unwrap().unwrap();
    let Accept::Login(login) = accept else { panic!("{accept:?}") };
    assert_eq!(login.common.features, CommonFeatures::F_PORT);
}

#[test]
fn the_limits_of_port_and_switch() {
    let full = Some(unable(Explanation::INSUFFICIENT_RESOURCES));
    let mut of_port = bed(SwitchSettings { logins_per_port: 2, ..SwitchSettings::default() });
    let peer = Peer::logged_in(&mut of_port, 1);
    assert!(peer.vport(&mut of_port, 20).is_ok());
    assert_eq!(peer.vport(&mut of_port, 21).err(), full);

    // The array has one of them.
    let mut of_switch = bed(SwitchSettings { logins: 2, ..SwitchSettings::default() });
    let peer = Peer::logged_in(&mut of_switch, 1);
    assert_eq!(peer.vport(&mut of_switch, 20).err(), full);
    let mut other = Peer::new(&mut of_switch, 2);
    assert_eq!(other.flogi(&mut of_switch).err(), full);
}

#[test]
fn a_name_that_the_fabric_has_already() {
    let duplicate = Some(unable(Explanation::INVALID_PORT_NAME));
    let mut bed = Bed::new();
    let first = Peer::logged_in(&mut bed, 1);
    let mut second = Peer::new(&mut bed, 2);
    second.names = first.names;
    assert_eq!(second.flogi(&mut bed).err(), duplicate);
    assert!(first.is_logged_in(&bed));

    // The other policies: the second wins, or only if it is an FDISC.
    let policy = DuplicateWwpn::SecondWinsIfFdisc;
    let mut bed = self::bed(SwitchSettings { duplicate_wwpn: policy, ..SwitchSettings::default() });
    let first = Peer::logged_in(&mut bed, 1);
    let vport = first.vport(&mut bed, 20).unwrap();
    let mut second = Peer::new(&mut bed, 2);
    second.names = vport.names;
    assert_eq!(second.flogi(&mut bed).err(), duplicate);
    second.names = names(2);
    second.flogi(&mut bed).unwrap();
    let moved = second.vport(&mut bed, 20).unwrap();
    assert_eq!(bed.fcf.logged_in(first.link).collect::<Vec<_>>(), [first.id]);
    assert!(moved.is_logged_in(&bed));
}

#[test]
fn another_name_on_a_port_that_is_taken() {
    let mut bed = Bed::new();
    let peer = Peer::logged_in(&mut bed, 1);
    let mut other = Peer { names: names(77), id: id(0), ..peer.clone() };
    assert_eq!(other.flogi(&mut bed).err(), Some(unable(Explanation::INVALID_PORT_NAME)));
    // From another ENode there is no login at all while the link is somebody's.
    other.enode = Mac([2, 0, 0, 0, 0, 66]);
    assert_eq!(other.flogi(&mut bed).err(), Some(unable(Explanation::INSUFFICIENT_RESOURCES)));
    assert!(peer.is_logged_in(&bed));
}

#[test]
fn parameters_that_make_no_sense() {
    let mut bed = Bed::new();
    let mut peer = Peer::new(&mut bed, 1);
    let size = Reject::new(Reason::LOGICAL_ERROR, Explanation::RECEIVE_SIZE);
    for receive_bytes in [0, 252, 2111] {
        peer.receive_bytes = receive_bytes;
        assert_eq!(peer.flogi(&mut bed).err(), Some(size), "{receive_bytes}");
    }
    peer.receive_bytes = 256;
    let login = peer.login_parameters();
    let nameless = Els::Flogi(npivot_wire::els::Login { wwpn: None, ..login });
    assert_eq!(by_fcoe(&mut bed, &mut peer, &nameless), unable(Explanation::INVALID_PORT_NAME));
    let nodeless = Els::Flogi(npivot_wire::els::Login { wwnn: None::<Wwnn>, ..login });
    assert_eq!(by_fcoe(&mut bed, &mut peer, &nodeless), unable(Explanation::INVALID_NODE_NAME));
    assert!(peer.flogi(&mut bed).is_ok());
}

#[test]
fn what_is_no_login() {
    let mut bed = Bed::new();
    let mut peer = Peer::new(&mut bed, 1);
    let (_, reply) = peer.link_service(&mut bed, LinkServiceKind::Flogi, &Els::Rtv).unwrap();
    let unsupported = Reject::new(Reason::UNSUPPORTED, Explanation::UNSUPPORTED);
    assert_eq!(Reply::decode(&reply), Ok(Reply::Reject(unsupported)));

    let cut = Els::Other(npivot_wire::els::Command::FLOGI, &[0, 0, 0, 1]);
    let (_, reply) = peer.link_service(&mut bed, LinkServiceKind::Flogi, &cut).unwrap();
    let cut_off = Reject::new(Reason::PROTOCOL_ERROR, Explanation::PAYLOAD_LENGTH);
    assert_eq!(Reply::decode(&reply), Ok(Reply::Reject(cut_off)));
    assert_eq!(by_fcoe(&mut bed, &mut peer, &cut), cut_off);

    // From address 0 there is nothing but logins, and to nobody but the fabric.
    assert_eq!(peer.els(&mut bed, FcId::FABRIC_LOGIN, &Els::Rtv), None);
    assert_eq!(peer.els(&mut bed, crate::bed::VAULT, &Els::Flogi(peer.login_parameters())), None);
    assert_eq!(bed.count(peer.link, Event::NotLoggedIn), 2);
}

#[test]
fn floods_of_logins_take_no_more_than_the_limits() {
    let mut bed = bed(SwitchSettings { logins_per_port: 8, ..SwitchSettings::default() });
    let mut peer = Peer::logged_in(&mut bed, 1);
    let mut refused = 0;
    for n in 0..2_000 {
        refused += u64::from(peer.vport(&mut bed, 1_000 + n).is_err());
        if n % 100 == 0 {
            peer.flogi(&mut bed).unwrap();
        }
        assert!(bed.fcf.logged_in(peer.link).count() <= 8);
    }
    assert_eq!(bed.count(peer.link, Event::Refused), refused);
    assert!(refused > 1_800);
    assert!(bed.world.san().logins() <= 9);
    assert!(peer.is_logged_in(&bed));
}

#[test]
fn a_stranger_on_the_segment_changes_nothing_for_who_is_logged_in() {
    let mut bed = Bed::new();
    let mut peer = Peer::initiator(&mut bed, 1);
    // The stranger solicits on another VLAN and is answered there.
    let mut stranger = Peer { enode: Mac([2, 0, 0, 0, 0, 66]), names: names(66), ..peer.clone() };
    let vlan = npivot_wire::ethernet::VlanTag(100);
    let on = npivot_wire::ethernet::Header {
        vlan: Some(vlan),
        ..npivot_wire::ethernet::Header::new(stranger.enode, Mac::ALL_FCFS)
    };
    let (flags, mac, name) = (npivot_wire::fip::Flags::FPMA, stranger.enode, Some(names(66).wwnn));
    let asked = npivot_wire::fip::Solicitation { flags, mac, name, max_bytes: 2158 };
    let message: npivot_wire::fip::Message<'_> = npivot_wire::fip::Message::Solicitation(asked);
    bed.send(peer.link, &message.on(on));
    let answer = crate::bed::fip(&bed.take(peer.link)[0]).unwrap().0;
    assert_eq!((answer.destination, answer.vlan), (stranger.enode, Some(vlan)));
    // Its FLOGI is refused, with FIP or without.
    let flogi = Els::Flogi(stranger.login_parameters());
    assert_eq!(
        by_fcoe(&mut bed, &mut stranger, &flogi),
        unable(Explanation::INSUFFICIENT_RESOURCES)
    );
    assert!(peer.is_logged_in(&bed));
    let status = peer.scsi(&mut bed, &[0; 6], 0).1;
    assert_eq!(status.response().status, 0, "on the VLAN that it had: none");
}
