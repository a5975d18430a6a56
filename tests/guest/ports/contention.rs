//! Guests that ask at the same time: records that let others in between each reading and each commit.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use npivot::guest::ports::{ClaimError, Claims, RecordedClaims};
use npivot::libvirt::Access;
use npivot::node::{Change, MemoryRecords, Records, RecordsError, Row};
use npivot::store::Watch;
use npivot_hal::Outcome;
use tokio::sync::Notify;

use super::claims::{guest, lun};

/// Records that give way before each call.
#[derive(Debug, Default)]
struct Crowded(MemoryRecords);

#[async_trait]
impl Records for Crowded {
    async fn list(&self, prefix: &str) -> Result<Vec<Row<Vec<u8>>>, RecordsError> {
        tokio::task::yield_now().await;
        self.0.list(prefix).await
    }

    async fn get(&self, key: &str) -> Result<Option<Row<Vec<u8>>>, RecordsError> {
        tokio::task::yield_now().await;
        self.0.get(key).await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<(), RecordsError> {
        tokio::task::yield_now().await;
        self.0.commit(changes).await
    }

    async fn watch(&self, prefix: &str, since: Option<u64>) -> Result<Watch, RecordsError> {
        self.0.watch(prefix, since).await
    }
}

fn crowded() -> RecordedClaims {
    RecordedClaims::new(Arc::new(Crowded::default()), Arc::new(|| Duration::ZERO))
}

#[tokio::test]
async fn of_guests_that_ask_at_once_one_has_the_lun() {
    for access in [Access::Exclusive, Access::Shared] {
        let claims = crowded();
        let tasks: Vec<_> = (0..8)
            .map(|n| {
                let claims = claims.clone();
                // All of them meet at LUN 1; each has one of its own before or after it.
                let own = 2 + n % 2 * 7;
                let wanted = BTreeMap::from([(lun(1), access), (lun(own), Access::ReadOnly)]);
                tokio::spawn(async move { claims.claim(&guest(n, true), "alpha", &wanted).await })
            })
            .collect();
        let (mut had, mut refused) = (0, 0);
        for task in tasks {
            match task.await.unwrap() {
                Ok(Outcome::Changed) => had += 1,
                Err(ClaimError::InUse(_)) => refused += 1,
                other => panic!("{other:?}"),
            }
        }
        let expected = if access == Access::Exclusive { (1, 7) } else { (8, 0) };
        assert_eq!((had, refused), expected, "{access:?}");
        let users = claims.users(&lun(1)).await.unwrap();
        assert_eq!(users.len(), had);
        // Who was refused has nothing at all.
        let own = claims.users(&lun(2)).await.unwrap().len();
        assert_eq!(own + claims.users(&lun(9)).await.unwrap().len(), had);
    }
}

/// Records that stop before a commit until somebody lets it through.
#[derive(Debug, Default)]
struct Gated {
    inner: Arc<MemoryRecords>,
    arrived: Notify,
    open: Notify,
}

#[async_trait]
impl Records for Gated {
    async fn list(&self, prefix: &str) -> Result<Vec<Row<Vec<u8>>>, RecordsError> {
        self.inner.list(prefix).await
    }

    async fn get(&self, key: &str) -> Result<Option<Row<Vec<u8>>>, RecordsError> {
        self.inner.get(key).await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<(), RecordsError> {
        self.arrived.notify_one();
        self.open.notified().await;
        self.inner.commit(changes).await
    }

    async fn watch(&self, prefix: &str, since: Option<u64>) -> Result<Watch, RecordsError> {
        self.inner.watch(prefix, since).await
    }
}

#[tokio::test]
async fn a_guest_is_let_in_by_what_it_has_there_only_while_it_has_it() {
    // It has LUN 2 on beta, which lets it have LUN 1 there, too, that it has on alpha: unless LUN 2 is
    // given up meanwhile.
    let gated = Arc::new(Gated::default());
    let on = |records: Arc<dyn Records>| RecordedClaims::new(records, Arc::new(|| Duration::ZERO));
    let (slow, fast) = (on(Arc::clone(&gated) as _), on(Arc::clone(&gated.inner) as _));
    let web1 = guest(1, true);
    let one = BTreeMap::from([(lun(1), Access::Exclusive)]);
    let two = BTreeMap::from([(lun(2), Access::Exclusive)]);
    for (released_first, lets_in) in [(false, true), (true, false)] {
        assert_eq!(fast.claim(&web1, "alpha", &one).await.unwrap(), Outcome::Changed);
        assert_eq!(fast.claim(&web1, "beta", &two).await.unwrap(), Outcome::Changed);
        let meanwhile = async {
            gated.arrived.notified().await;
            if released_first {
                assert_eq!(fast.release(&web1, "beta").await.unwrap(), Outcome::Changed);
            }
            gated.open.notify_one();
        };
        let (claimed, ()) = tokio::join!(slow.claim(&web1, "beta", &one), meanwhile);
        assert_eq!(claimed.is_ok(), lets_in, "{claimed:?}");
        let users = fast.users(&lun(1)).await.unwrap();
        assert_eq!(users.iter().any(|claim| claim.host == "beta"), lets_in, "{users:?}");
        for host in ["alpha", "beta"] {
            let _ = fast.release(&web1, host).await.unwrap();
        }
    }
}
