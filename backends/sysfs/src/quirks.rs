//! Where kernels and drivers differ from what the transport documents: in one place, each with its source.
//!
//! What is not here: names that are not padded and values that are not set are read in
//! [`attribute`](crate::attribute); a vport's own `fc_host`, which libfc shows as an ordinary NPort, is told
//! by where it is (`host::places`).

use std::io;

use nix::errno::Errno;
use npivot_hal::{Error, ErrorKind, Fault, Retry, ScanScope};

/// Where the files of a host's vports are: below `fc_host`, and on kernels before 2.6.30 below `scsi_host`
/// (as libvirt still looks for them: `virVHBAManageVport`).
pub(crate) const VPORT_CLASSES: [&str; 2] = ["fc_host", "scsi_host"];

/// Where drivers tell the board's model below `scsi_host`, not the transport's `model` below `fc_host`: qla2xxx
/// (`qla2x00_model_name_show`, `qla_attr.c`) and lpfc (`lpfc_modelname_show`, `lpfc_attr.c`).
pub(crate) const MODEL_OF_DRIVERS: [&str; 2] = ["model_name", "modelname"];

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
        Some(Errno::EACCES | Errno::EPERM) => ErrorKind::PermissionDenied,
        Some(Errno::ENOENT | Errno::ENODEV | Errno::ENXIO) => ErrorKind::NotFound,
        Some(Errno::EINVAL) => ErrorKind::InvalidArgument,
        Some(Errno::EBUSY | Errno::EAGAIN) => ErrorKind::Busy,
        // A copy of a sysfs takes no writes.
        Some(Errno::EOPNOTSUPP | Errno::ENOSYS | Errno::EROFS) => ErrorKind::Unsupported,
        _ => ErrorKind::Malformed,
    };
    // The number is beside it.
    let text = cause.to_string();
    let reason = text.split(" (os error ").next().unwrap_or(&text);
    let reason = match errno.map(Errno::from_raw) {
        Some(Errno::EROFS) => "a copy of a sysfs takes no writes",
        _ => reason,
    };
    with_errno(Error::new(kind, operation, object, reason), errno)
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

/// A refused write to `vport_delete`. lpfc deletes no static vport, which is configured in the adapter's flash
/// (`lpfc_vport_delete`: its `VPORT_ERROR`, -1, reads as EPERM; a caller without privilege gets EACCES), and
/// answers EAGAIN while a login is under way; the transport answers EBUSY while one is made or deleted.
pub(crate) fn delete_refused(driver: Option<&str>, object: String, cause: &io::Error) -> Error {
    let operation = "delete vport";
    let errno = cause.raw_os_error();
    match (errno.map(Errno::from_raw), driver) {
        (Some(Errno::EPERM), Some("lpfc")) => {
            let reason = "it is a static vport, which is configured in the adapter's flash";
            with_errno(Error::new(ErrorKind::Unsupported, operation, object, reason), errno)
        }
        (Some(Errno::EBUSY | Errno::EAGAIN), _) => {
            let reason = "it is being made or deleted, or its login is under way";
            with_errno(Error::new(ErrorKind::Busy, operation, object, reason), errno)
        }
        _ => failed(operation, object, cause),
    }
}

/// Attributes in which reading does something or waits for hardware, so that a capture leaves them alone:
/// firmware, flash and mailboxes of qla2xxx (`bin_file_entries`, `qla_attr.c`) and lpfc
/// (`sysfs_ctlreg_attr`, `sysfs_mbox_attr`, `lpfc_attr.c`).
pub(crate) const NOT_TO_READ: [&str; 13] = [
    "ctlreg",
    "dcbx_tlv",
    "fw_dump",
    "issue_logo",
    "mbox",
    "nvram",
    "optrom",
    "optrom_ctl",
    "reset",
    "rom",
    "sfp",
    "vpd",
    "xgmac_stats",
];

/// The text of `scan`: channel, target and LUN, `-` for all. All ones are the kernel's own wildcard, and it
/// reads no more than 16 characters of a LUN (`%10s %10s %16s`, `scsi_scan` in `scsi_sysfs.c`), which in
/// hexadecimal go further: `None` for what cannot be said so.
pub(crate) fn scan_text(scope: ScanScope) -> Option<String> {
    const WIDEST: usize = 16;
    let target = match scope.target {
        Some(u32::MAX) => return None,
        Some(target) => target.to_string(),
        None => "-".into(),
    };
    let lun = match scope.lun {
        Some(u64::MAX) => return None,
        Some(lun) => {
            let forms = [lun.to_string(), format!("{lun:#x}")];
            forms.into_iter().find(|text| text.len() <= WIDEST)?
        }
        None => "-".into(),
    };
    Some(format!("- {target} {lun}"))
}

/// Whether a refused write to `vport_delete` says that there is no such vport.
pub(crate) fn is_gone(cause: &io::Error) -> bool {
    matches!(cause.raw_os_error().map(Errno::from_raw), Some(Errno::ENODEV | Errno::ENOENT))
}
