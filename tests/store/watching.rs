//! Who watches is told everything in order, or that something is missing.

use std::collections::BTreeMap;
use std::sync::Arc;

use npivot::store::{Change, Changed, FileStore, MemoryStore, Store, Watch, WatchError};
use npivot_fabric::world::random_stream;
use rand::RngExt as _;

use crate::{content, create, delete, on_each, put};

/// The keys and values of the next commit.
async fn next(watch: &mut Watch) -> Vec<(String, Option<String>)> {
    let told = watch.next().await.unwrap().into_iter();
    let text = |value: Vec<u8>| String::from_utf8(value).unwrap();
    told.map(|Changed { key, value, .. }| (key, value.map(text))).collect()
}

fn is(key: &str, value: Option<&str>) -> (String, Option<String>) {
    (key.to_owned(), value.map(ToOwned::to_owned))
}

#[tokio::test]
async fn commits_are_told_in_order_each_with_all_its_changes() {
    on_each(async |store| {
        put(&*store, "a/0", "before").await;
        let mut all = store.watch("", None).await.unwrap();
        let mut part = store.watch("a/", None).await.unwrap();
        assert_eq!(all.revision(), 1);
        store.commit(vec![create("a/1", "x"), create("b/1", "y")]).await.unwrap();
        put(&*store, "b/1", "z").await;
        store.commit(vec![create("a/1", "twice")]).await.unwrap_err();
        delete(&*store, "a/1").await;
        assert_eq!(next(&mut all).await, [is("a/1", Some("x")), is("b/1", Some("y"))]);
        assert_eq!(next(&mut all).await, [is("b/1", Some("z"))]);
        assert_eq!(next(&mut all).await, [is("a/1", None)], "what was refused is not told");
        assert_eq!(next(&mut part).await, [is("a/1", Some("x"))]);
        assert_eq!(next(&mut part).await, [is("a/1", None)]);
        assert_eq!((all.revision(), part.revision()), (4, 4));
        // From a revision on.
        let mut again = store.watch("", Some(2)).await.unwrap();
        assert_eq!(again.next().await.unwrap()[0].revision, 3);
        let mut never = store.watch("c/", Some(2)).await.unwrap();
        let told =
            tokio::select! { biased; told = never.next() => Some(told), () = async {} => None };
        assert_eq!((told, never.revision()), (None, 4), "nothing of it has changed");
        put(&*store, "c/1", "at last").await;
        assert_eq!(
            next(&mut never).await,
            [is("c/1", Some("at last"))],
            "a dropped wait loses nothing"
        );
    })
    .await;
}

#[tokio::test]
async fn who_waits_is_woken() {
    on_each(async |store| {
        let mut watch = store.watch("a", None).await.unwrap();
        let waiting = tokio::spawn(async move { (watch.next().await, watch.next().await) });
        tokio::task::yield_now().await;
        put(&*store, "b", "not it").await;
        tokio::task::yield_now().await;
        put(&*store, "a", "it").await;
        tokio::task::yield_now().await;
        drop(store);
        // A store of one owner is closed when that owner is done with it.
        let (first, then) = waiting.await.unwrap();
        assert_eq!(first.unwrap()[0].key, "a");
        assert_eq!(then, Err(WatchError::Closed));
    })
    .await;
}

#[tokio::test]
async fn who_is_too_slow_is_told_so_and_goes_on_from_now() {
    on_each(async |store| {
        let mut slow = store.watch("", None).await.unwrap();
        // More changes than are remembered, at once.
        let many = |n: u32| (0..3_000).map(|at| create(&format!("{n}/{at}"), "x")).collect();
        store.commit(many(0)).await.unwrap();
        assert_eq!(store.watch("", Some(0)).await.unwrap().next().await.unwrap().len(), 3_000);
        store.commit(many(1)).await.unwrap();
        let lagged = WatchError::Lagged { since: 0, oldest: 1 };
        assert_eq!(slow.next().await, Err(lagged));
        assert_eq!(store.watch("", Some(1)).await.unwrap().next().await.unwrap().len(), 3_000);
        put(&*store, "now", "x").await;
        assert_eq!(next(&mut slow).await, [is("now", Some("x"))]);
        // A few large ones are forgotten, too.
        let large = Change { value: Some(vec![0; 3 << 20]), ..create("large", "") };
        store.commit(vec![large]).await.unwrap();
        let larger = Change { value: Some(vec![0; 5 << 20]), ..create("larger", "") };
        store.commit(vec![larger]).await.unwrap();
        assert_eq!(slow.next().await, Err(WatchError::Lagged { since: 3, oldest: 5 }));
        put(&*store, "now", "y").await;
        assert_eq!(next(&mut slow).await, [is("now", Some("y"))]);
    })
    .await;
}

#[tokio::test]
async fn what_was_before_a_file_was_opened_is_not_remembered() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("npivot.redb");
    let first = FileStore::open(&path).unwrap();
    put(&first, "a", "1").await;
    put(&first, "a", "2").await;
    drop(first);
    let store = FileStore::open(&path).unwrap();
    let mut old = store.watch("", Some(1)).await.unwrap();
    assert_eq!(old.next().await, Err(WatchError::Lagged { since: 1, oldest: 2 }));
    put(&store, "a", "3").await;
    assert_eq!(next(&mut old).await, [is("a", Some("3"))]);
}

/// Watch, list, apply: whoever does that has what is there, however others write meanwhile.
#[tokio::test]
async fn a_follower_has_what_is_there() {
    on_each(async |store| {
        for seed in 0..8 {
            let writer = Arc::clone(&store);
            let writing = tokio::spawn(async move {
                let mut chance = random_stream(seed, "writer");
                for n in 0..40 {
                    let key = format!("k{}", chance.random_range(0..5));
                    if chance.random_bool(0.3) {
                        delete(&*writer, &key).await;
                    } else {
                        put(&*writer, &key, &format!("{seed}/{n}")).await;
                    }
                    tokio::task::yield_now().await;
                }
                put(&*writer, "end", &seed.to_string()).await;
            });
            let mut watch = store.watch("", None).await.unwrap();
            tokio::task::yield_now().await;
            let rows = store.list("").await.unwrap();
            let mut known: BTreeMap<String, (u64, Vec<u8>)> =
                rows.into_iter().map(|row| (row.key, (row.revision, row.value))).collect();
            let end = seed.to_string().into_bytes();
            while known.get("end").is_none_or(|(_, value)| *value != end) {
                for Changed { key, value, revision, .. } in watch.next().await.unwrap() {
                    if known.get(&key).is_some_and(|(listed, _)| *listed >= revision) {
                        continue;
                    }
                    match value {
                        Some(value) => drop(known.insert(key, (revision, value))),
                        None => drop(known.remove(&key)),
                    }
                }
            }
            writing.await.unwrap();
            let known: Vec<_> = (known.into_iter())
                .map(|(key, (_, value))| (key, String::from_utf8(value).unwrap()))
                .collect();
            assert_eq!(known, content(&*store).await);
        }
    })
    .await;
}

/// Watching costs a store nothing for each that watches and does not look.
#[tokio::test]
async fn many_that_never_look_do_no_harm() {
    let store = MemoryStore::default();
    let mut watches = vec![];
    for _ in 0..10_000 {
        watches.push(store.watch("", None).await.unwrap());
    }
    for n in 0..5_000 {
        store.commit(vec![create(&n.to_string(), "x")]).await.unwrap();
    }
    let lagged = watches[0].next().await.unwrap_err();
    assert_eq!(lagged, WatchError::Lagged { since: 0, oldest: 5_000 - 4_096 });
}
