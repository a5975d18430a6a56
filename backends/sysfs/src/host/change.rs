//! Changes: a look, a write, and another look.

use std::collections::BTreeSet;
use std::io;

use npivot_hal::{
    Error, ErrorKind, HostNo, Outcome, Result, ScanScope, ScsiAddress, Vport, WwnPair,
};

use super::places::{self, Place, below};
use super::{adapters, luns};
use crate::attribute as read;
use crate::files::{Files, joined};
use crate::quirks::{self, VPORT_CLASSES, failed};

/// The file of an adapter that makes or deletes vports.
fn vport_file(files: &dyn Files, place: &Place, name: &str) -> Option<String> {
    let paths = VPORT_CLASSES.map(|class| format!("{}/{class}/{}/{name}", place.dir, place.no));
    paths.into_iter().find(|path| files.mode(path).is_ok())
}

/// The text that both files take: 33 characters and no line's end, as libvirt writes it.
fn names_text(names: WwnPair) -> String {
    format!("{}:{}", names.wwpn, names.wwnn)
}

/// Asks for a vport. `Some` if it was there already.
pub(super) fn create_vport(
    files: &dyn Files,
    parent: HostNo,
    names: WwnPair,
) -> Result<Option<Vport>> {
    let operation = "create vport";
    let place = places::adapter(files, operation, parent)?;
    let refused = |kind, reason: String| Error::new(kind, operation, parent.to_string(), reason);
    if let Some(parent) = place.parent() {
        let reason = format!("this is a vport's own adapter: expected a physical one, as {parent}");
        return Err(refused(ErrorKind::Unsupported, reason));
    }
    let there = adapters::vport_names(files, &place);
    if there.contains(&names)
        && let Some(vport) = adapters::vport_named(files, &place, names)
    {
        return Ok(Some(vport));
    }
    let file = vport_file(files, &place, "vport_create").ok_or_else(|| {
        let reason = "the adapter is not vport-capable: it has no vport_create";
        refused(ErrorKind::Unsupported, reason.into())
    })?;
    // The transport looks for no duplicate, and the drivers' numbers for one mean other things, too.
    let own = files.read(&joined(&place.fc_host, "port_name")).ok();
    let is_own = own.is_some_and(|bytes| read::wwpn(&bytes) == Some(names.wwpn));
    if is_own || there.iter().any(|other| other.wwpn == names.wwpn) {
        let reason = format!("port name {} is in use on the adapter", names.wwpn);
        return Err(refused(ErrorKind::AlreadyExists, reason));
    }
    let text = names_text(names);
    match files.write(&file, text.as_bytes()) {
        Ok(taken) if taken < text.len() => {
            Err(quirks::create_fell_short(parent.to_string(), taken))
        }
        Ok(_) => Ok(None),
        Err(cause) => {
            // Refused because somebody else has just made the same is no refusal.
            let vport = adapters::vport_named(files, &place, names);
            if vport.is_some() {
                return Ok(vport);
            }
            let driver = adapters::driver(files, &place);
            Err(quirks::create_refused(driver.as_deref(), parent.to_string(), &cause))
        }
    }
}

/// The vport of these names, once its attributes are filled.
pub(super) fn find_vport(
    files: &dyn Files,
    operation: &'static str,
    parent: HostNo,
    names: WwnPair,
) -> Result<Option<Vport>> {
    let place = places::adapter(files, operation, parent)?;
    Ok(adapters::vport_named(files, &place, names))
}

/// Asks for the end of a vport. `Unchanged` if it is not there; `Changed` says only that the kernel took it.
pub(super) fn delete_vport(files: &dyn Files, parent: HostNo, names: WwnPair) -> Result<Outcome> {
    let operation = "delete vport";
    let place = places::adapter(files, operation, parent)?;
    let there = adapters::vport_names(files, &place).contains(&names);
    let file = vport_file(files, &place, "vport_delete").filter(|_| there);
    let Some(file) = file else {
        return Ok(Outcome::Unchanged);
    };
    match files.write(&file, names_text(names).as_bytes()) {
        Ok(_) => Ok(Outcome::Changed),
        Err(cause) if quirks::is_gone(&cause) => Ok(Outcome::Unchanged),
        Err(cause) => {
            let driver = adapters::driver(files, &place);
            Err(quirks::delete_refused(driver.as_deref(), parent.to_string(), &cause))
        }
    }
}

fn addresses(files: &dyn Files, place: &Place) -> BTreeSet<ScsiAddress> {
    let rports = below(files, &place.dir, read::remote_port).into_iter();
    let targets = rports.flat_map(|(rport, _)| below(files, &rport, read::target));
    targets
        .flat_map(|(target, _)| below(files, &target, read::scsi_address))
        .map(|(_, address)| address)
        .collect()
}

