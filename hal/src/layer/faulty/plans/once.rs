//! One verdict, at one place in a run or from there on.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::layer::{Call, FaultPlan, Verdict};

/// Gives one verdict to the nth changing call, counted from 0, and lets the others pass; or, from the nth
/// on, to all.
#[derive(Debug)]
pub struct Once {
    at: u64,
    verdict: Verdict,
    onwards: bool,
    reads_too: bool,
    seen: AtomicU64,
}

impl Once {
    /// This verdict for the nth changing call alone.
    pub fn at(nth: u64, verdict: Verdict) -> Self {
        let seen = AtomicU64::new(0);
        Self { at: nth, verdict, onwards: false, reads_too: false, seen }
    }

    /// This verdict for the nth call of any kind, reads included.
    pub fn at_any(nth: u64, verdict: Verdict) -> Self {
        Self { reads_too: true, ..Self::at(nth, verdict) }
    }

    /// This verdict for the nth changing call and all after it.
    pub fn from(nth: u64, verdict: Verdict) -> Self {
        Self { onwards: true, ..Self::at(nth, verdict) }
    }

    /// Whether the nth call ever came. A test that asks for a fault that never happened has shown nothing.
    pub fn happened(&self) -> bool {
        self.seen.load(Ordering::SeqCst) > self.at
    }
}

impl FaultPlan for Once {
    fn verdict(&self, call: &Call<'_>) -> Verdict {
        if !call.changes && !self.reads_too {
            return Verdict::Pass;
        }
        let nth = self.seen.fetch_add(1, Ordering::SeqCst);
        let hit = nth == self.at || (self.onwards && nth > self.at);
        if hit { self.verdict } else { Verdict::Pass }
    }
}
