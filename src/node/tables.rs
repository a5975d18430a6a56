//! Records in a store, by host: what one host sees of it.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::NodeError;
use crate::store::{Change, Row, Store};

/// The records of one host.
#[derive(Debug, Clone)]
pub(super) struct Tables {
    host: String,
    records: Arc<dyn Store>,
}

impl Tables {
    pub(super) fn of(host: &str, records: Arc<dyn Store>) -> Self {
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

    /// The store, all hosts' records in it.
    pub(super) fn store(&self) -> &dyn Store {
        &*self.records
    }

    pub(super) async fn commit(&self, changes: Vec<Change>) -> Result<(), NodeError> {
        if changes.is_empty() {
            return Ok(());
        }
        Ok(self.records.commit(changes).await?)
    }
}
