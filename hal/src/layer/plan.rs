//! Who decides which call fails, and how.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};

/// A call that is about to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call<'a> {
    /// The method, as `create_vport`.
    pub method: &'static str,
    /// The machine: the host's, fabric's or array's name.
    pub machine: &'a str,
    /// Whether it changes anything.
    pub changes: bool,
}

impl<'a> Call<'a> {
    /// A call of this method on this machine.
    pub fn new(method: &'static str, machine: &'a str, changes: bool) -> Self {
        Self { method, machine, changes }
    }
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// It is made.
    Pass,
    /// It is not made, and fails.
    Fail,
    /// It is made, and its answer is lost: the caller gets `NoAnswer`.
    Lost,
    /// The caller dies before it: it is not made, and the caller's future never becomes ready.
    CrashBefore,
    /// The caller dies after it: it is made, and the caller's future never becomes ready.
    CrashAfter,
}

/// Decides on calls, one after the other. Plans that use chance own their seed.
pub trait FaultPlan: Debug + Send + Sync {
    /// What becomes of this call.
    fn verdict(&self, call: &Call<'_>) -> Verdict;
}

/// Lets everything pass.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pass;

impl FaultPlan for Pass {
    fn verdict(&self, _: &Call<'_>) -> Verdict {
        Verdict::Pass
    }
}

/// Lets everything pass and counts the calls that change something: what an exhaustive test enumerates.
#[derive(Debug, Default)]
pub struct Counted(AtomicU64);

impl Counted {
    /// How many changing calls there were.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl FaultPlan for Counted {
    fn verdict(&self, call: &Call<'_>) -> Verdict {
        self.0.fetch_add(u64::from(call.changes), Ordering::SeqCst);
        Verdict::Pass
    }
}

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
