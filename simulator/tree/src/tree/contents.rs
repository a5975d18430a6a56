//! What is in an object: which module of the object's kind says so.

use super::Tree;
use super::attribute::{Attribute, Value};
use super::class::{Class, Object};
use super::device::Device;
use super::dir::{Bus, Dir};
use super::listing::Listing;
use crate::host::{fc_host, fcoe, pci, scsi_host, statistics};
use crate::lun::{Numbered, block, device, scsi_disk};
use crate::remote::{rport, target, vport};

/// Every device can be asked to send its uevent again, and shows what is in it.
const UEVENT: Attribute = Attribute::shown("uevent").writable();
const ONLY_UEVENT: &[Attribute] = &[UEVENT];
const NODE: &[Attribute] = &[Attribute::shown("dev")];

/// The attributes of an object, or of a group of it.
pub(super) fn attributes(
    tree: &Tree<'_>,
    object: Object,
    group: Option<&'static str>,
) -> impl Iterator<Item = &'static Attribute> + use<> {
    let tables: Vec<&'static [Attribute]> = if let Some(group) = group {
        vec![of_group(object, group)]
    } else {
        let mut tables = own(tree, object);
        tables.push(ONLY_UEVENT);
        tables
    };
    tables.into_iter().flatten()
}

fn own(tree: &Tree<'_>, object: Object) -> Vec<&'static [Attribute]> {
    let driver = tree.driver();
    match (object.class, object.device) {
        (Some(Class::FcHost), Device::Host(no)) => fc_host::attributes(tree, no),
        (Some(Class::ScsiHost), _) => scsi_host::attributes(driver),
        (Some(Class::FcRemotePorts), _) => rport::attributes(driver),
        (Some(Class::FcVports), _) => vec![vport::ATTRIBUTES],
        (Some(Class::FcTransport), _) => vec![target::ATTRIBUTES],
        (Some(Class::ScsiDisk), _) => vec![scsi_disk::ATTRIBUTES],
        (Some(Class::Block), _) => vec![block::ATTRIBUTES],
        (Some(Class::Bsg | Class::ScsiGeneric), _) => vec![NODE],
        (None, Device::Lu(_)) => vec![device::ATTRIBUTES],
        (None, Device::Ctlr(_)) => vec![fcoe::CTLR],
        (None, Device::Fcf(_)) => vec![fcoe::FCF],
        (None, Device::Net(_)) => vec![fcoe::NET],
        (None, Device::Pci(_)) => vec![pci::ATTRIBUTES],
        (None, Device::PciBridge(..)) => vec![pci::BRIDGE],
        (None, Device::Bdi(_)) => vec![block::BDI],
        _ => vec![],
    }
}

/// The groups of attributes that have a directory of their own.
pub(super) fn groups(object: Object) -> &'static [&'static str] {
    match (object.class, object.device) {
        (Some(Class::FcHost | Class::FcRemotePorts), _) => &["statistics"],
        (Some(Class::Block), _) => &["holders", "mq", "queue", "slaves"],
        (None, Device::Ctlr(_)) => &["lesb"],
        _ => &[],
    }
}

fn of_group(object: Object, group: &str) -> &'static [Attribute] {
    match (object.class, group) {
        (Some(Class::FcHost), "statistics") => statistics::HOST,
        (Some(Class::FcRemotePorts), "statistics") => statistics::RPORT,
        (_, "queue") => block::QUEUE,
        (_, "lesb") => fcoe::LESB,
        _ => &[],
    }
}

/// The links of an object, with what they lead to.
pub(super) fn links(tree: &Tree<'_>, object: Object) -> Vec<(&'static str, Dir)> {
    let mut links = vec![];
    let class = |class| Dir::Listing(Listing::Class(class));
    let itself = |device| Dir::Object(Object::device(device));
    let subsystem = match (object.class, object.device) {
        (Some(of), _) => Some(class(of)),
        (None, Device::Host(_) | Device::Target(..) | Device::Lu(_)) => Some(Dir::Bus(Bus::Scsi)),
        (None, Device::Ctlr(_) | Device::Fcf(_)) => Some(Dir::Bus(Bus::Fcoe)),
        (None, Device::Pci(_) | Device::PciBridge(..)) => Some(Dir::Bus(Bus::Pci)),
        (None, Device::Net(_)) => Some(class(Class::Net)),
        (None, Device::Bdi(_)) => Some(class(Class::Bdi)),
        (None, Device::PciRoot(_) | Device::Rport(..) | Device::Vport(_)) => None,
    };
    links.extend(subsystem.map(|to| ("subsystem", to)));
    match (object.class, object.device) {
        (Some(of), device) => {
            links.push(("device", itself(device)));
            let disk = Numbered::disk_of(tree, device).filter(|_| of == Class::Block);
            links.extend(disk.map(|disk| ("bdi", itself(Device::Bdi(disk)))));
        }
        (None, Device::Lu(_)) => {
            links.push(("driver", Dir::Listing(Listing::Driver(Bus::Scsi))));
            let generic = Object::interface(object.device, Class::ScsiGeneric);
            links.push(("generic", Dir::Object(generic)));
        }
        (None, Device::Pci(_)) => {
            links.push(("driver", Dir::Listing(Listing::Driver(Bus::Pci))));
        }
        _ => {}
    }
    links
}

