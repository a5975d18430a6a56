//! What came of a guest: its devices on this host, and what was found.

use std::collections::BTreeMap;

use npivot_hal::{LunId, ScsiAddress};

use super::{Finding, uses};
use crate::guest::DeviceLink;
use crate::guest::ports::{GuestId, Wanted};
use crate::libvirt::{Access, DeviceSource, Domain, EditError, NewSource, Place};
use crate::migration::Severity;
use crate::pool::VolumePath;

/// A device of a guest on this host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedDevice {
    /// Its index in [`Domain::devices`].
    pub index: usize,
    /// Its name in its guest.
    pub key: String,
    /// Where its source stands in the definition.
    pub place: Place,
    /// With whom it may share its LUN.
    pub access: Access,
    /// Which LUN it is. `None` for what is no LUN of an adapter.
    pub id: Option<LunId>,
    /// The device.
    pub device: HostDevice,
    /// What to write in place of its source so that any libvirt understands it; `None` where it does.
    pub new_source: Option<NewSource>,
}

/// A device of this host.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum HostDevice {
    /// A block device.
    Block {
        /// npivot's link, to be made to point to [`paths`](Self::Block::paths); `None` where the guest
        /// names a device that npivot does not link.
        link: Option<DeviceLink>,
        /// The node of the best path: `/dev/sda`. A name of the moment.
        node: String,
        /// udev's link by identity, where it makes one. It may point to any path.
        by_id: Option<String>,
        /// udev's link by the best path's place. Only behind a PCI adapter without vHBAs: udev leaves a
        /// vHBA out of the name, so that its devices and its parent's share links.
        by_path: Option<String>,
        /// Its checked paths, best first.
        paths: Vec<VolumePath>,
    },
    /// A SCSI device to pass through.
    Scsi(ScsiAddress),
    /// A vhost-scsi target of the kernel, as it is named in the definition. It is not checked.
    VhostScsi(String),
}

/// A guest on this host: all of its devices, or none and why.
#[derive(Debug, Clone)]
pub struct Resolution {
    pub(super) guest: GuestId,
    pub(super) devices: Vec<ResolvedDevice>,
    pub(super) findings: Vec<Finding>,
}

/// A guest some of whose storage cannot be had: it gets none of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("guest {guest} is refused whole: {errors} error{}", if *.errors == 1 { "" } else { "s" })]
pub struct Refused {
    /// The guest.
    pub guest: String,
    /// How many errors there are among the findings.
    pub errors: usize,
}

impl Resolution {
    /// Which guest it is.
    pub fn guest(&self) -> &GuestId {
        &self.guest
    }

    /// All that was found, worst first, then in the order of the document.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// All its devices that are npivot's business, in the order of the document.
    ///
    /// # Errors
    /// [`Refused`] if there is an error among the findings: never a part of them.
    pub fn devices(&self) -> Result<&[ResolvedDevice], Refused> {
        let errors = self.findings.iter().filter(|finding| finding.severity == Severity::Error);
        match errors.count() {
            0 => Ok(&self.devices),
            errors => Err(Refused { guest: self.guest.name.clone(), errors }),
        }
    }

    /// Those devices that could be resolved, whatever became of the others: for a guest that runs already.
    pub fn resolved_so_far(&self) -> &[ResolvedDevice] {
        &self.devices
    }

    /// The LUNs of those devices.
    pub fn wanted(&self) -> Wanted {
        uses::wanted(&self.devices).0
    }

    /// Which LUN each of those devices is, by their names in the guest once their sources are replaced: the
    /// name of a SCSI device is its address.
    pub fn luns(&self) -> BTreeMap<String, LunId> {
        let named = |device: &ResolvedDevice| {
            let key = match &device.device {
                HostDevice::Scsi(address) => DeviceSource::ScsiDevice(*address).to_string(),
                _ => device.key.clone(),
            };
            Some((key, device.id.clone()?))
        };
        self.devices.iter().filter_map(named).collect()
    }

    /// Which LUN each of those devices is, by their names and sources as written in the definition
    /// ([`GuestDevice::as_written`](crate::libvirt::GuestDevice::as_written)): what a later start of the
    /// same definition is held against.
    pub fn ran_with(&self, domain: &Domain) -> BTreeMap<String, LunId> {
        let written = |device: &ResolvedDevice| {
            Some((domain.devices().get(device.index)?.as_written(), device.id.clone()?))
        };
        self.devices.iter().filter_map(written).collect()
    }

    /// The definition with the devices of this host in it, and each other byte as it was. What the
    /// definition records of its LUNs is brought up to date; with `record` a record is made.
    ///
    /// # Errors
    /// [`Refused`].
    ///
    /// # Panics
    /// If `domain` is not what was resolved.
    pub fn to_xml(&self, domain: &Domain, record: bool) -> Result<String, Refused> {
        let mut edit = domain.edit();
        for device in self.devices()? {
            if let Some(new) = &device.new_source {
                let done: Result<(), EditError> = edit.source(device.index, new);
                done.expect("the device came from this definition");
            }
        }
        if record || !domain.records().is_empty() {
            edit = edit.records(&self.luns());
        }
        Ok(edit.finish())
    }
}
