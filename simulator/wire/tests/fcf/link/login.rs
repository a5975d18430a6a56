//! FLOGI, FDISC and LOGO that are accepted.

use npivot_hal::FcId;
use npivot_wire::els::{Accept, Command, CommonFeatures, Els, Logo, Reply};
use npivot_wire::ethernet::Mac;
use npivot_wire::fc2::{FCtl, FcType, RCtl};
use npivot_wire::fcf::Event;
use npivot_wire::fip::{LinkServiceKind, Message};

use crate::bed::{Bed, Peer, Unit, VAULT, fip, id};

#[test]
fn flogi_in_fip() {
    let mut bed = Bed::new();
    let mut peer = Peer::new(&mut bed, 1);
    let els = Els::Flogi(peer.login_parameters());
    let (header, reply) = peer.link_service(&mut bed, LinkServiceKind::Flogi, &els).unwrap();
    assert_eq!((header.s_id, header.d_id), (FcId::FABRIC_LOGIN, id(0x01_01_00)));
    assert_eq!((header.r_ctl, header.f_ctl), (RCtl::ELS_REPLY, FCtl(0x99_0000)));
    let accept = Reply::decode(&reply).unwrap().accept(Command::FLOGI).unwrap().unwrap();
    let Accept::Login(login) = accept else { panic!("{accept:?}") };
    assert!(login.common.features.has(CommonFeatures::F_PORT | CommonFeatures::NPIV_ACCEPTED));
    assert_eq!(login.common.buffer.receive_bytes(), 2112);
    assert_eq!((login.common.r_a_tov_or_sequences, login.common.e_d_tov), (10_000, 2_000));
    let switch = bed.world.san().switches[0].wwn();
    assert_eq!(login.wwnn, Some(switch), "the fabric is called as its principal switch");
    assert_eq!(reply.len(), 116);
}

#[test]
fn the_granted_address_is_told_as_a_mac_address() {
    let mut bed = Bed::new();
    let peer = Peer::logged_in(&mut bed, 1);
    assert_eq!(peer.mac(), Mac([0x0e, 0xfc, 0, 1, 1, 0]));
    let mut vport = Peer { names: crate::bed::names(99), id: id(0), ..peer.clone() };
    let els = Els::Fdisc(vport.login_parameters());
    let service = vport.link_service_and_mac(&mut bed, LinkServiceKind::Fdisc, &els);
    let (_, _, granted) = service.unwrap();
    assert_eq!(granted, Some(Mac([0x0e, 0xfc, 0, 1, 1, 1])));
}

#[test]
fn flogi_and_fdisc_and_logo_in_fcoe() {
    let mut bed = Bed::new();
    let mut peer = Peer::new(&mut bed, 1);
    let flogi = Els::Flogi(peer.login_parameters());
    let header = peer.header(RCtl::ELS_REQUEST, FcType::ELS, FcId::FABRIC_LOGIN);
    peer.frame(&mut bed, header, &crate::bed::bytes_of(&flogi)[..]);
    let answer = bed.take_fc(peer.link).remove(0);
    assert_eq!((answer.to, answer.header.d_id), (peer.enode, id(0x01_01_00)));
    assert!(matches!(answer.accept(Command::FLOGI), Accept::Login(_)));
    peer.id = answer.header.d_id;
    assert!(peer.is_logged_in(&bed));

    let mut vport = Peer { names: crate::bed::names(7), id: id(0), ..peer.clone() };
    let fdisc = Els::Fdisc(vport.login_parameters());
    let header = vport.header(RCtl::ELS_REQUEST, FcType::ELS, FcId::FABRIC_LOGIN);
    vport.frame(&mut bed, header, &crate::bed::bytes_of(&fdisc)[..]);
    vport.id = bed.take_fc(peer.link).remove(0).header.d_id;
    assert_eq!(vport.id, id(0x01_01_01));
    assert!(matches!(vport.plogi(&mut bed, VAULT).accept(Command::PLOGI), Accept::Login(_)));

    let logo = Els::Logo(Logo { id: vport.id, wwpn: Some(vport.names.wwpn) });
    let answer = vport.ask(&mut bed, FcId::FABRIC_LOGIN, &logo);
    assert_eq!(answer.accept(Command::LOGO), Accept::Done);
    assert!(!vport.is_logged_in(&bed));
    assert!(peer.is_logged_in(&bed));
}

#[test]
fn a_logo_in_fip_ends_a_login() {
    let mut bed = Bed::new();
    let mut peer = Peer::logged_in(&mut bed, 1);
    let mut vport = peer.vport(&mut bed, 20).unwrap();
    let logo = |peer: &Peer| Els::Logo(Logo { id: peer.id, wwpn: Some(peer.names.wwpn) });
    let els = logo(&vport);
    let (header, reply) = vport.link_service(&mut bed, LinkServiceKind::Logo, &els).unwrap();
    assert_eq!(Reply::decode(&reply).unwrap().accept(Command::LOGO), Ok(Some(Accept::Done)));
    assert_eq!(header.d_id, vport.id);
    assert!(!vport.is_logged_in(&bed) && peer.is_logged_in(&bed));

    // Once more: nobody is logged in there.
    let (_, reply) = vport.link_service(&mut bed, LinkServiceKind::Logo, &els).unwrap();
    assert!(matches!(Reply::decode(&reply), Ok(Reply::Reject(_))));

    // The base port takes its vports along, and their virtual links are cleared.
    let vport = peer.vport(&mut bed, 21).unwrap();
    let els = logo(&peer);
    bed.sent.clear();
    let header = peer.header(RCtl::ELS_REQUEST, FcType::ELS, FcId::FABRIC_LOGIN);
    peer.frame(&mut bed, header, &crate::bed::bytes_of(&els)[..]);
    let sent = bed.take(peer.link);
    let cleared = sent.iter().filter_map(|frame| match fip(frame) {
        Some((_, Message::ClearVirtualLink(clear))) => {
            Some(clear.vn_ports.iter().map(|vn_port| vn_port.id).collect::<Vec<_>>())
        }
        _ => None,
    });
    assert_eq!(cleared.collect::<Vec<_>>(), [[vport.id]]);
    assert_eq!(Unit::of(&sent[0]).unwrap().accept(Command::LOGO), Accept::Done);
    assert!(!vport.is_logged_in(&bed) && !peer.is_logged_in(&bed));
}

