//! The fabric's services at their well-known addresses (FC-FS, "Well-known addresses").
//!
//! | file | what |
//! |---|---|
//! | `directory` | FFFFFC: the name server |
//! | `objects` | its answers that are lists |
//! | `controller` | FFFFFD: who is told of state changes, and RSCN |
//! | `management` | FFFFFA: what HBAs tell about themselves (FDMI) |

mod controller;
mod directory;
mod management;
mod objects;

use npivot_hal::FcId;

use super::counters::Event;
use super::limits;
use super::link::{Link, Sequence};
use super::port::Station;
use super::turn::{Back, Turn};
use crate::bytes::Encode;
use crate::ct::{self, Query, Reason, Reject, Request};
use crate::els::Els;
use crate::fc2::{FCtl, Header, RCtl};
use crate::fcoe::Encapsulated;
use crate::{DecodeError, Payload, Writer};

/// Where FDMI answers.
const MANAGEMENT_SERVER: u32 = 0xff_fffa;

/// The longest answer of a service. A list that is longer, of more than 65,000 N_Ports, is not answered.
const MAX_ANSWER_BYTES: usize = 1 << 20;

impl Turn<'_> {
    /// A frame to a well-known address.
    pub(super) fn service_frame(&mut self, link: &mut Link, back: Back, fcoe: &Encapsulated<'_>) {
        let header = fcoe.frame.header;
        let known = matches!(
            header.d_id,
            FcId::FABRIC_LOGIN | FcId::FABRIC_CONTROLLER | FcId::DIRECTORY_SERVER
        ) || header.d_id.get() == MANAGEMENT_SERVER;
        let station = self.service_station(link, header.d_id).filter(|_| known);
        let Some(station) = station else { return self.unreachable(link, back, fcoe) };
        match fcoe.payload() {
            Ok(Payload::Part(part)) => {
                if let Some(joined) = join(link, back.id, header, part) {
                    let payload = Payload::decode(&header, &joined);
                    self.service_payload(link, back, &station, header, payload, &joined);
                }
            }
            payload => {
                self.service_payload(link, back, &station, header, payload, fcoe.frame.payload);
            }
        }
    }

    fn service_payload(
        &mut self,
        link: &mut Link,
        back: Back,
        station: &Station,
        header: Header,
        payload: Result<Payload<'_>, DecodeError>,
        bytes: &[u8],
    ) {
        match payload {
            Ok(Payload::Els(els)) => self.service_els(link, back, station, header, &els),
            Ok(Payload::ElsReply(_)) => self.acknowledged(link, back, header),
            Ok(Payload::Bls(bls)) => self.basic(link, back, header, bls),
            Ok(Payload::Ct(request)) => {
                self.common_transport(link, back, station.id, header, &request);
            }
            Ok(_) => link.counters.count(Event::Unexpected),
            Err(_) if header.r_ctl == RCtl::REQUEST => {
                link.counters.count(Event::Malformed);
                self.reject_damaged(link, back, header, bytes);
            }
            Err(_) => self.unreadable(link, back, header),
        }
    }

    fn service_els(
        &mut self,
        link: &mut Link,
        back: Back,
        station: &Station,
        header: Header,
        els: &Els<'_>,
    ) {
        match els {
            Els::Logo(_) if station.id == FcId::FABRIC_LOGIN => {
                self.accept(link, back, header, crate::els::Accept::Done);
                self.log_out(link, back.id);
            }
            Els::Scr(scr) if station.id == FcId::FABRIC_CONTROLLER => {
                self.register_for_changes(link, back, header, scr.function);
            }
            els => self.link_service(link, back, station, header, els),
        }
    }

    fn common_transport(
        &mut self,
        link: &mut Link,
        back: Back,
        service: FcId,
        header: Header,
        request: &Request<'_>,
    ) {
        match &request.query {
            Query::Directory(query) if service == FcId::DIRECTORY_SERVER => {
                self.directory(link, back, header, request, query);
            }
            Query::Fdmi(query) if service.get() == MANAGEMENT_SERVER => {
                self.management(link, back, header, request, query);
            }
            _ => {
                let reject = Reject::new(Reason::UNSUPPORTED, 0);
                self.answer_ct(link, back, header, &request.reject(reject));
            }
        }
    }

    /// Sends the answer of a service, in as many frames as it takes.
    fn answer_ct<P: Encode>(
        &mut self,
        link: &mut Link,
        back: Back,
        header: Header,
        reply: &ct::Reply<P>,
    ) {
        if matches!(reply.outcome, ct::Outcome::Reject(_)) {
            link.counters.count(Event::Rejected);
        }
        let mut payload = std::mem::take(self.payload);
        payload.resize(MAX_ANSWER_BYTES, 0);
        let mut writer = Writer::new(&mut payload);
        if reply.encode(&mut writer).is_err() {
            link.counters.count(Event::Unsendable);
            *self.payload = payload;
            return;
        }
        let bytes = writer.at();
        let rx_id = self.exchange_id();
        let header = header.answer(RCtl::REPLY, FCtl::REPLY, rx_id);
        // What it takes from this service, by the login with it.
        let max = link.vn_ports.get(&back.id).map_or(256, |vn_port| {
            vn_port.peers.get(&header.s_id).map_or(vn_port.max_data, |peer| peer.max_data)
        });
        self.send_sequence(back.link, link, back.mac, header, &payload[..bytes], max);
        *self.payload = payload;
    }

    /// Rejects a request of which no more than the preamble can be read.
    fn reject_damaged(&mut self, link: &mut Link, back: Back, header: Header, bytes: &[u8]) {
        let Ok((service, _, context)) = Request::command_of(bytes) else { return };
        let reject = Reject::new(Reason::IU_SIZE, 0);
        let reply = ct::Reply::<&[u8]>::new(context, service, ct::Outcome::Reject(reject));
        self.answer_ct(link, back, header, &reply);
    }
}

/// Adds a frame to its sequence; the whole payload once it is complete. A frame that is missing in between
/// makes the sequence worth nothing: it is dropped, and its sender asks again.
fn join(link: &mut Link, from: FcId, header: Header, part: &[u8]) -> Option<Vec<u8>> {
    let vn_port = link.vn_ports.get_mut(&from)?;
    let sequences = &mut vn_port.sequences;
    let same = |s: &Sequence| s.ox_id == header.ox_id && s.to == header.d_id;
    if header.seq_cnt == 0 {
        sequences.retain(|sequence| !same(sequence));
        if sequences.len() >= limits::SEQUENCES {
            sequences.remove(0);
        }
        let (to, ox_id) = (header.d_id, header.ox_id);
        sequences.push(Sequence { to, ox_id, next: 0, payload: vec![] });
    }
    let Some(place) = sequences.iter().position(same) else {
        link.counters.count(Event::Unexpected);
        return None;
    };
    let sequence = &mut sequences[place];
    let fits = sequence.payload.len() + part.len() <= limits::SEQUENCE_BYTES;
    if sequence.next != header.seq_cnt || !fits {
        sequences.remove(place);
        link.counters.count(Event::Unexpected);
        return None;
    }
    // No more than what came is held.
    sequence.payload.reserve_exact(part.len());
    sequence.payload.extend_from_slice(part);
    sequence.next = sequence.next.wrapping_add(1);
    if !header.f_ctl.has(FCtl::END_SEQUENCE) {
        return None;
    }
    Some(sequences.remove(place).payload)
}
