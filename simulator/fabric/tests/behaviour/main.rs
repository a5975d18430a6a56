//! What a host sees of a SAN, and how that changes: through commands and time alone.
//!
//! `site` builds the SAN (`campus.toml`) and says in words what a host has; the other files are about one
//! subject each. What the kernel does is from `drivers/scsi/scsi_transport_fc.c` and the drivers, 6.1.

mod backend;
mod boot;
mod drivers;
mod luns;
mod rports;
mod site;
mod visibility;
mod vports;
