//! What was begun and done, kept where a crash does not reach it.

use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::Plan;

/// One line of a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Entry {
    /// A migration by this plan begins.
    Begun(Box<Plan>),
    /// The step of this index begins: it may be done, half done or not done from here on.
    Starting(usize),
    /// It is done.
    Done(usize),
    /// Roll-back begins.
    RollingBack,
    /// The migration is over, whatever its outcome: nothing is to be recovered.
    Ended,
}

/// The journal cannot be written or read.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the migration's journal: {0}")]
pub struct JournalError(pub String);

/// Where a migration writes down what it does, **before** it does it.
///
/// # For backend authors
/// `append` returns when the entry is on stable storage. Entries come back in order, whole: one that was
/// torn by a crash is left out.
#[async_trait]
pub trait Journal: Debug + Send + Sync {
    /// Adds an entry.
    ///
    /// # Errors
    /// The entry may not be there; the step that it announces is not begun.
    async fn append(&self, entry: Entry) -> Result<(), JournalError>;

    /// All entries of the newest migration.
    ///
    /// # Errors
    /// It cannot be read.
    async fn entries(&self) -> Result<Vec<Entry>, JournalError>;
}

/// A journal in memory: for tests and simulations, where the process does not really crash.
#[derive(Debug, Default)]
pub struct MemoryJournal(Mutex<Vec<Entry>>);

#[async_trait]
impl Journal for MemoryJournal {
    async fn append(&self, entry: Entry) -> Result<(), JournalError> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(entry, Entry::Begun(_)) {
            entries.clear();
        }
        entries.push(entry);
        Ok(())
    }

    async fn entries(&self) -> Result<Vec<Entry>, JournalError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}
