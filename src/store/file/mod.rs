//! Records in a file.
//!
//! | module | what is in it |
//! |---|---|
//! | `open` | a file is opened, or made under another name and renamed; who else has it |
//! | `schema` | the versions of what is in a file, and the steps from one to the next |
//! | `seal` | the sum over all records in a file, by which damage is noticed |
//! | `error` | [`OpenError`] |

mod error;
mod open;
mod schema;
mod seal;

use std::any::Any;
use std::collections::BTreeSet;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use redb::{Database, ReadableDatabase, ReadableTable};

use self::schema::{META, RECORDS};
use self::seal::Seal;
use super::watch::Feed;
use super::{Change, Row, Store, StoreError, Watch};

pub use error::OpenError;
pub(crate) use schema::Content;

/// Records in a file of redb's, which one process has open at a time: another one is told who has it. So a
/// watch tells of all changes there are, although it knows only those made through this value and its clones.
///
/// Each commit is on the disk when it answers (redb's `Durability::Immediate`), and a process or a machine
/// that dies in the middle of one leaves what was before. A file of an earlier version becomes one of today's
/// when it is opened, in one such commit.
#[derive(Clone)]
pub struct FileStore(Arc<Inner>);

struct Inner {
    /// There until it is dropped.
    database: Option<Database>,
    /// Where it is, if in a file.
    path: Option<PathBuf>,
    feed: Feed,
    /// Held from before a commit until it is told, so that commits are told in their order.
    writing: Mutex<()>,
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStore").finish_non_exhaustive()
    }
}

impl FileStore {
    /// Opens the store at this path; where there is none, makes an empty one.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let (database, revision) = open::open(path)?;
        Ok(Self::of(database, revision, Some(path.into())))
    }

    /// A store in a database that is open: on another storage than a file, to test with.
    ///
    /// # Errors
    /// Those of redb; a version that is not known.
    pub fn on(database: Database) -> Result<Self, StoreError> {
        if schema::is_blank(&database).map_err(failed)? {
            schema::fill(&database).map_err(failed)?;
        }
        let revision = schema::prepare(&database).map_err(failed)?;
        Ok(Self::of(database, revision, None))
    }

    fn of(database: Database, revision: u64, path: Option<PathBuf>) -> Self {
        // Not first when it is dropped, which may be in a panic.
        open::expect_panics();
        let (database, feed) = (Some(database), Feed::at(revision));
        Self(Arc::new(Inner { database, path, feed, writing: Mutex::default() }))
    }

    /// Does work that waits for a disk where waiting is allowed.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let inner = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || work(&inner)).await;
        done.unwrap_or_else(|cause| Err(failed(cause)))
    }
}

impl Inner {
    /// Does work with a database that may be damaged where nobody has looked yet.
    fn guarded<T>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let database = self.database.as_ref().ok_or_else(|| failed(InFile::damaged(self, &())))?;
        // After a panic nothing is committed: redb forgets what the transaction had written.
        let done = open::caught_quietly(AssertUnwindSafe(|| work(database)));
        match done.unwrap_or_else(|panic| Err(failed(InFile::damaged(self, &*panic)))) {
            Err(StoreError::Store(cause)) if !cause.is::<InFile>() => {
                Err(failed(InFile { path: self.path.clone(), cause }))
            }
            done => done,
        }
    }
}

/// redb writes its own books when it is closed, and panics on some damage.
impl Drop for Inner {
    fn drop(&mut self) {
        let database = self.database.take();
        let _ = open::caught_quietly(AssertUnwindSafe(move || drop(database)));
    }
}

/// What went wrong, and where.
#[derive(Debug, thiserror::Error)]
#[error("{}{cause}", .path.as_ref().map(|path| format!("{}: ", path.display())).unwrap_or_default())]
struct InFile {
    path: Option<PathBuf>,
    cause: Box<dyn std::error::Error + Send + Sync>,
}

