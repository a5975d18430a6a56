//! What every store promises, of the one in memory and the one in a file.

use npivot::store::{Change, FileStore, MemoryStore, Store, StoreError};
use proptest::prelude::*;

use crate::{content, create, on_each};

async fn keeps_the_contract(records: &dyn Store) {
    records
        .commit(vec![create("a/1", "one"), create("a/2", "two"), create("b/1", "x")])
        .await
        .unwrap();
    let rows = records.list("a/").await.unwrap();
    assert_eq!(rows.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(), ["a/1", "a/2"]);
    let one = records.get("a/1").await.unwrap().unwrap();
    assert_eq!(one, rows[0]);
    assert_eq!(records.get("a/").await.unwrap(), None);

    // One condition that does not hold undoes all.
    let change = |key: &str, expected, value: Option<&str>| Change {
        key: key.into(),
        expected,
        value: value.map(Into::into),
    };
    let refused = [
        vec![change("a/1", Some(one.revision), Some("new")), create("a/2", "again")],
        vec![change("a/1", Some(one.revision), None), change("a/9", Some(1), None)],
        vec![create("c", "first"), create("c", "second")],
        vec![change("a/1", Some(one.revision), None), create("a/1", "new")],
    ];
    let before = content(records).await;
    for changes in refused {
        let refused = records.commit(changes).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict { .. }), "{refused}");
        assert_eq!(content(records).await, before);
    }

    records.commit(vec![change("a/1", Some(one.revision), Some("new"))]).await.unwrap();
    let new = records.get("a/1").await.unwrap().unwrap();
    assert!(new.revision > one.revision);
    let stale = records.commit(vec![change("a/1", Some(one.revision), None)]).await;
    assert!(stale.is_err(), "it has changed since");
    records.commit(vec![change("a/1", Some(new.revision), None)]).await.unwrap();
    records.commit(vec![create("a/1", "anew")]).await.unwrap();
    let anew = records.get("a/1").await.unwrap().unwrap();
    assert!(anew.revision > new.revision, "a record that is made anew is another");
    records.commit(vec![]).await.unwrap();
}

#[tokio::test]
async fn each_keeps_the_contract() {
    on_each(async |store| keeps_the_contract(&*store).await).await;
}

#[tokio::test]
async fn a_file_is_the_same_when_it_is_opened_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("npivot.redb");
    let records = FileStore::open(&path).unwrap();
    keeps_the_contract(&records).await;
    let before = content(&records).await;
    drop(records);
    assert_eq!(content(&FileStore::open(&path).unwrap()).await, before);
}

#[derive(Debug, Clone)]
enum Step {
    Put(u8, u8),
    Delete(u8),
    /// With the revision that the record had then.
    Stale(u8, u64),
}

fn steps() -> impl Strategy<Value = Vec<Vec<Step>>> {
    let step = prop_oneof![
        (0..6_u8, any::<u8>()).prop_map(|(key, value)| Step::Put(key, value)),
        (0..6_u8).prop_map(Step::Delete),
        (0..6_u8, 0..20_u64).prop_map(|(key, revision)| Step::Stale(key, revision)),
    ];
    prop::collection::vec(prop::collection::vec(step, 1..4), 1..20)
}

async fn changes(records: &dyn Store, steps: &[Step]) -> Vec<Change> {
    let mut changes = vec![];
    for step in steps {
        let (Step::Put(key, _) | Step::Delete(key) | Step::Stale(key, _)) = step;
        let key = format!("k{key}");
        let there = records.get(&key).await.unwrap().map(|row| row.revision);
        changes.push(match step {
            Step::Put(_, value) => Change { key, expected: there, value: Some(vec![*value]) },
            Step::Delete(_) => Change { key, expected: there, value: None },
            Step::Stale(_, revision) => Change { key, expected: Some(*revision), value: None },
        });
    }
    changes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Both stores answer alike, whatever is asked.
    #[test]
    fn both_do_the_same(commits in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let file = FileStore::open(dir.path().join("x")).unwrap();
            let memory = MemoryStore::default();
            let mut told = memory.watch("", None).await.unwrap();
            let mut other_told = file.watch("", None).await.unwrap();
            for steps in commits {
                let wanted = changes(&memory, &steps).await;
                let (one, other) = (memory.commit(wanted.clone()).await, file.commit(wanted).await);
                prop_assert_eq!(one.is_ok(), other.is_ok(), "{:?}", steps);
                if one.is_ok() {
                    prop_assert_eq!(told.next().await, other_told.next().await);
                }
                prop_assert_eq!(memory.list("").await.unwrap(), file.list("").await.unwrap());
            }
            Ok(())
        })?;
    }
}
