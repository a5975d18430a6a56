//! Uevents in the kernel's own format (`lib/kobject_uevent.c`).

use std::fmt;

/// What happened to a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Action {
    /// It is there.
    Add,
    /// A driver has taken it.
    Bind,
    /// Something about it changed.
    Change,
    /// It is gone.
    Remove,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Add => "add",
            Self::Bind => "bind",
            Self::Change => "change",
            Self::Remove => "remove",
        })
    }
}

/// A uevent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uevent {
    /// What happened.
    pub action: Action,
    /// The device's path below the mount point of sysfs, with a slash before it.
    pub devpath: String,
    /// Its class or bus.
    pub subsystem: String,
    /// More about it, as `KEY=value`.
    pub properties: Vec<String>,
    /// The number of the uevent, which only grows.
    pub seqnum: u64,
}

impl Uevent {
    /// As the kernel sends it to group 1: `add@/devices/…`, then `KEY=value`, each ended by a NUL.
    pub fn to_bytes(&self) -> Vec<u8> {
        let Self { action, devpath, subsystem, properties, seqnum } = self;
        let mut text = format!(
            "{action}@{devpath}\0ACTION={action}\0DEVPATH={devpath}\0SUBSYSTEM={subsystem}\0"
        );
        for property in properties {
            text.push_str(property);
            text.push('\0');
        }
        [text, format!("SEQNUM={seqnum}\0")].concat().into_bytes()
    }
}
