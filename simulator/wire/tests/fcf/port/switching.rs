//! Frames between two links: two N_Ports from outside talk to each other.

use npivot_fabric::config::SwitchSettings;
use npivot_hal::FcId;
use npivot_wire::els::{Accept, Command, Els, Explanation, Reason};
use npivot_wire::fc2::{FCtl, FcType, Header, RCtl};
use npivot_wire::fcf::{Event, Settings};

use crate::bed::{A, Bed, Peer, VAULT, VAULT_NAME, bytes_of, wwpn};

#[test]
fn a_frame_goes_on_as_it_came_but_for_its_ethernet_header() {
    let mut bed = Bed::new();
    let mut initiator = Peer::logged_in(&mut bed, 1);
    let target = Peer::logged_in(&mut bed, 2);
    let plogi = Els::Plogi(initiator.login_parameters());
    let header = initiator.header(RCtl::ELS_REQUEST, FcType::ELS, target.id);
    initiator.frame(&mut bed, header, &bytes_of(&plogi)[..]);
    let units = bed.take_fc(target.link);
    assert_eq!(units.len(), 1);
    let came = &units[0];
    assert_eq!((came.from, came.to), (target.fcf, target.mac()));
    assert_eq!(came.header, header);
    assert_eq!(came.els(), plogi);

    let accept = Accept::Login(target.login_parameters());
    let back = came.header.answer(RCtl::ELS_REPLY, FCtl::REPLY, 0x44);
    target.frame(&mut bed, back, accept);
    let units = bed.take_fc(initiator.link);
    assert_eq!((units[0].from, units[0].to), (initiator.fcf, initiator.mac()));
    assert_eq!((units[0].header, units[0].accept(Command::PLOGI)), (back, accept));

    // Data of each length, with its fill bytes.
    for length in [0, 1, 2, 3, 512, 2_112] {
        let header = initiator.header(RCtl::DATA, FcType::FCP, target.id);
        let payload = vec![0xa5; length];
        initiator.frame(&mut bed, header, &payload[..]);
        assert_eq!(bed.take_fc(target.link)[0].payload, payload);
    }
    assert_eq!(bed.count(initiator.link, Event::Forwarded), 7);
    assert_eq!(bed.count(target.link, Event::Forwarded), 1);
}

#[test]
fn who_is_not_zoned_is_not_reached() {
    let mut bed = Bed::new();
    let mut one = Peer::logged_in(&mut bed, 1);
    let two = Peer::logged_in(&mut bed, 2);
    bed.zones(A, &[&[one.names.wwpn, wwpn(VAULT_NAME)]]);
    let words = one.plogi(&mut bed, two.id).words();
    assert_eq!(words, (Reason::UNABLE, Explanation::INVALID_N_PORT_ID));
    assert_eq!(bed.take(two.link).len(), 0);
    assert_eq!(bed.count(one.link, Event::NoWay), 1);
    bed.zones(A, &[&[one.names.wwpn, two.names.wwpn]]);
    assert!(one.els(&mut bed, two.id, &Els::Rtv).is_none());
    assert_eq!(bed.take_fc(two.link).len(), 1);
    assert_eq!(one.plogi(&mut bed, VAULT).words(), words);
}

#[test]
fn into_the_dark_nothing_is_passed_on() {
    let mut bed = Bed::new();
    let mut one = Peer::logged_in(&mut bed, 1);
    let two = Peer::logged_in(&mut bed, 2);
    let port = bed.port(0, 2);
    bed.light(port, false);
    let words = one.ask(&mut bed, two.id, &Els::Rtv).words();
    assert_eq!(words, (Reason::UNABLE, Explanation::INVALID_N_PORT_ID));
    assert_eq!(bed.take(two.link).len(), 0);
}

