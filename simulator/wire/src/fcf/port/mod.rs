//! The N_Ports and services of the simulation as a peer on the wire sees them.
//!
//! | file | what |
//! |---|---|
//! | `station` | [`Station`]: who is spoken to, and what it is called |
//! | `link_service` | PLOGI to ECHO: what every N_Port and service answers alike |
//! | `command` | FCP_CMND: commands and task management to an array's port |
//! | `write` | the data of writes: FCP_XFER_RDY, FCP_DATA, and exchanges that are aborted |

mod command;
mod link_service;
mod station;
mod write;

pub(super) use station::Station;

use npivot_fabric::san::ids::NPortIx;
use npivot_fabric::world::Path;
use npivot_hal::FcId;

use super::counters::Event;
use super::link::Link;
use super::turn::{Back, Turn};
use crate::Payload;
use crate::bls::Bls;
use crate::els::{Explanation, Reason, Reject};
use crate::fc2::{FCtl, FcType, Header, RCtl};
use crate::fcoe::Encapsulated;
use crate::fcp::Fcp;

/// What an array's port is asked, and by whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) back: Back,
    pub(super) header: Header,
    pub(super) path: Path,
}

impl Turn<'_> {
    /// A frame to an N_Port of the simulation that its sender can reach.
    pub(super) fn port_frame(
        &mut self,
        link: &mut Link,
        back: Back,
        to: NPortIx,
        fcoe: &Encapsulated<'_>,
    ) {
        let header = fcoe.frame.header;
        let station = self.station_of(to);
        if header.fc_type == FcType::FCP && !header.r_ctl.is_basic() {
            self.scsi_frame(link, back, to, fcoe);
            return;
        }
        match fcoe.payload() {
            Ok(Payload::Els(els)) => self.link_service(link, back, &station, header, &els),
            Ok(Payload::ElsReply(_)) => {}
            Ok(Payload::Bls(bls)) => self.basic(link, back, header, bls),
            Ok(_) => link.counters.count(Event::Unexpected),
            Err(_) => self.unreadable(link, back, header),
        }
    }

    fn scsi_frame(&mut self, link: &mut Link, back: Back, to: NPortIx, fcoe: &Encapsulated<'_>) {
        let header = fcoe.frame.header;
        let vn_port = &link.vn_ports[&back.id];
        // An initiator's port of the simulation has no logical units, and who is not logged in with a port
        // and a process there has no exchange with it (FCP-4, "Process login").
        let is_paired = vn_port.peers.get(&header.d_id).is_some_and(|peer| peer.image_pair);
        let path = match self.world.path(vn_port.nport, to) {
            Ok(Some(path)) if is_paired => path,
            _ => {
                if header.r_ctl == RCtl::COMMAND {
                    link.part(back.id, header.d_id);
                    self.say_logged_out(link, back, header.d_id);
                }
                link.counters.count(Event::Unexpected);
                return;
            }
        };
        let asked = Asked { back, header, path };
        match fcoe.payload() {
            Ok(Payload::Fcp(Fcp::Command(command))) => self.command(link, asked, &command),
            Ok(Payload::Fcp(Fcp::Data(data))) => self.data_out(link, asked, data),
            Ok(Payload::Fcp(Fcp::Confirm)) => {}
            Ok(Payload::FcpLink(_)) => {
                // Retransmission was not agreed to at PRLI.
                let reject = Reject::new(Reason::UNSUPPORTED, Explanation::UNSUPPORTED);
                self.reject(link, back, header, reject);
            }
            Ok(_) => link.counters.count(Event::Unexpected),
            Err(_) => {
                link.counters.count(Event::Malformed);
                if header.r_ctl == RCtl::COMMAND {
                    self.invalid_command(link, asked);
                }
            }
        }
    }

    /// A frame to an address where nobody is, or nobody whom the sender may see. Requests are rejected,
    /// the rest is dropped.
    pub(super) fn unreachable(&mut self, link: &mut Link, back: Back, fcoe: &Encapsulated<'_>) {
        link.counters.count(Event::NoWay);
        let header = fcoe.frame.header;
        match fcoe.payload() {
            Ok(Payload::Els(_)) => {
                let reject = Reject::new(Reason::UNABLE, Explanation::INVALID_N_PORT_ID);
                self.reject(link, back, header, reject);
            }
            // What was under way with a port that is gone is over, so that its abort need not wait.
            Ok(Payload::Bls(Bls::Abort)) => self.basic(link, back, header, Bls::Abort),
            _ => {}
        }
    }

    /// A request that cannot be read.
    pub(super) fn unreadable(&mut self, link: &mut Link, back: Back, header: Header) {
        link.counters.count(Event::Malformed);
        if header.r_ctl == RCtl::ELS_REQUEST {
            let reject = Reject::new(Reason::PROTOCOL_ERROR, Explanation::PAYLOAD_LENGTH);
            self.reject(link, back, header, reject);
        }
    }

    /// LS_RJT.
    pub(super) fn reject(&mut self, link: &mut Link, back: Back, header: Header, reject: Reject) {
        link.counters.count(Event::Rejected);
        let rx_id = self.exchange_id();
        let r_ctl = match header.r_ctl {
            RCtl::FC4_REQUEST => RCtl::FC4_REPLY,
            _ => RCtl::ELS_REPLY,
        };
        let header = header.answer(r_ctl, FCtl::REPLY, rx_id);
        self.send_fc(back.link, link, back.mac, header, reject);
    }

    /// LOGO from a port that the sender believes to be logged in with.
    fn say_logged_out(&mut self, link: &mut Link, back: Back, port: FcId) {
        let to = self.world.san().by_address(link.fabric, port);
        let Some(wwpn) = to.map(|to| self.world.san().nport(to).names.wwpn) else { return };
        let ox_id = self.exchange_id();
        let header = Header::request(RCtl::ELS_REQUEST, FcType::ELS, port, back.id, ox_id);
        let logo = crate::els::Els::Logo(crate::els::Logo { id: port, wwpn: Some(wwpn) });
        self.send_fc(back.link, link, back.mac, header, logo);
    }
}
