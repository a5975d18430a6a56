//! Plans that let everything pass.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::layer::{Call, FaultPlan, Verdict};

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
