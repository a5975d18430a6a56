//! The directory with Debian's programs: which, and whether it is there.

use std::env;
use std::path::PathBuf;

use super::KernelError;
use super::binary::place;

/// The Debian directory that `NPIVOT_DEBIAN` names; without it the one that `cargo xtask debian` made last, which is
/// `npivot/debian/root` in `XDG_CACHE_HOME` or in `.cache` of `HOME`. For [`Machine::root`](super::Machine::root):
/// udev, multipath-tools, lsscsi, sg3-utils and libvirt, as Debian 12 has them.
///
/// # Errors
/// [`KernelError::NoDebian`] if there is none there.
pub fn debian() -> Result<PathBuf, KernelError> {
    let named = |name: &str| env::var_os(name).map(PathBuf::from);
    let path = place(named("NPIVOT_DEBIAN"), &named, "npivot/debian/root");
    let path = path.unwrap_or_else(|| PathBuf::from("npivot/debian/root"));
    match path.canonicalize() {
        Ok(found) if found.join("etc/debian_version").is_file() => Ok(found),
        Ok(_) => Err(KernelError::NoDebian { path, cause: "no Debian in it".to_owned() }),
        Err(cause) => Err(KernelError::NoDebian { path, cause: cause.to_string() }),
    }
}
