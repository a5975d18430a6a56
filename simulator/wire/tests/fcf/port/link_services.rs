//! The extended link services that N_Ports and services answer.

use npivot_hal::FcId;
use npivot_wire::els::{
    Accept, Command, Discovery, Els, ExchangeName, Explanation, FcpParameters, Logo, Page,
    PageFlags, PageResponse, Pages, PortName, Reason,
};
use npivot_wire::fc2::{FCtl, FcType, RCtl};
use npivot_wire::fcf::Event;

use crate::bed::{A, Bed, Peer, VAULT, VAULT_NAME, fcp_page, id, names, wwpn};

const LOGIN_REQUIRED: (Reason, Explanation) = (Reason::UNABLE, Explanation::LOGIN_REQUIRED);

fn peer() -> (Bed, Peer) {
    let mut bed = Bed::new();
    let peer = Peer::logged_in(&mut bed, 1);
    (bed, peer)
}

fn discovery(peer: &Peer) -> Els<'static> {
    Els::Adisc(Discovery {
        hard_address: id(0),
        wwpn: Some(peer.names.wwpn),
        wwnn: Some(peer.names.wwnn),
        id: peer.id,
    })
}

fn logo(peer: &Peer) -> Els<'static> {
    Els::Logo(Logo { id: peer.id, wwpn: Some(peer.names.wwpn) })
}

#[test]
fn plogi_with_the_array_and_with_each_service() {
    let (mut bed, mut peer) = peer();
    let mut ports = vec![];
    for to in [VAULT, FcId::DIRECTORY_SERVER, FcId::FABRIC_CONTROLLER, id(0xff_fffa)] {
        let unit = peer.plogi(&mut bed, to);
        let header = unit.header;
        assert_eq!((header.s_id, header.d_id), (to, peer.id));
        assert_eq!((header.r_ctl, header.f_ctl), (RCtl::ELS_REPLY, FCtl(0x99_0000)));
        assert_eq!((unit.from, unit.to), (peer.fcf, peer.mac()));
        let Accept::Login(login) = unit.accept(Command::PLOGI) else { panic!("{unit:?}") };
        assert_eq!(login.common.buffer.receive_bytes(), 2112);
        ports.push(login.wwpn);
    }
    assert_eq!(ports[0], Some(wwpn(VAULT_NAME)));
    ports.sort();
    ports.dedup();
    assert_eq!(ports.len(), 4, "each has a name of its own");
}

#[test]
fn plogi_that_is_refused() {
    let (mut bed, mut peer) = peer();
    let nobody = peer.plogi(&mut bed, id(0x01_30_00)).words();
    assert_eq!(nobody, (Reason::UNABLE, Explanation::INVALID_N_PORT_ID));
    let other_domain = peer.plogi(&mut bed, id(0x09_00_00)).words();
    assert_eq!(other_domain, nobody);
    assert_eq!(bed.count(peer.link, Event::NoWay), 2);
    for receive_bytes in [128, 2110] {
        peer.receive_bytes = receive_bytes;
        let words = peer.plogi(&mut bed, VAULT).words();
        assert_eq!(words, (Reason::LOGICAL_ERROR, Explanation::RECEIVE_SIZE));
    }
    peer.receive_bytes = 2112;
    let own = std::mem::replace(&mut peer.names, names(9));
    let words = peer.plogi(&mut bed, VAULT).words();
    assert_eq!(words, (Reason::UNABLE, Explanation::INVALID_PORT_NAME));
    peer.names = own;

    // Not zoned: as if nobody were there.
    bed.zones(A, &[&[peer.names.wwpn, names(9).wwpn]]);
    assert_eq!(peer.plogi(&mut bed, VAULT).words(), nobody);
}

#[test]
fn prli_tells_what_a_port_does() {
    let (mut bed, mut peer) = peer();
    assert_eq!(peer.prli(&mut bed, VAULT).words(), LOGIN_REQUIRED);
    peer.plogi(&mut bed, VAULT);
    let unit = peer.prli(&mut bed, VAULT);
    let Accept::Pages(pages) = unit.accept(Command::PRLI) else { panic!("{unit:?}") };
    let page = pages.get(0).unwrap();
    assert_eq!((pages.len(), page.fc_type), (1, FcType::FCP));
    assert_eq!(page.flags, PageFlags::IMAGE_PAIR.answered(PageResponse::EXECUTED));
    assert_eq!(page.parameters, FcpParameters::TARGET | FcpParameters::READ_WITHOUT_READY);

    // Another FC-4, and a service that has none.
    let nvme = Page { fc_type: FcType::NVME, ..fcp_page() };
    let unit = peer.ask(&mut bed, VAULT, &Els::Prli(Pages::new(&[nvme])));
    let Accept::Pages(pages) = unit.accept(Command::PRLI) else { panic!("{unit:?}") };
    assert_eq!(pages.get(0).unwrap().flags.response(), PageResponse::CONFIGURED_OUT);
    peer.plogi(&mut bed, FcId::DIRECTORY_SERVER);
    let unit = peer.prli(&mut bed, FcId::DIRECTORY_SERVER);
    let Accept::Pages(pages) = unit.accept(Command::PRLI) else { panic!("{unit:?}") };
    assert_eq!(pages.get(0).unwrap().flags.response(), PageResponse::CONFIGURED_OUT);
    assert!(!pages.get(0).unwrap().flags.has(PageFlags::IMAGE_PAIR));
}

