//! The way of a frame that came, and of a notice of the world's: whom does it concern? What two N_Ports from
//! outside have to say to each other is passed on.

use npivot_fabric::san::Owner;
use npivot_fabric::world::Notice;
use npivot_hal::FcId;

use super::counters::Event;
use super::forwarder::LinkIx;
use super::link::{Link, Write};
use super::turn::{Back, Turn};
use crate::ethernet::{self, EtherType, FcMap, Mac, Tagged};
use crate::fcoe::Encapsulated;
use crate::{Body, DecodeError, Frame};

/// From the start of an untagged Ethernet frame to what it carries, and of a tagged one.
const UNTAGGED: usize = 14;
const TAGGED: usize = 18;

impl Turn<'_> {
    pub(super) fn receive(&mut self, links: &mut [Link], at: LinkIx, bytes: &[u8]) {
        let Some(link) = links.get_mut(at.index()) else { return };
        link.counters.count(Event::Received);
        let before = link.counters.fates();
        self.read(links, at, bytes);
        if let Some(reset) = self.reset.take() {
            let here = |write: &Write| {
                let all = reset.volume.is_none() && write.unit.array == reset.array;
                all || write.unit == reset
            };
            for link in links.iter_mut() {
                link.end_all_writes(here);
            }
        }
        // What nobody objected to was served.
        let counters = &mut links[at.index()].counters;
        if counters.fates() == before {
            counters.count(Event::Served);
        }
    }

    fn read(&mut self, links: &mut [Link], at: LinkIx, bytes: &[u8]) {
        let link = &mut links[at.index()];
        if !self.world.san().port(link.port).online {
            link.counters.count(Event::Dark);
            return;
        }
        match Frame::decode(bytes) {
            Err(DecodeError::Crc { .. }) => link.counters.count(Event::BadCrc),
            Err(_) => link.counters.count(Event::Malformed),
            Ok(Frame { body: Body::Other(..), .. }) => link.counters.count(Event::OtherProtocol),
            Ok(Frame { header, body: Body::Fip(message) }) => {
                if header.destination == link.mac || header.destination == Mac::ALL_FCFS {
                    self.receive_fip(at, link, header, &message);
                } else {
                    link.counters.count(Event::Elsewhere);
                }
            }
            Ok(Frame { header, body: Body::Fcoe(fcoe) }) => {
                self.receive_fc(links, at, header, &fcoe, bytes);
            }
        }
    }

    /// An FC frame: from whom, to whom?
    fn receive_fc(
        &mut self,
        links: &mut [Link],
        at: LinkIx,
        on: ethernet::Header,
        fcoe: &Encapsulated<'_>,
        bytes: &[u8],
    ) {
        let link = &mut links[at.index()];
        let (s_id, d_id) = (fcoe.frame.header.s_id, fcoe.frame.header.d_id);
        // Who has not learned the forwarder's address makes one of the receiver's (FC-BB-5, "FPMA").
        let mapped = || on.destination == Mac::fabric_provided(FcMap::DEFAULT, d_id);
        if on.destination != link.mac && !mapped() {
            link.counters.count(Event::Elsewhere);
            return;
        }
        if fcoe.eof.is_invalid() {
            link.counters.count(Event::Malformed);
            return;
        }
        if s_id.get() == 0 {
            self.login_frame(at, link, on, fcoe);
            return;
        }
        let Some(vn_port) = link.vn_ports.get(&s_id) else {
            self.stranger(at, link, on.source, s_id);
            return;
        };
        let (from, back) = (vn_port.nport, Back { link: at, id: s_id, mac: vn_port.mac });
        if vn_port.mac != on.source {
            link.counters.count(Event::WrongMac);
        } else if d_id.is_well_known() {
            self.service_frame(link, back, fcoe);
        } else {
            let to = self.world.san().by_address(link.fabric, d_id);
            match to.filter(|&to| self.world.san().reach(from, to).is_ok()) {
                None => self.unreachable(link, back, fcoe),
                Some(to) => {
                    let there = self.world.san().nport(to);
                    if there.owner == Owner::OUTSIDE {
                        let out = self.by_port.get(&there.port).copied();
                        self.pass_on(links, at, out, d_id, on.vlan.is_some(), bytes);
                    } else {
                        self.port_frame(link, back, to, fcoe);
                    }
                }
            }
        }
    }

    /// Brings what the world has to tell to the link that it concerns.
    pub(super) fn carry(&mut self, links: &mut [Link], notice: Notice) {
        let (Notice::StateChange { port, .. } | Notice::LoggedOut { port, .. }) = notice else {
            if let Notice::TargetLoggedOut { fabric, fc_id } = notice {
                for link in links.iter_mut().filter(|link| link.fabric == fabric) {
                    link.part_from(fc_id);
                }
            }
            return;
        };
        let Some(&at) = self.by_port.get(&port) else { return };
        let Some(link) = links.get_mut(at.index()) else { return };
        match notice {
            Notice::StateChange { to, page, .. } => self.state_change(at, link, to, page),
            Notice::LoggedOut { fc_id, .. } => self.clear_virtual_link(at, link, fc_id),
            _ => {}
        }
    }

    /// Passes a frame on to the link of its receiver, byte by byte but for the Ethernet header.
    pub(super) fn pass_on(
        &mut self,
        links: &mut [Link],
        at: LinkIx,
        out: Option<LinkIx>,
        to: FcId,
        tagged: bool,
        bytes: &[u8],
    ) {
        let there = out.and_then(|out| links.get_mut(out.index()));
        let way = there.and_then(|there| {
            let mac = there.vn_ports.get(&to)?.mac;
            let lit = self.world.san().port(there.port).online;
            lit.then_some(there.header_to(mac))
        });
        let rest = bytes.get(if tagged { TAGGED } else { UNTAGGED }..);
        let (Some(out), Some(header), Some(payload)) = (out, way, rest) else {
            links[at.index()].counters.count(Event::NoWay);
            return;
        };
        links[at.index()].counters.count(Event::Forwarded);
        let carries = EtherType::FCOE;
        self.send(out, &mut links[out.index()], &Tagged { header, carries, payload });
    }
}
