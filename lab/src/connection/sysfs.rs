//! Linux hosts: this machine, a directory, a capture.

use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use npivot_conformance::Maker;
use npivot_hal::WwnPair;
use npivot_sysfs::archive::{ArchiveError, MAX_ARCHIVE};
use npivot_sysfs::events::NetlinkMessages;
use npivot_sysfs::passthrough::SgIo;
use npivot_sysfs::{ArchiveFiles, RootFiles, SysfsHost};

use super::{ConnectError, Connection, Uri};
use crate::proving::SameHost;

/// Where a machine's own sysfs is.
const OWN: &str = "/sys";
/// What people call this machine.
const HOST_NAME: &str = "/proc/sys/kernel/hostname";

pub(super) fn open(uri: &Uri) -> Result<Connection, ConnectError> {
    Ok(Connection::of_host(Arc::new(host(uri)?)))
}

fn host(uri: &Uri) -> Result<SysfsHost, ConnectError> {
    match uri.path() {
        None => this_machine(),
        Some(path) if path.is_dir() => {
            if let Some(phase) = uri.name() {
                let reason =
                    format!("it is a directory, which has no phase `{}`", phase.escape_debug());
                return Err(wrong(path, &io::Error::other(reason)));
            }
            let files = RootFiles::open(path).map_err(|error| wrong(path, &error))?;
            Ok(SysfsHost::new(path.display().to_string(), Arc::new(files)))
        }
        Some(path) => {
            let text = archive_text(path).map_err(|error| wrong(path, &error))?;
            let files =
                ArchiveFiles::read(&text, uri.name()).map_err(|error| wrong(path, &error))?;
            Ok(SysfsHost::new(path.display().to_string(), Arc::new(files)))
        }
    }
}

/// The text of an archive: of a file, or of a pipe that a shell has opened already. Any other pipe is refused,
/// since nobody may ever write to it, and so is a device, which may never end.
fn archive_text(path: &Path) -> io::Result<String> {
    let found = std::fs::metadata(path)?;
    if !found.is_file() && !is_open_already(path) {
        let reason = "it is neither a directory nor a file: a capture comes as a file, or through the standard \
                      input as sysfs:/dev/stdin";
        return Err(io::Error::other(reason));
    }
    if found.len() > MAX_ARCHIVE as u64 {
        return Err(io::Error::other(ArchiveError::TooLarge));
    }
    // One more than fits shows that it does not.
    let mut text = String::new();
    std::fs::File::open(path)?.take(MAX_ARCHIVE as u64 + 1).read_to_string(&mut text)?;
    if text.len() > MAX_ARCHIVE {
        return Err(io::Error::other(ArchiveError::TooLarge));
    }
    Ok(text)
}

/// Whether a path is a descriptor of this process: the standard input, or what `<(command)` stands for.
fn is_open_already(path: &Path) -> bool {
    path == Path::new("/dev/stdin")
        || ["/dev/fd", "/proc/self/fd"].iter().any(|dir| path.parent() == Some(Path::new(dir)))
}

fn this_machine() -> Result<SysfsHost, ConnectError> {
    let name = std::fs::read_to_string(HOST_NAME).unwrap_or_else(|_| "this machine".into());
    let own = Path::new(OWN);
    let files = RootFiles::open(own).map_err(|error| wrong(own, &error))?;
    Ok(SysfsHost::new(name.trim(), Arc::new(files))
        .with_passthrough(Arc::new(SgIo::default()))
        .with_messages(Arc::new(NetlinkMessages::new())))
}

fn wrong(path: &Path, reason: &dyn std::error::Error) -> ConnectError {
    ConnectError::Files { path: path.to_owned(), reason: reason.to_string() }
}

pub(super) fn maker(uri: &Uri, spare: &[WwnPair]) -> Result<Box<dyn Maker>, ConnectError> {
    Ok(Box::new(SameHost::new(uri.to_string(), Arc::new(host(uri)?), spare.to_vec())))
}
