//! Records in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::watch::Feed;
use super::{Change, Row, Store, StoreError, Watch};

/// Records in memory, for tests and for what need not last.
#[derive(Debug)]
pub struct MemoryStore {
    memory: Mutex<Memory>,
    feed: Feed,
}

#[derive(Debug, Default)]
struct Memory {
    revision: u64,
    rows: BTreeMap<String, (Vec<u8>, u64)>,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self { memory: Mutex::default(), feed: Feed::at(0) }
    }
}

impl MemoryStore {
    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn list(&self, prefix: &str) -> Result<Vec<Row<Vec<u8>>>, StoreError> {
        let memory = self.lock();
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

    async fn get(&self, key: &str) -> Result<Option<Row<Vec<u8>>>, StoreError> {
        let row = self.lock().rows.get(key).cloned();
        Ok(row.map(|(value, revision)| Row { key: key.to_owned(), value, revision }))
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        let mut memory = self.lock();
        let mut seen = BTreeSet::new();
        for change in &changes {
            let there = memory.rows.get(&change.key).map(|(_, revision)| *revision);
            if there != change.expected || !seen.insert(&change.key) {
                return Err(StoreError::Conflict { key: change.key.clone() });
            }
        }
        memory.revision += 1;
        let revision = memory.revision;
        for Change { key, value, .. } in &changes {
            match value {
                Some(value) => drop(memory.rows.insert(key.clone(), (value.clone(), revision))),
                None => drop(memory.rows.remove(key)),
            }
        }
        // Still locked, so that commits are told in their order.
        self.feed.tell(revision, changes);
        Ok(())
    }

    async fn watch(&self, prefix: &str, since: Option<u64>) -> Result<Watch, StoreError> {
        Ok(self.feed.watch(prefix, since))
    }
}
