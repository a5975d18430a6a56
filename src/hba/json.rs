//! The records for programs: WWNs are 16 hexadecimal digits, as in sysfs without `0x`; what is not known is
//! null. Fields may be added.

use npivot_hal::{Adapter, AdapterKind, FabricName, FcId, LunPath, RemotePort, Vport, Wwnn, Wwpn};
use serde::{Serialize, Serializer};

use super::record::libvirt_name;
use super::{Branch, Hba, Target, Tree};

/// An adapter alone.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
#[allow(missing_docs, reason = "named as the fields of `npivot_hal::Adapter`")]
pub struct AdapterJson {
    pub adapter: String,
    pub kind: &'static str,
    pub parent: Option<String>,
    pub wwpn: Wwpn,
    pub wwnn: Wwnn,
    pub state: &'static str,
    pub port_id: Option<String>,
    pub fabric: Option<FabricName>,
    pub driver: Option<String>,
    pub pci: Option<String>,
    pub model: Option<String>,
    pub symbolic_name: Option<String>,
    pub speed_gbit: Option<u32>,
    pub npiv: Option<NpivJson>,
}

/// How many vports an adapter has and may have.
#[derive(Debug, Clone, Copy, Serialize)]
#[allow(clippy::exhaustive_structs, missing_docs, reason = "named as those of `NpivUse`")]
pub struct NpivJson {
    pub max: u32,
    pub in_use: u32,
}

impl From<&Adapter> for AdapterJson {
    fn from(adapter: &Adapter) -> Self {
        let (kind, parent) = match adapter.kind {
            AdapterKind::Virtual { parent } => ("virtual", Some(parent.to_string())),
            _ => ("physical", None),
        };
        let npiv = adapter.npiv();
        Self {
            adapter: adapter.no.to_string(),
            kind,
            parent,
            wwpn: adapter.names.wwpn,
            wwnn: adapter.names.wwnn,
            state: adapter.state.as_str(),
            port_id: adapter.port_id.map(|id| id.to_string()),
            fabric: adapter.fabric,
            driver: adapter.driver.clone(),
            pci: adapter.pci.map(|pci| pci.to_string()),
            model: adapter.model.clone(),
            symbolic_name: adapter.symbolic_name.clone(),
            speed_gbit: adapter.speed_gbit,
            npiv: npiv.map(|npiv| NpivJson { max: npiv.max, in_use: npiv.in_use }),
        }
    }
}

/// A vport.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
#[allow(missing_docs, reason = "named as the fields of `npivot_hal::Vport`")]
pub struct VportJson {
    pub parent: String,
    pub adapter: Option<String>,
    pub wwpn: Wwpn,
    pub wwnn: Wwnn,
    pub state: &'static str,
    pub port_id: Option<String>,
}

impl From<&Vport> for VportJson {
    fn from(vport: &Vport) -> Self {
        Self {
            parent: vport.parent.to_string(),
            adapter: vport.no.map(|no| no.to_string()),
            wwpn: vport.names.wwpn,
            wwnn: vport.names.wwnn,
            state: vport.state.as_str(),
            port_id: vport.port_id.map(|id| id.to_string()),
        }
    }
}

/// A remote port.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
#[allow(missing_docs, reason = "named as the fields of `npivot_hal::RemotePort`")]
pub struct RemotePortJson {
    pub adapter: String,
    pub number: u32,
    pub wwpn: Option<Wwpn>,
    pub wwnn: Option<Wwnn>,
    pub port_id: Option<String>,
    pub state: &'static str,
    pub roles: Vec<&'static str>,
    pub target_id: Option<u32>,
    pub dev_loss_secs: Option<u32>,
}

impl From<&RemotePort> for RemotePortJson {
    fn from(port: &RemotePort) -> Self {
        Self {
            adapter: port.adapter.to_string(),
            number: port.number,
            wwpn: port.wwpn,
            wwnn: port.wwnn,
            port_id: port.port_id.map(|id| id.to_string()),
            state: port.state.as_str(),
            roles: roles(port),
            target_id: port.target_id,
            dev_loss_secs: port.dev_loss_secs,
        }
    }
}

