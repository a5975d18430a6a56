//! What some of the capture's frames say, as its reader knows it: a decoder and an encoder that are wrong
//! in the same way would pass the round trip.

use npivot_hal::{FabricName, FcId, Lun, Wwnn, Wwpn};
use npivot_wire::ct::directory::{self, EntryControl, Features};
use npivot_wire::ct::{Outcome, Query};
use npivot_wire::els::{
    Accept, AffectedPort, Change, ClassFlags, Command, CommonFeatures, Els, Explanation,
    FcpParameters, Login, PageFlags, PageResponse, Reason, Reject, Reply, Scope, ScrFunction,
};
use npivot_wire::ethernet::{FcMap, Mac};
use npivot_wire::fc2::{Eof, FCtl, FcType, RCtl, Sof, UNASSIGNED};
use npivot_wire::fcoe::Encapsulated;
use npivot_wire::fcp::{Direction, Fcp, Residual, ResponseCode, TaskManagement};
use npivot_wire::fip::{Flags, LinkService, LinkServiceKind, Message};
use npivot_wire::{Body, Frame, Payload};

use crate::pcap;

const KERNEL: FcId = id(0x01_01_01);
const VPORT: FcId = id(0x01_01_02);
const TARGET: FcId = id(0x01_02_00);

const fn id(raw: u32) -> FcId {
    FcId::new(raw).expect("24 bits")
}

fn wwpn(raw: u64) -> Option<Wwpn> {
    Wwpn::new(raw)
}

fn fcoe(number: usize) -> Encapsulated<'static> {
    match Frame::decode(pcap::frame(number)).unwrap().body {
        Body::Fcoe(frame) => frame,
        other => panic!("frame {number} is {other:?}"),
    }
}

fn payload(number: usize) -> Payload<'static> {
    fcoe(number).payload().unwrap()
}

fn fip(number: usize) -> Message<'static> {
    match Frame::decode(pcap::frame(number)).unwrap().body {
        Body::Fip(message) => message,
        other => panic!("frame {number} is {other:?}"),
    }
}

fn login(number: usize) -> LinkService<'static> {
    match fip(number) {
        Message::LinkService(service) => service,
        other => panic!("frame {number} is {other:?}"),
    }
}

fn accepted(number: usize, request: Command) -> Accept<'static> {
    let Payload::ElsReply(reply) = payload(number) else { panic!("frame {number}") };
    reply.accept(request).unwrap().expect("it is an accept")
}

fn answered(number: usize, request: directory::Command) -> directory::Answer<'static> {
    let Payload::CtReply(reply) = payload(number) else { panic!("frame {number}") };
    let Outcome::Accept(body) = reply.outcome else { panic!("frame {number}: {reply:?}") };
    directory::Answer::decode(request, body).unwrap()
}

fn asked(number: usize) -> directory::Query<'static> {
    match payload(number) {
        Payload::Ct(request) => match request.query {
            Query::Directory(query) => query,
            other => panic!("frame {number} is {other:?}"),
        },
        other => panic!("frame {number} is {other:?}"),
    }
}

#[test]
fn discovery() {
    let Message::Advertisement(unsolicited) = fip(1) else { panic!() };
    assert_eq!(unsolicited.flags, Flags::UNSOLICITED);
    assert_eq!((unsolicited.priority, unsolicited.keep_alive.period_ms), (128, 8_000));
    assert!(unsolicited.keep_alive.wanted);
    assert_eq!(unsolicited.mac, Mac([0x0e, 0xfc, 0x01, 0xaa, 0xbb, 0x01]));
    assert_eq!(unsolicited.name, Wwnn::new(0x1000_0000_c900_0001));
    assert_eq!((unsolicited.fabric.vf_id, unsolicited.fabric.map), (0, FcMap::DEFAULT));
    assert_eq!(unsolicited.fabric.name, FabricName::new(0x1000_0000_c900_0001));
    let to = |number| Frame::decode(pcap::frame(number)).unwrap().header.destination;
    assert_eq!(to(1), Mac::ALL_ENODES);

    let Message::Solicitation(asks) = fip(2) else { panic!() };
    assert_eq!((asks.flags, asks.max_bytes), (Flags::FPMA, 2158));
    assert_eq!(asks.name, Wwnn::new(0x1000_0200_0000_000a));
    assert_eq!((to(2), to(3)), (Mac::ALL_FCFS, asks.mac));
    let Message::Advertisement(answer) = fip(3) else { panic!() };
    assert_eq!(answer.flags, Flags::ANSWER);
}

