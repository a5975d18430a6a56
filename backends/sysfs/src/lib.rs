//! Fibre Channel on real Linux: sysfs, uevents, FC netlink, SG_IO.
