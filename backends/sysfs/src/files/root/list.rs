//! The names in a directory that is open.
//!
//! With the plainest system calls there are: an inventory lists a directory for each path.

use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;

use rustix::fs::{FileType, RawDir};
use rustix::io::Errno;

use super::kind_of;
use crate::files::{Entry, Kind};

/// Names are at most 255 bytes long: some of any length fit, and the few of a device all at once.
const BUFFER: usize = 8192;

/// What a directory tells.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) entries: Vec<Entry>,
    /// Which of them the file system did not tell the kind of.
    pub(super) untold: Vec<usize>,
    /// How many names are not UTF-8.
    pub(super) passed_over: u64,
}

/// Reads all names, in the file system's order.
pub(super) fn all(dir: &OwnedFd) -> Result<Listed, Errno> {
    let mut buffer = [MaybeUninit::uninit(); BUFFER];
    let mut names = RawDir::new(dir, &mut buffer);
    let mut listed = Listed::default();
    while let Some(entry) = names.next() {
        let entry = match entry {
            Err(Errno::INTR) => continue,
            entry => entry?,
        };
        let Ok(name) = entry.file_name().to_str() else {
            listed.passed_over += 1;
            continue;
        };
        if name == "." || name == ".." {
            continue;
        }
        let kind = match entry.file_type() {
            FileType::Unknown => {
                listed.untold.push(listed.entries.len());
                Kind::Other
            }
            known => kind_of(known),
        };
        listed.entries.push(Entry { name: name.to_owned(), kind });
    }
    Ok(listed)
}
