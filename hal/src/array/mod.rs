//! A storage array: the [`Array`] trait, masking and its records.

mod contract;
mod records;

pub use contract::{Array, Masking};
pub use records::{ArrayCapabilities, HostGroup, Mapping, TargetPort, Volume};
