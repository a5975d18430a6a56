//! Records in a store, by host: [`Records`] is the port, `Tables` what this host sees of it.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::NodeError;

/// A record with the revision that it was written at.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "a key, a value and when")]
pub struct Row<T> {
    /// Its key, without the table.
    pub key: String,
    /// Its value.
    pub value: T,
    /// The revision of its last change.
    pub revision: u64,
}

/// A change of one record, which is refused if the record is not as the caller saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "a compare-and-set is these three")]
pub struct Change {
    /// Which record.
    pub key: String,
    /// The revision that it must have; `None`: it must not exist.
    pub expected: Option<u64>,
    /// Its new value; `None`: it is deleted.
    pub value: Option<Vec<u8>>,
}

/// Why records could not be read or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordsError {
    /// Somebody has changed a record since it was read. Nothing was changed.
    #[error("{key} has been changed by somebody else in the meantime: look again")]
    Conflict {
        /// The record.
        key: String,
    },
    /// The store does not answer as it should.
    #[error("{0}")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Where records are kept.
///
/// # For users
/// Keys are paths, `table/host/name`; a value is the record's own affair.
///
/// # For backend authors
/// [`commit`](Self::commit) makes all changes or none, and once it has answered they outlive a crash.
#[async_trait]
pub trait Records: Debug + Send + Sync {
    /// The records whose keys begin so, by key.
    ///
    /// # Errors
    /// [`RecordsError::Store`].
    async fn list(&self, prefix: &str) -> Result<Vec<Row<Vec<u8>>>, RecordsError>;

    /// The record of this key, if there is one.
    ///
    /// # Errors
    /// [`RecordsError::Store`].
    async fn get(&self, key: &str) -> Result<Option<Row<Vec<u8>>>, RecordsError>;

    /// Makes all of these changes, or none. Two changes of one record are refused as a conflict.
    ///
    /// # Errors
    /// [`RecordsError`].
    async fn commit(&self, changes: Vec<Change>) -> Result<(), RecordsError>;
}

/// Records in memory, for tests and for what need not last.
#[derive(Debug, Default)]
pub struct MemoryRecords(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    revision: u64,
    rows: BTreeMap<String, (Vec<u8>, u64)>,
}

#[async_trait]
impl Records for MemoryRecords {
    async fn list(&self, prefix: &str) -> Result<Vec<Row<Vec<u8>>>, RecordsError> {
        let memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = memory.rows.range(prefix.to_owned()..);
        let rows = rows.take_while(|(key, _)| key.starts_with(prefix));
        Ok(rows
            .map(|(key, (value, revision))| Row {
                key: key.clone(),
                value: value.clone(),
                revision: *revision,
            })
            .collect())
    }

    async fn get(&self, key: &str) -> Result<Option<Row<Vec<u8>>>, RecordsError> {
        let memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let row = memory.rows.get(key).cloned();
        Ok(row.map(|(value, revision)| Row { key: key.to_owned(), value, revision }))
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<(), RecordsError> {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut seen = std::collections::BTreeSet::new();
        for change in &changes {
            let there = memory.rows.get(&change.key).map(|(_, revision)| *revision);
            if there != change.expected || !seen.insert(&change.key) {
                return Err(RecordsError::Conflict { key: change.key.clone() });
            }
        }
        memory.revision += 1;
        let revision = memory.revision;
        for Change { key, value, .. } in changes {
            match value {
                Some(value) => drop(memory.rows.insert(key, (value, revision))),
                None => drop(memory.rows.remove(&key)),
            }
        }
        Ok(())
    }
}

/// The records of one host.
#[derive(Debug, Clone)]
pub(super) struct Tables {
    host: String,
    records: Arc<dyn Records>,
}

impl Tables {
    pub(super) fn of(host: &str, records: Arc<dyn Records>) -> Self {
        Self { host: host.to_owned(), records }
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    fn prefix(&self, table: &str) -> String {
        format!("{table}/{}/", self.host)
    }

    /// All records of a table, by key.
    pub(super) async fn all<T: DeserializeOwned>(
        &self,
        table: &str,
    ) -> Result<Vec<Row<T>>, NodeError> {
        let prefix = self.prefix(table);
        let rows = self.records.list(&prefix).await?;
        rows.into_iter().map(|row| self.read(table, &prefix, &row)).collect()
    }

    /// The record of this key, if there is one.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        table: &str,
        key: &str,
    ) -> Result<Option<Row<T>>, NodeError> {
        let prefix = self.prefix(table);
        let row = self.records.get(&format!("{prefix}{key}")).await?;
        row.map(|row| self.read(table, &prefix, &row)).transpose()
    }

    fn read<T: DeserializeOwned>(
        &self,
        table: &str,
        prefix: &str,
        row: &Row<Vec<u8>>,
    ) -> Result<Row<T>, NodeError> {
        let key = row.key.strip_prefix(prefix).unwrap_or(&row.key).to_owned();
        let value = serde_json::from_slice(&row.value).map_err(|cause| NodeError::Record {
            record: format!("{table} {key} of host {}", self.host),
            cause: cause.to_string(),
        })?;
        Ok(Row { key, value, revision: row.revision })
    }

    /// A change that makes a record, which must not exist.
    pub(super) fn create<T: Serialize>(&self, table: &str, key: &str, value: &T) -> Change {
        self.change(table, key, None, Some(value))
    }

    /// A change of a record as it was read.
    pub(super) fn replace<T: Serialize, U>(&self, table: &str, old: &Row<U>, new: &T) -> Change {
        self.change(table, &old.key, Some(old.revision), Some(new))
    }

    /// The end of a record as it was read.
    pub(super) fn delete<U>(&self, table: &str, old: &Row<U>) -> Change {
        self.change(table, &old.key, Some(old.revision), None::<&()>)
    }

    fn change<T: Serialize>(
        &self,
        table: &str,
        key: &str,
        expected: Option<u64>,
        value: Option<&T>,
    ) -> Change {
        // A record is plain data: numbers, texts, lists of them.
        let value = value.map(|value| serde_json::to_vec(value).expect("a record can be written"));
        Change { key: format!("{}{key}", self.prefix(table)), expected, value }
    }

    pub(super) async fn commit(&self, changes: Vec<Change>) -> Result<(), NodeError> {
        Ok(self.records.commit(changes).await?)
    }
}
