//! Faults that are switched on and off.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::layer::{Call, FaultPlan, Pass, Timer, Verdict};

use super::matching::{Counting, Line, first_due};

/// Faults that are on as long as somebody holds their guard; else another plan decides.
///
/// ```
/// use npivot_hal::layer::{Call, FaultPlan, FaultSwitch, Verdict, When};
///
/// let switch = FaultSwitch::default();
/// let reset = Call::new("reset", "alpha", true);
/// let broken = switch.raise(When::any().on("alpha").always(Verdict::Fail));
/// assert_eq!(switch.verdict(&reset), Verdict::Fail);
/// assert_eq!(broken.fired(), 1);
/// drop(broken);
/// assert_eq!(switch.verdict(&reset), Verdict::Pass);
/// ```
#[derive(Debug)]
pub struct FaultSwitch {
    raised: Arc<Mutex<Raised>>,
    below: Arc<dyn FaultPlan>,
}

#[derive(Debug, Default)]
struct Raised {
    next: u64,
    faults: BTreeMap<u64, Counting>,
}

fn locked(raised: &Mutex<Raised>) -> MutexGuard<'_, Raised> {
    raised.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for FaultSwitch {
    fn default() -> Self {
        Self::over(Arc::new(Pass))
    }
}

impl FaultSwitch {
    /// A switch with nothing on, over a plan that decides on the calls that no fault is for.
    pub fn over(below: Arc<dyn FaultPlan>) -> Self {
        Self { raised: Arc::default(), below }
    }

    /// Switches a fault on until the guard is dropped. It counts calls from now on. Of faults that are
    /// due at once, the one that was raised first is obeyed.
    pub fn raise(&self, line: Line) -> FaultGuard {
        let mut raised = locked(&self.raised);
        let key = raised.next;
        raised.next += 1;
        raised.faults.insert(key, Counting::new(line));
        drop(raised);
        FaultGuard { raised: Arc::clone(&self.raised), key }
    }

    /// How many faults are on.
    pub fn raised(&self) -> usize {
        locked(&self.raised).faults.len()
    }
}

impl FaultPlan for FaultSwitch {
    fn verdict(&self, call: &Call<'_>) -> Verdict {
        let due = first_due(locked(&self.raised).faults.values_mut(), call);
        due.unwrap_or_else(|| self.below.verdict(call))
    }

    fn timer(&self) -> Option<&dyn Timer> {
        self.below.timer()
    }
}

/// A fault that is on. Dropping it lifts the fault; calls that it has already reached stay as they are.
#[derive(Debug)]
#[must_use = "the fault is lifted when this is dropped"]
pub struct FaultGuard {
    raised: Arc<Mutex<Raised>>,
    key: u64,
}

impl FaultGuard {
    /// How many calls it gave its verdict to.
    pub fn fired(&self) -> u64 {
        locked(&self.raised).faults.get(&self.key).map_or(0, |fault| fault.fired)
    }
}

impl Drop for FaultGuard {
    fn drop(&mut self) {
        locked(&self.raised).faults.remove(&self.key);
    }
}
