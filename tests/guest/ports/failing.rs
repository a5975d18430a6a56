//! Records that fail: before a commit, and after it, where the answer is lost. Each call in turn.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use npivot::guest::ports::{Claims, RecordedClaims};
use npivot::libvirt::Access;
use npivot::node::{Change, MemoryRecords, Records, RecordsError, Row};
use npivot::store::Watch;

use super::claims::{guest, lun};

/// Records of which one call fails.
#[derive(Debug)]
struct Failing {
    inner: Arc<MemoryRecords>,
    /// After how many calls.
    left: AtomicUsize,
    /// Whether it is done all the same.
    lost: bool,
}

impl Failing {
    fn now(&self) -> bool {
        let before =
            self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1));
        before == Ok(1)
    }
}

fn failure() -> RecordsError {
    RecordsError::Store(Box::new(io::Error::other("the disk is full")))
}

#[async_trait]
impl Records for Failing {
    async fn list(&self, prefix: &str) -> Result<Vec<Row<Vec<u8>>>, RecordsError> {
        if self.now() { Err(failure()) } else { self.inner.list(prefix).await }
    }

    async fn get(&self, key: &str) -> Result<Option<Row<Vec<u8>>>, RecordsError> {
        if self.now() { Err(failure()) } else { self.inner.get(key).await }
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<(), RecordsError> {
        match (self.now(), self.lost) {
            (false, _) => self.inner.commit(changes).await,
            (true, false) => Err(failure()),
            (true, true) => self.inner.commit(changes).await.and(Err(failure())),
        }
    }

    async fn watch(&self, prefix: &str, since: Option<u64>) -> Result<Watch, RecordsError> {
        self.inner.watch(prefix, since).await
    }
}

#[tokio::test]
async fn each_call_of_the_records_fails_once() {
    let on = |records: Arc<dyn Records>| RecordedClaims::new(records, Arc::new(|| Duration::ZERO));
    let (web1, web2) = (guest(1, true), guest(2, true));
    let wanted = BTreeMap::from([(lun(1), Access::Exclusive), (lun(2), Access::Shared)]);
    let luns = BTreeMap::from([("vda".to_owned(), lun(1))]);
    for lost in [false, true] {
        let mut failures = 0;
        for at in 1.. {
            let inner = Arc::new(MemoryRecords::default());
            let left = AtomicUsize::new(at);
            let failing = Arc::new(Failing { inner: Arc::clone(&inner), left, lost });
            let (failing, sound) = (on(failing), on(inner));
            let has = async || {
                let one = sound.users(&lun(1)).await.unwrap().len();
                (one, sound.users(&lun(2)).await.unwrap().len())
            };
            // Whatever fails: all of it is done or nothing; and the same again makes it good.
            let mut failed = None;
            for (step, call) in ["announce", "claim", "record", "release"].into_iter().enumerate() {
                let make = async |claims: &RecordedClaims| match call {
                    "announce" => {
                        claims.announce(&web1, "alpha").await.err().map(|e| e.to_string())
                    }
                    "claim" => {
                        let claimed = claims.claim(&web1, "alpha", &wanted).await;
                        claimed.err().map(|e| e.to_string())
                    }
                    "record" => claims.record(&web1, &luns).await.err().map(|e| e.to_string()),
                    _ => claims.release(&web1, "alpha").await.err().map(|e| e.to_string()),
                };
                if let Some(error) = make(&failing).await {
                    assert!(error.contains("the disk is full"), "{error}");
                    assert!([(0, 0), (1, 1)].contains(&has().await), "{call} at {at}");
                    failed = Some(step);
                    assert_eq!(make(&sound).await, None, "{call} at {at}");
                }
                let held = if call == "claim" || call == "record" { (1, 1) } else { (0, 0) };
                assert_eq!(has().await, held, "{call} at {at}");
                let other = sound.claim(&web2, "alpha", &wanted).await;
                assert_eq!(other.is_err(), held == (1, 1), "{call} at {at}");
                let _ = sound.release(&web2, "alpha").await.unwrap();
            }
            match failed {
                Some(_) => failures += 1,
                None => break,
            }
        }
        assert!(failures >= 9, "{failures}");
    }
}
