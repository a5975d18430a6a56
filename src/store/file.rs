//! Records in a file.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use redb::{Database, ReadableDatabase, ReadableTable};

use super::OpenError;
use super::open::{self, META, RECORDS};
use crate::node::{Change, Records, RecordsError, Row};

/// Records in a file of redb's, which one process has open at a time.
///
/// Each commit is on the disk when it answers (redb's `Durability::Immediate`), and a process or a machine
/// that dies in the middle of one leaves what was before.
#[derive(Clone)]
pub struct FileRecords {
    database: Arc<Database>,
}

impl fmt::Debug for FileRecords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileRecords").finish_non_exhaustive()
    }
}

impl FileRecords {
    /// Opens the store at this path; where there is none, makes an empty one.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Ok(Self { database: Arc::new(open::open(path.as_ref())?) })
    }

    /// Records in a database that is open: on another storage than a file, to test with.
    ///
    /// # Errors
    /// Those of redb.
    pub fn on(database: Database) -> Result<Self, RecordsError> {
        let records = Self { database: Arc::new(database) };
        let write = records.database.begin_write().map_err(failed)?;
        {
            let mut meta = write.open_table(META).map_err(failed)?;
            meta.insert("version", open::VERSION).map_err(failed)?;
            write.open_table(RECORDS).map_err(failed)?;
        }
        write.commit().map_err(failed)?;
        Ok(records)
    }

    /// Does work that waits for a disk where waiting is allowed.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, RecordsError> + Send + 'static,
    ) -> Result<T, RecordsError> {
        let database = Arc::clone(&self.database);
        let done = tokio::task::spawn_blocking(move || work(&database)).await;
        done.unwrap_or_else(|cause| Err(failed(cause)))
    }
}

fn failed(cause: impl std::error::Error + Send + Sync + 'static) -> RecordsError {
    RecordsError::Store(Box::new(cause))
}

fn row(key: &str, (revision, value): (u64, &[u8])) -> Row<Vec<u8>> {
    Row { key: key.to_owned(), value: value.to_vec(), revision }
}

fn list(database: &Database, prefix: &str) -> Result<Vec<Row<Vec<u8>>>, RecordsError> {
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

fn commit(database: &Database, changes: &[Change]) -> Result<(), RecordsError> {
    let mut keys = BTreeSet::new();
    if let Some(twice) = changes.iter().find(|change| !keys.insert(&change.key)) {
        return Err(RecordsError::Conflict { key: twice.key.clone() });
    }
    let write = database.begin_write().map_err(failed)?;
    {
        let mut meta = write.open_table(META).map_err(failed)?;
        let mut records = write.open_table(RECORDS).map_err(failed)?;
        let before = meta.get("revision").map_err(failed)?.map_or(0, |value| value.value());
        let revision = before + 1;
        meta.insert("revision", revision).map_err(failed)?;
        for Change { key, expected, value } in changes {
            let there = records.get(&**key).map_err(failed)?.map(|there| there.value().0);
            if there != *expected {
                return Err(RecordsError::Conflict { key: key.clone() });
            }
            match value {
                Some(value) => {
                    drop(records.insert(&**key, (revision, &value[..])).map_err(failed)?);
                }
                None => drop(records.remove(&**key).map_err(failed)?),
            }
        }
    }
    write.commit().map_err(failed)
}

#[async_trait]
impl Records for FileRecords {
    async fn list(&self, prefix: &str) -> Result<Vec<Row<Vec<u8>>>, RecordsError> {
        let prefix = prefix.to_owned();
        self.run(move |database| list(database, &prefix)).await
    }

    async fn get(&self, key: &str) -> Result<Option<Row<Vec<u8>>>, RecordsError> {
        let key = key.to_owned();
        self.run(move |database| {
            let read = database.begin_read().map_err(failed)?;
            let records = read.open_table(RECORDS).map_err(failed)?;
            let there = records.get(&*key).map_err(failed)?;
            Ok(there.map(|there| row(&key, there.value())))
        })
        .await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<(), RecordsError> {
        self.run(move |database| commit(database, &changes)).await
    }
}
