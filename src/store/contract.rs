//! What every store promises.

use std::fmt::Debug;

use async_trait::async_trait;

use super::Watch;

/// A record with the revision that it was written at.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "a key, a value and when")]
pub struct Row<T> {
    /// Its key; in [`Node`](crate::node::Node)'s tables, without the table.
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
pub enum StoreError {
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
/// Keys are paths, `table/host/name`; a value is the record's own affair. Every commit has a revision, one
/// above that of the commit before. [Leases](super::grant) are records, so every store has them.
///
/// # For backend authors
/// [`commit`](Self::commit) makes all changes or none, and once it has answered they outlive a crash. What a
/// caller can [`watch`](Self::watch) is told after it is there to be read, in the order of the revisions;
/// how far back is the store's affair, but it must be bounded.
#[async_trait]
pub trait Store: Debug + Send + Sync {
    /// The records whose keys begin so, by key.
    ///
    /// # Errors
    /// [`StoreError::Store`].
    async fn list(&self, prefix: &str) -> Result<Vec<Row<Vec<u8>>>, StoreError>;

    /// The record of this key, if there is one.
    ///
    /// # Errors
    /// [`StoreError::Store`].
    async fn get(&self, key: &str) -> Result<Option<Row<Vec<u8>>>, StoreError>;

    /// Makes all of these changes, or none. Two changes of one record are refused as a conflict.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn commit(&self, changes: Vec<Change>) -> Result<(), StoreError>;

    /// What changes from now on in records whose keys begin so; with `since`, from after that revision on.
    ///
    /// To follow records: watch, then list, then take each [`Changed`](super::Changed) whose revision is
    /// above that of the row listed.
    ///
    /// # Errors
    /// [`StoreError::Store`].
    async fn watch(&self, prefix: &str, since: Option<u64>) -> Result<Watch, StoreError>;
}
