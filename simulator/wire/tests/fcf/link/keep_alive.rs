//! Keep-alives, and what happens to who is silent or logged out by somebody else.

use npivot_fabric::config::{DuplicateWwpn, SwitchSettings};
use npivot_fabric::world::{Command, NPortCommand};
use npivot_hal::FcId;
use npivot_wire::els::{Command as ElsCommand, Els};
use npivot_wire::ethernet::Mac;
use npivot_wire::fc2::{FcType, RCtl};
use npivot_wire::fcf::{Event, Settings};
use npivot_wire::fip::{Flags, KeepAlive, Message, VnPort};

use crate::bed::{A, Bed, Peer, VAULT, fip, read_10, write_10};

const PERIOD_US: u64 = 8_000_000;

/// The VN_Ports whose virtual links were cleared.
fn cleared(frames: &[Vec<u8>]) -> Vec<(Mac, FcId)> {
    let messages = frames.iter().filter_map(|frame| fip(frame));
    messages
        .filter_map(|(header, message)| match message {
            Message::ClearVirtualLink(clear) => {
                assert!(clear.flags.has(Flags::F_PORT));
                assert_eq!(clear.mac, header.source);
                assert!(clear.name.is_some());
                Some(clear.vn_ports.iter().map(|vn| (vn.mac, vn.id)).collect::<Vec<_>>())
            }
            _ => None,
        })
        .flatten()
        .collect()
}

#[test]
fn who_is_silent_for_two_and_a_half_periods_is_logged_out() {
    let mut bed = Bed::new();
    let peer = Peer::logged_in(&mut bed, 1);
    let vport = peer.vport(&mut bed, 20).unwrap();
    bed.pass(2 * PERIOD_US);
    assert!(peer.is_logged_in(&bed) && vport.is_logged_in(&bed));
    bed.sent.clear();
    bed.pass(PERIOD_US + 1);
    assert!(!peer.is_logged_in(&bed) && !vport.is_logged_in(&bed));
    assert_eq!(cleared(&bed.take(peer.link)), [(peer.mac(), peer.id), (vport.mac(), vport.id)]);
    assert_eq!(bed.count(peer.link, Event::TimedOut), 1);
    // It may come again.
    let mut peer = peer;
    assert_eq!(peer.flogi(&mut bed).map(FcId::get), Ok(0x01_01_00));
}

#[test]
fn who_keeps_its_link_alive_stays() {
    let mut bed = Bed::new();
    let peer = Peer::logged_in(&mut bed, 1);
    for _ in 0..20 {
        bed.pass(PERIOD_US);
        peer.keep_alive(&mut bed);
    }
    assert!(peer.is_logged_in(&bed));
    assert_eq!(bed.count(peer.link, Event::TimedOut), 0);
    // A VN_Port's own keep-alive comes from its own address.
    let vn_port = Some(VnPort { mac: peer.mac(), id: peer.id, wwpn: Some(peer.names.wwpn) });
    let alive = KeepAlive { flags: Flags::FPMA, mac: peer.enode, vn_port };
    let message: Message<'_> = Message::KeepAlive(alive);
    let on = npivot_wire::ethernet::Header::new(peer.mac(), peer.fcf);
    let served = bed.count(peer.link, Event::Served);
    bed.send(peer.link, &message.on(on));
    assert_eq!(bed.count(peer.link, Event::Served), served + 1);
}

#[test]
fn a_vn_port_of_its_own_silence_is_logged_out() {
    let mut bed = Bed::new();
    let peer = Peer::logged_in(&mut bed, 1);
    let vport = peer.vport(&mut bed, 20).unwrap();
    let say = |bed: &mut Bed, who: &Peer| {
        let vn_port = Some(VnPort { mac: who.mac(), id: who.id, wwpn: Some(who.names.wwpn) });
        let alive = KeepAlive { flags: Flags::FPMA, mac: peer.enode, vn_port };
        let message: Message<'_> = Message::KeepAlive(alive);
        bed.send(peer.link, &message.on(npivot_wire::ethernet::Header::new(who.mac(), peer.fcf)));
    };
    // Two and a half periods of 90 s are 225 s: 28 of the forwarder's and a bit. The ENode is heard in each.
    for round in 0..29 {
        assert!(vport.is_logged_in(&bed), "{round}");
        bed.pass(PERIOD_US);
        if round % 11 == 0 {
            say(&mut bed, &peer);
        } else {
            peer.keep_alive(&mut bed);
        }
    }
    assert!(!vport.is_logged_in(&bed) && peer.is_logged_in(&bed));
    assert_eq!(bed.count(peer.link, Event::TimedOut), 1);
    assert_eq!(cleared(&bed.take(peer.link)), [(vport.mac(), vport.id)]);
}

