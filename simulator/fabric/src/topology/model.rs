//! A topology that has been checked: every name is resolved, every number in its range.

use npivot_hal::{DomainId, Lun, Volume, WwnPair, Wwnn, Wwpn, ZoneDatabase};

use crate::array::scsi::Product;
use crate::config::{Driver, Latencies, SwitchSettings};

/// A SAN as a topology file describes it: fabrics, hosts and arrays in the order of the file.
///
/// Indices stand for names: `fabric` in a [`PortRef`] is a position in [`fabrics`](Self::fabrics), and so
/// on. All of them are in range in a topology that [`parse`](Self::parse) returned; one that was changed
/// afterwards is as good as the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topology {
    /// The fabrics, at least one.
    pub fabrics: Vec<FabricSpec>,
    /// The hosts.
    pub hosts: Vec<HostSpec>,
    /// The arrays.
    pub arrays: Vec<ArraySpec>,
    /// How long things take.
    pub latencies: Latencies,
}

/// A fabric: switches, the links between them, and its zoning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FabricSpec {
    /// Its name, unique among fabrics.
    pub name: String,
    /// Its switches, 1 to 239.
    pub switches: Vec<SwitchSpec>,
    /// Its inter-switch links. The ends of each are two switches of this fabric.
    pub isls: Vec<(PortRef, PortRef)>,
    /// Its defined zoning. Every alias that a zone names and every zone that a zone set names is there.
    pub zones: ZoneDatabase,
    /// The zone set of `zones` that is in force, or `None`: only the default zone is.
    pub enabled: Option<String>,
}

/// A switch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwitchSpec {
    /// Its name, unique over all fabrics.
    pub name: String,
    /// Its domain id, unique in its fabric.
    pub domain: DomainId,
    /// Its settings.
    pub settings: SwitchSettings,
}

/// A port of a switch. In a topology no port stands twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortRef {
    /// The fabric, as an index into [`Topology::fabrics`].
    pub fabric: usize,
    /// The switch, as an index into [`FabricSpec::switches`].
    pub switch: usize,
    /// The port's number, from 0, below the switch's number of ports.
    pub port: u16,
}

/// A host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostSpec {
    /// Its name, unique among hosts.
    pub name: String,
    /// What its adapters behave like.
    pub driver: Driver,
    /// Its adapter ports.
    pub hbas: Vec<HbaSpec>,
}

/// A port of a host's adapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HbaSpec {
    /// Its names. The port name is unique over all hosts and arrays.
    pub names: WwnPair,
    /// The switch port that it is cabled to.
    pub port: PortRef,
    /// The most vports it may have, or `None`: as many as its driver's kind does. Zero if it is not
    /// `npiv`.
    pub vports: Option<u16>,
    /// Whether it can have vports at all.
    pub npiv: bool,
}

/// A storage array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArraySpec {
    /// Its name, unique among arrays.
    pub name: String,
    /// What it calls itself in INQUIRY data.
    pub product: Product,
    /// Its node name, which its ports share; unique among arrays.
    pub wwnn: Wwnn,
    /// Its target ports.
    pub ports: Vec<TargetPortSpec>,
    /// Its volumes. Names are unique on the array, identities over all arrays; sizes are positive
    /// multiples of 512 bytes, to 2^63.
    pub volumes: Vec<Volume>,
    /// Its host groups.
    pub groups: Vec<GroupSpec>,
}

/// A port of an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetPortSpec {
    /// Its port name, unique over all hosts and arrays.
    pub wwpn: Wwpn,
    /// The switch port that it is cabled to.
    pub port: PortRef,
}

/// A host group: what some initiators see of an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupSpec {
    /// Its name, unique on the array.
    pub name: String,
    /// Its initiators, each in one group of the array only. They need not be in the topology: a vport's
    /// name is known to the array before the vport exists.
    pub initiators: Vec<Wwpn>,
    /// What they see.
    pub luns: Vec<LunSpec>,
}

/// A volume shown to a group. In a group no number and no volume stands twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LunSpec {
    /// At which number, 0 to 16,383.
    pub lun: Lun,
    /// Which volume, as an index into [`ArraySpec::volumes`].
    pub volume: usize,
}
