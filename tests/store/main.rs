//! The store: what it promises, what it does with bad files, what a power cut leaves.

mod contract;
mod disk;
mod files;
mod leases;
mod power;
mod versions;
mod watching;

use std::sync::Arc;

use npivot::store::{Change, FileStore, MemoryStore, Store};

/// Checks something of each kind of store.
async fn on_each(check: impl AsyncFn(Arc<dyn Store>)) {
    check(Arc::new(MemoryStore::default())).await;
    let dir = tempfile::tempdir().unwrap();
    check(Arc::new(FileStore::open(dir.path().join("npivot.redb")).unwrap())).await;
}

/// A record that is made.
fn create(key: &str, value: &str) -> Change {
    Change { key: key.into(), expected: None, value: Some(value.into()) }
}

/// A record that is made, or written anew.
async fn put(store: &dyn Store, key: &str, value: &str) {
    let expected = store.get(key).await.unwrap().map(|row| row.revision);
    let change = Change { expected, ..create(key, value) };
    store.commit(vec![change]).await.unwrap();
}

/// A record that is deleted.
async fn delete(store: &dyn Store, key: &str) {
    let expected = store.get(key).await.unwrap().map(|row| row.revision);
    store.commit(vec![Change { key: key.into(), expected, value: None }]).await.unwrap();
}

/// What is in a store: keys and values.
async fn content(store: &dyn Store) -> Vec<(String, String)> {
    let rows = store.list("").await.unwrap().into_iter();
    rows.map(|row| (row.key, String::from_utf8(row.value).unwrap())).collect()
}
