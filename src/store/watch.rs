//! What changes, for those who wait for it.
//!
//! A store keeps its last changes once, whoever watches: a watch is a place in them and costs nothing while
//! it waits. One that is so slow that its place has been forgotten is told so, and lists again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::Change;

/// The most changes that are remembered.
const MAX_CHANGES: usize = 4_096;
/// The most bytes of keys and values that are remembered.
const MAX_BYTES: usize = 4 << 20;

/// A record that has been changed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Changed {
    /// Its key.
    pub key: String,
    /// Its value from then on; `None`: it was deleted.
    pub value: Option<Vec<u8>>,
    /// The revision of the commit.
    pub revision: u64,
}

/// Why a watch has nothing to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WatchError {
    /// The store does not remember all that has changed. The watch goes on from now: list the records again.
    #[error(
        "changes after revision {since} are forgotten (remembered: those after {oldest}): list again"
    )]
    Lagged {
        /// The revision up to which the watch has told everything.
        since: u64,
        /// The revision after which the store remembers everything.
        oldest: u64,
    },
    /// The store has been closed.
    #[error("the store has been closed")]
    Closed,
}

/// The changes of records of one store, commit by commit.
#[derive(Debug)]
pub struct Watch {
    prefix: String,
    since: u64,
    history: Arc<Mutex<History>>,
    latest: watch::Receiver<u64>,
}

impl Watch {
    /// The revision up to which everything has been told. Where to go on with another watch.
    pub fn revision(&self) -> u64 {
        self.since
    }

    /// The changes of the next commit that has any here, as soon as there is one. Nothing is lost if the
    /// future is dropped.
    ///
    /// # Errors
    /// [`WatchError`].
    pub async fn next(&mut self) -> Result<Vec<Changed>, WatchError> {
        loop {
            // Seen before looking, so that a commit in between wakes this up.
            let _ = self.latest.borrow_and_update();
            if let Some(told) = self.told()? {
                return Ok(told);
            }
            self.latest.changed().await.map_err(|_| WatchError::Closed)?;
        }
    }

    /// What is there to be told now, without waiting.
    fn told(&mut self) -> Result<Option<Vec<Changed>>, WatchError> {
        let history = lock(&self.history);
        let (since, oldest) = (self.since, history.oldest);
        if since < oldest {
            self.since = history.latest;
            return Err(WatchError::Lagged { since, oldest });
        }
        let from = history.changes.partition_point(|changed| changed.revision <= since);
        let mut told: Vec<Changed> = vec![];
        for changed in history.changes.range(from..) {
            if told.first().is_some_and(|first| first.revision != changed.revision) {
                break;
            }
            if changed.key.starts_with(&self.prefix) {
                told.push(changed.clone());
            }
        }
        self.since = told.first().map_or(history.latest.max(since), |first| first.revision);
        Ok((!told.is_empty()).then_some(told))
    }
}

/// The last changes of a store, oldest first.
#[derive(Debug, Default)]
struct History {
    changes: VecDeque<Changed>,
    bytes: usize,
    /// Everything after this revision is remembered.
    oldest: u64,
    latest: u64,
}

impl History {
    fn forget_some(&mut self) {
        while self.changes.len() > MAX_CHANGES || self.bytes > MAX_BYTES {
            let Some(changed) = self.changes.pop_front() else { return };
            self.bytes -= size(&changed);
            // The rest of its commit is of no use without it.
            self.oldest = changed.revision;
        }
    }
}

fn size(changed: &Changed) -> usize {
    changed.key.len() + changed.value.as_ref().map_or(0, Vec::len)
}

/// A store's side: it says what it has committed.
#[derive(Debug)]
pub(super) struct Feed {
    history: Arc<Mutex<History>>,
    latest: watch::Sender<u64>,
}

impl Feed {
    /// A feed of a store that is at this revision.
    pub(super) fn at(revision: u64) -> Self {
        let history = History { oldest: revision, latest: revision, ..History::default() };
        Self { history: Arc::new(Mutex::new(history)), latest: watch::Sender::new(revision) }
    }

    /// Tells what was committed. Commits must be told in the order of their revisions.
    pub(super) fn tell(&self, revision: u64, changes: Vec<Change>) {
        {
            let mut history = lock(&self.history);
            for Change { key, value, .. } in changes {
                let changed = Changed { key, value, revision };
                history.bytes += size(&changed);
                history.changes.push_back(changed);
            }
            history.latest = revision;
            history.forget_some();
        }
        self.latest.send_replace(revision);
    }

    pub(super) fn watch(&self, prefix: &str, since: Option<u64>) -> Watch {
        let history = Arc::clone(&self.history);
        let since = since.unwrap_or_else(|| lock(&history).latest);
        Watch { prefix: prefix.to_owned(), since, history, latest: self.latest.subscribe() }
    }
}

fn lock(history: &Mutex<History>) -> MutexGuard<'_, History> {
    history.lock().unwrap_or_else(PoisonError::into_inner)
}
