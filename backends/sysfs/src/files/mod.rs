//! The port to a sysfs: [`Files`], and [`RootFiles`], the real file system.
//!
//! A sysfs can also be an archive ([`ArchiveFiles`](crate::ArchiveFiles)) or the tree of a simulated host:
//! everything above this port is the same.

mod path;
mod root;

use std::fmt::Debug;
use std::io;

pub use path::{beside, is_plain, joined};
pub use root::{OpenError, RootFiles};

/// The longest attribute that is read, in bytes: sixteen pages. Text attributes have at most one.
pub const MAX_ATTRIBUTE: usize = 64 * 1024;

/// What a name in a directory stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A directory.
    Dir,
    /// An attribute.
    File,
    /// A symbolic link.
    Link,
    /// Something that no sysfs has: a device node, a pipe.
    Other,
}

/// A name in a directory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[allow(clippy::exhaustive_structs, reason = "what a directory tells without a further question")]
pub struct Entry {
    /// The name.
    pub name: String,
    /// What it stands for.
    pub kind: Kind,
}

/// A sysfs. Paths are relative to where it is mounted, as `class/fc_host/host0/port_name`.
///
/// # For users
/// Calls block their thread if [`may_block`](Self::may_block) says so.
///
/// # For backend authors
/// Links are followed, but never out of the sysfs; a circle of links is ELOOP. An attribute of more than
/// [`MAX_ATTRIBUTE`] bytes is an error, and so is anything that is neither attribute, directory nor link.
/// No call may hang, whatever is there.
pub trait Files: Debug + Send + Sync {
    /// What this is a sysfs of, for messages: `/sys`, a directory, an archive and its phase.
    fn place(&self) -> String;

    /// The names in a directory, sorted. Names that are not UTF-8 are left out and counted by
    /// [`passed_over`](Self::passed_over): no kernel makes them.
    ///
    /// # Errors
    /// ENOENT, ENOTDIR, EACCES, ELOOP.
    fn list(&self, dir: &str) -> io::Result<Vec<Entry>>;

    /// The names in several directories below one, in order.
    fn list_each(&self, dir: &str, dirs: &[&str]) -> Vec<io::Result<Vec<Entry>>> {
        dirs.iter().map(|path| self.list(&joined(dir, path))).collect()
    }

    /// The content of an attribute.
    ///
    /// # Errors
    /// ENOENT; EACCES for one that can only be written; EISDIR; what the attribute itself answers.
    fn read(&self, path: &str) -> io::Result<Vec<u8>>;

    /// The content of several attributes below a directory, in order.
    fn read_each(&self, dir: &str, paths: &[&str]) -> Vec<io::Result<Vec<u8>>> {
        paths.iter().map(|path| self.read(&joined(dir, path))).collect()
    }

    /// The text of a link.
    ///
    /// # Errors
    /// ENOENT; EINVAL for what is no link.
    fn link(&self, path: &str) -> io::Result<String>;

    /// The permission bits of what is at a path, of a link itself.
    ///
    /// # Errors
    /// ENOENT.
    fn mode(&self, path: &str) -> io::Result<u32>;

    /// Writes to an attribute with one write, and returns how much of it was taken.
    ///
    /// # Errors
    /// EACCES, EROFS; what the attribute answers.
    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<usize>;

    /// Whether a call may take long: then it is made where blocking is allowed.
    fn may_block(&self) -> bool {
        true
    }

    /// Whether what was read so far can be believed. A sysfs that is elsewhere can be lost in the middle of a
    /// piece of work, and what cannot be read counts as not there: so this is asked at its end.
    ///
    /// # Errors
    /// Why the way to it is lost, for good.
    fn reachable(&self) -> io::Result<()> {
        Ok(())
    }

    /// How many names have been left out of listings so far because they are not UTF-8.
    fn passed_over(&self) -> u64 {
        0
    }
}
