//! A storage array: volumes, host groups, and what an initiator gets to see of them.
//!
//! **Start here**: [`Array`] is the whole machine; it knows initiators by name only. Where its ports are
//! attached, and whether an initiator can reach one, is the caller's. A command goes in at
//! [`Array::serve`].
//!
//! | file | what is in it |
//! |---|---|
//! | `model` | [`Array`]: ports, volumes, what an initiator sees, and the records of the HAL |
//! | `volume` | a volume |
//! | `masking` | host groups: who sees which volume, at which LUN |
//! | `ports` | target port groups and their access states (ALUA) |
//! | `nexus`, `attention` | unit attentions: what each nexus that was used is owed |
//! | `target` | the device server: all commands, and task management |
//! | `reservation` | persistent reservations |
//! | `io`, [`Storage`] | the content of volumes: sparse in memory, or where the caller keeps it |
//! | [`scsi`] | sense data, INQUIRY and VPD pages |
//! | `error` | how an array says no to its administrator |

mod attention;
mod error;
mod io;
mod masking;
mod model;
mod nexus;
mod ports;
mod reservation;
pub mod scsi;
mod storage;
mod target;
mod volume;

pub use attention::Nexus;
pub use error::{MaskingError, VolumeError};
pub use model::{Array, ArrayLimits};
pub use npivot_hal::AccessState;
pub use ports::FIRST_PORT_GROUP;
pub use reservation::MAX_REGISTRATIONS;
pub use storage::{BLOCK_BYTES, BLOCK_LENGTH, Storage, StorageError};
pub use target::{
    BLOCK_LIMITS, Completion, MAX_TRANSFER_BLOCKS, Refused, Request, Residual, Status, TaskAnswer,
    TaskManagement,
};
pub use volume::{Volume, VolumeIx};
