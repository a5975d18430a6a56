//! A storage array: volumes, host groups, and what an initiator gets to see of them.
//!
//! **Start here**: [`Array`] is the whole machine; it knows initiators by name only. Where its ports are
//! attached, and whether an initiator can reach one, is the caller's.
//!
//! | file | what is in it |
//! |---|---|
//! | `model` | [`Array`]: ports, volumes, what an initiator sees, and the records of the HAL |
//! | `volume` | a volume |
//! | `masking` | host groups: who sees which volume, at which LUN |
//! | `attention` | unit attentions: one small record for each nexus that was used |
//! | `io` | reads and writes as an initiator sends them |
//! | `storage` | the blocks of a volume, sparse |
//! | [`scsi`] | sense data, INQUIRY and VPD pages |
//! | `error` | how an array says no |

mod attention;
mod error;
mod io;
mod masking;
mod model;
pub mod scsi;
mod storage;
mod volume;

pub use error::{MaskingError, VolumeError};
pub use io::MAX_TRANSFER_BLOCKS;
pub use model::{Array, ArrayLimits};
pub use storage::{BLOCK_BYTES, BLOCK_LENGTH};
pub use volume::{Volume, VolumeIx};
