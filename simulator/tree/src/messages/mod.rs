//! What the kernel sends when something happens: uevents, and events of the FC transport.
//!
//! [`Announcer::announce`] turns a [`Happening`] into the messages of the one host that it is for. It keeps what a socket
//! knows and files do not: the numbers of the messages, and what has been announced and is therefore to be
//! taken back, with its path.
//!
//! Differences from a kernel: partitions are not announced, disks have none; an adapter's own devices are
//! announced once it shows up in a happening (physical ones are there from the beginning); messages of one
//! device come in a fixed order, where the kernel's threads race.

mod announce;
mod event;
mod uevent;

use std::collections::BTreeMap;

use npivot_fabric::world::{Happening, SimTime};
use npivot_fabric::{World, san::ids::HostIx};
use npivot_hal::PortState;

pub use event::{FcEvent, FcEventCode};
pub use uevent::{Action, Uevent};

use crate::tree::Tree;
use crate::tree::class::Object;
use crate::tree::device::Device;

/// A message from the kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// On NETLINK_KOBJECT_UEVENT.
    Uevent(Uevent),
    /// On NETLINK_SCSITRANSPORT.
    Fc(FcEvent),
}

/// What was announced of an object, to be said again when it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Announced {
    path: String,
    subsystem: &'static str,
    properties: String,
}

/// The sender of a host's messages.
#[derive(Debug, Clone)]
pub struct Announcer {
    host: HostIx,
    uevents: u64,
    events: u32,
    /// What has been announced, by object; children are taken back before what they hang below.
    known: BTreeMap<Device, Vec<(Object, Announced)>>,
}

impl Announcer {
    /// One that has announced all that is there now; `None` where the world has no such host.
    pub fn new(world: &World, host: HostIx) -> Option<Self> {
        let tree = Tree::new(world, host)?;
        let mut announcer = Self { host, uevents: 0, events: 0, known: BTreeMap::new() };
        for device in tree.all_scsi() {
            announcer.add(&tree, device);
        }
        Some(announcer)
    }

    /// The messages of what happened, in order; `world` is the world at that instant or later. What
    /// happened to another host gives none.
    pub fn announce(&mut self, at: SimTime, what: &Happening, world: &World) -> Vec<Message> {
        let Some(tree) = Tree::new(world, self.host) else {
            return vec![];
        };
        match what {
            Happening::Adapter { host, no, state } if *host == self.host => {
                let code = match state {
                    PortState::Online => FcEventCode::LinkUp,
                    PortState::Linkdown => FcEventCode::LinkDown,
                    // `fc_lport_enter_reset` posts it (`drivers/scsi/libfc/fc_lport.c`); the HBA drivers
                    // do the same on a LIP.
                    PortState::Offline => FcEventCode::LipReset,
                    _ => return vec![],
                };
                vec![self.event(at, no.0, code, 0)]
            }
            // libfc keeps RSCNs to itself (`fc_disc_recv_rscn_req`); the HBA drivers pass them on.
            Happening::Rscn { host, adapter, page }
                if *host == self.host && tree.driver().module() != "fcoe" =>
            {
                vec![self.event(at, adapter.0, FcEventCode::Rscn, page.get())]
            }
            Happening::Vport { host, .. } if *host == self.host => self.reconcile_hosts(&tree),
            Happening::RemotePort { host, adapter, .. } if *host == self.host => {
                self.reconcile_rports(&tree, *adapter)
            }
            Happening::Lun { host, address, present, .. } if *host == self.host => {
                self.lun(&tree, *address, *present)
            }
            Happening::LunsChanged { host, address } if *host == self.host => {
                self.luns_changed(&tree, *address)
            }
            _ => vec![],
        }
    }

    fn event(&mut self, at: SimTime, host_no: u32, code: FcEventCode, data: u32) -> Message {
        self.events += 1;
        let seconds = at.elapsed().as_secs();
        Message::Fc(FcEvent { seconds, host_no, number: self.events, code, data })
    }
}
