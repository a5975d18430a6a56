//! From a path to a directory or a file, without leaving the root.

use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use rustix::fs::{FileType, Mode, OFlags, ResolveFlags, fstat, openat, openat2, readlinkat};
use rustix::io::Errno;

/// The most links on one path, as the kernel's (`MAXSYMLINKS`, `include/linux/namei.h`).
const MAX_LINKS: usize = 40;
/// How often a path is resolved again because a rename or mount elsewhere raced with it (EAGAIN).
const TRIES: usize = 8;

/// Who resolves a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resolver {
    /// The kernel, by openat2(2).
    Kernel,
    /// This module, name by name: for kernels before 5.6, and sandboxes that have no openat2.
    ByName,
}

/// Where a path ends once all links are followed: a name in a directory, or (`None`) the directory itself.
pub(super) struct Place {
    pub(super) dir: OwnedFd,
    pub(super) name: Option<OsString>,
}

impl Resolver {
    /// The kernel if it can.
    pub(super) fn that_works(self, root: &OwnedFd) -> Self {
        let can = || resolved(root, ".", OFlags::PATH, ResolveFlags::IN_ROOT).is_ok();
        if self == Self::Kernel && can() { Self::Kernel } else { Self::ByName }
    }

    /// Opens a directory.
    pub(super) fn open_dir(
        self,
        root: &OwnedFd,
        dir: &str,
        flags: OFlags,
    ) -> Result<OwnedFd, Errno> {
        let flags = flags | OFlags::DIRECTORY | OFlags::CLOEXEC;
        if self == Self::Kernel {
            let dir = if dir.is_empty() { "." } else { dir };
            match resolved(root, dir, flags, ResolveFlags::IN_ROOT) {
                Err(Errno::AGAIN) => {}
                answer => return answer,
            }
        }
        let place = place(root, dir)?;
        match place.name {
            Some(name) => {
                openat(&place.dir, name.as_os_str(), flags | OFlags::NOFOLLOW, Mode::empty())
            }
            None => openat(&place.dir, ".", flags, Mode::empty()),
        }
    }

    /// Opens a file below a directory, if no link is in the way: ELOOP or EXDEV where one is.
    pub(super) fn open_beneath(
        self,
        dir: &OwnedFd,
        below: &str,
        flags: OFlags,
    ) -> Result<OwnedFd, Errno> {
        let flags = flags | OFlags::CLOEXEC;
        if !below.contains('/') {
            return openat(dir, below, flags | OFlags::NOFOLLOW, Mode::empty());
        }
        match self {
            Self::Kernel => {
                let no_links = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
                resolved(dir, below, flags, no_links)
            }
            Self::ByName => Err(Errno::XDEV),
        }
    }
}

fn resolved(
    dir: &OwnedFd,
    path: &str,
    flags: OFlags,
    resolve: ResolveFlags,
) -> Result<OwnedFd, Errno> {
    let resolve = resolve | ResolveFlags::NO_MAGICLINKS;
    for _ in 1..TRIES {
        match openat2(dir, path, flags, Mode::empty(), resolve) {
            Err(Errno::AGAIN) => {}
            answer => return answer,
        }
    }
    openat2(dir, path, flags, Mode::empty(), resolve)
}

/// Walks a path name by name, following every link, and never above the root.
pub(super) fn place(root: &OwnedFd, path: &str) -> Result<Place, Errno> {
    let mut above: Vec<OwnedFd> = vec![];
    let mut to_do: Vec<OsString> = path.split('/').rev().map(OsString::from).collect();
    let mut links = 0;
    while let Some(name) = to_do.pop() {
        match name.as_bytes() {
            b"" | b"." => continue,
            b".." => {
                above.pop();
                continue;
            }
            _ => {}
        }
        let here = above.last().unwrap_or(root);
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let found = openat(here, name.as_os_str(), flags, Mode::empty())?;
        match FileType::from_raw_mode(fstat(&found)?.st_mode) {
            FileType::Directory => above.push(found),
            FileType::Symlink => {
                links += 1;
                if links > MAX_LINKS {
                    return Err(Errno::LOOP);
                }
                let text = readlinkat(here, name.as_os_str(), vec![])?.into_bytes();
                if text.starts_with(b"/") {
                    above.clear();
                }
                let names = text.split(|byte| *byte == b'/').rev();
                to_do.extend(names.map(|name| OsString::from_vec(name.into())));
            }
            _ if to_do.is_empty() => {
                return Ok(Place { dir: owned(here)?, name: Some(name) });
            }
            _ => return Err(Errno::NOTDIR),
        }
    }
    Ok(Place { dir: owned(above.last().unwrap_or(root))?, name: None })
}

fn owned(fd: &OwnedFd) -> Result<OwnedFd, Errno> {
    let errno =
        |error: io::Error| error.raw_os_error().map_or(Errno::MFILE, Errno::from_raw_os_error);
    fd.try_clone().map_err(errno)
}