impl InFile {
    /// redb has found what cannot be, and said so in its own way.
    fn damaged(inner: &Inner, panic: &(dyn Any + Send)) -> Self {
        let said = panic.downcast_ref::<&str>().copied();
        let said = said.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        let said = said.unwrap_or("it says no more");
        let cause = format!("its pages contradict each other ({said}): put a copy back").into();
        Self { path: inner.path.clone(), cause }
    }
}

fn failed(cause: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Store(Box::new(cause))
}

fn row(key: &str, (revision, value): (u64, &[u8])) -> Row<Vec<u8>> {
    Row { key: key.to_owned(), value: value.to_vec(), revision }
}

fn list(database: &Database, prefix: &str) -> Result<Vec<Row<Vec<u8>>>, StoreError> {
    let read = database.begin_read().map_err(failed)?;
    let records = read.open_table(RECORDS).map_err(failed)?;
    let mut rows = vec![];
    for entry in records.range(prefix..).map_err(failed)? {
        let (key, value) = entry.map_err(failed)?;
        if !key.value().starts_with(prefix) {
            break;
        }
        rows.push(row(key.value(), value.value()));
    }
    Ok(rows)
}

fn get(database: &Database, key: &str) -> Result<Option<Row<Vec<u8>>>, StoreError> {
    let read = database.begin_read().map_err(failed)?;
    let records = read.open_table(RECORDS).map_err(failed)?;
    let there = records.get(key).map_err(failed)?;
    Ok(there.map(|there| row(key, there.value())))
}

/// Makes the changes. The revision of the commit.
fn commit(database: &Database, changes: &[Change]) -> Result<u64, StoreError> {
    let mut keys = BTreeSet::new();
    if let Some(twice) = changes.iter().find(|change| !keys.insert(&change.key)) {
        return Err(StoreError::Conflict { key: twice.key.clone() });
    }
    let write = database.begin_write().map_err(failed)?;
    let revision;
    {
        let mut meta = write.open_table(META).map_err(failed)?;
        let mut records = write.open_table(RECORDS).map_err(failed)?;
        let before = meta.get("revision").map_err(failed)?.map_or(0, |value| value.value());
        revision = before + 1;
        meta.insert("revision", revision).map_err(failed)?;
        let sealed = meta.get("seal").map_err(failed)?.map_or(0, |value| value.value());
        let mut seal = Seal(sealed).not_at(before).at(revision);
        for Change { key, expected, value } in changes {
            let there = records.get(&**key).map_err(failed)?.map(|there| {
                let (revision, value) = there.value();
                seal = seal.without(key, revision, value);
                revision
            });
            if there != *expected {
                return Err(StoreError::Conflict { key: key.clone() });
            }
            match value {
                Some(value) => {
                    seal = seal.with(key, revision, value);
                    drop(records.insert(&**key, (revision, &value[..])).map_err(failed)?);
                }
                None => drop(records.remove(&**key).map_err(failed)?),
            }
        }
        meta.insert("seal", seal.0).map_err(failed)?;
    }
    write.commit().map_err(failed)?;
    Ok(revision)
}

#[async_trait]
impl Store for FileStore {
    async fn list(&self, prefix: &str) -> Result<Vec<Row<Vec<u8>>>, StoreError> {
        let prefix = prefix.to_owned();
        self.run(move |inner| inner.guarded(|database| list(database, &prefix))).await
    }

    async fn get(&self, key: &str) -> Result<Option<Row<Vec<u8>>>, StoreError> {
        let key = key.to_owned();
        self.run(move |inner| inner.guarded(|database| get(database, &key))).await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        self.run(move |inner| {
            let _writing = inner.writing.lock().unwrap_or_else(PoisonError::into_inner);
            let revision = inner.guarded(|database| commit(database, &changes))?;
            inner.feed.tell(revision, changes);
            Ok(())
        })
        .await
    }

    async fn watch(&self, prefix: &str, since: Option<u64>) -> Result<Watch, StoreError> {
        Ok(self.0.feed.watch(prefix, since))
    }
}
