//! Writing answers: one call of the forwarder, with the world, the way out and the buffer that it uses.

use std::collections::BTreeMap;

use npivot_fabric::World;
use npivot_fabric::san::ids::PortIx;
use npivot_fabric::world::Unit;
use npivot_hal::FcId;

use super::counters::Event;
use super::forwarder::{LinkIx, Settings};
use super::link::Link;
use crate::bytes::Encode;
use crate::ethernet::{self, Mac};
use crate::fc2::{FCtl, Header};
use crate::fcoe::Encapsulated;
use crate::{Writer, fip};

/// Where frames go out. A closure will do.
pub trait Outlet {
    /// Sends an Ethernet frame, without its check sequence, out of a link.
    fn send(&mut self, link: LinkIx, frame: &[u8]);
}

impl<F: FnMut(LinkIx, &[u8])> Outlet for F {
    fn send(&mut self, link: LinkIx, frame: &[u8]) {
        self(link, frame);
    }
}

/// One call of the forwarder.
pub(super) struct Turn<'t> {
    pub(super) settings: &'t Settings,
    pub(super) by_port: &'t BTreeMap<PortIx, LinkIx>,
    pub(super) world: &'t mut World,
    pub(super) outlet: &'t mut dyn Outlet,
    /// Where a frame is put together.
    pub(super) frame: &'t mut [u8],
    /// Where a payload is put together that may be longer than a frame.
    pub(super) payload: &'t mut Vec<u8>,
    /// What was reset, or had its task set cleared, in this call: whoever has a write under way there.
    pub(super) reset: Option<Unit>,
    /// The number that the next exchange of the responder's gets.
    pub(super) next_rx_id: &'t mut u16,
}

impl Turn<'_> {
    /// A number for an exchange, as its responder numbers it or, for the forwarder's own, its originator:
    /// any but "unassigned".
    pub(super) fn exchange_id(&mut self) -> u16 {
        let id = *self.next_rx_id;
        *self.next_rx_id = if id >= 0xfffe { 0 } else { id + 1 };
        id
    }

    /// Sends an Ethernet frame as it is.
    pub(super) fn send(&mut self, at: LinkIx, link: &mut Link, frame: &impl Encode) {
        let mut writer = Writer::new(self.frame);
        if frame.encode(&mut writer).is_err() {
            link.counters.count(Event::Unsendable);
            return;
        }
        // Into the dark nothing goes.
        if self.world.san().port(link.port).online {
            link.counters.count(Event::Sent);
            self.outlet.send(at, writer.written());
        }
    }

    /// Sends a FIP message from the forwarder.
    pub(super) fn send_fip<P: Encode + Copy>(
        &mut self,
        at: LinkIx,
        link: &mut Link,
        to: Mac,
        message: fip::Message<'_, P>,
    ) {
        let header = link.header_to(to);
        self.send(at, link, &message.on(header));
    }

    /// Sends a frame that is a whole sequence to a VN_Port, or to this MAC address before there is one.
    pub(super) fn send_fc(
        &mut self,
        at: LinkIx,
        link: &mut Link,
        to: Mac,
        header: Header,
        payload: impl Encode,
    ) {
        let on = link.header_to(to);
        self.send(at, link, &Encapsulated::single(header, payload).on(on));
    }

    /// Sends a payload that may need several frames, none of which is longer than the receiver takes.
    /// `header` is that of the last one, and of the only one if it is short.
    pub(super) fn send_sequence(
        &mut self,
        at: LinkIx,
        link: &mut Link,
        to: Mac,
        header: Header,
        payload: &[u8],
        max_data: u16,
    ) {
        let on = link.header_to(to);
        let last = header.f_ctl;
        let more = last.without(FCtl::END_SEQUENCE).without(FCtl::SEQUENCE_INITIATIVE);
        let offset_told = last.has(FCtl::RELATIVE_OFFSET);
        let room = usize::from(max_data).max(1);
        let mut header = header;
        let mut rest = payload;
        let mut offset = header.parameter;
        loop {
            let (part, after) = rest.split_at(rest.len().min(room));
            header.f_ctl = if after.is_empty() { last } else { more };
            self.send(at, link, &Encapsulated::part(header, part).on(on));
            if after.is_empty() {
                return;
            }
            rest = after;
            offset = offset.wrapping_add(u32::from(max_data));
            header = header.next(if offset_told { offset } else { 0 });
        }
    }
}

impl Link {
    /// The Ethernet header of what the forwarder sends.
    pub(super) const fn header_to(&self, to: Mac) -> ethernet::Header {
        ethernet::Header { vlan: self.vlan, ..ethernet::Header::new(self.mac, to) }
    }
}

/// Where an answer to a VN_Port goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Back {
    pub(super) link: LinkIx,
    /// The VN_Port's address.
    pub(super) id: FcId,
    pub(super) mac: Mac,
}
