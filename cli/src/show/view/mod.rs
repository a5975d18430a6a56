//! What is shown of a SAN: one model, from which table, JSON, graph and picture are made.
//!
//! Its JSON is for programs: names of fields and their meaning stay as long as `version` does; fields may
//! be added. WWNs are 16 hexadecimal digits, as in sysfs. Machines are in the order of the file.
//!
//! | field | what |
//! |---|---|
//! | `version` | 1 |
//! | `fabrics[]` | `name`, `wwn`, `switches`, `name_server`, `zone_set`, `zones`: what is in force |
//! | `hosts[]`, `arrays[]` | `name`, `kind` (driver, number of volumes), `ports`: where each is cabled; `port_id` is null where the login was not accepted |
//! | `masking[]` | host groups by `array`: `initiators`, `luns` |
//! | `isls[]` | inter-switch links: `fabric`, the ends `a` and `b`, `online` |

mod survey;
mod who;

use std::fmt;

use npivot_hal::{DomainId, FabricName, FcId, Wwnn, Wwpn, ZoneMember};
use serde::Serialize;

pub(crate) use who::Who;

/// The version of the JSON.
const VERSION: u32 = 1;

/// A SAN.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SanView {
    pub(crate) version: u32,
    pub(crate) fabrics: Vec<FabricView>,
    pub(crate) hosts: Vec<MachineView>,
    pub(crate) arrays: Vec<MachineView>,
    /// Host groups and volumes, by array.
    pub(crate) masking: Vec<ArrayView>,
    /// Inter-switch links.
    pub(crate) isls: Vec<IslView>,
}

/// A fabric.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FabricView {
    pub(crate) name: String,
    /// Its place in the SAN, by which it has its colour, whatever else is shown.
    #[serde(skip)]
    pub(crate) place: usize,
    /// By which hosts know it: the principal switch's name. `None`: it has no principal switch.
    pub(crate) wwn: Option<FabricName>,
    pub(crate) switches: Vec<SwitchView>,
    pub(crate) name_server: Vec<NPortView>,
    pub(crate) zone_set: Option<String>,
    pub(crate) zones: Vec<ZoneView>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct SwitchView {
    pub(crate) name: String,
    pub(crate) domain: DomainId,
    pub(crate) wwn: Wwnn,
    pub(crate) principal: bool,
    pub(crate) logins: u32,
    pub(crate) max_logins: u32,
    pub(crate) npiv: bool,
}

/// An entry of the name server.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NPortView {
    pub(crate) port_id: FcId,
    pub(crate) wwpn: Wwpn,
    /// `initiator` or `target`.
    pub(crate) role: &'static str,
    /// As `alpha host0`, `vault port 0`; empty for a stranger.
    pub(crate) who: String,
    #[serde(flatten)]
    pub(crate) at: PortView,
}

/// A switch port, `SWITCH/PORT`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct PortView {
    pub(crate) switch: String,
    pub(crate) port: u16,
}

impl fmt::Display for PortView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.switch, self.port)
    }
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct ZoneView {
    pub(crate) name: String,
    pub(crate) members: Vec<MemberView>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct MemberView {
    /// In JSON as text: a WWPN as everywhere there, else as switches print it.
    #[serde(serialize_with = "member_text")]
    pub(crate) member: ZoneMember,
    /// Who that is; `None`: no machine of this SAN.
    pub(crate) who: Option<String>,
    /// Of a peer zone: it sees everybody in it.
    pub(crate) principal: bool,
}

fn member_text<S: serde::Serializer>(member: &ZoneMember, to: S) -> Result<S::Ok, S::Error> {
    match member {
        ZoneMember::Wwpn(wwpn) => wwpn.serialize(to),
        other => to.collect_str(other),
    }
}

/// A host or an array, with its ports.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MachineView {
    pub(crate) name: String,
    /// A host's driver, an array's number of volumes.
    pub(crate) kind: String,
    pub(crate) ports: Vec<CableView>,
}

/// A port of a machine and where its cable goes.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CableView {
    /// What the machine calls it.
    pub(crate) name: String,
    pub(crate) wwpn: Wwpn,
    pub(crate) fabric: String,
    #[serde(flatten)]
    pub(crate) at: PortView,
    /// Its address; `None`: it is not logged in.
    pub(crate) port_id: Option<FcId>,
    /// Whether there is light.
    pub(crate) online: bool,
}

impl CableView {
    /// What keeps the port from being of use; empty if nothing does.
    pub(crate) fn trouble(&self) -> &'static str {
        match (self.online, self.port_id) {
            (false, _) => "no light",
            (true, None) => "not logged in",
            (true, Some(_)) => "",
        }
    }
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct IslView {
    pub(crate) fabric: String,
    pub(crate) a: PortView,
    pub(crate) b: PortView,
    pub(crate) online: bool,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct ArrayView {
    pub(crate) array: String,
    pub(crate) groups: Vec<GroupView>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct GroupView {
    pub(crate) name: String,
    pub(crate) initiators: Vec<Wwpn>,
    pub(crate) luns: Vec<LunView>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct LunView {
    pub(crate) lun: u32,
    pub(crate) volume: String,
    pub(crate) identity: String,
    pub(crate) size_bytes: u64,
}

impl SanView {
    /// Leaves out all that is not on this fabric: other fabrics, and machines without a port on it.
    pub(crate) fn keep_fabric(&mut self, name: &str) {
        self.fabrics.retain(|fabric| fabric.name == name);
        self.isls.retain(|isl| isl.fabric == name);
        for machine in self.hosts.iter_mut().chain(&mut self.arrays) {
            machine.ports.retain(|port| port.fabric == name);
        }
        self.hosts.retain(|host| !host.ports.is_empty());
        self.arrays.retain(|array| !array.ports.is_empty());
        let arrays = &self.arrays;
        self.masking.retain(|masking| arrays.iter().any(|array| array.name == masking.array));
    }

    /// The place in the SAN of the fabric of this name.
    pub(crate) fn fabric_place(&self, name: &str) -> usize {
        let named = self.fabrics.iter().find(|fabric| fabric.name == name);
        named.map_or(0, |fabric| fabric.place)
    }
}
