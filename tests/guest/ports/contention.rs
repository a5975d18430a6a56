//! Guests that ask at the same time: records that let others in between each reading and each commit.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use npivot::guest::ports::{ClaimError, Claims, RecordedClaims};
use npivot::libvirt::Access;
use npivot::node::{Change, MemoryRecords, Records, RecordsError, Row};
use npivot_hal::Outcome;

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

#[tokio::test]
async fn a_guest_is_let_in_by_what_it_has_there_only_while_it_has_it() {
    // It has LUN 2 on beta, which lets it have LUN 1 there, too, that it has on alpha: unless LUN 2 is
    // given up meanwhile.
    let claims = crowded();
    let web1 = guest(1, true);
    let one = BTreeMap::from([(lun(1), Access::Exclusive)]);
    let two = BTreeMap::from([(lun(2), Access::Exclusive)]);
    assert_eq!(claims.claim(&web1, "alpha", &one).await.unwrap(), Outcome::Changed);
    assert_eq!(claims.claim(&web1, "beta", &two).await.unwrap(), Outcome::Changed);
    let (claimed, released) =
        tokio::join!(claims.claim(&web1, "beta", &one), claims.release(&web1, "beta"));
    assert_eq!(released.unwrap(), Outcome::Changed);
    let users = claims.users(&lun(1)).await.unwrap();
    let on_beta = users.iter().any(|claim| claim.host == "beta");
    // In whichever order: it does not have LUN 1 there without having been let in.
    assert!(!on_beta, "{claimed:?}, {users:?}");
}
