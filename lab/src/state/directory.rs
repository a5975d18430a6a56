//! The directory: whose it is, who has it, and how files get into it.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use super::{LOCK, LOG, StateDir, StateError, TOPOLOGY};

/// What is added to the name of a file while it is not finished.
const UNFINISHED: &str = ".new";
/// With what the names of the files begin that may be there before a world is: another part of the
/// directory may have been used first.
const NEIGHBOUR: &str = "store.";

/// The directory while this process has it: until it is dropped, or the process ends in whatever way.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) path: PathBuf,
    /// The lock goes with it.
    lock: File,
}

impl Drop for Held {
    fn drop(&mut self) {
        // Nobody has it now; who reads the name while it is given back would name the wrong process.
        let _ = self.lock.set_len(0);
    }
}

impl Held {
    /// Makes the directory if it is missing, and takes it for this process.
    pub(super) fn take(state: &StateDir) -> Result<Self, StateError> {
        let path = state.path.clone();
        match fs::metadata(&path) {
            Ok(found) if !found.is_dir() => return Err(StateError::NotADirectory(path)),
            Ok(_) => must_be_ours(&path)?,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(&path).map_err(|cause| StateError::writing(&path, cause))?;
                sync_dir(path.parent().unwrap_or(Path::new("")))
                    .map_err(|cause| StateError::writing(&path, cause))?;
            }
            Err(cause) if cause.kind() == io::ErrorKind::NotADirectory => {
                return Err(StateError::NotADirectory(path));
            }
            Err(cause) => return Err(StateError::reading(path, cause)),
        }
        let file = path.join(LOCK);
        must_be_a_file(&file)?;
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut lock = options.open(&file).map_err(|cause| StateError::writing(&path, cause))?;
        let locked = if state.wait { lock.lock() } else { try_lock(&mut lock, &path)? };
        locked.map_err(|cause| StateError::Io { path: file, doing: "locked", cause })?;
        // Only for people to read: that it is not written harms nobody.
        let _ = lock.set_len(0);
        let _ = lock.rewind().and_then(|()| write!(lock, "{}", std::process::id()));
        Ok(Self { path, lock })
    }

    /// Puts a whole file there, or nothing.
    pub(super) fn put(&self, name: &str, bytes: &[u8]) -> Result<(), StateError> {
        let unfinished = self.path.join(format!("{name}{UNFINISHED}"));
        let refused = |cause| StateError::writing(&unfinished, cause);
        let mut file = File::create(&unfinished).map_err(refused)?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(refused)?;
        fs::rename(&unfinished, self.path.join(name)).map_err(refused)?;
        sync_dir(&self.path).map_err(refused)
    }
}

fn try_lock(lock: &mut File, path: &Path) -> Result<io::Result<()>, StateError> {
    match lock.try_lock() {
        Ok(()) => Ok(Ok(())),
        Err(TryLockError::Error(cause)) => Ok(Err(cause)),
        Err(TryLockError::WouldBlock) => {
            Err(StateError::InUse { path: path.to_owned(), by: holder(lock) })
        }
    }
}

/// Who has the lock, as far as that is written.
fn holder(lock: &mut File) -> String {
    let mut text = String::new();
    let number = lock.take(20).read_to_string(&mut text).ok().and(text.parse::<u32>().ok());
    number.map_or_else(|| "another process".into(), |number| format!("process {number}"))
}

/// A directory without a world gets one only if nothing else is in it.
fn must_be_ours(path: &Path) -> Result<(), StateError> {
    if path.join(LOG).symlink_metadata().is_ok() {
        return Ok(());
    }
    let refused = |cause| StateError::reading(path, cause);
    let mut names = vec![];
    for entry in fs::read_dir(path).map_err(refused)? {
        let name = entry.map_err(refused)?.file_name();
        let name = name.to_string_lossy();
        let finished = name.strip_suffix(UNFINISHED).unwrap_or(&name);
        if ![LOG, LOCK, TOPOLOGY].contains(&finished) && !name.starts_with(NEIGHBOUR) {
            names.push(name.into_owned());
        }
    }
    if names.is_empty() {
        return Ok(());
    }
    names.sort();
    let more = names.len().saturating_sub(3);
    names.truncate(3);
    let mut names = names.join(", ");
    if more > 0 {
        let _ = write!(names, " and {more} more");
    }
    Err(StateError::Foreign { path: path.to_owned(), names })
}

/// What is there must be a file: a pipe would make its reader wait for ever.
pub(super) fn must_be_a_file(path: &Path) -> Result<bool, StateError> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => Ok(true),
        Ok(_) => Err(StateError::NotAFile(path.to_owned())),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(cause) => Err(StateError::reading(path, cause)),
    }
}

/// A name is durable only once its directory is.
fn sync_dir(path: &Path) -> io::Result<()> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    File::open(path)?.sync_all()
}
