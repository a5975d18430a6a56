//! The name server's answers.

use npivot_fabric::config::SwitchSettings;
use npivot_hal::{FcId, Wwpn};
use npivot_wire::ct::directory::{
    Answer, ByFcType, ByPortType, Command, EntryControl, Explanation, Features, PortType, Query,
    ServiceClasses,
};
use npivot_wire::ct::{self, Reason};
use npivot_wire::fc2::{Eof, FCtl, FcType, RCtl, Sof};
use npivot_wire::fcf::Settings;

use crate::bed::{A, Bed, Peer, VAULT, VAULT_NAME, bytes_of, id, names, wwpn};

const FCP: ByFcType = ByFcType { domain: 0, area: 0, fc_type: FcType::FCP };
const NOT_REGISTERED: u8 = Reason::UNABLE.0;

/// The addresses in an answer, and whether each entry but the last is no last one.
fn ids(peer: &mut Peer, bed: &mut Bed, query: Query<'_>) -> Result<Vec<u32>, (u8, u8)> {
    let unit = peer.query(bed, query);
    let entries: Vec<(EntryControl, FcId)> = match unit.answer(query.command())? {
        Answer::PortIds(list) => list.iter().map(|entry| (entry.control, entry.id)).collect(),
        Answer::PortNames(list) => list.iter().map(|entry| (entry.control, entry.id)).collect(),
        Answer::NodeNames(list) => list.iter().map(|entry| (entry.control, entry.id)).collect(),
        other => panic!("{other:?}"),
    };
    let (last, others) = entries.split_last().expect("no empty list is accepted");
    assert!(last.0.has(EntryControl::LAST));
    assert!(others.iter().all(|entry| !entry.0.has(EntryControl::LAST)));
    Ok(entries.iter().map(|entry| entry.1.get()).collect())
}

#[test]
fn lists_are_filtered_by_the_askers_zones() {
    let mut bed = Bed::new();
    let mut alpha = Peer::logged_in(&mut bed, 1);
    let mut beta = Peer::logged_in(&mut bed, 2);
    alpha.register(&mut bed, true);
    beta.register(&mut bed, true);
    let all = |own: u32, other: u32| vec![own.min(other), own.max(other), VAULT.get()];
    for query in [Query::GpnFt(FCP), Query::GnnFt(FCP), Query::GidFt(FCP)] {
        assert_eq!(ids(&mut alpha, &mut bed, query), Ok(all(0x01_01_00, 0x01_02_00)));
    }
    bed.zones(A, &[&[alpha.names.wwpn, wwpn(VAULT_NAME)]]);
    for query in [Query::GpnFt(FCP), Query::GnnFt(FCP), Query::GidFt(FCP)] {
        assert_eq!(ids(&mut alpha, &mut bed, query), Ok(vec![0x01_01_00, VAULT.get()]));
        assert_eq!(ids(&mut beta, &mut bed, query), Ok(vec![0x01_02_00]), "itself");
    }
    // What is not zoned is not there, however it is asked for.
    let port_id = (NOT_REGISTERED, Explanation::PORT_ID.0);
    for query in [
        Query::GpnId(VAULT),
        Query::GnnId(VAULT),
        Query::GcsId(VAULT),
        Query::GftId(VAULT),
        Query::GspnId(VAULT),
        Query::GptId(VAULT),
        Query::GffId(VAULT),
    ] {
        assert!(
            alpha.query(&mut bed, query).answer(query.command()).is_ok()
                || matches!(query, Query::GspnId(_))
        );
        assert_eq!(beta.query(&mut bed, query).answer(query.command()), Err(port_id), "{query:?}");
    }
    let by_name = Query::GidPn(Some(wwpn(VAULT_NAME)));
    assert_eq!(alpha.query(&mut bed, by_name).answer(by_name.command()), Ok(Answer::PortId(VAULT)));
    let port_name = (NOT_REGISTERED, Explanation::PORT_NAME.0);
    assert_eq!(beta.query(&mut bed, by_name).answer(by_name.command()), Err(port_name));
    let by_node = Query::GidNn(Some(alpha.names.wwnn));
    let node_name = (NOT_REGISTERED, Explanation::NODE_NAME.0);
    assert_eq!(ids(&mut alpha, &mut bed, by_node), Ok(vec![alpha.id.get()]));
    assert_eq!(ids(&mut beta, &mut bed, by_node), Err(node_name));
}

