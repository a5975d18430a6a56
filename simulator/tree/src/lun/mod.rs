//! What a logical unit shows: the SCSI device, its disk, and its nodes' numbers.

pub(crate) mod block;
pub(crate) mod device;
mod number;
pub(crate) mod scsi_disk;
mod wwid;

pub(crate) use number::{Numbered, disk_number};