#[test]
fn fabric_login_with_npiv() {
    let request = login(4);
    assert_eq!((request.kind, request.reply), (LinkServiceKind::Flogi, false));
    assert_eq!(request.mac, Some(Mac::default()));
    let header = request.frame.header;
    assert_eq!((header.r_ctl, header.fc_type), (RCtl::ELS_REQUEST, FcType::ELS));
    assert_eq!((header.d_id, header.s_id), (FcId::FABRIC_LOGIN, id(0)));
    assert_eq!((header.f_ctl, header.ox_id, header.rx_id), (FCtl::REQUEST, 1, UNASSIGNED));
    let Els::Flogi(flogi) = Els::decode(request.frame.payload).unwrap() else { panic!() };
    assert!(flogi.common.features.has(CommonFeatures::NPIV));
    assert_eq!((flogi.common.bb_credit, flogi.common.buffer.receive_bytes()), (10, 2112));
    assert_eq!(flogi.wwpn, wwpn(0x2000_0200_0000_000a));
    assert_eq!(flogi.wwnn, Wwnn::new(0x1000_0200_0000_000a));
    assert_eq!(
        flogi.classes.map(|class| class.class.has(ClassFlags::VALID)),
        [false, false, true, false]
    );

    let answer = login(5);
    assert_eq!((answer.frame.header.d_id, answer.frame.header.f_ctl), (KERNEL, FCtl::REPLY));
    assert_eq!(answer.mac, Some(Mac::fabric_provided(FcMap::DEFAULT, KERNEL)));
    let reply = Reply::decode(answer.frame.payload).unwrap();
    let Some(Accept::Login(Login { common, wwnn, .. })) = reply.accept(Command::FLOGI).unwrap()
    else {
        panic!()
    };
    assert_eq!(common.features, CommonFeatures::NPIV_ACCEPTED | CommonFeatures::F_PORT);
    assert_eq!((common.r_a_tov_or_sequences, common.e_d_tov), (10_000, 2_000));
    assert_eq!(wwnn, Wwnn::new(0x1000_0000_c900_0001));
    let logo = login(755);
    assert_eq!((logo.kind, logo.frame.header.s_id), (LinkServiceKind::Logo, VPORT));
}

#[test]
fn name_server() {
    let directory::Query::RnnId(node) = asked(8) else { panic!() };
    assert_eq!((node.id, node.wwnn), (KERNEL, Wwnn::new(0x1000_0200_0000_000a)));
    let directory::Query::RsnnNn(_, symbol) = asked(10) else { panic!() };
    assert_eq!(symbol.bytes(), b"fcoe v0.1 over vec0");
    let directory::Query::RftId(types) = asked(14) else { panic!() };
    let all = (0..=255).map(FcType).filter(|&fc_type| types.types.has(fc_type));
    assert_eq!(all.collect::<Vec<_>>(), [FcType::FCP, FcType::CT]);
    let directory::Query::RffId(features) = asked(16) else { panic!() };
    assert_eq!(features.features, Features::TARGET | Features::INITIATOR);
    assert_eq!(features.fc_type, FcType::FCP);
    let directory::Query::GpnFt(by) = asked(20) else { panic!() };
    assert_eq!((by.domain, by.area, by.fc_type), (0, 0, FcType::FCP));

    let directory::Answer::PortNames(list) = answered(234, directory::Command::GPN_FT) else {
        panic!()
    };
    let ids = list.iter().map(|entry| entry.id).collect::<Vec<_>>();
    assert_eq!(ids, [KERNEL, TARGET, id(0x01_03_00), VPORT]);
    let last = list.iter().map(|entry| entry.control.has(EntryControl::LAST));
    assert_eq!(last.collect::<Vec<_>>(), [false, false, false, true]);
    assert_eq!(list.get(3).and_then(|entry| entry.wwpn), wwpn(0x2100_0000_0000_0a01));
    let name = answered(232, directory::Command::GPN_ID);
    assert_eq!(name, directory::Answer::PortName(wwpn(0x2100_0000_0000_0a01)));
}

