//! A storage pool on its vHBA.
//!
//! | file | what |
//! |---|---|
//! | `volume` | [`Volume`]: one per LUN identity, with all its paths; stale paths told apart |
//! | `readiness` | when a pool is ready: [`Expected`] volumes, or quiet after the first ones |
//! | `scsi_host` | the adapter of a pool that is on a SCSI host as it is |
//! | `start` | [`start`] and [`stop`] |

mod readiness;
mod scsi_host;
mod start;
mod volume;

pub(crate) use readiness::missing;
pub use readiness::{Expected, Readiness, Rule};
pub use start::{ActivePool, PoolError, StartOptions, start, stop};
pub use volume::{StalePath, Volume, VolumePath, Volumes, read_volumes};
