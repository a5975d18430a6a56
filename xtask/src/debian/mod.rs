//! `cargo xtask debian`: a Debian directory with the programs that people run on Fibre Channel hosts (udev,
//! multipath-tools, libvirt), made once and kept, for the lab's kernels to have as their root.
//!
//! Start with [`ensure`]. What is made is `make.sh`'s: its hash is the directory's name in
//! `$XDG_CACHE_HOME/npivot/debian` (or `~/.cache/npivot/debian`), and the link `root` beside it names the newest.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use sha2::{Digest as _, Sha256};

use crate::cache::{Cache, Place};
use crate::failure::Failure;
use crate::task::Task;
use crate::tools::{self, Tool};

/// How it is made.
const SCRIPT: &str = include_str!("make.sh");

/// Where Debian's packages come from, unless the variable below or this machine's apt names another place.
const MIRROR: &str = "http://deb.debian.org/debian";
const MIRROR_VARIABLE: &str = "NPIVOT_DEBIAN_MIRROR";

/// How many bytes of the script's hash name a directory.
const BYTES: usize = 6;

/// What is kept: a folder that is a root.
const ROOT: &str = "root";

/// The Debian directory of this repository, made when there is none. `now` times it, for the reader only.
pub(crate) fn ensure(root: &Path, now: fn() -> Instant) -> Result<PathBuf, Failure> {
    let cache = Cache::of_this_user("debian", ROOT)?;
    let name = name();
    if let Some(made) = cache.find(&name) {
        println!("the lab's Debian directory is already made");
        return cache.choose(&made).map(|()| made);
    }
    if !tools::is_root(root) {
        return Err(Failure::new(
            "a Debian directory is made by root alone: run `sudo cargo xtask debian`, or as root where CI does",
        ));
    }
    for tool in [Tool::Debootstrap, Tool::Unshare] {
        tools::ensure(tool, root)?;
    }
    let place = cache.reserve(&name)?;
    let made = match cache.find(&name) {
        Some(made) => made,
        None => make(&place, &mirror(root), now)?,
    };
    cache.choose(&made).map(|()| made)
}

/// The chore: as [`ensure`], with the path as the last line.
pub(crate) fn run(root: &Path, now: fn() -> Instant) -> Result<(), Failure> {
    let made = ensure(root, now)?;
    println!("{}", made.display());
    Ok(())
}

fn name() -> String {
    let mut name = String::new();
    for byte in Sha256::digest(SCRIPT).iter().take(BYTES) {
        // Writing to a string cannot fail.
        let _ = write!(name, "{byte:02x}");
    }
    name
}

/// The mirror that this machine uses already, which is near, or the only one that it reaches.
fn mirror(root: &Path) -> String {
    if let Ok(named) = std::env::var(MIRROR_VARIABLE) {
        return named;
    }
    let apt = Task::new(
        "apt-get",
        [
            "indextargets",
            "--format",
            "$(REPO_URI)",
            "Created-By: Packages",
            "Origin: Debian",
            "Codename: bookworm",
        ],
    );
    let listed = apt.capture(root).map(|apt| apt.stdout).unwrap_or_default();
    first_mirror(&String::from_utf8_lossy(&listed)).unwrap_or(MIRROR).to_owned()
}

/// The first of the addresses, one a line, that debootstrap can read; apt knows more kinds.
fn first_mirror(listed: &str) -> Option<&str> {
    listed.lines().find(|uri| uri.starts_with("http://") || uri.starts_with("https://"))
}

fn make(place: &Place, mirror: &str, now: fn() -> Instant) -> Result<PathBuf, Failure> {
    let began = now();
    println!("making a Debian directory from {mirror}: one to three minutes");
    let wrong = |doing: &str, path: &Path, cause: &std::io::Error| {
        Failure::new(format!("{doing} {}: {cause}", path.display()))
    };
    let log = fs::File::create(&place.log).map_err(|cause| wrong("making", &place.log, &cause))?;
    let errors = log.try_clone().map_err(|cause| wrong("opening", &place.log, &cause))?;
    // Made first, so that nothing is there under its name before it is whole.
    fs::create_dir_all(&place.tree).map_err(|cause| wrong("making", &place.tree, &cause))?;
    let mut script = Command::new("unshare");
    script.args(["--mount", "--propagation", "private", "sh", "-c", SCRIPT, "make.sh"]);
    script.arg(&place.tree).arg(mirror);
    let status = script.stdin(Stdio::null()).stdout(log).stderr(errors).status();
    let status = status.map_err(|cause| Failure::new(format!("unshare: {cause}")))?;
    if !status.success() {
        return Err(Failure::new(format!(
            "making the Debian directory ended with {status}:\n{}the whole is in {}",
            crate::cache::tail(&place.log),
            place.log.display()
        )));
    }
    let folder = place.made.parent().unwrap_or(&place.made);
    fs::create_dir_all(folder).map_err(|cause| wrong("making", folder, &cause))?;
    fs::rename(&place.tree, &place.made).map_err(|cause| wrong("moving", &place.tree, &cause))?;
    let _ = fs::remove_file(&place.log);
    println!("made in {} s", now().duration_since(began).as_secs());
    Ok(place.made.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_is_one_that_debootstrap_can_read() {
        let listed = "mirror+file:/etc/apt/mirrors\nhttps://near.example/debian/\nhttp://far.example/debian/\n";
        assert_eq!(first_mirror(listed), Some("https://near.example/debian/"));
        for none in ["", "cdrom:[Debian]/\n"] {
            assert_eq!(first_mirror(none), None, "{none}");
        }
    }
}
