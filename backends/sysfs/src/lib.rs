//! Fibre Channel on real Linux: sysfs, uevents, FC netlink, SG_IO.

pub mod events;
pub mod passthrough;
