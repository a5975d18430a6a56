//! One file, read or written once its directory is open.

use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::{FileType, OFlags, fstat};
use rustix::io::{Errno, read};

use super::resolve::{Resolver, place};
use crate::files::MAX_ATTRIBUTE;

/// The kernel answers a read with at most so much of an attribute, and with less only at its end: text is
/// at most a page, binary attributes come a page at a time (`sysfs_kf_bin_read`, `fs/sysfs/file.c`).
const PAGE: usize = 4096;

/// So that nothing is waited for, whatever it is, and no terminal is acquired.
const CAREFULLY: OFlags = OFlags::NONBLOCK.union(OFlags::NOCTTY);

/// Reads a file below an open directory. Where a link is in the way, the whole path is resolved.
pub(super) fn below(
    root: &OwnedFd,
    resolver: Resolver,
    dir: &OwnedFd,
    below: &str,
    path: impl FnOnce() -> String,
) -> io::Result<Vec<u8>> {
    let flags = OFlags::RDONLY | CAREFULLY;
    match resolver.open_beneath(dir, below, flags) {
        Err(Errno::LOOP | Errno::XDEV) => whole(&behind_links(root, resolver, &path(), flags)?),
        file => whole(&file?),
    }
}

/// Writes to a file, in one call.
pub(super) fn write(
    root: &OwnedFd,
    resolver: Resolver,
    dir: &OwnedFd,
    name: &str,
    path: &str,
    bytes: &[u8],
) -> io::Result<usize> {
    // As a shell does it. To an attribute O_TRUNC means nothing.
    let flags = OFlags::WRONLY | OFlags::TRUNC | CAREFULLY;
    let file = match resolver.open_beneath(dir, name, flags) {
        Err(Errno::LOOP | Errno::XDEV) => behind_links(root, resolver, path, flags)?,
        file => file?,
    };
    must_be_file(&file)?;
    Ok(rustix::io::write(&file, bytes)?)
}

fn behind_links(
    root: &OwnedFd,
    resolver: Resolver,
    path: &str,
    flags: OFlags,
) -> io::Result<OwnedFd> {
    let place = place(root, path)?;
    let name = place.name.ok_or(Errno::ISDIR)?;
    // A link there now was put there just now.
    let name = name.to_str().ok_or(Errno::NOENT)?;
    Ok(resolver.open_beneath(&place.dir, name, flags)?)
}

fn must_be_file(file: &OwnedFd) -> io::Result<()> {
    match FileType::from_raw_mode(fstat(file)?.st_mode) {
        FileType::RegularFile => Ok(()),
        FileType::Directory => Err(Errno::ISDIR.into()),
        _ => {
            Err(io::Error::new(io::ErrorKind::InvalidData, "not an attribute: a device or a pipe"))
        }
    }
}

/// All that is in a file. What fits into a page costs one read and one allocation of its size.
fn whole(file: &OwnedFd) -> io::Result<Vec<u8>> {
    let mut page = [0; PAGE];
    let mut length = uninterrupted(file, &mut page)?;
    let mut bytes = page[..length].to_vec();
    // What a kernel writes fills no page and is not empty, but for a few: only others are looked at closer.
    if length == 0 || length == PAGE {
        must_be_file(file)?;
    }
    // Less than a page is the end; a full one may be followed by more.
    while length == PAGE {
        length = uninterrupted(file, &mut page)?;
        bytes.extend_from_slice(&page[..length]);
        if bytes.len() > MAX_ATTRIBUTE {
            let text = format!("longer than an attribute can be ({MAX_ATTRIBUTE} bytes)");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, text));
        }
    }
    Ok(bytes)
}

fn uninterrupted(file: &OwnedFd, buffer: &mut [u8]) -> Result<usize, Errno> {
    loop {
        match read(file, &mut *buffer) {
            Err(Errno::INTR) => {}
            answer => return answer,
        }
    }
}