#[test]
fn somebody_elses_keep_alive_does_not_count() {
    let mut bed = Bed::new();
    let mut peer = Peer::logged_in(&mut bed, 1);
    let honest = peer.enode;
    for _ in 0..3 {
        bed.pass(PERIOD_US);
        // From its own address, and with the other's inside.
        peer.enode = Mac([2, 0, 0, 0, 0, 66]);
        peer.keep_alive(&mut bed);
        let alive = KeepAlive { flags: Flags::FPMA, mac: honest, vn_port: None };
        peer.fip(&mut bed, Message::KeepAlive(alive));
        peer.enode = honest;
    }
    bed.pass(1);
    assert!(!peer.is_logged_in(&bed));
    // Every other one until it was logged out names an ENode that nobody heard of.
    assert_eq!(bed.count(peer.link, Event::WrongMac), 3);
    assert_eq!(bed.count(peer.link, Event::NotLoggedIn), 3);
}

#[test]
fn light_off_and_on_ends_logins() {
    let mut bed = Bed::new();
    let mut peer = Peer::initiator(&mut bed, 1);
    let port = bed.port(0, 1);
    bed.take(peer.link);
    bed.light(port, false);
    bed.pass(0);
    assert_eq!(bed.take(peer.link).len(), 0, "nothing goes into the dark");
    bed.light(port, true);
    bed.pass(0);
    assert!(!peer.is_logged_in(&bed));
    assert_eq!(cleared(&bed.take(peer.link)), [(peer.mac(), peer.id)], "told as soon as it can be");
    // What comes late from before is not answered: libfc uses the numbers of its exchanges anew.
    assert_eq!(peer.els(&mut bed, VAULT, &Els::Rtv), None);
    assert_eq!(bed.count(peer.link, Event::NotLoggedIn), 1);
    peer.flogi(&mut bed).unwrap();
    peer.log_in_with(&mut bed, VAULT);
}

/// A peer whose login ended long ago, and who was told.
fn bed_with_a_cleared_login() -> (Bed, Peer) {
    let mut bed = Bed::new();
    let peer = Peer::logged_in(&mut bed, 1);
    bed.apply(Command::NPort(NPortCommand::Logo { fabric: A, wwpn: peer.names.wwpn }));
    bed.pass(2_000_001);
    bed.sent.clear();
    (bed, peer)
}

#[test]
fn who_missed_that_its_virtual_link_was_cleared_is_told_again() {
    let mut bed = Bed::new();
    let mut peer = Peer::initiator(&mut bed, 1);
    let mut vport = peer.vport(&mut bed, 20).unwrap();
    let port = bed.port(0, 1);
    bed.light(port, false);
    bed.light(port, true);
    bed.pass(0);
    // What is told now is lost on the wire, and what comes at once may have been on its way.
    bed.sent.clear();
    assert_eq!(peer.els(&mut bed, VAULT, &Els::Rtv), None);
    bed.pass(2_000_000);
    peer.keep_alive(&mut bed);
    assert_eq!(cleared(&bed.take(peer.link)), []);
    bed.pass(1);
    // Somebody else's address is no sign of life.
    let honest = vport.id;
    vport.id = crate::bed::id(0x01_01_02);
    assert_eq!(vport.els(&mut bed, VAULT, &Els::Rtv), None);
    vport.id = honest;
    assert_eq!(cleared(&bed.take(peer.link)), []);
    let both = [(peer.mac(), peer.id), (vport.mac(), vport.id)];
    let rtv = peer.header(RCtl::ELS_REQUEST, FcType::ELS, VAULT);
    peer.frame(&mut bed, rtv, &crate::bed::bytes_of(&Els::Rtv)[..]);
    assert_eq!(cleared(&bed.take(peer.link)), both);
    // A VN_Port that has nothing to send keeps its virtual link alive all the same; its ENode's keep-alives say
    // nothing of it.
    bed.pass(2_000_001);
    peer.keep_alive(&mut bed);
    assert_eq!(cleared(&bed.take(peer.link)), []);
    let vn_port = Some(VnPort { mac: vport.mac(), id: vport.id, wwpn: Some(vport.names.wwpn) });
    let alive = KeepAlive { flags: Flags::FPMA, mac: peer.enode, vn_port };
    let message: Message<'_> = Message::KeepAlive(alive);
    let on = npivot_wire::ethernet::Header::new(vport.mac(), peer.fcf);
    bed.send(peer.link, &message.on(on));
    assert_eq!(cleared(&bed.take(peer.link)), both);
    // Who looks for a forwarder knows.
    let mut again = bed_with_a_cleared_login();
    again.1.solicit(&mut again.0, 2158);
    again.0.sent.clear();
    let rtv = again.1.header(RCtl::ELS_REQUEST, FcType::ELS, VAULT);
    again.1.frame(&mut again.0, rtv, &crate::bed::bytes_of(&Els::Rtv)[..]);
    assert_eq!(cleared(&again.0.take(again.1.link)), []);
    // It has understood.
    peer.flogi(&mut bed).unwrap();
    bed.pass(2_000_001);
    bed.sent.clear();
    peer.keep_alive(&mut bed);
    assert_eq!(cleared(&bed.take(peer.link)), []);
}

