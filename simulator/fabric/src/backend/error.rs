//! From the world's refusals to the HAL's errors.

use npivot_hal::{Error, ErrorKind, Fault};

use crate::host::IoFailure;
use crate::san::LoginReject;
use crate::world::Refusal;

/// The refusal of `operation` on `object`, as a HAL error.
pub(super) fn error(
    operation: &'static str,
    object: impl Into<String>,
    refusal: &Refusal,
) -> Error {
    let (kind, fault, errno) = match refusal {
        Refusal::NoSuch(_) | Refusal::NoAdapter(_) | Refusal::NoDevice(_) => {
            (ErrorKind::NotFound, Fault::Caller, None)
        }
        Refusal::NameTaken(_) => (ErrorKind::AlreadyExists, Fault::Caller, None),
        Refusal::Argument(_) | Refusal::Wiring(_) | Refusal::Volume(_) => {
            (ErrorKind::InvalidArgument, Fault::Caller, None)
        }
        Refusal::Busy(_) => (ErrorKind::Busy, Fault::Caller, None),
        Refusal::Already(_) => (ErrorKind::Conflict, Fault::Caller, None),
        Refusal::Login(reject) => (login_kind(reject), Fault::Fabric, None),
        Refusal::Zoning(error) => (error.kind(), Fault::Fabric, None),
        Refusal::Masking(error) => (error.kind(), Fault::Array, None),
        Refusal::Vport(refusal) => (refusal.kind, Fault::Host, Some(refusal.errno)),
        Refusal::Io(IoFailure::Check(_) | IoFailure::Conflict) => {
            (ErrorKind::Rejected, Fault::Array, None)
        }
        Refusal::Io(_) => (ErrorKind::Unreachable, Fault::Fabric, None),
    };
    let error = Error::new(kind, operation, object, refusal.to_string()).with_fault(fault);
    match errno {
        Some(errno) => error.with_errno(errno),
        None => error,
    }
}

fn login_kind(reject: &LoginReject) -> ErrorKind {
    match reject {
        LoginReject::NoLink => ErrorKind::Unreachable,
        LoginReject::DuplicateName { .. } | LoginReject::BaseTaken(_) => ErrorKind::AlreadyExists,
        LoginReject::NpivDisabled => ErrorKind::Unsupported,
        reject if reject.is_resources() => ErrorKind::LimitReached,
        _ => ErrorKind::Rejected,
    }
}