#[test]
fn an_empty_list_is_a_reject() {
    let mut bed = Bed::empty(Settings::default());
    bed.fabric("a", SwitchSettings::default());
    let mut peer = Peer::logged_in(&mut bed, 1);
    // It has registered nothing itself.
    for query in [Query::GpnFt(FCP), Query::GnnFt(FCP), Query::GidFt(FCP)] {
        assert_eq!(ids(&mut peer, &mut bed, query), Err((9, 7)), "{query:?}");
    }
    peer.register(&mut bed, true);
    let nvme = ByFcType { fc_type: FcType::NVME, ..FCP };
    assert_eq!(ids(&mut peer, &mut bed, Query::GpnFt(nvme)), Err((9, 7)));
    let by_type = |port_type| Query::GidPt(ByPortType { port_type, domain: 0, area: 0 });
    assert_eq!(ids(&mut peer, &mut bed, by_type(PortType::NL_PORT)), Err((9, 0x0a)));
    assert_eq!(ids(&mut peer, &mut bed, by_type(PortType::NX_PORT)), Ok(vec![0x01_01_00]));
    // Nobody in that domain, nobody in that area.
    for by in [ByFcType { domain: 2, ..FCP }, ByFcType { domain: 1, area: 2, ..FCP }] {
        assert_eq!(ids(&mut peer, &mut bed, Query::GpnFt(by)), Err((9, 7)));
    }
    let here = ByFcType { domain: 1, area: 1, ..FCP };
    assert_eq!(ids(&mut peer, &mut bed, Query::GpnFt(here)), Ok(vec![0x01_01_00]));
}

#[test]
fn all_about_one_port() {
    let mut bed = Bed::new();
    let mut peer = Peer::logged_in(&mut bed, 1);
    peer.register(&mut bed, true);
    let mut ask = |query: Query<'_>| peer.query(&mut bed, query);
    let answered = |unit: &crate::bed::Unit, command: Command| {
        format!("{:?}", unit.answer(command).expect("it is there"))
    };
    let name = ask(Query::GpnId(VAULT));
    assert_eq!(name.answer(Command::GPN_ID), Ok(Answer::PortName(Wwpn::new(VAULT_NAME))));
    let classes = ask(Query::GcsId(VAULT));
    assert_eq!(classes.answer(Command::GCS_ID), Ok(Answer::Classes(ServiceClasses::CLASS_3)));
    let port_type = ask(Query::GptId(VAULT));
    assert_eq!(port_type.answer(Command::GPT_ID), Ok(Answer::PortType(PortType::N_PORT)));
    assert_eq!(answered(&ask(Query::GftId(VAULT)), Command::GFT_ID), "Types({FcType(SCSI FCP)})");
    let features = ask(Query::GffId(VAULT));
    let Ok(Answer::Features(features)) = features.answer(Command::GFF_ID) else { panic!() };
    // Four bits each, type 8's are the lowest of the second word.
    assert_eq!((features.len(), features[7]), (128, Features::TARGET.0));
    assert_eq!(features.iter().map(|&b| u32::from(b)).sum::<u32>(), 1);
    // It has not told what it is called.
    let (port_symbol, node_symbol) =
        (Explanation::SYMBOLIC_PORT_NAME, Explanation::SYMBOLIC_NODE_NAME);
    let unit = ask(Query::GspnId(VAULT));
    assert_eq!(unit.answer(Command::GSPN_ID), Err((9, port_symbol.0)));
    let unit = ask(Query::GsnnNn(Some(names(1).wwnn)));
    assert_eq!(unit.answer(Command::GSNN_NN), Err((9, node_symbol.0)));
}

