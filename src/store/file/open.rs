//! A store's file: opened, or made.

use std::cell::Cell;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::panic::{self, UnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Once;

use redb::{Database, DatabaseError, StorageError};

use super::OpenError;
use super::schema::{self, Unfit, VERSION};

/// Opens the store at a path; where there is none, makes an empty one.
/// With it the revision of its last change.
pub(super) fn open(path: &Path) -> Result<(Database, u64), OpenError> {
    if !path.try_exists().map_err(|cause| io_error(path, cause))? {
        make(path)?;
    }
    // redb would make a store of an empty file, which is one whose content was lost.
    let metadata = fs::metadata(path).map_err(|cause| io_error(path, cause))?;
    if !metadata.is_file() || metadata.len() == 0 {
        let cause = if metadata.is_file() { "it is empty" } else { "it is no file" };
        return Err(OpenError::Damaged { path: path.into(), cause: cause.into() });
    }
    // redb panics on some damage.
    let opened = caught_quietly(|| {
        let database = Database::open(path).map_err(|error| database_error(path, error))?;
        let revision = schema::prepare(&database).map_err(|unfit| unfit_error(path, unfit))?;
        Ok((database, revision))
    });
    opened.unwrap_or_else(|_| {
        let cause = "its pages contradict each other".into();
        Err(OpenError::Damaged { path: path.into(), cause })
    })
}

thread_local! {
    /// Whether a panic of this thread is expected, and told by whoever catches it.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}
static HOOKED: Once = Once::new();

/// Lets panics that are expected not be printed from now on.
pub(super) fn expect_panics() {
    HOOKED.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !EXPECTED.get() {
                print(info);
            }
        }));
    });
}

/// What comes of some work; a panic in it is an error, and not printed.
pub(super) fn caught_quietly<T>(work: impl FnOnce() -> T + UnwindSafe) -> std::thread::Result<T> {
    // A thread that panics may not change the hook.
    if !std::thread::panicking() {
        expect_panics();
    }
    let before = EXPECTED.replace(true);
    let done = panic::catch_unwind(work);
    EXPECTED.set(before);
    done
}

fn unfit_error(path: &Path, unfit: Unfit) -> OpenError {
    let path = path.into();
    match unfit {
        Unfit::Newer(found) => OpenError::Newer { path, found, known: VERSION },
        Unfit::Failed(redb::Error::Io(cause)) if !is_damage(&cause) => {
            OpenError::Io { path, cause }
        }
        unfit => OpenError::Damaged { path, cause: unfit.to_string() },
    }
}

/// How many unfinished files of one process number may lie about.
const MOST_UNFINISHED: u32 = 1_000;

/// Makes an empty store: whole under another name first, so that a crash leaves none or a whole one. When
/// two make one at once, the first one's is taken.
fn make(path: &Path) -> Result<(), OpenError> {
    let parent = directory(path);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let unfinished = unused(&parent, &name)?;
    let io = |cause| io_error(path, cause);
    let made = fill(&unfinished).and_then(|()| File::open(&unfinished)?.sync_all());
    let renamed = made.and_then(|()| match fs::hard_link(&unfinished, path) {
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        done => done,
    });
    let cleared = fs::remove_file(&unfinished);
    renamed.and(cleared).map_err(io)?;
    File::open(&parent).and_then(|dir| dir.sync_all()).map_err(|cause| io_error(&parent, cause))
}

/// A new file of a name that nobody else has: neither a process of the same number in another container, nor one
/// that was killed at this.
fn unused(parent: &Path, name: &str) -> Result<PathBuf, OpenError> {
    let mut number = 0_u32;
    loop {
        let path = parent.join(format!(".{name}.new-{}-{number}", std::process::id()));
        match File::create_new(&path) {
            Ok(_) => return Ok(path),
            Err(cause)
                if cause.kind() == io::ErrorKind::AlreadyExists && number < MOST_UNFINISHED =>
            {
                number += 1;
            }
            // The name of the unfinished file says nothing to anybody.
            Err(cause) => return Err(io_error(&parent.join(name), cause)),
        }
    }
}

fn fill(path: &Path) -> io::Result<()> {
    let database = Database::create(path).map_err(|error| plain(error.into()))?;
    schema::fill(&database).map_err(|unfit| match unfit {
        Unfit::Failed(error) => plain(error),
        unfit => io::Error::other(unfit.to_string()),
    })
}

fn plain(error: redb::Error) -> io::Error {
    match error {
        redb::Error::Io(cause) => cause,
        error => io::Error::other(error.to_string()),
    }
}

fn directory(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.into(),
        _ => ".".into(),
    }
}

fn database_error(path: &Path, error: DatabaseError) -> OpenError {
    match error {
        DatabaseError::DatabaseAlreadyOpen => {
            OpenError::InUse { path: path.into(), pid: holder(path) }
        }
        // What redb says of content that it does not recognise.
        DatabaseError::Storage(StorageError::Io(cause)) if is_damage(&cause) => {
            OpenError::Damaged { path: path.into(), cause: cause.to_string() }
        }
        DatabaseError::Storage(StorageError::Io(cause)) => io_error(path, cause),
        error => OpenError::Damaged { path: path.into(), cause: error.to_string() },
    }
}

/// Whether it is about what is in the file, not about the disk.
fn is_damage(cause: &io::Error) -> bool {
    matches!(cause.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
}

/// The process that has a file locked, as the kernel tells (proc(5), `/proc/locks`).
fn holder(path: &Path) -> Option<u32> {
    let inode = fs::metadata(path).ok()?.ino();
    let locks = fs::read_to_string("/proc/locks").ok()?;
    locks.lines().find_map(|line| {
        let mut words = line.split_whitespace().skip(4);
        let (pid, file) = (words.next()?, words.next()?);
        let is_it = file.rsplit(':').next()?.parse() == Ok(inode);
        pid.parse().ok().filter(|_| is_it)
    })
}

fn io_error(path: &Path, cause: io::Error) -> OpenError {
    OpenError::Io { path: path.into(), cause }
}
