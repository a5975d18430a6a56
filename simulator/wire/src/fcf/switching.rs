//! Frames from one link to another: what two N_Ports from outside have to say to each other.

use npivot_hal::FcId;

use super::counters::Event;
use super::forwarder::LinkIx;
use super::link::Link;
use super::turn::Turn;
use crate::ethernet::Mac;

/// Where destination and source stand in an Ethernet frame.
const ADDRESSES: usize = 12;

impl Turn<'_> {
    /// Passes a frame on to the link of its receiver, byte by byte but for the MAC addresses.
    pub(super) fn pass_on(
        &mut self,
        links: &mut [Link],
        at: LinkIx,
        out: Option<LinkIx>,
        to: FcId,
        bytes: &[u8],
    ) {
        let there = out.and_then(|out| links.get_mut(out.index()));
        let way = there.and_then(|there| {
            let mac = there.vn_ports.get(&to)?.mac;
            let lit = self.world.san().port(there.port).online;
            lit.then_some((there.mac, mac))
        });
        let (Some(out), Some((from, mac)), Some(rest)) = (out, way, bytes.get(ADDRESSES..)) else {
            links[at.index()].counters.count(Event::NoWay);
            return;
        };
        links[at.index()].counters.count(Event::Forwarded);
        let Some(frame) = self.frame.get_mut(..bytes.len()) else { return };
        let (addresses, payload) = frame.split_at_mut(ADDRESSES);
        let (destination, source) = addresses.split_at_mut(ADDRESSES / 2);
        let (Mac(to), Mac(from)) = (mac, from);
        destination.copy_from_slice(&to);
        source.copy_from_slice(&from);
        payload.copy_from_slice(rest);
        links[out.index()].counters.count(Event::Sent);
        self.outlet.send(out, frame);
    }
}