#[test]
fn base_port_and_vport_of_one_link_reach_each_other() {
    let mut bed = Bed::new();
    let mut base = Peer::logged_in(&mut bed, 1);
    let vport = base.vport(&mut bed, 20).unwrap();
    let header = base.header(RCtl::ELS_REQUEST, FcType::ELS, vport.id);
    base.frame(&mut bed, header, Els::Rtv);
    let units = bed.take_fc(base.link);
    assert_eq!((units.len(), units[0].to, units[0].header), (1, vport.mac(), header));
}

#[test]
fn two_fabrics_do_not_mix() {
    let mut bed = Bed::empty(Settings::default());
    bed.fabric("a", SwitchSettings::default());
    let b = bed.fabric("b", SwitchSettings::default());
    bed.zones(A, &[]);
    bed.zones(b, &[]);
    let port = bed.port(1, 40);
    bed.array("vault", VAULT_NAME, port);
    bed.pass(10_000);
    let mut on_a = Peer::logged_in(&mut bed, 1);
    let (port, same) = (bed.port(1, 1), bed.port(1, 2));
    let link = bed.attach_at(port);
    let mut on_b = Peer::on(&mut bed, link, 9);
    on_b.flogi(&mut bed).unwrap();
    assert_eq!(on_a.id, on_b.id, "each fabric has its own addresses");
    assert_ne!(on_a.fcf, on_b.fcf);

    let words = on_a.plogi(&mut bed, VAULT).words();
    assert_eq!(words, (Reason::UNABLE, Explanation::INVALID_N_PORT_ID));
    assert!(matches!(on_b.plogi(&mut bed, VAULT).accept(Command::PLOGI), Accept::Login(_)));
    // The name of one fabric is free in the other.
    let link = bed.attach_at(same);
    let mut twin = Peer::on(&mut bed, link, 1);
    assert_eq!(twin.names, on_a.names);
    assert_eq!(twin.flogi(&mut bed).map(FcId::get), Ok(0x01_02_00));
    // A state change stays in its fabric.
    on_a.register(&mut bed, true);
    on_b.register(&mut bed, true);
    bed.pass(100_000);
    bed.sent.clear();
    let port = bed.port(1, 40);
    bed.light(port, false);
    bed.pass(10_000);
    assert_eq!(bed.take(on_a.link).len(), 0);
    assert_eq!(bed.take_fc(on_b.link).len(), 1);
}

#[test]
fn a_frame_is_passed_from_a_vlan_to_a_link_without() {
    use npivot_wire::ethernet::{self, Mac, VlanTag};
    use npivot_wire::fcoe::Encapsulated;
    use npivot_wire::fip::{Flags, Message, Solicitation};
    let mut bed = Bed::new();
    let mut one = Peer::logged_in(&mut bed, 1);
    let two = Peer::logged_in(&mut bed, 2);
    let vlan = Some(VlanTag(100));
    let solicitation =
        Solicitation { flags: Flags::FPMA, mac: one.enode, name: None, max_bytes: 2158 };
    let on = ethernet::Header { vlan, ..ethernet::Header::new(one.enode, Mac::ALL_FCFS) };
    bed.send(one.link, &Message::<&[u8]>::Solicitation(solicitation).on(on));
    let header = one.header(RCtl::ELS_REQUEST, FcType::ELS, two.id);
    let on = ethernet::Header { vlan, ..ethernet::Header::new(one.mac(), one.fcf) };
    bed.sent.clear();
    bed.send(one.link, &Encapsulated::single(header, Els::Rtv).on(on));
    let there = bed.take(two.link);
    assert_eq!(crate::bed::read(&there[0]).header.vlan, None);
    assert_eq!(crate::bed::Unit::of(&there[0]).unwrap().header, header);
    let back: Header = header.answer(RCtl::ELS_REPLY, FCtl::REPLY, 1);
    two.frame(&mut bed, back, Accept::Done);
    let there = bed.take(one.link);
    assert_eq!(crate::bed::read(&there[0]).header.vlan, vlan);
}
