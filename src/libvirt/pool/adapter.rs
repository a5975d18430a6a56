//! A pool's adapter: the vHBA it needs and how the HBA below that is chosen, or the SCSI host it is on.

use npivot_hal::{FabricName, HostNo, PciAddress, WwnPair};
use serde::{Deserialize, Serialize};

/// `<source><adapter>`: what a pool of type `scsi` is on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "libvirt's two types: virStorageAdapterType")]
pub enum PoolAdapter {
    /// `type='fc_host'`: a vHBA.
    FcHost(FcHostAdapter),
    /// `type='scsi_host'`: a SCSI host as it is.
    ScsiHost(ScsiHostAdapter),
}

impl PoolAdapter {
    /// The vHBA of the pool, if it is on one.
    pub const fn fc_host(&self) -> Option<&FcHostAdapter> {
        match self {
            Self::FcHost(adapter) => Some(adapter),
            Self::ScsiHost(_) => None,
        }
    }

    /// The same, to be changed.
    pub const fn fc_host_mut(&mut self) -> Option<&mut FcHostAdapter> {
        match self {
            Self::FcHost(adapter) => Some(adapter),
            Self::ScsiHost(_) => None,
        }
    }
}

impl From<FcHostAdapter> for PoolAdapter {
    fn from(adapter: FcHostAdapter) -> Self {
        Self::FcHost(adapter)
    }
}

impl From<ScsiHostAdapter> for PoolAdapter {
    fn from(adapter: ScsiHostAdapter) -> Self {
        Self::ScsiHost(adapter)
    }
}

/// `<adapter type='scsi_host'>`: a SCSI host of the machine's, by its name or by where it sits.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "libvirt's two ways: virStorageAdapterSCSIHost")]
pub enum ScsiHostAdapter {
    /// `name='scsi_host3'`: a number that may be another adapter's after a reboot.
    ByName(HostNo),
    /// `<parentaddr unique_id='1'><address …/></parentaddr>`: stable.
    ByPlace {
        /// The PCI function that it is on.
        address: PciAddress,
        /// Which of its hosts: the attribute `unique_id` of the SCSI host, as the driver counts them.
        unique_id: u32,
    },
}

/// `<adapter type='fc_host'>`: the vHBA behind a pool.
///
/// All ways of naming the parent that were given are kept for output; which of them counts is
/// [`parent_choice`](Self::parent_choice).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FcHostAdapter {
    /// The vHBA's own names: `wwpn` and `wwnn`.
    pub wwns: WwnPair,
    /// `parent`: the HBA's libvirt name, `scsi_hostN`, or another name of it as text. Not empty, no
    /// control characters when it was read. Host numbers change over a reboot.
    pub parent: Option<String>,
    /// `parent_wwpn` and `parent_wwnn`: the HBA's own names.
    pub parent_wwns: Option<WwnPair>,
    /// `parent_fabric_wwn`: the fabric in which the HBA is to be logged in.
    pub parent_fabric_wwn: Option<FabricName>,
    /// `managed`: whether the vHBA goes when the pool stops. `None` where it is not said; libvirt then
    /// leaves a vHBA that it found and removes one that it made.
    pub managed: Option<bool>,
}

/// How the HBA on which a pool's vHBA is made is to be found, at every start anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ParentChoice {
    /// The HBA of this name: `scsi_hostN`, or another name as text.
    ByName(String),
    /// The HBA with these names.
    ByWwn(WwnPair),
    /// An HBA that is logged in to this fabric.
    ByFabric(FabricName),
    /// Any HBA that is online and has a vport to spare.
    Automatic,
}

impl FcHostAdapter {
    /// An adapter with these names whose parent is chosen automatically.
    pub const fn new(wwns: WwnPair) -> Self {
        Self { wwns, parent: None, parent_wwns: None, parent_fabric_wwn: None, managed: None }
    }

    /// Which of the given parents counts: the name, else the WWN pair, else the fabric, else any
    /// (libvirt's `virNodeDeviceCreateVport`).
    pub fn parent_choice(&self) -> ParentChoice {
        if let Some(name) = &self.parent {
            ParentChoice::ByName(name.clone())
        } else if let Some(wwns) = self.parent_wwns {
            ParentChoice::ByWwn(wwns)
        } else if let Some(fabric) = self.parent_fabric_wwn {
            ParentChoice::ByFabric(fabric)
        } else {
            ParentChoice::Automatic
        }
    }
}
