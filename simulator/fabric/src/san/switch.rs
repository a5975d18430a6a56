//! Switches, their ports, and the links between them.

use npivot_hal::{DomainId, FabricName, Wwnn};

use super::address::Addresses;
use super::ids::{FabricIx, NPortIx, PortIx, SwitchIx};
use super::nport::ByName;
use crate::config::SwitchSettings;
use crate::zoning::Zoning;

/// What a switch port leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attached {
    /// Nothing yet.
    Nothing,
    /// N_Ports.
    Node,
    /// Another switch's port.
    Switch(PortIx),
}

/// A physical switch port.
#[derive(Debug, Clone)]
pub struct Port {
    /// Its switch.
    pub switch: SwitchIx,
    /// Its number on the switch.
    pub number: u16,
    /// What it leads to.
    pub attached: Attached,
    /// Whether there is light.
    pub online: bool,
    /// Logins through it now.
    pub logins: u32,
    /// The physical N_Port behind it, while that is logged in.
    pub(super) base: Option<NPortIx>,
    /// The first and the last N_Port behind it, in order of login; the base one is first.
    pub(super) first: Option<NPortIx>,
    pub(super) last: Option<NPortIx>,
}

/// A switch.
#[derive(Debug)]
pub struct Switch {
    /// Its fabric.
    pub fabric: FabricIx,
    /// Its name.
    pub name: String,
    /// Its domain id.
    pub domain: DomainId,
    /// Its settings.
    pub settings: SwitchSettings,
    /// The first of its ports; the others follow.
    pub first_port: PortIx,
    /// Logins through it now.
    pub logins: u32,
    /// The part of its fabric that it is connected with: equal numbers reach each other.
    pub segment: u32,
    pub(super) addresses: Addresses,
}

impl Switch {
    /// Its own world wide name: NAA 1 with an OUI of ours, the fabric's number and the domain id.
    ///
    /// # Panics
    /// Never: the name has its NAA bits set.
    pub fn wwn(&self) -> Wwnn {
        let raw = 0x1000_0050_4e50_0000
            | u64::from(self.fabric.0 & 0xff) << 8
            | u64::from(self.domain.get());
        Wwnn::new(raw).expect("NAA 1 is set")
    }

    /// Its port with this number.
    pub fn port(&self, number: u16) -> Option<PortIx> {
        (number < self.settings.ports).then(|| PortIx(self.first_port.0 + u32::from(number)))
    }

    /// All its ports.
    pub fn ports(&self) -> impl Iterator<Item = PortIx> + use<> {
        let first = self.first_port.0;
        (0..u32::from(self.settings.ports)).map(move |n| PortIx(first + n))
    }

    /// Addresses in use behind it.
    pub fn addresses_used(&self) -> u32 {
        self.addresses.used()
    }
}

/// A fabric: its switches, its name table and its zones.
#[derive(Debug)]
pub struct Fabric {
    /// Its name.
    pub name: String,
    /// Its switches, in order of domain id.
    pub switches: Vec<SwitchIx>,
    /// Its zoning.
    pub zoning: Zoning,
    pub(super) by_name: ByName,
}

/// The name that the hosts of a segment see: that of its principal switch.
pub(super) fn fabric_name(principal: &Switch) -> Option<FabricName> {
    FabricName::new(principal.wwn().get())
}
