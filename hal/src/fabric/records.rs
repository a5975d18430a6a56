//! What a fabric reports: switches, ports and who is logged in.

use crate::{DomainId, FabricName, FcId, Roles, WwnPair, Wwnn};

/// A switch of the fabric.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Switch {
    /// Its domain id, unique in the fabric.
    pub domain: DomainId,
    /// What people call it.
    pub name: String,
    /// Its own world wide name.
    pub wwn: Wwnn,
    /// Whether it is the principal switch of its segment.
    pub principal: bool,
    /// How many N_Ports are logged in through it.
    pub logins: u32,
    /// The most N_Ports that may be; `None`: not told.
    pub max_logins: Option<u32>,
}

impl Switch {
    /// A switch of which only this is known; set the rest on the fields.
    pub fn new(domain: DomainId, name: impl Into<String>, wwn: Wwnn) -> Self {
        Self { domain, name: name.into(), wwn, principal: false, logins: 0, max_logins: None }
    }
}

/// What a switch port is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PortMode {
    /// Nothing is attached.
    Unused,
    /// It leads to N_Ports.
    F,
    /// It leads to another switch.
    E,
}

/// A port of a switch.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SwitchPort {
    /// Its switch.
    pub domain: DomainId,
    /// Its number on the switch, from 0.
    pub number: u16,
    /// What it is used for.
    pub mode: PortMode,
    /// Whether there is light.
    pub online: bool,
    /// Whether it accepts FDISC.
    pub npiv: bool,
    /// The N_Ports logged in through it, the physical one first.
    pub logins: Vec<WwnPair>,
    /// The most N_Ports that may be; `None`: not told.
    pub max_logins: Option<u32>,
}

impl SwitchPort {
    /// A port of which only this is known; set the rest on the fields.
    pub fn new(domain: DomainId, number: u16, mode: PortMode) -> Self {
        Self { domain, number, mode, online: false, npiv: false, logins: vec![], max_logins: None }
    }
}

/// An N_Port as the name server has it registered (FC-GS, "Name Server objects").
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NameServerEntry {
    /// Its address.
    pub port_id: FcId,
    /// Its names.
    pub names: WwnPair,
    /// Its FC-4 features for FCP.
    pub roles: Roles,
    /// The switch port it is behind, counted from 0; `None`: not told.
    pub port_number: Option<u16>,
}

impl NameServerEntry {
    /// An entry of which only this is known; set the rest on the fields.
    pub fn new(port_id: FcId, names: WwnPair) -> Self {
        Self { port_id, names, roles: Roles::default(), port_number: None }
    }
}

/// The limits of a fabric's backend.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct FabricCapabilities {
    /// The name by which hosts know the fabric (`fabric_name` in sysfs); `None` while it has no principal
    /// switch.
    pub fabric_name: Option<FabricName>,
    /// The largest zoning database, in bytes as the switch counts them, members and names included;
    /// `None`: not told.
    pub max_zone_database_bytes: Option<u64>,
    /// The longest name of a zone, alias or zone set, in bytes; `None`: not told.
    pub max_zone_name_bytes: Option<u32>,
}
