//! Why a command could not be passed through, and what that is in the HAL's terms.

use npivot_hal::scsi::ask::AskError;
use npivot_hal::scsi::{Sense, SenseKey};
use npivot_hal::{Error, ErrorKind, Fault, Retry};

/// Errno values, the same on all of Linux's architectures.
const ENOENT: i32 = 2;
const ENXIO: i32 = 6;
const ENODEV: i32 = 19;

/// Why a command could not be passed through.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PassthroughError {
    /// The device has no node to open.
    #[error("no device node {tried}: is the module sg loaded, and /dev populated?")]
    NoNode {
        /// The nodes that were tried.
        tried: String,
    },
    /// What is at the node's place is no device.
    #[error("{path} is not a device node")]
    NotADevice {
        /// Its path.
        path: String,
    },
    /// The node is another device's: `/dev` is not of this machine, or out of date.
    #[error("{path} is device {}:{}, expected {}:{}", found.0, found.1, expected.0, expected.1)]
    AnotherDevice {
        /// The node.
        path: String,
        /// The major and minor number that sysfs has.
        expected: (u32, u32),
        /// Those of the node.
        found: (u32, u32),
    },
    /// Opening the node, or this command on it, needs a privilege: CAP_SYS_RAWIO or the node's group.
    #[error("{path}: permission denied")]
    PermissionDenied {
        /// The node.
        path: String,
        /// The kernel's errno, EACCES or EPERM.
        errno: i32,
    },
    /// The device went: it was deleted.
    #[error("the device is gone")]
    Gone,
    /// The error handler has taken the device offline.
    #[error("the device is offline")]
    Offline,
    /// The kernel refused the request itself.
    #[error("{path}: the kernel refused SG_IO")]
    Refused {
        /// The node.
        path: String,
        /// The kernel's errno.
        errno: i32,
    },
    /// The command or its answer was lost on the way (`DID_*` in `include/scsi/scsi_status.h`).
    #[error("not delivered (host status {host:#04x}, driver status {driver:#04x})")]
    Transport {
        /// The host adapter's status.
        host: u16,
        /// The driver's status.
        driver: u16,
    },
    /// The device ended the command with CHECK CONDITION.
    #[error("{0}")]
    Check(Sense),
    /// The device ended the command with another status than GOOD (SAM-5, 5.3): 08h BUSY, 18h RESERVATION
    /// CONFLICT, 28h TASK SET FULL; 02h where its sense data cannot be read.
    #[error("the device answered with status {status:#04x}")]
    Status {
        /// The status byte.
        status: u8,
    },
    /// No answer came in time.
    #[error("no answer in time")]
    TimedOut,
    /// The command cannot be sent so.
    #[error(
        "a command of {cdb} bytes with {allocation} bytes of answer cannot be sent: {expected}"
    )]
    Invalid {
        /// Its length.
        cdb: usize,
        /// The allocation length.
        allocation: usize,
        /// What can be sent.
        expected: &'static str,
    },
}

impl PassthroughError {
    /// The error in the HAL's terms, of `operation` on `object`.
    pub fn into_hal(self, operation: &'static str, object: impl Into<String>) -> Error {
        let (kind, fault, retry) = self.meaning();
        let errno = match &self {
            Self::PermissionDenied { errno, .. } | Self::Refused { errno, .. } => Some(*errno),
            Self::NoNode { .. } => Some(ENOENT),
            Self::Gone => Some(ENODEV),
            Self::Offline => Some(ENXIO),
            _ => None,
        };
        let error = Error::new(kind, operation, object, self.to_string());
        let error = error.with_fault(fault).with_retry(retry);
        match errno {
            Some(errno) => error.with_errno(errno),
            None => error,
        }
    }

    const fn meaning(&self) -> (ErrorKind, Fault, Retry) {
        match self {
            Self::NoNode { .. } => (ErrorKind::Unsupported, Fault::Host, Retry::AfterChange),
            Self::NotADevice { .. } | Self::AnotherDevice { .. } => {
                (ErrorKind::Malformed, Fault::Host, Retry::Never)
            }
            Self::PermissionDenied { .. } => {
                (ErrorKind::PermissionDenied, Fault::Caller, Retry::Never)
            }
            Self::Gone => (ErrorKind::NotFound, Fault::Host, Retry::Never),
            Self::Refused { .. } => (ErrorKind::Unsupported, Fault::Host, Retry::Never),
            Self::Transport { .. } | Self::TimedOut => {
                (ErrorKind::Unreachable, Fault::Fabric, Retry::Later)
            }
            // It stays so until somebody writes `running` to its state.
            Self::Offline => (ErrorKind::Unreachable, Fault::Host, Retry::AfterChange),
            Self::Check(sense) => of_sense(*sense),
            // BUSY and TASK SET FULL pass; a reservation conflict until its holder gives it up.
            Self::Status { status: 0x08 | 0x28 } => (ErrorKind::Busy, Fault::Array, Retry::Later),
            Self::Status { .. } => (ErrorKind::Rejected, Fault::Array, Retry::AfterChange),
            Self::Invalid { .. } => (ErrorKind::InvalidArgument, Fault::Caller, Retry::Never),
        }
    }
}

const fn of_sense(sense: Sense) -> (ErrorKind, Fault, Retry) {
    match (sense.key, sense.asc) {
        // LOGICAL UNIT NOT SUPPORTED: the array maps nothing there (any more).
        (SenseKey::IllegalRequest, 0x25) => (ErrorKind::Rejected, Fault::Array, Retry::AfterChange),
        (SenseKey::IllegalRequest, _) => (ErrorKind::Unsupported, Fault::Array, Retry::Never),
        (SenseKey::UnitAttention, _) => (ErrorKind::Busy, Fault::Array, Retry::Later),
        (SenseKey::NotReady | SenseKey::AbortedCommand, _) => {
            (ErrorKind::Unreachable, Fault::Array, Retry::Later)
        }
        _ => (ErrorKind::Rejected, Fault::Array, Retry::AfterChange),
    }
}

/// A question that was not answered, in the HAL's terms.
pub(super) fn unanswered(
    operation: &'static str,
    object: impl Into<String>,
    error: AskError<PassthroughError>,
) -> Error {
    match error {
        AskError::Failed(error) => error.into_hal(operation, object),
        AskError::Check(sense) => PassthroughError::Check(sense).into_hal(operation, object),
        AskError::NoUnit { .. } => {
            Error::new(ErrorKind::Rejected, operation, object, error.to_string())
                .with_fault(Fault::Array)
        }
        error => Error::new(ErrorKind::Malformed, operation, object, error.to_string())
            .with_fault(Fault::Array),
    }
}