/// What a file says; `None` for one that cannot be read.
pub(super) fn read(
    tree: &Tree<'_>,
    object: Object,
    group: Option<&'static str>,
    file: Attribute,
) -> Option<Vec<u8>> {
    match file.value {
        Value::WriteOnly => None,
        Value::Empty => Some(vec![]),
        Value::Fixed(text) => Some(format!("{text}\n").into_bytes()),
        Value::Binary(_) => Some(bytes(tree, object, file.name).unwrap_or_default()),
        Value::Shown if file.name == "uevent" => Some(uevent(tree, object).into_bytes()),
        Value::Shown => {
            let text = text(tree, object, group, file.name).unwrap_or_default();
            Some(format!("{text}\n").into_bytes())
        }
    }
}

fn bytes(tree: &Tree<'_>, object: Object, name: &str) -> Option<Vec<u8>> {
    match object.device {
        Device::Lu(address) => device::bytes(tree, address, name),
        Device::Pci(at) => pci::bytes(tree, at, name),
        _ => None,
    }
}

fn text(
    tree: &Tree<'_>,
    object: Object,
    group: Option<&'static str>,
    name: &str,
) -> Option<String> {
    match (object.class, object.device) {
        (Some(Class::FcHost), Device::Host(no)) if group.is_some() => {
            statistics::show(tree, no, name)
        }
        (Some(Class::FcHost), Device::Host(no)) => fc_host::show(tree, no, name),
        (Some(Class::ScsiHost), Device::Host(no)) => scsi_host::show(tree, no, name),
        (Some(Class::FcRemotePorts), Device::Rport(no, number)) => {
            rport::show(tree.rport(no, number)?, tree.driver(), name)
        }
        (Some(Class::FcVports), Device::Vport(no)) => vport::show(tree.adapter(no)?, name),
        (Some(Class::FcTransport), Device::Target(no, target)) => {
            let number = tree.rport_of_target(no, target)?;
            target::show(tree.rport(no, number)?, name)
        }
        (Some(Class::Block), Device::Lu(address)) => block::show(tree, address, name),
        (Some(class @ (Class::Bsg | Class::ScsiGeneric)), device) => {
            Numbered::of(tree, device, class).map(|number| number.to_string())
        }
        (None, Device::Lu(address)) => device::show(tree, address, name),
        (None, Device::Ctlr(at) | Device::Fcf(at) | Device::Net(at)) => fcoe::show(tree, at, name),
        (None, Device::Pci(at)) => pci::show(tree, at, name),
        _ => None,
    }
}

/// What a uevent of an object says of it, besides what and where it is: also the text of its file.
pub(crate) fn uevent(tree: &Tree<'_>, object: Object) -> String {
    let node = |class, name: String| {
        let number = Numbered::of(tree, object.device, class).unwrap_or_default();
        format!("MAJOR={}\nMINOR={}\nDEVNAME={name}\n", number.major, number.minor)
    };
    match (object.class, object.device) {
        (Some(Class::Bsg), _) => node(Class::Bsg, format!("bsg/{}", object.name(tree))),
        (Some(Class::ScsiGeneric), _) => node(Class::ScsiGeneric, object.name(tree)),
        (Some(Class::Block), Device::Lu(address)) => {
            let sequence = tree.lu(address).map_or(0, |(_, lu)| lu.diskseq);
            let node = node(Class::Block, object.name(tree));
            format!("{node}DEVTYPE=disk\nDISKSEQ={sequence}\n")
        }
        (None, Device::Host(_)) => "DEVTYPE=scsi_host\n".into(),
        (None, Device::Target(..)) => "DEVTYPE=scsi_target\n".into(),
        (None, Device::Lu(_)) => "DEVTYPE=scsi_device\nDRIVER=sd\nMODALIAS=scsi:t-0x00\n".into(),
        (None, Device::Ctlr(_)) => "DEVTYPE=fcoe_ctlr\n".into(),
        (None, Device::Fcf(_)) => "DEVTYPE=fcoe_fcf\n".into(),
        (None, Device::Net(at)) => format!("INTERFACE=v{at}\nIFINDEX={}\n", fcoe::if_index(at)),
        (None, Device::Pci(at)) => pci::uevent(tree, at),
        _ => String::new(),
    }
}
