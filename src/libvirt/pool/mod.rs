//! Storage pools: `<pool type='scsi'>` on a vHBA.
//!
//! | module | what is in it |
//! |---|---|
//! | `definition` | [`PoolDefinition`]: what a pool's XML says |
//! | `adapter` | [`FcHostAdapter`] and [`ParentChoice`]: which vHBA, on which HBA |
//! | `name` | [`PoolName`]: what a pool may be called |
//! | `read`, `read_adapter` | from the XML, with errors at their place |
//! | `write` | to the XML, in libvirt's order |

mod adapter;
mod definition;
mod name;
mod read;
mod read_adapter;
mod write;

pub use adapter::{FcHostAdapter, ParentChoice};
pub use definition::PoolDefinition;
pub use name::{PoolName, PoolNameError};