/// What a remote port is, in words.
pub fn roles(port: &RemotePort) -> Vec<&'static str> {
    let fabric = port.port_id.is_some_and(FcId::is_well_known);
    let all = [
        (port.roles.target, "target"),
        (port.roles.initiator, "initiator"),
        (fabric, "fabric service"),
    ];
    all.into_iter().filter(|(is, _)| *is).map(|(_, role)| role).collect()
}

/// A path to a logical unit.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
#[allow(missing_docs, reason = "named as the fields of `npivot_hal::LunPath`")]
pub struct PathJson {
    pub address: String,
    pub device: Option<String>,
    pub lun: Option<u32>,
    pub target: Option<Wwpn>,
    pub state: &'static str,
    pub size_bytes: Option<u64>,
    pub identity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_error: Option<String>,
}

impl From<&LunPath> for PathJson {
    fn from(path: &LunPath) -> Self {
        Self {
            address: path.address.to_string(),
            device: path.device.clone(),
            lun: path.lun.number(),
            target: path.target,
            state: path.state.as_str(),
            size_bytes: path.size_bytes,
            identity: path.identity.as_ref().ok().map(ToString::to_string),
            identity_error: path.identity.as_ref().err().map(ToString::to_string),
        }
    }
}

/// What an [`Hba`] has beside its adapter.
#[derive(Serialize)]
struct HbaFields {
    #[serde(flatten)]
    adapter: AdapterJson,
    name: String,
    online: bool,
    vendor: Option<&'static str>,
    unique_id: Option<u32>,
    parent_name: Option<String>,
    parent_wwpn: Option<Wwpn>,
    parent_wwnn: Option<Wwnn>,
}

impl HbaFields {
    fn of(hba: &Hba) -> Self {
        let names = hba.parent.as_ref().map(|parent| parent.names);
        let mut adapter = AdapterJson::from(&hba.adapter);
        // Of a vHBA, its HBA's.
        adapter.pci = hba.pci().map(|pci| pci.to_string());
        adapter.driver = hba.driver().map(Into::into);
        adapter.model = hba.model().map(Into::into);
        Self {
            adapter,
            name: hba.name(),
            online: hba.is_online(),
            vendor: hba.vendor(),
            unique_id: hba.adapter.unique_id,
            parent_name: hba.parent.as_ref().map(|parent| libvirt_name(parent.no)),
            parent_wwpn: names.map(|names| names.wwpn),
            parent_wwnn: names.map(|names| names.wwnn),
        }
    }
}

/// The adapter's fields; `name`, `online`, `vendor`, `unique_id`; of a vHBA its HBA's names, place, driver and model;
/// and the vHBAs on it.
impl Serialize for Hba {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole {
            #[serde(flatten)]
            fields: HbaFields,
            vports: Vec<VportJson>,
        }
        let vports = self.vports.iter().map(Into::into).collect();
        Whole { fields: HbaFields::of(self), vports }.serialize(to)
    }
}

/// A list of the HBAs.
impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.branches.serialize(to)
    }
}

/// As its [`Hba`], with whole branches for vHBAs, and with `targets`, or `targets_error` if they could not
/// be read. Vports without an adapter are in `vports_without_adapter`.
impl Serialize for Branch {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            fields: HbaFields,
            vports: &'a [Branch],
            #[serde(skip_serializing_if = "Vec::is_empty")]
            vports_without_adapter: Vec<VportJson>,
            #[serde(skip_serializing_if = "Option::is_none")]
            targets: Option<&'a [Target]>,
            #[serde(skip_serializing_if = "Option::is_none")]
            targets_error: Option<String>,
        }
        let whole = Whole {
            fields: HbaFields::of(&self.hba),
            vports: &self.vports,
            vports_without_adapter: self.without_adapter().map(Into::into).collect(),
            targets: self.targets.as_deref().ok(),
            targets_error: self.targets.as_ref().err().map(ToString::to_string),
        };
        whole.serialize(to)
    }
}

/// The remote port's fields, and its `paths`.
impl Serialize for Target {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole {
            #[serde(flatten)]
            port: RemotePortJson,
            paths: Vec<PathJson>,
        }
        let paths = self.paths.iter().map(Into::into).collect();
        Whole { port: (&self.port).into(), paths }.serialize(to)
    }
}