#[test]
fn a_vn_port_that_nobody_here_has_heard_of_is_told_that_it_is_not_logged_in() {
    let mut bed = Bed::new();
    let peer = Peer::new(&mut bed, 1);
    let stranger = Peer { id: crate::bed::id(0x01_01_05), ..peer.clone() };
    let vn_port = VnPort { mac: stranger.mac(), id: stranger.id, wwpn: Some(peer.names.wwpn) };
    let alive = KeepAlive { flags: Flags::FPMA, mac: peer.enode, vn_port: Some(vn_port) };
    let message: Message<'_> = Message::KeepAlive(alive);
    let on = npivot_wire::ethernet::Header::new(stranger.mac(), peer.fcf);
    bed.send(peer.link, &message.on(on));
    assert_eq!(cleared(&bed.take(peer.link)), [(stranger.mac(), stranger.id)]);
    assert_eq!(bed.count(peer.link, Event::NotLoggedIn), 0, "its ENode is known");
}

#[test]
fn a_name_that_is_taken_over_clears_the_virtual_link_of_who_had_it() {
    let duplicate_wwpn = DuplicateWwpn::SecondWins;
    let settings = SwitchSettings { duplicate_wwpn, ..SwitchSettings::default() };
    let mut bed = Bed::with(settings, Settings::default());
    let first = Peer::logged_in(&mut bed, 1);
    let mut second = Peer::new(&mut bed, 2);
    second.names = first.names;
    bed.sent.clear();
    second.flogi(&mut bed).unwrap();
    assert_eq!(cleared(&bed.take(first.link)), [(first.mac(), first.id)]);
    assert_eq!(cleared(&bed.take(second.link)), []);
    assert_eq!(bed.fcf.logged_in(first.link).count(), 0);
    assert!(second.is_logged_in(&bed));
}

#[test]
fn who_is_logged_out_by_command_has_its_virtual_link_cleared() {
    let mut bed = Bed::new();
    let peer = Peer::logged_in(&mut bed, 1);
    let vport = peer.vport(&mut bed, 20).unwrap();
    bed.sent.clear();
    let logo = NPortCommand::Logo { fabric: A, wwpn: vport.names.wwpn };
    bed.apply(Command::NPort(logo));
    bed.pass(0);
    let frames = bed.take(peer.link);
    assert_eq!(cleared(&frames), [(vport.mac(), vport.id)]);
    let to = fip(&frames[0]).unwrap().0.destination;
    assert_eq!(to, peer.enode);
    assert!(peer.is_logged_in(&bed));
}

#[test]
fn a_write_whose_data_never_comes_is_given_up() {
    let mut bed = Bed::new();
    let mut peer = Peer::initiator(&mut bed, 1);
    let ready = peer.begin_write(&mut bed, &write_10(0, 1), 512);
    for _ in 0..3 {
        bed.pass(PERIOD_US);
        peer.keep_alive(&mut bed);
    }
    assert_eq!(bed.count(peer.link, Event::TimedOut), 1);
    bed.sent.clear();
    peer.data(&mut bed, &ready, &[7; 512], 512, &[]);
    assert_eq!(bed.take(peer.link).len(), 0, "late data is for nobody");
    let (data, _) = peer.scsi(&mut bed, &read_10(0, 1), 512);
    assert_eq!(data, [0; 512]);
    assert!(
        peer.plogi(&mut bed, VAULT).accept(ElsCommand::PLOGI) != npivot_wire::els::Accept::Done
    );
}
