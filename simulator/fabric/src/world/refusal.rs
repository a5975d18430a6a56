//! Why the world refuses a command.

use npivot_hal::{HostNo, ScsiAddress};

use crate::array::{MaskingError, VolumeError};
use crate::host::{IoFailure, VportRefusal};
use crate::san::{LoginReject, WiringError};
use crate::zoning::ZoningError;

/// A refused command. Nothing has changed, but for an I/O command's unit attention, which is told once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// An id that the world did not give out.
    #[error("there is no such {0}")]
    NoSuch(&'static str),
    /// A host has no adapter of this number.
    #[error("there is no {0}")]
    NoAdapter(HostNo),
    /// A host has no device at this address.
    #[error("there is no device {0}")]
    NoDevice(ScsiAddress),
    /// A name is taken.
    #[error("the name {0} is taken")]
    NameTaken(String),
    /// Above what the kernel accepts (EINVAL).
    #[error("{0}")]
    Argument(String),
    /// Not while it is in the state that it is in (EBUSY).
    #[error("{0}")]
    Busy(String),
    /// It is so already (EALREADY).
    #[error("{0}")]
    Already(String),
    /// A cable cannot be plugged in so.
    #[error(transparent)]
    Wiring(#[from] WiringError),
    /// The fabric refused a login.
    #[error(transparent)]
    Login(#[from] LoginReject),
    /// The fabric refused a zoning request.
    #[error(transparent)]
    Zoning(#[from] ZoningError),
    /// The array refused a masking request.
    #[error(transparent)]
    Masking(#[from] MaskingError),
    /// The array cannot have such a volume.
    #[error(transparent)]
    Volume(#[from] VolumeError),
    /// The driver refused to make or delete a vport.
    #[error(transparent)]
    Vport(VportRefusal),
    /// A device did not do what was asked.
    #[error(transparent)]
    Io(IoFailure),
}