pub(super) fn scan(files: &dyn Files, adapter: HostNo, scope: ScanScope) -> Result<Outcome> {
    let operation = "scan";
    let place = places::adapter(files, operation, adapter)?;
    let before = addresses(files, &place);
    let text = quirks::scan_text(scope).ok_or_else(|| {
        let reason = "the kernel cannot be asked for this target or LUN alone: all ones mean all to it, \
                      and it reads 16 characters of a number";
        Error::new(ErrorKind::InvalidArgument, operation, adapter.to_string(), reason)
    })?;
    let file = format!("{}/scsi_host/{adapter}/scan", place.dir);
    files.write(&file, text.as_bytes()).map_err(|cause| {
        let scope = format!("`{text}` (channel, target, LUN)");
        match cause.raw_os_error() {
            Some(22) => Error::new(
                ErrorKind::InvalidArgument,
                operation,
                adapter.to_string(),
                format!("above the adapter's limits: {scope}"),
            )
            .with_errno(22),
            _ => failed(operation, adapter.to_string(), &cause),
        }
    })?;
    let after = addresses(files, &place);
    Ok(Outcome::from(after.difference(&before).next().is_some()))
}

pub(super) fn remove(files: &dyn Files, address: ScsiAddress) -> Result<Outcome> {
    let operation = "remove";
    let Some(dir) = places::device(files, operation, address)? else {
        return Ok(Outcome::Unchanged);
    };
    match files.write(&joined(&dir, "delete"), b"1") {
        // The kernel returns once it has gone (`sdev_store_delete`).
        Ok(_) if places::device(files, operation, address)?.is_none() => Ok(Outcome::Changed),
        Ok(_) => {
            let reason = "the kernel took it, and the device is still there: look again later";
            Err(Error::new(ErrorKind::Busy, operation, address.to_string(), reason))
        }
        Err(cause) if quirks::is_gone(&cause) => Ok(Outcome::Unchanged),
        Err(cause) => Err(failed(operation, address.to_string(), &cause)),
    }
}

pub(super) fn reset(files: &dyn Files, adapter: HostNo) -> Result<()> {
    let operation = "reset";
    let place = places::adapter(files, operation, adapter)?;
    match files.write(&joined(&place.fc_host, "issue_lip"), b"1") {
        Ok(_) => Ok(()),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
            let reason = "its driver has no issue_lip";
            Err(Error::new(ErrorKind::Unsupported, operation, adapter.to_string(), reason))
        }
        Err(cause) => Err(failed(operation, adapter.to_string(), &cause)),
    }
}

/// The longest dev_loss_tmo while the I/O of lost ports is held (SCSI_DEVICE_BLOCK_MAX_TIMEOUT).
const HELD_AT_MOST_SECS: u32 = 600;

/// The kernel passes over remote ports that cannot have the time: look first, and compare after.
pub(super) fn set_dev_loss(files: &dyn Files, adapter: HostNo, secs: u32) -> Result<Outcome> {
    let operation = "set dev_loss_tmo";
    let place = places::adapter(files, operation, adapter)?;
    let rports = below(files, &place.dir, read::remote_port);
    let held = |(dir, _): &(String, _)| {
        let path = joined(&adapters::fc_remote_port(dir), "fast_io_fail_tmo");
        files.read(&path).is_ok_and(|bytes| read::text(&bytes) == Some("off"))
    };
    if secs > HELD_AT_MOST_SECS && (rports.is_empty() || rports.iter().any(held)) {
        let reason = format!(
            "dev_loss_tmo {secs} s is above {HELD_AT_MOST_SECS} s while fast_io_fail_tmo is off"
        );
        return Err(Error::new(ErrorKind::InvalidArgument, operation, adapter.to_string(), reason));
    }
    let all = || {
        let own = std::iter::once(place.fc_host.clone());
        let paths = own.chain(rports.iter().map(|(dir, _)| adapters::fc_remote_port(dir)));
        paths.map(|dir| files.read(&joined(&dir, "dev_loss_tmo")).ok()).collect::<Vec<_>>()
    };
    let before = all();
    let file = joined(&place.fc_host, "dev_loss_tmo");
    let written = files.write(&file, secs.to_string().as_bytes());
    written.map_err(|cause| failed(operation, adapter.to_string(), &cause))?;
    Ok(Outcome::from(all() != before))
}

/// A device of a target through which it can be asked.
pub(super) fn asked_through(
    files: &dyn Files,
    adapter: HostNo,
    target: u32,
) -> Result<ScsiAddress> {
    let operation = "report LUNs";
    let place = places::adapter(files, operation, adapter)?;
    luns::on_target(files, &place, target).into_iter().next().ok_or_else(|| {
        let reason = "the host has no such target, or no device on it to ask through";
        let object = format!("target {target} of {adapter}");
        Error::new(ErrorKind::NotFound, operation, object, reason)
    })
}
