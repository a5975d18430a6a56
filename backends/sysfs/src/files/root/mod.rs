//! The real file system, below a directory that nothing leads out of.

mod list;
mod read;
mod resolve;
#[cfg(test)]
mod tests;

use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, fstatfs, openat, readlinkat, statat};
use rustix::io::Errno;

use super::{Entry, Files, Kind, joined};
use resolve::Resolver;

/// What a file system says of itself (`include/uapi/linux/magic.h`).
const SYSFS_MAGIC: u64 = 0x6265_6572;
const FUSE_SUPER_MAGIC: u64 = 0x6573_5546;

/// Why a directory is no sysfs.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// It cannot be opened.
    #[error("{}: {cause}", path.display())]
    Unreadable {
        /// The directory.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// Nothing in it looks like a sysfs.
    #[error("{}: neither it nor its `sys` has a `class` directory, as a sysfs has", .0.display())]
    NoSysfs(PathBuf),
}

/// A sysfs in the file system: the machine's own, or a copy of another's.
///
/// Whatever links and names are in it, nothing outside of it is read or written: the kernel resolves paths
/// with the directory as their root (`RESOLVE_IN_ROOT`, openat2(2), Linux 5.6), and where it cannot, they
/// are walked name by name.
///
/// It takes writes if it is a sysfs or in FUSE, where a write does something. A copy in a plain directory
/// answers EROFS, so that nobody spoils it or takes it for a machine.
#[derive(Debug)]
pub struct RootFiles {
    root: OwnedFd,
    path: PathBuf,
    resolver: Resolver,
    takes_writes: bool,
    passed_over: AtomicU64,
}

impl RootFiles {
    /// The sysfs in this directory: itself if it has a `class`, else its `sys`.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::with_resolver(path.as_ref(), Resolver::Kernel)
    }

    fn with_resolver(path: &Path, resolver: Resolver) -> Result<Self, OpenError> {
        let unreadable =
            |errno: Errno| OpenError::Unreadable { path: path.to_owned(), cause: errno.into() };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = openat(CWD, path, flags, Mode::empty()).map_err(unreadable)?;
        let resolver = resolver.that_works(&root);
        let has = |dir| resolver.open_dir(&root, dir, OFlags::PATH).is_ok();
        let (root, path) = if has("class") {
            (root, path.to_owned())
        } else if has("sys/class") {
            let sysfs = resolver.open_dir(&root, "sys", OFlags::RDONLY).map_err(unreadable)?;
            (sysfs, path.join("sys"))
        } else {
            return Err(OpenError::NoSysfs(path.to_owned()));
        };
        let magic = fstatfs(&root).map_or(0, |stat| stat.f_type.cast_unsigned());
        let takes_writes = [SYSFS_MAGIC, FUSE_SUPER_MAGIC].contains(&magic);
        Ok(Self { root, path, resolver, takes_writes, passed_over: AtomicU64::new(0) })
    }

    /// The same sysfs, and it takes writes although it is in a plain directory: for one that somebody
    /// watches.
    #[must_use]
    pub const fn taking_writes(mut self) -> Self {
        self.takes_writes = true;
        self
    }

    fn open_dir(&self, dir: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
        self.resolver.open_dir(&self.root, dir, flags)
    }

    /// The directory of a path, and the name in it; links at its end are not followed.
    fn parent<'p>(&self, path: &'p str) -> Result<(OwnedFd, &'p str), Errno> {
        let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
        match name {
            "" | "." | ".." => Ok((self.open_dir(path, OFlags::PATH)?, ".")),
            name => Ok((self.open_dir(dir, OFlags::PATH)?, name)),
        }
    }

    /// Entries in order, of what the directory itself told and what had to be asked for.
    fn entries(&self, dir: &str, listed: list::Listed) -> Vec<Entry> {
        self.passed_over.fetch_add(listed.passed_over, Ordering::Relaxed);
        let mut entries = listed.entries;
        for at in listed.untold {
            let path = joined(dir, &entries[at].name);
            let status = self
                .parent(&path)
                .and_then(|(dir, name)| statat(&dir, name, AtFlags::SYMLINK_NOFOLLOW));
            entries[at].kind =
                status.map_or(Kind::Other, |stat| kind_of(FileType::from_raw_mode(stat.st_mode)));
        }
        entries.sort_unstable();
        entries
    }
}

fn kind_of(file_type: FileType) -> Kind {
    match file_type {
        FileType::Directory => Kind::Dir,
        FileType::RegularFile => Kind::File,
        FileType::Symlink => Kind::Link,
        _ => Kind::Other,
    }
}

impl Files for RootFiles {
    fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn list(&self, dir: &str) -> io::Result<Vec<Entry>> {
        let listed = list::all(&self.open_dir(dir, OFlags::RDONLY)?)?;
        Ok(self.entries(dir, listed))
    }

    fn list_each(&self, dir: &str, dirs: &[&str]) -> Vec<io::Result<Vec<Entry>>> {
        let Ok(fd) = self.open_dir(dir, OFlags::PATH) else {
            return dirs.iter().map(|path| self.list(&joined(dir, path))).collect();
        };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        let list = |path: &&str| match self.resolver.open_beneath(&fd, path, flags) {
            Err(Errno::LOOP | Errno::XDEV | Errno::NOTDIR) => self.list(&joined(dir, path)),
            below => Ok(self.entries(&joined(dir, path), list::all(&below?)?)),
        };
        dirs.iter().map(list).collect()
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let (dir, name) = self.parent(path)?;
        read::below(&self.root, self.resolver, &dir, name, || path.to_owned())
    }

    fn read_each(&self, dir: &str, paths: &[&str]) -> Vec<io::Result<Vec<u8>>> {
        let Ok(fd) = self.open_dir(dir, OFlags::PATH) else {
            // Each is missing for a reason of its own, which one by one they tell.
            return paths.iter().map(|path| self.read(&joined(dir, path))).collect();
        };
        let read =
            |path: &&str| read::below(&self.root, self.resolver, &fd, path, || joined(dir, path));
        paths.iter().map(read).collect()
    }

    fn link(&self, path: &str) -> io::Result<String> {
        let (dir, name) = self.parent(path)?;
        let text = readlinkat(&dir, name, Vec::with_capacity(256))?;
        text.into_string().map_err(|_| {
            io::Error::new(io::ErrorKind::InvalidData, "the text of the link is not UTF-8")
        })
    }

    fn mode(&self, path: &str) -> io::Result<u32> {
        let (dir, name) = self.parent(path)?;
        Ok(statat(&dir, name, AtFlags::SYMLINK_NOFOLLOW)?.st_mode & 0o7777)
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<usize> {
        if !self.takes_writes {
            return Err(Errno::ROFS.into());
        }
        let (dir, name) = self.parent(path)?;
        read::write(&self.root, self.resolver, &dir, name, path, bytes)
    }

    fn passed_over(&self) -> u64 {
        self.passed_over.load(Ordering::Relaxed)
    }
}
