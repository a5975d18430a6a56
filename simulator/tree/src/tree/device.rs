//! The kernel's devices of a host: what each is called, what it hangs below, and whether it exists.

use npivot_fabric::host::{Adapter, DeviceKey, Kind};
use npivot_hal::{HostNo, PciAddress, ScsiAddress};

use super::Tree;
use crate::lun::Numbered;

/// A device: something that a bus or a driver holds, with a directory below `devices`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Device {
    /// The root of a PCI domain.
    PciRoot(u16),
    /// The bridge to the bus of a card: domain and bus.
    PciBridge(u16, u8),
    /// A PCI function: one port of a card.
    Pci(PciAddress),
    /// The network interface under the nth FCoE adapter.
    Net(u32),
    /// The FCoE controller on it.
    Ctlr(u32),
    /// The FCoE forwarder that it has found.
    Fcf(u32),
    /// A SCSI host.
    Host(HostNo),
    /// A remote port of an adapter.
    Rport(HostNo, u32),
    /// A target of an adapter.
    Target(HostNo, u32),
    /// A logical unit.
    Lu(ScsiAddress),
    /// The vport that carries a virtual adapter, by that adapter's number.
    Vport(HostNo),
    /// The writeback record of a disk, by its number.
    Bdi(u32),
}

/// Where the bridge to a bus sits on bus 0: cards are on buses from 5 on, bridges in slots from 3 on,
/// eight to a slot.
fn bridge_to(domain: u16, bus: u8) -> PciAddress {
    let place = bus.wrapping_sub(5).wrapping_add(24);
    PciAddress { domain, bus: 0, slot: place / 8, function: place % 8 }
}

impl Device {
    /// What its directory is called.
    pub(crate) fn name(self, tree: &Tree<'_>) -> String {
        match self {
            Self::PciRoot(domain) => format!("pci{domain:04x}:00"),
            Self::PciBridge(domain, bus) => bridge_to(domain, bus).to_string(),
            Self::Pci(at) => at.to_string(),
            Self::Net(position) => format!("v{position}"),
            Self::Ctlr(position) => format!("ctlr_{position}"),
            Self::Fcf(position) => format!("fcf_{position}"),
            Self::Host(no) => no.to_string(),
            Self::Rport(no, number) => format!("rport-{}:0-{number}", no.0),
            Self::Target(no, target) => format!("target{}:0:{target}", no.0),
            Self::Lu(address) => address.to_string(),
            Self::Vport(no) => {
                let (parent, number) = tree.vport(no).unwrap_or_default();
                format!("vport-{parent}:0-{number}")
            }
            Self::Bdi(disk) => Numbered::disk(disk).to_string(),
        }
    }

    /// What it hangs below; `None` for what is directly below `devices` or one of its `virtual` folders.
    pub(crate) fn parent(self, tree: &Tree<'_>) -> Option<Self> {
        match self {
            Self::PciRoot(_) | Self::Net(_) | Self::Bdi(_) => None,
            Self::PciBridge(domain, _) => Some(Self::PciRoot(domain)),
            Self::Pci(at) => Some(Self::PciBridge(at.domain, at.bus)),
            Self::Ctlr(position) => Some(Self::Net(position)),
            Self::Fcf(position) => Some(Self::Ctlr(position)),
            Self::Host(no) => match tree.adapter(no)?.kind {
                Kind::Physical { pci: Some(pci), .. } => Some(Self::Pci(pci)),
                Kind::Physical { position, .. } => Some(Self::Ctlr(position)),
                Kind::Virtual { .. } => Some(Self::Vport(no)),
            },
            Self::Rport(no, _) => Some(Self::Host(no)),
            Self::Target(no, target) => Some(Self::Rport(no, tree.rport_of_target(no, target)?)),
            Self::Lu(address) => Some(Self::Target(address.host, address.target)),
            Self::Vport(no) => Some(Self::Host(HostNo(tree.vport(no)?.0))),
        }
    }

    /// Whether there is such a device now.
    pub(crate) fn exists(self, tree: &Tree<'_>) -> bool {
        match self {
            Self::PciRoot(domain) => tree.functions().any(|f| f.domain == domain),
            Self::PciBridge(domain, bus) => {
                tree.functions().any(|f| (f.domain, f.bus) == (domain, bus))
            }
            Self::Pci(at) => tree.functions().any(|f| f == at),
            Self::Net(position) | Self::Ctlr(position) => tree.ctlr(position).is_some(),
            Self::Fcf(position) => tree.ctlr(position).is_some_and(|a| tree.has_light(a)),
            Self::Host(no) => tree.adapter(no).is_some(),
            Self::Rport(no, number) => tree.rport(no, number).is_some(),
            Self::Target(no, target) => {
                tree.adapter(no).is_some_and(|a| has_devices(a, target))
                    && tree.rport_of_target(no, target).is_some()
            }
            Self::Lu(address) => tree.lu(address).is_some(),
            Self::Vport(no) => tree.vport(no).is_some(),
            Self::Bdi(disk) => tree.lu_of_disk(disk).is_some(),
        }
    }

    /// The SCSI device, FCoE device or PCI function of this name, if there is one.
    pub(crate) fn named(tree: &Tree<'_>, name: &str) -> Option<Self> {
        let device = Self::parse(tree, name)?;
        // Numbers with leading zeros or signs are no names.
        (device.exists(tree) && device.name(tree) == name).then_some(device)
    }

    fn parse(tree: &Tree<'_>, name: &str) -> Option<Self> {
        if let Some(no) = name.strip_prefix("host") {
            return Some(Self::Host(HostNo(no.parse().ok()?)));
        }
        if let Some(rest) = name.strip_prefix("rport-") {
            let (no, number) = rest.split_once(":0-")?;
            return Some(Self::Rport(HostNo(no.parse().ok()?), number.parse().ok()?));
        }
        if let Some(rest) = name.strip_prefix("vport-") {
            let (no, number) = rest.split_once(":0-")?;
            return tree.vport_numbered(HostNo(no.parse().ok()?), number.parse().ok()?);
        }
        if let Some(rest) = name.strip_prefix("target") {
            let (no, target) = rest.split_once(":0:")?;
            return Some(Self::Target(HostNo(no.parse().ok()?), target.parse().ok()?));
        }
        if let Some(position) = name.strip_prefix("ctlr_") {
            return Some(Self::Ctlr(position.parse().ok()?));
        }
        if let Some(position) = name.strip_prefix("fcf_") {
            return Some(Self::Fcf(position.parse().ok()?));
        }
        if let Ok(address) = name.parse() {
            return Some(Self::Lu(address));
        }
        tree.pci_named(name)
    }
}

fn has_devices(adapter: &Adapter, target: u32) -> bool {
    let all = DeviceKey { target, lun: 0 }..=DeviceKey { target, lun: u64::MAX };
    adapter.devices.range(all).next().is_some()
}