#[test]
fn a_logo_from_another_enode_ends_nothing() {
    let mut bed = Bed::new();
    let mut peer = Peer::logged_in(&mut bed, 1);
    let honest = peer.enode;
    peer.enode = Mac([2, 0, 0, 0, 0, 66]);
    let els = Els::Logo(Logo { id: peer.id, wwpn: Some(peer.names.wwpn) });
    assert_eq!(peer.link_service(&mut bed, LinkServiceKind::Logo, &els), None);
    assert_eq!(bed.count(peer.link, Event::WrongMac), 1);
    peer.enode = honest;
    assert!(peer.is_logged_in(&bed));
}

#[test]
fn a_repeated_flogi_is_a_new_login() {
    let mut bed = Bed::new();
    let mut peer = Peer::initiator(&mut bed, 1);
    let vport = peer.vport(&mut bed, 20).unwrap();
    let first = peer.id;
    bed.sent.clear();
    assert_eq!(peer.flogi(&mut bed), Ok(first));
    bed.pass(1_000);
    assert!(peer.is_logged_in(&bed), "the login that the second FLOGI ended was the first");
    assert!(!vport.is_logged_in(&bed));
    // It is a new one: the logins with others are gone.
    let words = peer.prli(&mut bed, VAULT).words();
    assert_eq!(
        words,
        (npivot_wire::els::Reason::UNABLE, npivot_wire::els::Explanation::LOGIN_REQUIRED)
    );
    peer.log_in_with(&mut bed, VAULT);
}

/// As after a reset of the vHBA that the fabric was not told of.
#[test]
fn a_repeated_fdisc_is_a_new_login() {
    let mut bed = Bed::new();
    let peer = Peer::initiator(&mut bed, 1);
    let left = peer.vport(&mut bed, 19).unwrap();
    let mut vport = peer.vport(&mut bed, 20).unwrap();
    let first = vport.id;
    bed.show(crate::bed::ARRAY, vport.names.wwpn);
    vport.log_in_with(&mut bed, VAULT);
    // A lower address is free now: the new login has another one.
    let logo = Els::Logo(Logo { id: left.id, wwpn: Some(left.names.wwpn) });
    left.clone().link_service(&mut bed, LinkServiceKind::Logo, &logo);
    bed.sent.clear();
    let vport = peer.vport(&mut bed, 20).unwrap();
    bed.pass(1_000);
    assert!(vport.id != first && vport.is_logged_in(&bed) && peer.is_logged_in(&bed));
    assert!(!bed.fcf.logged_in(peer.link).any(|id| id == first), "the earlier one is gone");
    let clears = bed.take(peer.link);
    let clears =
        clears.iter().filter(|frame| matches!(fip(frame), Some((_, Message::ClearVirtualLink(_)))));
    assert_eq!(clears.count(), 0, "it knows: it has logged in anew");
}

#[test]
fn what_is_sent_before_the_forwarder_was_told_of_a_change_finds_nobody_else_logged_in() {
    let mut bed = Bed::new();
    let mut peer = Peer::initiator(&mut bed, 1);
    let port = bed.port(0, 1);
    // Light off and on again behind the forwarder's back, and somebody else takes the slot of the login.
    bed.light(port, false);
    bed.light(port, true);
    assert!(peer.els(&mut bed, VAULT, &Els::Rtv).is_none());
    assert_eq!(bed.count(peer.link, Event::NotLoggedIn), 1);
    assert!(!peer.is_logged_in(&bed));
}

#[test]
fn a_login_by_fcoe_takes_no_longer_frames_than_there_are() {
    let mut bed = Bed::new();
    let peer = Peer::new(&mut bed, 1);
    // Nobody was heard in FIP on this link, and the login asks for more than a frame can have.
    let link = bed.attach(2);
    let mut peer = Peer { link, receive_bytes: 4092, ..peer };
    let flogi = Els::Flogi(peer.login_parameters());
    let header = peer.header(RCtl::ELS_REQUEST, FcType::ELS, FcId::FABRIC_LOGIN);
    peer.frame(&mut bed, header, &crate::bed::bytes_of(&flogi)[..]);
    peer.id = bed.take_fc(link).remove(0).header.d_id;
    bed.show(crate::bed::ARRAY, peer.names.wwpn);
    peer.log_in_with(&mut bed, VAULT);
    peer.scsi(&mut bed, &[0; 6], 0);
    let (data, response) = peer.scsi(&mut bed, &crate::bed::read_10(0, 16), 8192);
    assert_eq!((data.len(), response.response().status), (8192, 0));
    assert_eq!(bed.count(link, Event::Unsendable), 0);
}
