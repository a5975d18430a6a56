//! To and from the definition of a vHBA that a node keeps.

use super::definition::NodeDevice;
use crate::node::VhbaDefinition;

/// Why a device cannot be defined as a vHBA. It may still be made once, under a name and names that are
/// chosen for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotDefinable {
    /// It has no `<name>`.
    #[error("the device has no <name>, by which a vHBA is kept: add one")]
    NoName,
    /// It has no WWNs.
    #[error("the device has no <wwnn> and <wwpn>, which a vHBA keeps over a reboot: add both")]
    NoWwns,
    /// It can have vports, so it is an HBA.
    #[error("the device has <capability type='vport_ops'>: it is an HBA, not a vHBA")]
    IsHba,
}

impl NodeDevice {
    /// The vHBA as it is to be kept: its name, its names, and how its parent is found.
    ///
    /// # Errors
    /// [`NotDefinable`]: what of it is missing.
    pub fn to_vhba(&self) -> Result<VhbaDefinition, NotDefinable> {
        if self.vport_ops.is_some() {
            return Err(NotDefinable::IsHba);
        }
        let name = self.name.clone().ok_or(NotDefinable::NoName)?;
        let names = self.wwns.ok_or(NotDefinable::NoWwns)?;
        Ok(VhbaDefinition { name, names, parent: self.parent.choice() })
    }
}

/// As it is written for libvirt: with its name, which libvirt reads past, and nothing of what it is now.
impl From<&VhbaDefinition> for NodeDevice {
    fn from(vhba: &VhbaDefinition) -> Self {
        let mut device = Self::new(vhba.names, vhba.parent.clone());
        device.name = Some(vhba.name.clone());
        device
    }
}
