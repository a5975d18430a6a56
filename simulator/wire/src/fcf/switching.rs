//! Frames from one link to another: what two N_Ports from outside have to say to each other.

use npivot_hal::FcId;

use super::counters::Event;
use super::forwarder::LinkIx;
use super::link::Link;
use super::turn::Turn;
use crate::ethernet::{EtherType, Tagged};

/// From the start of an untagged Ethernet frame to what it carries, and of a tagged one.
const UNTAGGED: usize = 14;
const TAGGED: usize = 18;

impl Turn<'_> {
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
