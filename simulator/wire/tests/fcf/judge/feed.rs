//! Gives a forwarder what the kernel sent. Addresses are the ones that ours gave: in headers, and in the
//! payloads that tell one's own.

use std::collections::BTreeMap;

use npivot_hal::FcId;
use npivot_wire::ct::directory::Query;
use npivot_wire::els::{Accept, Els};
use npivot_wire::ethernet::{self, FcMap, Mac};
use npivot_wire::fc2::{self, FCtl, Header, RCtl};
use npivot_wire::fcoe::Encapsulated;
use npivot_wire::fip::{LinkService, Message};
use npivot_wire::{Body, Encode, Frame, Payload, ct};

use super::capture::{Captured, FORWARDER};
use super::scene::Scene;
use crate::bed::{Unit, bytes_of, id};

/// The kernel's address in the capture and in the scene, and its vport's.
pub(crate) const IDS: [(FcId, FcId); 2] =
    [(id(0x01_01_01), id(0x01_01_00)), (id(0x01_01_02), id(0x01_01_01))];

fn ours(captured: FcId) -> FcId {
    IDS.iter().find(|pair| pair.0 == captured).map_or(captured, |pair| pair.1)
}

/// What the forwarder sent.
#[derive(Default)]
pub(crate) struct Fed {
    /// By the number of the kernel's frame.
    pub(crate) answers: BTreeMap<usize, Vec<Vec<u8>>>,
    /// Of its own accord.
    pub(crate) unasked: Vec<Vec<u8>>,
}

pub(crate) fn run(scene: &mut Scene, frames: &[Captured]) -> Fed {
    let mut fed = Fed::default();
    let start = scene.bed.world.now();
    let fcf = {
        let [_, _, mac @ ..] = scene.bed.world.san().switches[0].wwn().get().to_be_bytes();
        Mac(mac)
    };
    for (number, frame) in (1..).zip(frames).filter(|(_, frame)| !frame.is_forwarders()) {
        scene.bed.until(start + frame.at_us);
        collect_unasked(scene, &mut fed);
        // What the kernel answers to the forwarder's own is answered here, as ours come at other moments.
        if frame.fc().is_some_and(|header| {
            header.d_id == FcId::FABRIC_CONTROLLER && !header.from_originator()
        }) {
            continue;
        }
        let bytes = translated(frame.read(), fcf);
        scene.bed.send_bytes(scene.link, &bytes);
        let sent = scene.bed.take(scene.link);
        let (unasked, answers): (Vec<_>, Vec<_>) =
            sent.into_iter().partition(|bytes| is_request_of_the_fabric(bytes));
        fed.answers.insert(number, answers);
        fed.unasked.extend(unasked);
    }
    fed
}

fn is_request_of_the_fabric(bytes: &[u8]) -> bool {
    Unit::of(bytes).is_some_and(|unit| {
        unit.header.s_id == FcId::FABRIC_CONTROLLER && unit.header.r_ctl == RCtl::ELS_REQUEST
    })
}

/// RSCNs are acknowledged, as the kernel does.
fn collect_unasked(scene: &mut Scene, fed: &mut Fed) {
    loop {
        let sent = scene.bed.take(scene.link);
        if sent.is_empty() {
            return;
        }
        for bytes in sent {
            if let Some(unit) = Unit::of(&bytes) {
                let header = unit.header.answer(RCtl::ELS_REPLY, FCtl::REPLY, 1);
                let on = ethernet::Header::new(unit.to, unit.from);
                scene.bed.send(scene.link, &Encapsulated::single(header, Accept::Done).on(on));
            }
            fed.unasked.push(bytes);
        }
        scene.bed.pass(0);
    }
}

fn mac(captured: Mac, fcf: Mac) -> Mac {
    let of = |id| Mac::fabric_provided(FcMap::DEFAULT, id);
    let provided = IDS.iter().find(|pair| of(pair.0) == captured);
    match provided {
        Some(pair) => of(pair.1),
        None if captured == FORWARDER => fcf,
        None => captured,
    }
}

fn translated(frame: Frame<'_>, fcf: Mac) -> Vec<u8> {
    let on =
        ethernet::Header::new(mac(frame.header.source, fcf), mac(frame.header.destination, fcf));
    match frame.body {
        Body::Fcoe(fcoe) => {
            let header = with_our_ids(fcoe.frame.header);
            let payload = payload(&fcoe.frame.header, fcoe.frame.payload);
            let frame = fc2::Frame::new(header, &payload[..]);
            bytes_of(&Encapsulated { sof: fcoe.sof, frame, eof: fcoe.eof }.on(on))
        }
        Body::Fip(Message::LinkService(service)) => {
            let header = with_our_ids(service.frame.header);
            let payload = payload(&service.frame.header, service.frame.payload);
            let frame = fc2::Frame::new(header, &payload[..]);
            let mac = service.mac.map(|granted| mac(granted, fcf));
            bytes_of(&Message::LinkService(LinkService { frame, mac, ..service }).on(on))
        }
        Body::Fip(message) => bytes_of(&message.on(on)),
        Body::Other(..) => panic!("there is none in the capture"),
    }
}

/// RX_IDs are ours as well: those of writes, which are the only ones that the kernel repeats, come from the
/// exchange before, so that "unassigned" stands for them.
fn with_our_ids(header: Header) -> Header {
    let rx_id = fc2::UNASSIGNED;
    Header { s_id: ours(header.s_id), d_id: ours(header.d_id), rx_id, ..header }
}

fn payload(header: &Header, bytes: &[u8]) -> Vec<u8> {
    let written = |value: &dyn Encode| {
        let mut buffer = [0; 2112];
        let length = value.encode_to(&mut buffer).expect("it was read");
        buffer[..length].to_vec()
    };
    let Ok(read) = Payload::decode(header, bytes) else { return bytes.to_vec() };
    match read {
        Payload::Els(Els::Logo(mut logo)) => {
            logo.id = ours(logo.id);
            written(&Els::Logo(logo))
        }
        Payload::Ct(request) => {
            let ct::Query::Directory(query) = request.query else { return bytes.to_vec() };
            let query = match query {
                Query::GpnId(id) => Query::GpnId(ours(id)),
                Query::RspnId(id, name) => Query::RspnId(ours(id), name),
                Query::RnnId(mut of) => {
                    of.id = ours(of.id);
                    Query::RnnId(of)
                }
                Query::RftId(mut of) => {
                    of.id = ours(of.id);
                    Query::RftId(of)
                }
                Query::RffId(mut of) => {
                    of.id = ours(of.id);
                    Query::RffId(of)
                }
                other => other,
            };
            written(&ct::Request { query: ct::Query::Directory(query), ..request })
        }
        _ => bytes.to_vec(),
    }
}
