//! What an array reports: target ports, volumes and host groups.

use std::collections::BTreeSet;

use crate::{FabricName, FcId, LunId, PortState, WwnPair, Wwpn};

/// A port of the array.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TargetPort {
    /// Its names.
    pub names: WwnPair,
    /// Its state.
    pub state: PortState,
    /// Its address, while logged in.
    pub port_id: Option<FcId>,
    /// The fabric that it is logged in to.
    pub fabric: Option<FabricName>,
}

impl TargetPort {
    /// A port of which only this is known; set the rest on the fields.
    pub fn new(names: WwnPair, state: PortState) -> Self {
        Self { names, state, port_id: None, fabric: None }
    }
}

/// A volume: what is mapped to initiators as a logical unit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Volume {
    /// What the array's administrator calls it, unique on the array.
    pub name: String,
    /// Who it is, on every path.
    pub identity: LunId,
    /// Its unit serial number (VPD page 80).
    pub serial: String,
    /// Its size in bytes.
    pub size_bytes: u64,
}

impl Volume {
    /// A volume.
    pub fn new(
        name: impl Into<String>,
        identity: LunId,
        serial: impl Into<String>,
        size_bytes: u64,
    ) -> Self {
        Self { name: name.into(), identity, serial: serial.into(), size_bytes }
    }
}

/// A volume shown to a host group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mapping {
    /// The LUN number, as the administrator gives it.
    pub lun: u32,
    /// The volume's name.
    pub volume: String,
}

/// A host group: which initiators see which volumes, at which LUN.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HostGroup {
    /// Its name, unique on the array.
    pub name: String,
    /// Its initiators, each in at most one group of an array.
    pub initiators: BTreeSet<Wwpn>,
    /// Its mappings, by LUN.
    pub mappings: Vec<Mapping>,
}

impl HostGroup {
    /// A group.
    pub fn new(
        name: impl Into<String>,
        initiators: BTreeSet<Wwpn>,
        mappings: Vec<Mapping>,
    ) -> Self {
        Self { name: name.into(), initiators, mappings }
    }
}

/// The limits of an array's backend.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ArrayCapabilities {
    /// The most initiators over all groups; `None`: not told.
    pub max_initiators: Option<u32>,
    /// The highest LUN number, inclusive; `None`: not told.
    pub max_lun: Option<u32>,
}
