//! Devices: found below their targets, with the identity that the kernel keeps.

use std::io;

use npivot_hal::scsi::{VpdError, vpd_83};
use npivot_hal::{Error, ErrorKind, HostNo, LunId, LunPath, PathState, Result, ScsiAddress, Wwpn};

use super::adapters::fc_remote_port;
use super::places::{self, Place, below};
use crate::attribute as read;
use crate::files::{Entry, Files, Kind, joined};
use crate::passthrough::{DeviceNode, DeviceRef};
use crate::quirks::failed;

/// The bytes in a sector of `size`, whatever the device's blocks are (`Documentation/ABI/stable/sysfs-block`).
const SECTOR_BYTES: u64 = 512;

/// The paths of an adapter.
pub(super) fn paths(files: &dyn Files, place: &Place) -> Vec<LunPath> {
    let mut paths = vec![];
    for (rport, (host, _)) in below(files, &place.dir, read::remote_port) {
        if host != place.no {
            continue;
        }
        let targets = below(files, &rport, read::target);
        if targets.is_empty() {
            continue;
        }
        let name = files.read(&joined(&fc_remote_port(&rport), "port_name"));
        let wwpn = name.ok().and_then(|bytes| read::wwpn(&bytes));
        for (target, _) in targets {
            paths.extend(of_target(files, place.no, &target, wwpn));
        }
    }
    paths.sort_by_key(|path| path.address);
    paths
}

/// The devices of a target: two questions for all of them, as few system calls as it takes.
fn of_target(files: &dyn Files, host: HostNo, dir: &str, wwpn: Option<Wwpn>) -> Vec<LunPath> {
    let entries = files.list(dir).unwrap_or_default();
    let devices: Vec<(ScsiAddress, String)> = (entries.into_iter())
        .filter(|entry| entry.kind == Kind::Dir)
        .filter_map(|entry| Some((read::scsi_address(&entry.name)?, entry.name)))
        .filter(|(address, _)| address.host == host)
        .collect();
    let blocks: Vec<String> = devices.iter().map(|(_, name)| format!("{name}/block")).collect();
    let blocks: Vec<&str> = blocks.iter().map(String::as_str).collect();
    let disks: Vec<Option<String>> =
        files.list_each(dir, &blocks).into_iter().map(|entries| made_in(entries.ok()?)).collect();
    let mut wanted = vec![];
    for ((_, name), disk) in devices.iter().zip(&disks) {
        let disk = disk.as_deref().unwrap_or("-");
        let three = ["state".to_owned(), "vpd_pg83".to_owned(), format!("block/{disk}/size")];
        wanted.extend(three.map(|attribute| format!("{name}/{attribute}")));
    }
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let mut answers = files.read_each(dir, &wanted).into_iter();
    let mut paths = vec![];
    for ((address, name), disk) in devices.into_iter().zip(disks) {
        let (Some(state), Some(page), Some(size)) =
            (answers.next(), answers.next(), answers.next())
        else {
            break;
        };
        let identity = identity(files, &format!("{dir}/{name}"), address, page);
        // Gone since it was listed: nothing of it can be read.
        let gone = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
        if state.as_ref().is_err_and(gone) && identity.is_err() && disk.is_none() {
            continue;
        }
        let state = state.map_or(PathState::Unknown, |bytes| read::path_state(&bytes));
        let mut path = LunPath::new(address, identity, state);
        path.target = wwpn;
        let sectors: Option<u64> = disk.as_ref().and(size.ok()).and_then(|s| read::number(&s));
        path.size_bytes = sectors.and_then(|sectors| sectors.checked_mul(SECTOR_BYTES));
        path.device = disk;
        paths.push(path);
    }
    paths
}

/// The device that the kernel made, in the directory of its kind. No kernel gives a name with control
/// characters in it, which a terminal would obey.
fn made_in(entries: Vec<Entry>) -> Option<String> {
    let is_one = |entry: &Entry| entry.kind == Kind::Dir && !entry.name.contains(char::is_control);
    entries.into_iter().find(is_one).map(|entry| entry.name)
}

/// Page 83 as the kernel keeps it; where it has none (it may not have asked: `BLIST_SKIP_VPD_PAGES`) or the
/// page names nothing that counts, the kernel's own reading. A page that is cut off or lies is an error: the
/// kernel's reading of it is no better, and what is missing might be the better name.
fn identity(
    files: &dyn Files,
    device: &str,
    address: ScsiAddress,
    page: io::Result<Vec<u8>>,
) -> Result<LunId> {
    let unreadable = |error: Error| {
        let wwid = files.read(&joined(device, "wwid")).ok();
        let wwid = wwid.as_deref().and_then(read::text).and_then(|text| text.parse().ok());
        wwid.ok_or(error)
    };
    let operation = "read identity";
    match page {
        Err(cause) => unreadable(failed(operation, address.to_string(), &cause)),
        Ok(page) => vpd_83(&page).or_else(|cause| {
            let reason = "vpd_pg83 tells no identity";
            let error = Error::new(ErrorKind::Malformed, operation, address.to_string(), reason);
            if page.is_empty() || cause == VpdError::NoIdentity {
                return unreadable(error.with_source(cause));
            }
            Err(error.with_source(cause))
        }),
    }
}

/// A device that can be asked now. One whose remote port is lost would keep the question until dev_loss.
pub(super) fn askable(
    files: &dyn Files,
    operation: &'static str,
    address: ScsiAddress,
) -> Result<DeviceRef> {
    let dir = places::device(files, operation, address)?.ok_or_else(|| {
        Error::new(ErrorKind::NotFound, operation, address.to_string(), "there is no such path")
    })?;
    let state = files.read(&joined(&dir, "state"));
    let state = state.map_err(|cause| failed(operation, address.to_string(), &cause))?;
    let state = read::path_state(&state);
    if state != PathState::Running {
        let reason = match state {
            PathState::Unknown => "nobody knows the state of the path".into(),
            state => format!("the path is {state}"),
        };
        return Err(Error::new(ErrorKind::Unreachable, operation, address.to_string(), reason));
    }
    let nodes = ["scsi_generic", "block"].into_iter().filter_map(|kind| node(files, &dir, kind));
    Ok(DeviceRef { address, nodes: nodes.collect() })
}

/// The node of this kind that the kernel made for a device.
fn node(files: &dyn Files, device: &str, kind: &str) -> Option<DeviceNode> {
    let dir = joined(device, kind);
    let name = made_in(files.list(&dir).ok()?)?;
    let number = read::device_number(&files.read(&format!("{dir}/{name}/dev")).ok()?)?;
    Some(DeviceNode { name, number })
}

/// The devices of a target.
pub(super) fn on_target(files: &dyn Files, place: &Place, target: u32) -> Vec<ScsiAddress> {
    let rports = below(files, &place.dir, read::remote_port).into_iter();
    let targets = rports.flat_map(|(rport, _)| below(files, &rport, read::target));
    let mut devices: Vec<ScsiAddress> = targets
        .filter(|(_, id)| *id == target)
        .flat_map(|(dir, _)| below(files, &dir, read::scsi_address))
        .map(|(_, address)| address)
        .collect();
    devices.sort_unstable();
    devices
}
