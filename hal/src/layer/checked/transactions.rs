//! What has been seen of zoning transactions.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ZoneTransaction;

/// How many transactions are remembered. A fabric has one at a time; those that have ended are remembered
/// for callers that come late.
const REMEMBERED: usize = 64;

/// What is known of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// It is open, and its database has this checksum.
    At(u64),
    /// A call that can change it is under way.
    Changing,
    /// It is open or not, and its checksum is anybody's guess: a call failed, was dropped, or overlapped
    /// with another.
    Nothing,
    /// It was committed or aborted.
    Ended,
}

/// Why a transaction cannot be used any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stale {
    /// It was committed or aborted.
    Ended,
    /// It was edited since, and is now at this checksum.
    EditedTo(u64),
}

/// The transactions seen of late, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Transactions(Mutex<VecDeque<(u64, Known)>>);

impl Transactions {
    /// Why this transaction cannot be edited or committed, if that is known.
    pub(super) fn stale(&self, presented: &ZoneTransaction) -> Option<Stale> {
        match self.seen().iter().find(|(token, _)| *token == presented.token)?.1 {
            Known::Ended => Some(Stale::Ended),
            Known::At(checksum) if checksum != presented.checksum => {
                Some(Stale::EditedTo(checksum))
            }
            _ => None,
        }
    }

    /// A transaction was begun.
    pub(super) fn begun(&self, transaction: &ZoneTransaction) {
        self.set(transaction.token, |_| Known::At(transaction.checksum));
    }

    /// A call on this transaction is about to be made.
    pub(super) fn changing(&self, token: u64) -> Change<'_> {
        self.set(token, |known| match known {
            Some(Known::At(_)) | None => Known::Changing,
            Some(Known::Changing | Known::Nothing) => Known::Nothing,
            Some(Known::Ended) => Known::Ended,
        });
        Change { transactions: self, token, settled: false }
    }

    fn set(&self, token: u64, to: impl FnOnce(Option<Known>) -> Known) {
        let mut seen = self.seen();
        if let Some((_, known)) = seen.iter_mut().find(|(of, _)| *of == token) {
            *known = to(Some(*known));
            return;
        }
        if seen.len() == REMEMBERED {
            seen.pop_front();
        }
        seen.push_back((token, to(None)));
    }

    fn seen(&self) -> MutexGuard<'_, VecDeque<(u64, Known)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call on a transaction that is under way. Dropped unsettled, by an error or by a caller that gave up,
/// it leaves nothing known.
pub(super) struct Change<'a> {
    transactions: &'a Transactions,
    token: u64,
    settled: bool,
}

impl Change<'_> {
    /// It was an edit, and this is the transaction now. An edit that overlapped with another call settles
    /// nothing: which of them came last is not known here.
    pub(super) fn edited(mut self, now: &ZoneTransaction) {
        self.settled = true;
        self.transactions.set(self.token, |known| match known {
            Some(Known::Changing) => Known::At(now.checksum),
            other => other.unwrap_or(Known::Nothing),
        });
    }

    /// It ended the transaction.
    pub(super) fn ended(mut self) {
        self.settled = true;
        self.transactions.set(self.token, |_| Known::Ended);
    }
}

impl Drop for Change<'_> {
    fn drop(&mut self) {
        if !self.settled {
            self.transactions.set(self.token, |known| match known {
                Some(Known::Ended) => Known::Ended,
                _ => Known::Nothing,
            });
        }
    }
}
