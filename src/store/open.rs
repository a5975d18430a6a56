//! A store's file: opened, or made.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use redb::{Database, DatabaseError, ReadableDatabase, StorageError, TableDefinition};

use super::OpenError;

/// The format: 1 is the first.
pub(super) const VERSION: u64 = 1;
/// The version, and the revision of the last change.
pub(super) const META: TableDefinition<'_, &str, u64> = TableDefinition::new("npivot");
/// The records: revision and value.
pub(super) const RECORDS: TableDefinition<'_, &str, (u64, &[u8])> = TableDefinition::new("records");

/// Opens the store at a path; where there is none, makes an empty one.
pub(super) fn open(path: &Path) -> Result<Database, OpenError> {
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
    let opened = catch_unwind(|| {
        let database = Database::open(path).map_err(|error| database_error(path, error))?;
        check_version(&database, path)?;
        Ok(database)
    });
    opened.unwrap_or_else(|_| {
        let cause = "its pages contradict each other".into();
        Err(OpenError::Damaged { path: path.into(), cause })
    })
}

fn check_version(database: &Database, path: &Path) -> Result<(), OpenError> {
    let damaged = |cause: String| OpenError::Damaged { path: path.into(), cause };
    let read = database.begin_read().map_err(|error| damaged(error.to_string()))?;
    let meta = read.open_table(META).map_err(|error| damaged(error.to_string()))?;
    let version = meta.get("version").map_err(|error| damaged(error.to_string()))?;
    match version.map(|version| version.value()) {
        Some(VERSION) => Ok(()),
        Some(found) if found > VERSION => {
            Err(OpenError::Newer { path: path.into(), found, known: VERSION })
        }
        _ => Err(damaged("it does not tell its version".into())),
    }
}

/// Makes an empty store: whole under another name first, so that a crash leaves none or a whole one. When
/// two make one at once, the first one's is taken.
fn make(path: &Path) -> Result<(), OpenError> {
    let parent = directory(path);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let unfinished = parent.join(format!(".{name}.new-{}", std::process::id()));
    let io = |cause| io_error(&unfinished, cause);
    match fs::remove_file(&unfinished) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(io(cause)),
        _ => {}
    }
    let made = fill(&unfinished).and_then(|()| File::open(&unfinished)?.sync_all());
    let renamed = made.and_then(|()| match fs::hard_link(&unfinished, path) {
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        done => done,
    });
    let cleared = fs::remove_file(&unfinished);
    renamed.and(cleared).map_err(io)?;
    File::open(&parent).and_then(|dir| dir.sync_all()).map_err(|cause| io_error(&parent, cause))
}

fn fill(path: &Path) -> io::Result<()> {
    let other = |error: redb::Error| match error {
        redb::Error::Io(cause) => cause,
        error => io::Error::other(error.to_string()),
    };
    let database = Database::create(path).map_err(|error| other(error.into()))?;
    let write = database.begin_write().map_err(|error| other(error.into()))?;
    {
        let mut meta = write.open_table(META).map_err(|error| other(error.into()))?;
        meta.insert("version", VERSION).map_err(|error| other(error.into()))?;
        meta.insert("revision", 0).map_err(|error| other(error.into()))?;
        write.open_table(RECORDS).map_err(|error| other(error.into()))?;
    }
    write.commit().map_err(|error| other(error.into()))
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
        DatabaseError::Storage(StorageError::Io(cause))
            if matches!(
                cause.kind(),
                io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
            ) =>
        {
            OpenError::Damaged { path: path.into(), cause: cause.to_string() }
        }
        DatabaseError::Storage(StorageError::Io(cause)) => io_error(path, cause),
        error => OpenError::Damaged { path: path.into(), cause: error.to_string() },
    }
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
