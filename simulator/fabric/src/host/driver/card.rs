//! The cards that the drivers are given, dual-port 8 Gbit HBAs of the field, and what is told of them.

use crate::config::Driver;
use crate::host::{Adapter, Kind};
use crate::world::World;

/// A card.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Card {
    /// PCI vendor, device, and their subsystem ids (`pci.ids`).
    pub pci: [u16; 4],
    /// Its maker's name for it.
    pub model: &'static str,
    /// The same in words.
    pub description: &'static str,
    /// The version of its firmware, as its driver writes it.
    pub firmware: &'static str,
    /// The version of its driver.
    pub driver: &'static str,
    /// Its speeds, as the kernel lists them.
    pub speeds: &'static str,
    /// The speed of its ports, in Gbit/s.
    pub speed_gbit: u32,
    /// Its interrupt line.
    pub interrupt: u8,
}

/// Marvell QLE2562: ISP2532.
const QLE2562: Card = Card {
    pci: [0x1077, 0x2532, 0x1077, 0x015d],
    model: "QLE2562",
    description: "PCI-Express Dual Channel 8Gb Fibre Channel HBA",
    firmware: "8.08.231 (d0d5)",
    driver: "10.02.07.900-k",
    speeds: "1 Gbit, 2 Gbit, 4 Gbit, 8 Gbit",
    speed_gbit: 8,
    interrupt: 0x0a,
};

/// Broadcom LPe12002: Saturn.
const LPE12002: Card = Card {
    pci: [0x10df, 0xf100, 0x10df, 0xf100],
    model: "LPe12002-M8",
    description: "Emulex LPe12002-M8 8Gb 2-port PCIe Fibre Channel Adapter",
    firmware: "2.02A2 (U3D2.02A2), sli-3",
    driver: "14.2.0.8",
    speeds: "2 Gbit, 4 Gbit, 8 Gbit",
    speed_gbit: 8,
    interrupt: 0x0b,
};

/// The speed of the network interface under a libfc adapter, in Gbit/s.
const INTERFACE_GBIT: u32 = 10;

impl Card {
    /// The card under a driver; libfc's adapters are network interfaces.
    pub const fn of(driver: Driver) -> Option<&'static Self> {
        match driver {
            Driver::Qla2xxx => Some(&QLE2562),
            Driver::Lpfc => Some(&LPE12002),
            Driver::Libfc => None,
        }
    }
}

impl World {
    /// How many physical adapters its host has before the one that is, or carries, this one.
    pub fn position(&self, adapter: &Adapter) -> u32 {
        let base = match adapter.kind {
            Kind::Virtual { parent, .. } => self.adapter(parent),
            Kind::Physical { .. } => Some(adapter),
        };
        match base.map(|base| &base.kind) {
            Some(Kind::Physical { position, .. }) => *position,
            _ => 0,
        }
    }

    /// What an adapter's driver numbers it by: qla2xxx with its own number (`qla2x00_probe_one`), lpfc with
    /// the board's (`lpfc_create_port`), libfc not at all (`scsi_host.h`, `unique_id`).
    pub fn unique_id(&self, adapter: &Adapter) -> u32 {
        match self.hosts[adapter.host.index()].driver {
            Driver::Qla2xxx => adapter.no.0,
            Driver::Lpfc => self.position(adapter),
            Driver::Libfc => 0,
        }
    }

    /// The name that an adapter registers with the fabric (`qla2x00_get_sym_node_name`,
    /// `lpfc_vport_symbolic_node_name`, `fcoe_if_init`).
    pub fn symbolic_name(&self, adapter: &Adapter) -> String {
        let host = &self.hosts[adapter.host.index()];
        let first = |text: &'static str| text.split(' ').next().unwrap_or_default();
        match (host.driver, Card::of(host.driver)) {
            (Driver::Qla2xxx, Some(card)) => {
                format!("{} FW:v{} DVR:v{}", card.model, first(card.firmware), card.driver)
            }
            (Driver::Lpfc, Some(card)) => {
                let (firmware, name) = (first(card.firmware), &host.name);
                format!("Emulex {} FV{firmware} DV{} HN:{name} OS:Linux", card.model, card.driver)
            }
            _ => format!("fcoe v0.1 over v{}", self.position(adapter)),
        }
    }

    /// The speed of an adapter's port, in Gbit/s. A card knows it while it is logged in; libfc tells the
    /// interface's, always.
    pub fn speed_gbit(&self, adapter: &Adapter) -> Option<u32> {
        match Card::of(self.hosts[adapter.host.index()].driver) {
            Some(card) => adapter.nport.map(|_| card.speed_gbit),
            None => Some(INTERFACE_GBIT),
        }
    }
}
