//! FIP discovery: solicitations, advertisements, VLANs.

use npivot_fabric::config::SwitchSettings;
use npivot_hal::FabricName;
use npivot_wire::els::Els;
use npivot_wire::ethernet::{self, FcMap, Mac, VlanTag};
use npivot_wire::fcf::{Event, Settings};
use npivot_wire::fip::{Advertisement, Flags, LinkServiceKind, Message, Solicitation, VlanRequest};

use crate::bed::{Bed, Peer, VAULT, fip, read, read_10};

fn advertisement(frame: &[u8]) -> (ethernet::Header, Advertisement) {
    match fip(frame) {
        Some((header, Message::Advertisement(advertisement))) => (header, advertisement),
        other => panic!("{other:?}"),
    }
}

fn vlan_settings() -> Settings {
    let mut settings = Settings::default();
    settings.vlans = vec![100, 4_094];
    settings
}

#[test]
fn a_solicitation_is_answered_to_who_asked() {
    let mut bed = Bed::new();
    let peer = Peer::new(&mut bed, 1);
    peer.solicit(&mut bed, 2158);
    let sent = bed.take(peer.link);
    assert_eq!(sent.len(), 1);
    let (header, answer) = advertisement(&sent[0]);
    assert_eq!((header.source, header.destination), (peer.fcf, peer.enode));
    // Linux wants it solicited and available, or it is none for it.
    assert_eq!(answer.flags, Flags::FPMA | Flags::AVAILABLE | Flags::SOLICITED | Flags::F_PORT);
    assert_eq!((answer.priority, answer.mac), (128, peer.fcf));
    let switch = &bed.world.san().switches[0];
    assert_eq!(answer.name, Some(switch.wwn()));
    assert_eq!(answer.fabric.name, FabricName::new(switch.wwn().get()));
    assert_eq!((answer.fabric.vf_id, answer.fabric.map), (0, FcMap::DEFAULT));
    assert_eq!((answer.keep_alive.period_ms, answer.keep_alive.wanted), (8_000, true));
    // Descriptors 1, 2, 4, 5, 12, each once.
    assert_eq!(sent[0].len(), 72);
}

#[test]
fn it_is_advertised_at_once_and_each_period() {
    let mut bed = Bed::new();
    let link = bed.attach(1);
    let attached = bed.world.now();
    bed.until(attached + 24_000_001);
    let sent = bed.take(link);
    assert_eq!(sent.len(), 4);
    for frame in &sent {
        let (header, message) = advertisement(frame);
        assert_eq!(header.destination, Mac::ALL_ENODES);
        assert_eq!(message.flags, Flags::FPMA | Flags::AVAILABLE | Flags::F_PORT);
    }
    bed.until(attached + 31_999_999);
    assert_eq!(bed.take(link).len(), 0);
    assert_eq!(bed.fcf.next_due(&bed.world), Some(attached + 32_000_000));
}

#[test]
fn a_period_of_nothing_lets_time_pass() {
    let mut settings = Settings::default();
    settings.advertise_ms = 0;
    let mut bed = Bed::with(SwitchSettings::default(), settings);
    let link = bed.attach(1);
    bed.pass(5_000);
    assert_eq!(bed.take(link).len(), 6, "each millisecond");
}

#[test]
fn nothing_goes_into_the_dark() {
    let mut bed = Bed::new();
    let peer = Peer::new(&mut bed, 1);
    let port = bed.port(0, 1);
    bed.light(port, false);
    peer.solicit(&mut bed, 2158);
    bed.pass(60_000_000);
    assert_eq!(bed.take(peer.link).len(), 0);
    assert_eq!(bed.count(peer.link, Event::Dark), 1);
    bed.light(port, true);
    peer.solicit(&mut bed, 2158);
    assert_eq!(bed.take(peer.link).len(), 1);
}

#[test]
fn a_solicitation_that_names_somebody_else_is_not_answered() {
    let mut bed = Bed::new();
    let peer = Peer::new(&mut bed, 1);
    let solicit = |bed: &mut Bed, source, mac| {
        let name = Some(peer.names.wwnn);
        let message = Solicitation { flags: Flags::FPMA, mac, name, max_bytes: 2158 };
        let message: Message<'_> = Message::Solicitation(message);
        bed.send(peer.link, &message.on(ethernet::Header::new(source, Mac::ALL_FCFS)));
        bed.take(peer.link).len()
    };
    let other = Mac([2, 0, 0, 0, 0, 9]);
    assert_eq!(solicit(&mut bed, peer.enode, other), 0);
    assert_eq!(solicit(&mut bed, peer.enode, Mac::ALL_ENODES), 0);
    assert_eq!(solicit(&mut bed, Mac::ALL_ENODES, Mac::ALL_ENODES), 0);
    assert_eq!(bed.count(peer.link, Event::WrongMac), 3);
    assert_eq!(solicit(&mut bed, other, other), 1);
}

