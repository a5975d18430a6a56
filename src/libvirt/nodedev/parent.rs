//! The HBA of a vHBA, as node devices name it.

use npivot_hal::{FabricName, WwnPair};

use crate::libvirt::ParentChoice;

/// `<parent>`: by name, by names, by fabric, or (without any of it) whichever HBA is fit.
///
/// What was given is kept for output, all of it; which of it counts is [`choice`](Self::choice).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "libvirt's ways: virNodeDeviceDef")]
pub struct DeviceParent {
    /// The text: libvirt's name of a device. `scsi_hostN` for a vHBA, `pci_DDDD_BB_SS_F` for an HBA.
    pub name: Option<String>,
    /// `wwnn` and `wwpn`: the HBA's own names.
    pub wwns: Option<WwnPair>,
    /// `fabric_wwn`: the fabric in which the HBA is to be logged in.
    pub fabric_wwn: Option<FabricName>,
}

impl DeviceParent {
    /// Which of the given ones counts: the name, else the WWN pair, else the fabric, else any
    /// (libvirt's `virNodeDeviceObjListGetParentHost`).
    pub fn choice(&self) -> ParentChoice {
        match self {
            Self { name: Some(name), .. } => ParentChoice::ByName(name.clone()),
            Self { wwns: Some(wwns), .. } => ParentChoice::ByWwn(*wwns),
            Self { fabric_wwn: Some(fabric), .. } => ParentChoice::ByFabric(*fabric),
            _ => ParentChoice::Automatic,
        }
    }

    /// A parent of this name.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..Self::default() }
    }
}

impl From<ParentChoice> for DeviceParent {
    fn from(choice: ParentChoice) -> Self {
        match choice {
            ParentChoice::ByName(name) => Self::named(name),
            ParentChoice::ByWwn(wwns) => Self { wwns: Some(wwns), ..Self::default() },
            ParentChoice::ByFabric(fabric) => Self { fabric_wwn: Some(fabric), ..Self::default() },
            ParentChoice::Automatic => Self::default(),
        }
    }
}
