//! Device classes, and which interface of a device is in which.

use npivot_fabric::host::disk_name;
use npivot_hal::HostNo;

use super::Tree;
use super::device::Device;
use crate::lun::{Numbered, disk_number};

/// A device class: a directory below `class`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    Bdi,
    Block,
    Bsg,
    FcHost,
    FcRemotePorts,
    FcTransport,
    FcVports,
    Net,
    ScsiDevice,
    ScsiDisk,
    ScsiGeneric,
    ScsiHost,
}

impl Class {
    pub(crate) const ALL: [Self; 12] = [
        Self::Bdi,
        Self::Block,
        Self::Bsg,
        Self::FcHost,
        Self::FcRemotePorts,
        Self::FcTransport,
        Self::FcVports,
        Self::Net,
        Self::ScsiDevice,
        Self::ScsiDisk,
        Self::ScsiGeneric,
        Self::ScsiHost,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Bdi => "bdi",
            Self::Block => "block",
            Self::Bsg => "bsg",
            Self::FcHost => "fc_host",
            Self::FcRemotePorts => "fc_remote_ports",
            Self::FcTransport => "fc_transport",
            Self::FcVports => "fc_vports",
            Self::Net => "net",
            Self::ScsiDevice => "scsi_device",
            Self::ScsiDisk => "scsi_disk",
            Self::ScsiGeneric => "scsi_generic",
            Self::ScsiHost => "scsi_host",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == name)
    }

    /// Whether a device has an interface in this class.
    pub(crate) const fn is_of(self, device: Device) -> bool {
        match device {
            Device::Host(_) => matches!(self, Self::ScsiHost | Self::FcHost | Self::Bsg),
            Device::Rport(..) => matches!(self, Self::FcRemotePorts | Self::Bsg),
            Device::Target(..) => matches!(self, Self::FcTransport),
            Device::Vport(_) => matches!(self, Self::FcVports),
            Device::Lu(_) => matches!(
                self,
                Self::Block | Self::Bsg | Self::ScsiDevice | Self::ScsiDisk | Self::ScsiGeneric
            ),
            _ => false,
        }
    }
}

/// A directory that stands for something: a device, or its interface in a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Object {
    pub(crate) device: Device,
    pub(crate) class: Option<Class>,
}

impl Object {
    pub(crate) const fn device(device: Device) -> Self {
        Self { device, class: None }
    }

    pub(crate) const fn interface(device: Device, class: Class) -> Self {
        Self { device, class: Some(class) }
    }

    pub(crate) fn name(self, tree: &Tree<'_>) -> String {
        match (self.class, self.device) {
            (Some(Class::Bsg), Device::Host(no)) => format!("fc_{no}"),
            (Some(Class::Block), Device::Lu(address)) => {
                tree.lu(address).map(|(_, lu)| disk_name(lu.disk)).unwrap_or_default()
            }
            (Some(Class::ScsiGeneric), Device::Lu(address)) => {
                tree.lu(address).map(|(_, lu)| format!("sg{}", lu.generic)).unwrap_or_default()
            }
            (_, device) => device.name(tree),
        }
    }

    /// The member of a class with this name.
    pub(crate) fn in_class(tree: &Tree<'_>, class: Class, name: &str) -> Option<Self> {
        let device = match class {
            Class::Bdi => {
                let (_, lu) = tree.lus().find(|(_, lu)| Numbered::disk(lu.disk).is(name))?;
                return Some(Self::device(Device::Bdi(lu.disk)));
            }
            Class::Net => {
                let position = name.strip_prefix('v')?.parse().ok()?;
                let device = Device::Net(position);
                let is_it = device.exists(tree) && device.name(tree) == name;
                return is_it.then_some(Self::device(device));
            }
            Class::Block => Device::Lu(tree.lu_of_disk(disk_number(name)?)?),
            Class::ScsiGeneric => {
                let number: u32 = name.strip_prefix("sg")?.parse().ok()?;
                Device::Lu(tree.lus().find(|(_, lu)| lu.generic == number)?.0)
            }
            Class::Bsg => match name.strip_prefix("fc_host") {
                Some(no) => Device::Host(HostNo(no.parse().ok()?)),
                None => Device::named(tree, name)?,
            },
            _ => Device::named(tree, name)?,
        };
        let object = Self::interface(device, class);
        let is_it = class.is_of(device) && device.exists(tree) && object.name(tree) == name;
        is_it.then_some(object)
    }

    /// All members of a class, in no order.
    pub(crate) fn all_in_class(tree: &Tree<'_>, class: Class) -> Vec<Self> {
        let devices = match class {
            Class::Bdi => {
                let disk = |(_, lu): (_, &npivot_fabric::host::Device)| Device::Bdi(lu.disk);
                return tree.lus().map(disk).map(Self::device).collect();
            }
            Class::Net => return tree.ctlrs().map(Device::Net).map(Self::device).collect(),
            _ => tree.all_scsi(),
        };
        let of_class = devices.into_iter().filter(|device| class.is_of(*device));
        of_class.map(|device| Self::interface(device, class)).collect()
    }
}