#[test]
fn many_pages_and_none() {
    let (mut bed, mut peer) = peer();
    peer.plogi(&mut bed, VAULT);
    let many = [fcp_page(); 120];
    for (asked, answered) in [(120, 8), (1, 1), (0, 0)] {
        let unit = peer.ask(&mut bed, VAULT, &Els::Prli(Pages::new(&many[..asked])));
        let Accept::Pages(pages) = unit.accept(Command::PRLI) else { panic!("{unit:?}") };
        assert_eq!(pages.len(), answered);
    }
}

#[test]
fn prlo() {
    let (mut bed, mut peer) = peer();
    let pages = [fcp_page()];
    let prlo = Els::Prlo(Pages::new(&pages));
    assert_eq!(peer.ask(&mut bed, VAULT, &prlo).words(), LOGIN_REQUIRED);
    peer.log_in_with(&mut bed, VAULT);
    let unit = peer.ask(&mut bed, VAULT, &prlo);
    let Accept::Pages(pages) = unit.accept(Command::PRLO) else { panic!("{unit:?}") };
    assert_eq!(pages.get(0).unwrap().flags.response(), PageResponse::EXECUTED);
}

#[test]
fn adisc_needs_a_login() {
    let (mut bed, mut peer) = peer();
    let adisc = discovery(&peer);
    assert_eq!(peer.ask(&mut bed, VAULT, &adisc).words(), LOGIN_REQUIRED);
    peer.plogi(&mut bed, VAULT);
    let unit = peer.ask(&mut bed, VAULT, &adisc);
    let Accept::Discovery(found) = unit.accept(Command::ADISC) else { panic!("{unit:?}") };
    assert_eq!((found.id, found.wwpn), (VAULT, Some(wwpn(VAULT_NAME))));
    assert_eq!(found.wwnn.map(npivot_hal::Wwnn::get), Some(VAULT_NAME ^ 0x8000));
}

#[test]
fn services_without_a_login() {
    let (mut bed, mut peer) = peer();
    let unit = peer.ask(&mut bed, VAULT, &Els::Rtv);
    let Accept::TimeOuts(times) = unit.accept(Command::RTV) else { panic!("{unit:?}") };
    assert_eq!((times.r_a_tov_ms, times.e_d_tov), (10_000, 2_000));
    let unit = peer.ask(&mut bed, VAULT, &Els::Rls(PortName { id: VAULT }));
    assert!(matches!(unit.accept(Command::RLS), Accept::LinkErrors(_)));
    let exchange = ExchangeName { originator: peer.id, ox_id: 1, rx_id: 2 };
    let unit = peer.ask(&mut bed, VAULT, &Els::Rrq(exchange));
    assert_eq!(unit.accept(Command::RRQ), Accept::Done);
    let unit = peer.ask(&mut bed, VAULT, &Els::Rec(exchange));
    assert_eq!(unit.words(), (Reason::LOGICAL_ERROR, Explanation::INVALID_EXCHANGE));
    for length in [0, 1, 3, 4, 100, 2_108] {
        let data = vec![0x5a; length];
        let unit = peer.ask(&mut bed, VAULT, &Els::Echo(&data));
        assert_eq!(unit.accept(Command::ECHO), Accept::Echo(&data));
    }
}

#[test]
fn what_is_not_supported_or_not_readable() {
    let (mut bed, mut peer) = peer();
    let unsupported = (Reason::UNSUPPORTED, Explanation::UNSUPPORTED);
    let flogi = Els::Flogi(peer.login_parameters());
    let fdisc = Els::Fdisc(peer.login_parameters());
    for els in [Els::Other(Command::RNID, &[0; 4]), Els::Other(Command(0xee), &[]), flogi, fdisc] {
        assert_eq!(peer.ask(&mut bed, VAULT, &els).words(), unsupported, "{els:?}");
    }
    // SCR is for the fabric controller only.
    let scr = Els::Scr(npivot_wire::els::Scr { function: npivot_wire::els::ScrFunction::FULL });
    assert_eq!(peer.ask(&mut bed, VAULT, &scr).words(), unsupported);
    for command in [Command::PLOGI, Command::ADISC, Command::PRLI, Command::REC] {
        let words = peer.ask(&mut bed, VAULT, &Els::Other(command, &[0; 3])).words();
        assert_eq!(words, (Reason::PROTOCOL_ERROR, Explanation::PAYLOAD_LENGTH), "{command}");
    }
    assert_eq!(bed.count(peer.link, Event::Malformed), 4);
    // An answer to nothing, and a protocol that nobody knows.
    let header = peer.header(RCtl::ELS_REPLY, FcType::ELS, VAULT);
    peer.frame(&mut bed, header, Accept::Done);
    let header = peer.header(RCtl::COMMAND, FcType(0x55), VAULT);
    peer.frame(&mut bed, header, &[0; 32][..]);
    assert_eq!(bed.take_fc(peer.link).len(), 0);
}

