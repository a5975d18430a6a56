//! Where kernels and drivers differ from what the transport documents: in one place, each with its source.
//!
//! What is not here: names that are not padded and values that are not set are read in
//! [`attribute`](crate::attribute); a vport's own `fc_host`, which libfc shows as an ordinary NPort, is told
//! by where it is (`host::places`).

use std::io;

use nix::errno::Errno;
use npivot_hal::{Error, ErrorKind, Fault, Retry};

/// Where the files of a host's vports are: below `fc_host`, and on kernels before 2.6.30 below `scsi_host`
/// (as libvirt still looks for them: `virVHBAManageVport`).
pub(crate) const VPORT_CLASSES: [&str; 2] = ["fc_host", "scsi_host"];

/// How long a vport's attributes may take to be filled after its directory is there, in milliseconds: a
/// uevent can come before them, and so can a reader.
pub(crate) const VPORT_PATIENCE_MS: u64 = 1_000;

/// The failure of a file, as a HAL error.
pub(crate) fn failed(
    operation: &'static str,
    object: impl Into<String>,
    cause: &io::Error,
) -> Error {
    let errno = cause.raw_os_error();
    let kind = match errno.map(Errno::from_raw) {
        Some(Errno::EACCES | Errno::EPERM | Errno::EROFS) => ErrorKind::PermissionDenied,
        Some(Errno::ENOENT | Errno::ENODEV | Errno::ENXIO) => ErrorKind::NotFound,
        Some(Errno::EINVAL) => ErrorKind::InvalidArgument,
        Some(Errno::EBUSY | Errno::EAGAIN) => ErrorKind::Busy,
        Some(Errno::EOPNOTSUPP | Errno::ENOSYS) => ErrorKind::Unsupported,
        _ => ErrorKind::Malformed,
    };
    with_errno(Error::new(kind, operation, object, cause.to_string()), errno)
}

fn with_errno(error: Error, errno: Option<i32>) -> Error {
    match errno {
        Some(errno) => error.with_errno(errno),
        None => error,
    }
}

/// A refused write to `vport_create`: what each driver's number means.
///
/// | errno | transport | qla2xxx | lpfc | libfc |
/// |---|---|---|---|---|
/// | ENOSPC | all vports in use | | | |
/// | ENOENT | no hook | | name in use, or refused | |
/// | EINVAL | not two names | | | name in use |
/// | ENOTUNIQ | | name in use | | |
/// | ENOSYS | | out of vports | | |
/// | EINTR | | | out of vports (-4) | |
/// | EIO | | | | out of vports |
/// | EOPNOTSUPP | | switch without NPIV | | |
///
/// Sources: `fc_vport_create` in `scsi_transport_fc.c`; `qla24xx_vport_create_req_sanity_check` in
/// `qla_mid.c`; `lpfc_vport_create` in `lpfc_vport.c` (its own `VPORT_*` numbers reach the caller);
/// `fcoe_vport_create` in `fcoe.c`. We write two well-formed names always, so EINVAL is the driver's.
pub(crate) fn create_refused(driver: Option<&str>, object: String, cause: &io::Error) -> Error {
    let operation = "create vport";
    let errno = cause.raw_os_error();
    let taken = (ErrorKind::AlreadyExists, "the port name is in use on the adapter");
    let full = (ErrorKind::LimitReached, "the adapter is out of vports");
    let (kind, reason) = match (errno.map(Errno::from_raw), driver) {
        (Some(Errno::ENOSPC), _) => (ErrorKind::LimitReached, "all vports are in use"),
        (Some(Errno::ENOTUNIQ), _) | (Some(Errno::EINVAL), Some("fcoe")) => taken,
        (Some(Errno::ENOENT), Some("lpfc")) => {
            (ErrorKind::AlreadyExists, "the driver refused the names: in use, or not of its format")
        }
        (Some(Errno::ENOENT), _) => (ErrorKind::Unsupported, "the adapter is not vport-capable"),
        (Some(Errno::ENOSYS), Some("qla2xxx"))
        | (Some(Errno::EINTR), Some("lpfc"))
        | (Some(Errno::EIO), Some("fcoe")) => full,
        (Some(Errno::EOPNOTSUPP), _) => {
            (ErrorKind::Unsupported, "the switch port does not offer NPIV")
        }
        _ => return failed(operation, object, cause),
    };
    with_errno(Error::new(kind, operation, object, reason).with_fault(Fault::Host), errno)
}

/// qla2xxx answers a positive 9 where it cannot allocate the vport's host, which looks like a write of nine
/// bytes (`qla24xx_vport_create`, `FC_VPORT_FAILED`).
pub(crate) fn create_fell_short(object: String, taken: usize) -> Error {
    let reason =
        format!("the driver could not make the vport (it took {taken} bytes of the names)");
    Error::new(ErrorKind::LimitReached, "create vport", object, reason)
        .with_fault(Fault::Host)
        .with_retry(Retry::Later)
}

/// Whether a refused write to `vport_delete` says that there is no such vport.
pub(crate) fn is_gone(cause: &io::Error) -> bool {
    matches!(cause.raw_os_error().map(Errno::from_raw), Some(Errno::ENODEV | Errno::ENOENT))
}