#[test]
fn link_services() {
    let Payload::Els(Els::Scr(scr)) = payload(18) else { panic!() };
    assert_eq!(scr.function, ScrFunction::FULL);
    assert_eq!(accepted(19, Command::SCR), Accept::Done);
    let Payload::Els(Els::Prli(pages)) = payload(24) else { panic!() };
    let page = pages.get(0).unwrap();
    assert_eq!((pages.len(), page.fc_type, page.flags), (1, FcType::FCP, PageFlags::IMAGE_PAIR));
    let initiator = FcpParameters::RETRY
        | FcpParameters::CONFIRMATION
        | FcpParameters::INITIATOR
        | FcpParameters::READ_WITHOUT_READY;
    assert_eq!(page.parameters, initiator);
    let Accept::Pages(pages) = accepted(25, Command::PRLI) else { panic!() };
    let page = pages.get(0).unwrap();
    assert_eq!(page.flags, PageFlags::IMAGE_PAIR.answered(PageResponse::EXECUTED));
    assert_eq!(page.parameters, FcpParameters::TARGET | FcpParameters::READ_WITHOUT_READY);
    let Accept::TimeOuts(time_outs) = accepted(27, Command::RTV) else { panic!() };
    assert_eq!((time_outs.r_a_tov_ms, time_outs.e_d_tov), (10_000, 2_000));
    let Payload::Els(Els::Rscn(rscn)) = payload(227) else { panic!() };
    let changed = AffectedPort { change: Change::UNSPECIFIED, scope: Scope::PORT, id: VPORT };
    assert_eq!(rscn.affected.iter().collect::<Vec<_>>(), [changed]);
    let refused = Reject::new(Reason::IN_PROGRESS, Explanation::NONE);
    assert_eq!(payload(243), Payload::ElsReply(Reply::Reject(refused)));
    let Payload::Els(Els::Logo(logo)) = payload(747) else { panic!() };
    assert_eq!((logo.id, logo.wwpn), (VPORT, wwpn(0x2100_0000_0000_0a01)));
}

#[test]
fn scsi() {
    let Payload::Fcp(Fcp::Command(inquiry)) = payload(28) else { panic!() };
    assert_eq!((inquiry.lun, inquiry.cdb.operation()), (Lun::from_number(0).unwrap(), 0x12));
    assert_eq!((inquiry.direction, inquiry.data_bytes), (Direction::READ, 36));
    let frame = fcoe(29);
    assert_eq!((frame.frame.header.ox_id, frame.frame.header.rx_id), (1, 0x010c));
    let Payload::Fcp(Fcp::Data(data)) = frame.payload().unwrap() else { panic!() };
    assert_eq!(&data[8..], b"PROBE   SIM FC DISK     0001");

    let Payload::Fcp(Fcp::Response(refused)) = payload(127) else { panic!() };
    assert_eq!((refused.status, refused.residual), (2, Residual::Under(10)));
    assert_eq!((refused.sense.len(), refused.sense[2], refused.sense[12]), (18, 5, 0x20));

    let Payload::Fcp(Fcp::TransferReady(ready)) = payload(733) else { panic!() };
    assert_eq!((ready.offset, ready.burst_bytes), (0, 8_192));
    let Payload::Fcp(Fcp::Response(done)) = payload(746) else { panic!() };
    assert_eq!((done.code, done.status), (Some(ResponseCode::COMPLETE), 0));
    let reset = (738..746).find_map(|number| match payload(number) {
        Payload::Fcp(Fcp::Command(command)) if command.task_management.0 != 0 => Some(command),
        _ => None,
    });
    assert_eq!(reset.unwrap().task_management, TaskManagement::LUN_RESET);
}

#[test]
fn sequences_of_several_frames() {
    // Two frames of a READ, four of a WRITE.
    let (first, last) = (fcoe(194), fcoe(195));
    assert_eq!((first.sof, first.eof, first.is_whole()), (Sof::I3, Eof::N, false));
    assert_eq!((last.sof, last.eof, last.is_whole()), (Sof::N3, Eof::T, false));
    assert_eq!(first.frame.header.f_ctl, FCtl::DATA_IN);
    assert_eq!(last.frame.header.f_ctl, FCtl::DATA_IN | FCtl::END_SEQUENCE);
    assert_eq!((first.frame.header.seq_cnt, last.frame.header.seq_cnt), (0, 1));
    let offset = last.frame.header.parameter as usize;
    assert_eq!(offset, first.frame.payload.len());
    let mut at = 0;
    for number in 734..=737 {
        let part = fcoe(number);
        assert_eq!(part.frame.header.parameter, at, "frame {number}");
        at += u32::try_from(part.frame.payload.len()).unwrap();
        let again = Encapsulated::part(part.frame.header, part.frame.payload);
        assert_eq!(again, part, "frame {number}: delimiters follow from the header");
    }
    assert_eq!(at, 8_192);
}

#[test]
fn an_answer_is_made_from_its_request() {
    let (request, answer) = (fcoe(6).frame.header, fcoe(7).frame.header);
    assert_eq!(request.answer(RCtl::ELS_REPLY, FCtl::REPLY, answer.rx_id), answer);
    let (request, answer) = (fcoe(28).frame.header, fcoe(30).frame.header);
    assert_eq!(
        request.answer(RCtl::STATUS, FCtl::STATUS, answer.rx_id),
        npivot_wire::fc2::Header { seq_id: 0, ..answer }
    );
}