#[test]
fn what_is_for_another_forwarder_or_from_one_is_let_be() {
    let mut bed = Bed::new();
    let mut peer = Peer::initiator(&mut bed, 1);
    let ours = peer.fcf;
    peer.fcf = Mac([0, 0x50, 0x4e, 0x50, 7, 7]);
    let els = Els::Flogi(peer.login_parameters());
    assert_eq!(peer.link_service(&mut bed, LinkServiceKind::Flogi, &els), None);
    assert_eq!(peer.els(&mut bed, VAULT, &Els::Rtv), None);
    assert_eq!(bed.count(peer.link, Event::Elsewhere), 2);

    // One that is sent to where its receiver's own MAC address would be is ours (FC-BB-5, FPMA).
    peer.fcf = Mac::fabric_provided(FcMap::DEFAULT, VAULT);
    assert!(peer.els(&mut bed, VAULT, &Els::Rtv).is_some());
    peer.fcf = ours;
    assert!(peer.is_logged_in(&bed));

    // Another forwarder's advertisement.
    peer.solicit(&mut bed, 2158);
    let mut theirs = bed.take(peer.link).remove(0);
    theirs[..6].copy_from_slice(&Mac::ALL_FCFS.0);
    theirs[6..12].copy_from_slice(&[0, 0x50, 0x4e, 0x50, 7, 7]);
    bed.send_bytes(peer.link, &theirs);
    assert_eq!(bed.take(peer.link).len(), 0);
    assert_eq!(bed.count(peer.link, Event::Unexpected), 1);
}

#[test]
fn vlans_are_named_to_who_asks() {
    let mut bed = Bed::with(SwitchSettings::default(), vlan_settings());
    let peer = Peer::new(&mut bed, 1);
    let request = VlanRequest { flags: Flags::FPMA, mac: peer.enode, name: None };
    peer.fip(&mut bed, Message::VlanRequest(request));
    let sent = bed.take(peer.link);
    let Some((header, Message::VlanNotification(answer))) = fip(&sent[0]) else { panic!() };
    assert_eq!((header.source, header.destination, header.vlan), (peer.fcf, peer.enode, None));
    assert!(answer.flags.has(Flags::F_PORT));
    assert_eq!(answer.mac, peer.fcf);
    assert_eq!(answer.vlans.iter().map(|vlan| vlan.id).collect::<Vec<_>>(), [100, 4_094]);

    // With none to name there is no answer.
    let mut bed = Bed::new();
    let peer = Peer::new(&mut bed, 1);
    peer.fip(&mut bed, Message::VlanRequest(VlanRequest { mac: peer.enode, ..request }));
    assert_eq!(bed.take(peer.link).len(), 0);
    assert_eq!(bed.count(peer.link, Event::Served), 2);
}

#[test]
fn who_speaks_on_a_vlan_is_answered_on_it() {
    let mut bed = Bed::with(SwitchSettings::default(), vlan_settings());
    let link = bed.attach(1);
    bed.pass(0);
    bed.take(link);
    let enode = Mac([2, 0, 0, 0, 0, 1]);
    let tag = VlanTag(0x6064);
    let on = ethernet::Header { vlan: Some(tag), ..ethernet::Header::new(enode, Mac::ALL_FCFS) };
    let solicitation = Solicitation { flags: Flags::FPMA, mac: enode, name: None, max_bytes: 2158 };
    bed.send(link, &Message::<&[u8]>::Solicitation(solicitation).on(on));
    assert_eq!(read(&bed.take(link)[0]).header.vlan, Some(tag));
    // So are the advertisements that nobody asked for.
    bed.pass(8_000_000);
    assert_eq!(read(&bed.take(link)[0]).header.vlan, Some(tag));
    // VLANs are asked for where none is known yet.
    let request = VlanRequest { flags: Flags::FPMA, mac: enode, name: None };
    let on = ethernet::Header::new(enode, Mac::ALL_FCFS);
    bed.send(link, &Message::<&[u8]>::VlanRequest(request).on(on));
    assert_eq!(read(&bed.take(link)[0]).header.vlan, None);
}

#[test]
fn a_link_that_takes_short_frames_gets_short_frames() {
    let mut bed = Bed::new();
    let mut peer = Peer::new(&mut bed, 1);
    // What is left of an MTU of 1,500.
    peer.solicit(&mut bed, 1_500);
    bed.take(peer.link);
    peer.flogi(&mut bed).unwrap();
    bed.show(crate::bed::ARRAY, peer.names.wwpn);
    peer.log_in_with(&mut bed, VAULT);
    peer.scsi(&mut bed, &[0; 6], 0);
    peer.command(&mut bed, &read_10(0, 8), false, 4_096);
    let frames = bed.take(peer.link);
    let lengths: Vec<usize> = frames.iter().map(Vec::len).collect();
    // 1,452 bytes of data, as the reference has it; 46 around them, and 14 of Ethernet.
    assert_eq!(lengths, [1_512, 1_512, 4_096 - 2 * 1_452 + 60, 84]);
}
