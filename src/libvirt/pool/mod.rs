//! Storage pools: `<pool type='scsi'>` on a vHBA or a SCSI host.
//!
//! | module | what is in it |
//! |---|---|
//! | `definition` | [`PoolDefinition`]: what a pool's XML says |
//! | `adapter` | [`PoolAdapter`]: which vHBA, on which HBA ([`ParentChoice`]), or which SCSI host |
//! | `extension` | [`PoolExtension`]: more vHBAs, expected LUNs, patience; libvirt reads past it |
//! | `name` | [`PoolName`]: what a pool may be called |
//! | `read`, `read_adapter`, `read_place` | from the XML, with errors at their place |
//! | `write` | to the XML, in libvirt's order |

mod adapter;
mod definition;
mod extension;
mod name;
mod read;
mod read_adapter;
mod read_place;
mod write;

pub use adapter::{FcHostAdapter, ParentChoice, PoolAdapter, ScsiHostAdapter};
pub use definition::PoolDefinition;
pub use extension::PoolExtension;
pub use name::{PoolName, PoolNameError};

pub(super) use read::uuid;
pub(super) use read_adapter::wwn;
pub(super) use read_place::{ADDRESS, pci_address};
pub(super) use write::pci_attributes;