#[test]
fn after_a_logo_a_command_is_answered_with_one() {
    let (mut bed, mut peer) = peer();
    bed.show(crate::bed::ARRAY, peer.names.wwpn);
    // Never logged in.
    peer.command(&mut bed, &[0; 6], false, 0);
    let units = bed.take_fc(peer.link);
    assert_eq!(units.len(), 1);
    let header = units[0].header;
    assert_eq!((header.s_id, header.d_id, header.f_ctl), (VAULT, peer.id, FCtl::REQUEST));
    let expected = Logo { id: VAULT, wwpn: Some(wwpn(VAULT_NAME)) };
    assert_eq!(units[0].els(), Els::Logo(expected));
    peer.acknowledge(&mut bed, &units[0]);

    peer.log_in_with(&mut bed, VAULT);
    let (_, first) = peer.scsi(&mut bed, &[0; 6], 0);
    assert_eq!(first.response().status, 2, "the first command is told of the power-on");
    let els = logo(&peer);
    assert_eq!(peer.ask(&mut bed, VAULT, &els).accept(Command::LOGO), Accept::Done);
    peer.command(&mut bed, &[0; 6], false, 0);
    assert_eq!(bed.take_fc(peer.link)[0].els(), Els::Logo(expected));
    peer.log_in_with(&mut bed, VAULT);
    let (_, again) = peer.scsi(&mut bed, &[0; 6], 0);
    assert_eq!(again.response().status, 0);
}

#[test]
fn a_command_needs_a_process_login() {
    let (mut bed, mut peer) = peer();
    bed.show(crate::bed::ARRAY, peer.names.wwpn);
    let expected = Logo { id: VAULT, wwpn: Some(wwpn(VAULT_NAME)) };
    // Only PLOGI.
    peer.plogi(&mut bed, VAULT);
    peer.command(&mut bed, &[0; 6], false, 0);
    assert_eq!(bed.take_fc(peer.link)[0].els(), Els::Logo(expected));
    // The LOGO ends the login, so that both begin anew.
    let words = peer.prli(&mut bed, VAULT).words();
    assert_eq!(words, (Reason::UNABLE, Explanation::LOGIN_REQUIRED));
    peer.log_in_with(&mut bed, VAULT);
    peer.scsi(&mut bed, &[0; 6], 0);
    let page = [fcp_page()];
    let prlo = Els::Prlo(Pages::new(&page));
    assert!(matches!(peer.ask(&mut bed, VAULT, &prlo).accept(Command::PRLO), Accept::Pages(_)));
    peer.command(&mut bed, &[0; 6], false, 0);
    assert_eq!(bed.take_fc(peer.link)[0].els(), Els::Logo(expected));
}

#[test]
fn an_arrays_port_that_was_away_has_forgotten_who_was_logged_in_with_it() {
    let mut bed = Bed::new();
    let mut peer = Peer::initiator(&mut bed, 1);
    let port = bed.port(0, 40);
    bed.light(port, false);
    bed.light(port, true);
    bed.pass(1_000_000);
    bed.take(peer.link);
    peer.command(&mut bed, &[0; 6], false, 0);
    let expected = Logo { id: VAULT, wwpn: Some(wwpn(VAULT_NAME)) };
    assert_eq!(bed.take_fc(peer.link)[0].els(), Els::Logo(expected));
    peer.log_in_with(&mut bed, VAULT);
    assert_eq!(peer.scsi(&mut bed, &[0; 6], 0).1.response().status, 0);
}

#[test]
fn a_frame_from_a_wrong_address_is_dropped() {
    let (mut bed, mut peer) = peer();
    // Another's S_ID from one's own MAC address, and one's own from the ENode's.
    let own = peer.id;
    let header = peer.header(RCtl::ELS_REQUEST, FcType::ELS, VAULT);
    peer.frame(&mut bed, npivot_wire::fc2::Header { s_id: id(0x01_02_00), ..header }, Els::Rtv);
    assert_eq!(bed.count(peer.link, Event::NotLoggedIn), 1);
    peer.id = id(0);
    peer.frame(&mut bed, npivot_wire::fc2::Header { s_id: own, ..header }, Els::Rtv);
    assert_eq!(bed.count(peer.link, Event::WrongMac), 1);
    assert_eq!(bed.take_fc(peer.link).len(), 0);
}

#[test]
fn well_known_addresses_where_nobody_is() {
    let (mut bed, mut peer) = peer();
    for to in [0xff_fff6, 0xff_fffb, 0xff_ffff] {
        let words = peer.plogi(&mut bed, id(to)).words();
        assert_eq!(words, (Reason::UNABLE, Explanation::INVALID_N_PORT_ID), "{to:x}");
    }
}
