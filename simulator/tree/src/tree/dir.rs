//! Directories: what is in each, and what is above it.

use npivot_fabric::config::Driver;

use super::Tree;
use super::attribute::Attribute;
use super::class::{Class, Object};
use super::contents;
use super::device::Device;
use super::listing::Listing;

/// A bus: a directory below `bus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Bus {
    Fcoe,
    Pci,
    Scsi,
}

impl Bus {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Fcoe => "fcoe",
            Self::Pci => "pci",
            Self::Scsi => "scsi",
        }
    }

    /// The buses that a host has: those that its driver uses.
    pub(crate) const fn of(driver: Driver) -> [Self; 2] {
        match driver {
            Driver::Libfc => [Self::Fcoe, Self::Scsi],
            Driver::Qla2xxx | Driver::Lpfc => [Self::Pci, Self::Scsi],
        }
    }

    /// The driver of its devices, if it has a directory: `sd`, and that of the adapters.
    pub(crate) const fn driver(self, driver: Driver) -> Option<&'static str> {
        match self {
            Self::Fcoe => None,
            Self::Pci => Some(driver.module()),
            Self::Scsi => Some("sd"),
        }
    }
}

/// A directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Dir {
    /// Where sysfs is mounted.
    Root,
    /// `bus`.
    Buses,
    /// `bus/X`.
    Bus(Bus),
    /// `bus/X/drivers`.
    Drivers(Bus),
    /// `class`.
    Classes,
    /// `dev`.
    Numbers,
    /// `devices`.
    Devices,
    /// `devices/virtual`.
    Virtual,
    /// `devices/virtual/X`.
    VirtualClass(Class),
    /// Links to objects, by name.
    Listing(Listing),
    /// An object.
    Object(Object),
    /// The directory between a device and its interface in a class, named after the class.
    Glue(Device, Class),
    /// A named group of an object's attributes.
    Group(Object, &'static str),
}

/// What a name in a directory stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    Dir(Dir),
    File(Object, Option<&'static str>, Attribute),
    /// A link to a directory.
    Link(Dir),
}

impl Dir {
    pub(crate) fn name(self, tree: &Tree<'_>) -> String {
        match self {
            Self::Root => String::new(),
            Self::Buses => "bus".into(),
            Self::Bus(bus) => bus.as_str().into(),
            Self::Drivers(_) => "drivers".into(),
            Self::Classes => "class".into(),
            Self::Numbers => "dev".into(),
            Self::Devices => "devices".into(),
            Self::Virtual => "virtual".into(),
            Self::VirtualClass(class) | Self::Glue(_, class) => class.as_str().into(),
            Self::Listing(listing) => listing.name(tree.driver()).into(),
            Self::Object(object) => object.name(tree),
            Self::Group(_, group) => group.into(),
        }
    }

    /// What is above; of the root itself, the root.
    pub(crate) fn parent(self, tree: &Tree<'_>) -> Self {
        match self {
            Self::Root | Self::Buses | Self::Classes | Self::Numbers | Self::Devices => Self::Root,
            Self::Bus(_) => Self::Buses,
            Self::Drivers(bus) => Self::Bus(bus),
            Self::Virtual => Self::Devices,
            Self::VirtualClass(_) => Self::Virtual,
            Self::Listing(listing) => listing.parent(),
            Self::Glue(device, _) => Self::Object(Object::device(device)),
            Self::Group(object, _) => Self::Object(object),
            Self::Object(Object { device, class: Some(class) }) => Self::Glue(device, class),
            Self::Object(Object { device, class: None }) => match device {
                Device::Net(_) => Self::VirtualClass(Class::Net),
                Device::Bdi(_) => Self::VirtualClass(Class::Bdi),
                _ => {
                    device.parent(tree).map_or(Self::Devices, |up| Self::Object(Object::device(up)))
                }
            },
        }
    }

    /// The names from the root down to here.
    pub(crate) fn names(self, tree: &Tree<'_>) -> Vec<String> {
        let mut names = vec![];
        let mut dir = self;
        while dir != Self::Root {
            names.push(dir.name(tree));
            dir = dir.parent(tree);
        }
        names.reverse();
        names
    }

    /// The path from the root to here.
    pub(crate) fn path(self, tree: &Tree<'_>) -> String {
        self.names(tree).join("/")
    }

