//! The real file system, below a directory that nothing leads out of.

use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use nix::dir::{Dir, Type};
use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat2, readlinkat};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat};

use super::{Entry, Files, Kind, MAX_ATTRIBUTE};

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

/// A sysfs in the file system: the machine's own, or a copy of another's. Needs Linux 5.6 (openat2).
///
/// Whatever links and names are in it, nothing outside of it is read: every path is resolved by the kernel
/// with the directory as its root (RESOLVE_IN_ROOT).
#[derive(Debug)]
pub struct RootFiles {
    root: OwnedFd,
    path: PathBuf,
}

impl RootFiles {
    /// The sysfs in this directory: itself if it has a `class`, else its `sys`.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let unreadable = |cause: io::Error| OpenError::Unreadable { path: path.to_owned(), cause };
        std::fs::read_dir(path).map_err(unreadable)?;
        let own = [path.to_owned(), path.join("sys")];
        let sysfs = own.into_iter().find(|dir| dir.join("class").is_dir());
        let sysfs = sysfs.ok_or_else(|| OpenError::NoSysfs(path.to_owned()))?;
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let root = nix::fcntl::open(&sysfs, flags, Mode::empty());
        let root = root.map_err(|errno| unreadable(errno.into()))?;
        Ok(Self { root, path: sysfs })
    }

    /// Opens something in the sysfs, without side effects of its own: nothing waits, nothing becomes a
    /// controlling terminal.
    fn open_in(&self, path: &str, flags: OFlag) -> io::Result<OwnedFd> {
        open_below(&self.root, path, flags, ResolveFlag::RESOLVE_IN_ROOT)
    }
}

fn open_below(
    dir: &OwnedFd,
    path: &str,
    flags: OFlag,
    resolve: ResolveFlag,
) -> io::Result<OwnedFd> {
    if path.contains('\0') {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut flags = flags | OFlag::O_CLOEXEC;
    if !flags.contains(OFlag::O_PATH) {
        flags |= OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
    }
    let how = OpenHow::new().flags(flags).resolve(resolve | ResolveFlag::RESOLVE_NO_MAGICLINKS);
    // The kernel asks for a retry where a rename or mount elsewhere raced with the resolution.
    for _ in 0..8 {
        match openat2(dir, if path.is_empty() { "." } else { path }, how) {
            Err(Errno::EAGAIN) => {}
            other => return other.map_err(Into::into),
        }
    }
    Err(Errno::EAGAIN.into())
}

/// Reads an attribute that is open, into a buffer that is used again.
fn read_open(file: OwnedFd, buffer: &mut Vec<u8>) -> io::Result<Vec<u8>> {
    buffer.resize(4096, 0);
    let mut file = std::fs::File::from(file);
    let first = file.read(buffer)?;
    // What a kernel writes fills no page and is not empty, but for a few: look closer only at others.
    if first > 0 && first < 4096 {
        return Ok(buffer[..first].to_vec());
    }
    must_be_file(&fstat(&file)?)?;
    let mut content = buffer[..first].to_vec();
    file.take((MAX_ATTRIBUTE - first + 1) as u64).read_to_end(&mut content)?;
    if content.len() > MAX_ATTRIBUTE {
        let text = format!("longer than an attribute can be ({MAX_ATTRIBUTE} bytes)");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, text));
    }
    Ok(content)
}

fn must_be_file(stat: &FileStat) -> io::Result<()> {
    match SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT {
        SFlag::S_IFREG => Ok(()),
        SFlag::S_IFDIR => Err(Errno::EISDIR.into()),
        _ => {
            Err(io::Error::new(io::ErrorKind::InvalidData, "not an attribute: a device or a pipe"))
        }
    }
}

impl Files for RootFiles {
    fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn list(&self, dir: &str) -> io::Result<Vec<Entry>> {
        let fd = self.open_in(dir, OFlag::O_RDONLY | OFlag::O_DIRECTORY)?;
        let mut entries = vec![];
        for entry in Dir::from_fd(fd)?.iter() {
            let entry = entry?;
            let Ok(name) = entry.file_name().to_str() else { continue };
            if name == "." || name == ".." {
                continue;
            }
            let kind = match entry.file_type() {
                Some(Type::Directory) => Kind::Dir,
                Some(Type::File) => Kind::File,
                Some(Type::Symlink) => Kind::Link,
                _ => Kind::Other,
            };
            entries.push(Entry { name: name.to_owned(), kind });
        }
        entries.sort_unstable();
        Ok(entries)
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        read_open(self.open_in(path, OFlag::O_RDONLY)?, &mut vec![])
    }

    fn read_each(&self, dir: &str, paths: &[&str]) -> Vec<io::Result<Vec<u8>>> {
        let Ok(fd) = self.open_in(dir, OFlag::O_PATH | OFlag::O_DIRECTORY) else {
            // Each is missing for a reason of its own, which one by one they tell.
            return paths.iter().map(|path| self.read(&super::joined(dir, path))).collect();
        };
        let mut buffer = vec![];
        let read = |path: &&str| {
            let below = open_below(&fd, path, OFlag::O_RDONLY, ResolveFlag::RESOLVE_BENEATH);
            match below {
                // An attribute is no link out of its device; if one is, the root is what bounds it.
                Err(error) if error.raw_os_error() == Some(Errno::EXDEV as i32) => {
                    self.read(&super::joined(dir, path))
                }
                Err(error) => Err(error),
                Ok(file) => read_open(file, &mut buffer),
            }
        };
        paths.iter().map(read).collect()
    }

    fn link(&self, path: &str) -> io::Result<String> {
        let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
        let dir = self.open_in(dir, OFlag::O_PATH | OFlag::O_DIRECTORY)?;
        let text = readlinkat(&dir, name)?;
        text.into_string().map_err(|_| {
            io::Error::new(io::ErrorKind::InvalidData, "the text of the link is not UTF-8")
        })
    }

    fn mode(&self, path: &str) -> io::Result<u32> {
        let fd = self.open_in(path, OFlag::O_PATH | OFlag::O_NOFOLLOW)?;
        Ok(fstat(fd.as_fd())?.st_mode & 0o7777)
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<usize> {
        // As a shell does it: no more flags than what sysfs is used to.
        let fd = self.open_in(path, OFlag::O_WRONLY | OFlag::O_TRUNC)?;
        must_be_file(&fstat(fd.as_fd())?)?;
        std::fs::File::from(fd).write(bytes)
    }
}
