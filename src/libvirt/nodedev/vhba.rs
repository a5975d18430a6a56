//! To and from the definition of a vHBA that a node keeps.

use super::definition::NodeDevice;
use super::extension::DeviceExtension;
use crate::node::{VhbaDefinition, WantedVhba};

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
    /// The vHBA as it is to be kept: its name, its names, how its parent is found, and whatever else it says
    /// but for what it is now (`host`, `unique_id` and npivot's own element).
    ///
    /// # Errors
    /// [`NotDefinable`]: what of it is missing.
    pub fn to_vhba(&self) -> Result<VhbaDefinition, NotDefinable> {
        let wanted = self.to_wanted_vhba()?;
        Ok(wanted.under(self.wwns.ok_or(NotDefinable::NoWwns)?))
    }

    /// The same without its names, which are to be chosen for it.
    ///
    /// # Errors
    /// [`NotDefinable::NoName`], [`NotDefinable::IsHba`].
    pub fn to_wanted_vhba(&self) -> Result<WantedVhba, NotDefinable> {
        if self.vport_ops.is_some() {
            return Err(NotDefinable::IsHba);
        }
        let name = self.name.clone().ok_or(NotDefinable::NoName)?;
        let parent = self.parent.choice();
        let said = Self {
            host: None,
            unique_id: None,
            wwns: None,
            extension: DeviceExtension::default(),
            ..self.clone()
        };
        let plain = Self { name: Some(name.clone()), ..Self::unnamed(parent.clone()) };
        let xml = (said != plain).then(|| said.to_xml());
        Ok(WantedVhba { name, parent, xml })
    }
}

/// As it is written for libvirt: with its name, which libvirt reads past, and nothing of what it is now.
impl From<&VhbaDefinition> for NodeDevice {
    fn from(vhba: &VhbaDefinition) -> Self {
        let said = vhba.xml.as_deref().map(|xml| Self::parse("definition", xml));
        let plain = || Self::new(vhba.names, vhba.parent.clone());
        let mut device = said.and_then(Result::ok).unwrap_or_else(plain);
        device.wwns = Some(vhba.names);
        if device.parent.choice() != vhba.parent {
            device.parent = vhba.parent.clone().into();
        }
        device.name = Some(vhba.name.clone());
        device
    }
}
