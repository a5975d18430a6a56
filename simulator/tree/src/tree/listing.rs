//! Directories that hold nothing but links to objects: `class/X`, `bus/X/devices`, `block`, `dev/…`.

use npivot_fabric::config::Driver;

use super::Tree;
use super::class::{Class, Object};
use super::device::Device;
use super::dir::{Bus, Dir};
use crate::lun::Numbered;

/// Such a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Listing {
    /// `class/X`.
    Class(Class),
    /// `bus/X/devices`.
    Bus(Bus),
    /// `bus/X/drivers/Y`.
    Driver(Bus),
    /// `block`.
    Disks,
    /// `dev/block`.
    BlockNumbers,
    /// `dev/char`.
    CharNumbers,
}

impl Listing {
    pub(crate) const fn name(self, driver: Driver) -> &'static str {
        match self {
            Self::Class(class) => class.as_str(),
            Self::Bus(_) => "devices",
            Self::Driver(bus) => match bus.driver(driver) {
                Some(name) => name,
                None => "",
            },
            Self::Disks | Self::BlockNumbers => "block",
            Self::CharNumbers => "char",
        }
    }

    pub(crate) const fn parent(self) -> Dir {
        match self {
            Self::Class(_) => Dir::Classes,
            Self::Bus(bus) => Dir::Bus(bus),
            Self::Driver(bus) => Dir::Drivers(bus),
            Self::Disks => Dir::Root,
            Self::BlockNumbers | Self::CharNumbers => Dir::Numbers,
        }
    }

    /// What it lists, with names, in no order.
    pub(crate) fn members(self, tree: &Tree<'_>) -> Vec<(String, Object)> {
        let named = |object: Object| (object.name(tree), object);
        let devices =
            |all: Vec<Device>| all.into_iter().map(Object::device).map(named).collect::<Vec<_>>();
        match self {
            Self::Class(class) => {
                Object::all_in_class(tree, class).into_iter().map(named).collect()
            }
            Self::Disks => Self::Class(Class::Block).members(tree),
            Self::Bus(Bus::Scsi) => {
                let mut all = tree.all_scsi();
                all.retain(|device| is_on_scsi(*device));
                devices(all)
            }
            Self::Bus(Bus::Fcoe) => {
                let both = tree.ctlrs().flat_map(|at| [Device::Ctlr(at), Device::Fcf(at)]);
                devices(both.filter(|device| device.exists(tree)).collect())
            }
            Self::Bus(Bus::Pci) => {
                let mut all: Vec<Device> = (tree.functions())
                    .flat_map(|at| [Device::Pci(at), Device::PciBridge(at.domain, at.bus)])
                    .collect();
                all.sort_unstable();
                all.dedup();
                devices(all)
            }
            Self::Driver(Bus::Scsi) => {
                devices(tree.lus().map(|(address, _)| Device::Lu(address)).collect())
            }
            Self::Driver(Bus::Pci) => devices(tree.functions().map(Device::Pci).collect()),
            Self::Driver(Bus::Fcoe) => vec![],
            Self::BlockNumbers => (tree.lus())
                .map(|(address, lu)| {
                    let disk = Object::interface(Device::Lu(address), Class::Block);
                    (Numbered::disk(lu.disk).to_string(), disk)
                })
                .collect(),
            Self::CharNumbers => characters(tree).map(|(at, o)| (at.to_string(), o)).collect(),
        }
    }

    /// The member of this name.
    pub(crate) fn find(self, tree: &Tree<'_>, name: &str) -> Option<Object> {
        match self {
            Self::Class(class) => Object::in_class(tree, class, name),
            Self::Disks => Object::in_class(tree, Class::Block, name),
            Self::Bus(bus) => {
                let device = Device::named(tree, name)?;
                let is_here = match bus {
                    Bus::Scsi => is_on_scsi(device),
                    Bus::Fcoe => matches!(device, Device::Ctlr(_) | Device::Fcf(_)),
                    Bus::Pci => matches!(device, Device::Pci(_) | Device::PciBridge(..)),
                };
                is_here.then_some(Object::device(device))
            }
            Self::Driver(bus) => {
                let device = Device::named(tree, name)?;
                let is_here = match bus {
                    Bus::Scsi => matches!(device, Device::Lu(_)),
                    Bus::Pci => matches!(device, Device::Pci(_)),
                    Bus::Fcoe => false,
                };
                is_here.then_some(Object::device(device))
            }
            Self::BlockNumbers => {
                let mut all = tree.lus();
                let (address, _) = all.find(|(_, lu)| Numbered::disk(lu.disk).is(name))?;
                Some(Object::interface(Device::Lu(address), Class::Block))
            }
            Self::CharNumbers => {
                characters(tree).find(|(at, _)| at.is(name)).map(|(_, object)| object)
            }
        }
    }
}

const fn is_on_scsi(device: Device) -> bool {
    matches!(device, Device::Host(_) | Device::Target(..) | Device::Lu(_))
}

/// The character devices with their numbers: bsg and sg nodes.
fn characters<'w>(tree: &Tree<'w>) -> impl Iterator<Item = (Numbered, Object)> + use<'w> {
    tree.adapters().flat_map(|adapter| {
        let bsg = |minor, device| (Numbered::bsg(minor), Object::interface(device, Class::Bsg));
        let own = bsg(adapter.bsg, Device::Host(adapter.no));
        let rports = adapter.rports.iter();
        let rports = rports.map(move |(number, r)| bsg(r.bsg, Device::Rport(adapter.no, *number)));
        let lus = adapter.devices.iter().flat_map(move |(key, lu)| {
            let device = Device::Lu(adapter.address(*key));
            let generic = Object::interface(device, Class::ScsiGeneric);
            [bsg(lu.bsg, device), (Numbered::generic(lu.generic), generic)]
        });
        std::iter::once(own).chain(rports).chain(lus)
    })
}
