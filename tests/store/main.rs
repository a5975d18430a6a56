//! The store: what it promises, what it does with bad files, what a power cut leaves.

mod contract;
mod files;
mod power;

use npivot::store::{Change, Store};

/// A record that is made.
fn create(key: &str, value: &str) -> Change {
    Change { key: key.into(), expected: None, value: Some(value.into()) }
}

/// What is in a store: keys and values.
async fn content(records: &dyn Store) -> Vec<(String, String)> {
    let rows = records.list("").await.unwrap().into_iter();
    rows.map(|row| (row.key, String::from_utf8(row.value).unwrap())).collect()
}
