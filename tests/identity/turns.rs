//! Two that use one store, call by call in a given order.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use npivot::store::{Change, Row, Store, StoreError, Watch};
use tokio::sync::Notify;

/// Whose call comes next; once all turns are taken, anybody's.
#[derive(Debug)]
pub(crate) struct Turns {
    left: Mutex<(VecDeque<usize>, [bool; 2])>,
    changed: Notify,
}

impl Turns {
    /// All orders of two that have so many turns each.
    pub(crate) fn all(each: u32) -> impl Iterator<Item = Arc<Self>> {
        let orders = (0..1_u32 << (2 * each)).filter(move |bits| bits.count_ones() == each);
        orders.map(move |bits| {
            let order = (0..2 * each).map(|at| usize::from(bits >> at & 1 == 1)).collect();
            Arc::new(Self { left: Mutex::new((order, [false; 2])), changed: Notify::new() })
        })
    }

    async fn take(&self, who: usize) {
        loop {
            let changed = self.changed.notified();
            {
                let (order, ended) = &mut *self.left.lock().unwrap();
                while order.front().is_some_and(|&next| ended[next]) {
                    order.pop_front();
                }
                if order.front().is_none_or(|&next| next == who) {
                    order.pop_front();
                    self.changed.notify_waiters();
                    return;
                }
            }
            changed.await;
        }
    }

    /// Does all of somebody's work; the turns that he does not need are skipped.
    pub(crate) async fn work<T>(&self, who: usize, work: impl Future<Output = T>) -> T {
        let done = work.await;
        self.left.lock().unwrap().1[who] = true;
        self.changed.notify_waiters();
        done
    }
}

/// A store as one of the two has it.
#[derive(Debug)]
pub(crate) struct InTurn(pub(crate) Arc<dyn Store>, pub(crate) Arc<Turns>, pub(crate) usize);

#[async_trait]
impl Store for InTurn {
    async fn list(&self, prefix: &str) -> Result<Vec<Row<Vec<u8>>>, StoreError> {
        self.1.take(self.2).await;
        self.0.list(prefix).await
    }
    async fn get(&self, key: &str) -> Result<Option<Row<Vec<u8>>>, StoreError> {
        self.1.take(self.2).await;
        self.0.get(key).await
    }
    async fn commit(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        self.1.take(self.2).await;
        self.0.commit(changes).await
    }
    async fn watch(&self, prefix: &str, since: Option<u64>) -> Result<Watch, StoreError> {
        self.1.take(self.2).await;
        self.0.watch(prefix, since).await
    }
}
