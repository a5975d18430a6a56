//! A storage pool on its vHBA.
//!
//! | file | what |
//! |---|---|
//! | `volume` | [`Volume`]: one per LUN identity, with all its paths; stale paths told apart |
//! | `links` | the names under which udev links their devices |
//! | `readiness` | when a pool is ready: [`Expected`] volumes, or quiet after the first ones |
//! | `scsi_host` | the adapter of a pool that is on a SCSI host as it is |
//! | `watch` | [`Watch`]: what happens to its volumes while it is up |
//! | `start` | [`start`] and [`stop`] |

mod links;
mod readiness;
mod scsi_host;
mod start;
mod volume;
mod watch;

pub use links::{BY_ID, BY_PATH, by_id, by_path};
pub(crate) use readiness::missing;
pub use readiness::{Expected, Readiness, Rule, lacking};
pub use start::{ActivePool, PoolError, StartOptions, adapters_of, start, stop};
pub use volume::{NoVolume, StalePath, Volume, VolumePath, Volumes, read_volumes};
pub use watch::{VolumeEvent, Watch};
