//! Where things are in the tree: adapters by their class links, everything else below its adapter.
//!
//! A SCSI host's directory has its remote ports, those have their targets, those their devices. Going down
//! finds what belongs to one adapter without looking at what belongs to others; the flat lists of the
//! classes would have to be read whole for each.

use std::io;

use npivot_hal::{Error, ErrorKind, HostNo, PciAddress, Result, ScsiAddress};

use crate::attribute;
use crate::files::{Entry, Files, Kind, beside, joined};
use crate::quirks::failed;

/// An adapter's directories.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Its number.
    pub(super) no: HostNo,
    /// Its `fc_host`: `devices/…/host5/fc_host/host5`.
    pub(super) fc_host: String,
    /// Its SCSI host: `devices/…/host5`.
    pub(super) dir: String,
}

impl Place {
    /// The adapter that it is a vport of: the nearest `vport-P:C-N` above it. libfc shows such an adapter as
    /// an ordinary NPort; only its place tells.
    pub(super) fn parent(&self) -> Option<HostNo> {
        let above = self.dir.rsplit('/').skip(1);
        above.into_iter().find_map(attribute::vport).map(|(parent, _)| parent)
    }

    /// The PCI function nearest above it; `None` for what is no PCI device's.
    pub(super) fn pci(&self) -> Option<PciAddress> {
        self.dir.rsplit('/').find_map(attribute::pci_address)
    }
}

/// The directory that a class has under a name.
fn in_class(files: &dyn Files, class: &str, name: &str) -> io::Result<String> {
    let link = format!("class/{class}/{name}");
    match files.link(&link) {
        Ok(text) => Ok(beside(&link, &text)),
        // Kernels before 2.6.23, and copies that lost their links, have directories there.
        Err(error) if error.raw_os_error() == Some(nix::errno::Errno::EINVAL as i32) => {
            let device = files.link(&joined(&link, "device"));
            Ok(device.map_or(link.clone(), |text| beside(&joined(&link, "device"), &text)))
        }
        Err(error) => Err(error),
    }
}

fn place(files: &dyn Files, no: HostNo) -> io::Result<Place> {
    let name = no.to_string();
    let fc_host = in_class(files, "fc_host", &name)?;
    let dir = fc_host.strip_suffix(&format!("/fc_host/{name}")).unwrap_or(&fc_host).to_owned();
    Ok(Place { no, fc_host, dir })
}

/// All adapters, by number; one that cannot be found as its error.
pub(super) fn adapters(files: &dyn Files) -> Result<Vec<Result<Place>>> {
    let operation = "list adapters";
    let entries = files.list("class/fc_host").map_err(|cause| {
        let error = failed(operation, files.place(), &cause);
        if error.kind() == ErrorKind::NotFound {
            let reason = "there is no Fibre Channel here: class/fc_host is missing";
            return Error::new(ErrorKind::Unsupported, operation, files.place(), reason);
        }
        error
    })?;
    let mut numbers: Vec<HostNo> =
        entries.iter().filter_map(|entry| attribute::adapter(&entry.name)).collect();
    numbers.sort_unstable();
    let found = |no: HostNo| match place(files, no) {
        Ok(place) => Some(Ok(place)),
        Err(cause) => {
            let error = failed("find adapter", no.to_string(), &cause);
            // What went since it was listed is left out.
            (error.kind() != ErrorKind::NotFound).then_some(Err(error))
        }
    };
    Ok(numbers.into_iter().filter_map(found).collect())
}

/// The adapter of this number.
pub(super) fn adapter(files: &dyn Files, operation: &'static str, no: HostNo) -> Result<Place> {
    let no_such = || {
        let reason = format!("{} has no such adapter", files.place());
        Error::new(ErrorKind::NotFound, operation, no.to_string(), reason)
    };
    let place =
        place(files, no).map_err(|cause| match failed(operation, no.to_string(), &cause) {
            error if error.kind() == ErrorKind::NotFound => no_such(),
            error => error,
        })?;
    // A link that leads nowhere is an adapter that is going.
    files.mode(&place.fc_host).map_err(|_| no_such())?;
    Ok(place)
}

/// The directories in one, of which a reader makes something.
pub(super) fn below<T>(
    files: &dyn Files,
    dir: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Vec<(String, T)> {
    among(&files.list(dir).unwrap_or_default(), dir, read)
}

/// The directories among what was listed in one.
pub(super) fn among<T>(
    entries: &[Entry],
    dir: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Vec<(String, T)> {
    let dirs = entries.iter().filter(|entry| entry.kind == Kind::Dir);
    dirs.filter_map(|entry| read(&entry.name).map(|read| (joined(dir, &entry.name), read)))
        .collect()
}

/// The directory of a device, if it is there.
pub(super) fn device(
    files: &dyn Files,
    operation: &'static str,
    address: ScsiAddress,
) -> Result<Option<String>> {
    adapter(files, operation, address.host)?;
    let name = address.to_string();
    let link = format!("bus/scsi/devices/{name}");
    match files.link(&link) {
        Ok(text) => Ok(Some(beside(&link, &text))),
        Err(cause) => match failed(operation, name, &cause) {
            error if error.kind() == ErrorKind::NotFound => Ok(None),
            error => Err(error),
        },
    }
}