#[test]
fn ga_nxt_goes_round() {
    let mut bed = Bed::new();
    let mut alpha = Peer::logged_in(&mut bed, 1);
    let beta = Peer::logged_in(&mut bed, 2);
    let mut at = id(0);
    let mut seen = vec![];
    for _ in 0..5 {
        let unit = alpha.query(&mut bed, Query::GaNxt(at));
        let Ok(Answer::Next(next)) = unit.answer(Command::GA_NXT) else { panic!("{unit:?}") };
        assert_eq!(next.fabric_port.map(|name| name.get() >> 60), Some(2));
        at = next.id;
        seen.push((next.id, next.wwpn));
    }
    let one = (alpha.id, Some(alpha.names.wwpn));
    let two = (beta.id, Some(beta.names.wwpn));
    let three = (VAULT, Some(wwpn(VAULT_NAME)));
    assert_eq!(seen, [one, two, three, one, two]);
}

#[test]
fn a_list_of_three_hundred_comes_in_several_frames() {
    let mut bed = Bed::empty(Settings::default());
    let settings = SwitchSettings { ports: 400, ..SwitchSettings::default() };
    bed.fabric("a", settings);
    bed.zones(A, &[]);
    for n in 0..300 {
        let port = bed.port(0, 50 + n);
        bed.array(&format!("v{n}"), 0x5006_0000_0000_0000 + (u64::from(n) << 16), port);
    }
    bed.pass(10_000);
    let mut peer = Peer::logged_in(&mut bed, 1);
    let header = peer.header(RCtl::REQUEST, FcType::CT, FcId::DIRECTORY_SERVER);
    let request = ct::Request::new(ct::Query::Directory(Query::GpnFt(FCP)));
    peer.frame(&mut bed, header, &bytes_of(&request)[..]);
    let units = bed.take_fc(peer.link);
    // 16 bytes of preamble, 16 each.
    let lengths: Vec<usize> = units.iter().map(|unit| unit.payload.len()).collect();
    assert_eq!(lengths, [2112, 2112, 16 + 300 * 16 - 2 * 2112]);
    for (i, unit) in (0_u16..).zip(&units) {
        let last = usize::from(i) == units.len() - 1;
        assert_eq!(unit.header.seq_cnt, i);
        assert_eq!(unit.sof, if i == 0 { Sof::I3 } else { Sof::N3 });
        assert_eq!(unit.eof, if last { Eof::T } else { Eof::N });
        assert_eq!(unit.header.f_ctl, if last { FCtl(0x99_0000) } else { FCtl(0x90_0000) });
        assert_eq!((unit.header.r_ctl, unit.header.parameter), (RCtl::REPLY, 0));
    }
    assert_eq!(ids(&mut peer, &mut bed, Query::GpnFt(FCP)).unwrap().len(), 300);
}

#[test]
fn what_cannot_be_read_or_done_is_rejected() {
    let mut bed = Bed::new();
    let mut peer = Peer::logged_in(&mut bed, 1);
    let unit = peer.query(&mut bed, Query::Other(Command(0x01ff), &[0; 4]));
    assert_eq!(unit.answer(Command(0x01ff)), Err((Reason::UNSUPPORTED.0, 0)));
    let unit = peer.query(&mut bed, Query::Other(Command::GPN_ID, &[0; 2]));
    assert_eq!(unit.answer(Command::GPN_ID), Err((Reason::IU_SIZE.0, 0)));
    // Another service at this address.
    let header = peer.header(RCtl::REQUEST, FcType::CT, FcId::DIRECTORY_SERVER);
    let service = ct::Service { kind: 0xfc, subtype: 0x03 };
    let query = ct::Query::Other { service, command: 0x0100, body: &[] };
    peer.frame(&mut bed, header, &bytes_of(&ct::Request::new(query))[..]);
    let unit = bed.take_fc(peer.link).remove(0);
    assert_eq!(unit.answer(Command(0x0100)), Err((Reason::UNSUPPORTED.0, 0)));
    assert_eq!(unit.ct().service, service);
}
