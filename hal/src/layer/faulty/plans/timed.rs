//! A plan with a timer.

use std::fmt;
use std::sync::Arc;

use crate::layer::{Call, FaultPlan, Timer, Verdict};

/// A plan, with the timer that its [delays](Verdict::Delay) are measured by.
///
/// ```
/// use std::{sync::Arc, time::Duration};
/// use npivot_hal::layer::{FaultPlan, Script, Timed, Verdict, When};
///
/// let slow = Script::new([When::changing().always(Verdict::Delay(Duration::from_secs(2)))]);
/// let plan = Timed::new(Arc::new(slow), tokio::time::sleep);
/// assert!(plan.timer().is_some());
/// ```
pub struct Timed {
    plan: Arc<dyn FaultPlan>,
    timer: Box<dyn Timer>,
}

impl Timed {
    /// This plan, with this timer.
    pub fn new(plan: Arc<dyn FaultPlan>, timer: impl Timer + 'static) -> Self {
        Self { plan, timer: Box::new(timer) }
    }
}

impl fmt::Debug for Timed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timed").field("plan", &self.plan).finish_non_exhaustive()
    }
}

impl FaultPlan for Timed {
    fn verdict(&self, call: &Call<'_>) -> Verdict {
        self.plan.verdict(call)
    }

    fn timer(&self) -> Option<&dyn Timer> {
        Some(&*self.timer)
    }
}