    /// What is in it, in no order.
    pub(crate) fn entries(self, tree: &Tree<'_>) -> Vec<(String, Entry)> {
        let dirs = |dirs: Vec<Self>| -> Vec<(String, Entry)> {
            dirs.into_iter().map(|dir| (dir.name(tree), Entry::Dir(dir))).collect()
        };
        match self {
            Self::Root => dirs(vec![
                Self::Listing(Listing::Disks),
                Self::Buses,
                Self::Classes,
                Self::Numbers,
                Self::Devices,
            ]),
            Self::Buses => dirs(Bus::of(tree.driver()).into_iter().map(Self::Bus).collect()),
            Self::Bus(bus) => dirs(vec![Self::Listing(Listing::Bus(bus)), Self::Drivers(bus)]),
            Self::Drivers(bus) => {
                let driver = bus.driver(tree.driver());
                dirs(driver.into_iter().map(|_| Self::Listing(Listing::Driver(bus))).collect())
            }
            Self::Classes => {
                dirs(Class::ALL.into_iter().map(|c| Self::Listing(Listing::Class(c))).collect())
            }
            Self::Numbers => dirs(vec![
                Self::Listing(Listing::BlockNumbers),
                Self::Listing(Listing::CharNumbers),
            ]),
            Self::Devices => {
                let roots = tree.pci_roots().into_iter().map(Object::device).map(Self::Object);
                dirs(roots.chain([Self::Virtual]).collect())
            }
            Self::Virtual => {
                dirs([Class::Bdi, Class::Net].into_iter().map(Self::VirtualClass).collect())
            }
            Self::VirtualClass(class) => {
                let all = Object::all_in_class(tree, class);
                dirs(all.into_iter().map(Self::Object).collect())
            }
            Self::Listing(listing) => {
                let link = |(name, object)| (name, Entry::Link(Self::Object(object)));
                listing.members(tree).into_iter().map(link).collect()
            }
            Self::Glue(device, class) => dirs(vec![Self::Object(Object::interface(device, class))]),
            Self::Object(object) => object_entries(tree, object),
            Self::Group(object, group) => {
                let file =
                    |a: &Attribute| (a.name.to_owned(), Entry::File(object, Some(group), *a));
                contents::attributes(tree, object, Some(group)).map(file).collect()
            }
        }
    }

    /// What this name in it stands for. It does not make the whole listing where that may be long.
    pub(crate) fn find(self, tree: &Tree<'_>, name: &str) -> Option<Entry> {
        match self {
            Self::Listing(listing) => {
                listing.find(tree, name).map(|object| Entry::Link(Self::Object(object)))
            }
            Self::VirtualClass(class) => {
                Object::in_class(tree, class, name).map(|object| Entry::Dir(Self::Object(object)))
            }
            Self::Object(object) => find_in_object(tree, object, name),
            _ => {
                let mut entries = self.entries(tree).into_iter();
                entries.find(|(other, _)| other == name).map(|(_, entry)| entry)
            }
        }
    }
}

fn object_entries(tree: &Tree<'_>, object: Object) -> Vec<(String, Entry)> {
    let mut entries = vec![];
    for attribute in contents::attributes(tree, object, None) {
        entries.push((attribute.name.to_owned(), Entry::File(object, None, *attribute)));
    }
    for (name, to) in contents::links(tree, object) {
        entries.push((name.to_owned(), Entry::Link(to)));
    }
    for group in contents::groups(object) {
        entries.push(((*group).to_owned(), Entry::Dir(Dir::Group(object, group))));
    }
    if object.class.is_none() {
        let device = object.device;
        for class in Class::ALL.into_iter().filter(|class| class.is_of(device)) {
            entries.push((class.as_str().to_owned(), Entry::Dir(Dir::Glue(device, class))));
        }
        for child in tree.children(device) {
            entries.push((child.name(tree), Entry::Dir(Dir::Object(Object::device(child)))));
        }
    }
    entries
}

fn find_in_object(tree: &Tree<'_>, object: Object, name: &str) -> Option<Entry> {
    if let Some(attribute) = contents::attributes(tree, object, None).find(|a| a.name == name) {
        return Some(Entry::File(object, None, *attribute));
    }
    if let Some(group) = contents::groups(object).iter().find(|group| **group == name) {
        return Some(Entry::Dir(Dir::Group(object, group)));
    }
    if let Some((_, to)) = contents::links(tree, object).into_iter().find(|(n, _)| *n == name) {
        return Some(Entry::Link(to));
    }
    let Object { device, class: None } = object else {
        return None;
    };
    if let Some(class) = Class::named(name) {
        return class.is_of(device).then_some(Entry::Dir(Dir::Glue(device, class)));
    }
    let child = Device::named(tree, name).filter(|child| child.parent(tree) == Some(device))?;
    Some(Entry::Dir(Dir::Object(Object::device(child))))
}
