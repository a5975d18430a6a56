//! A run's faults, written down.

use std::sync::{Mutex, PoisonError};

use crate::layer::{Call, FaultPlan, Verdict};

use super::matching::{Counting, Line, first_due};

/// An ordered list of which calls get which verdict; all others pass. Where two lines are due, the first
/// is obeyed. Each line counts the calls that match it, whatever became of them.
///
/// ```
/// use npivot_hal::layer::{Call, FaultPlan, Script, Verdict, When};
///
/// let script = Script::new([
///     When::method("create_vport").on("alpha").nth(1, Verdict::Lost),
///     When::method("delete_vport").always(Verdict::Fail),
/// ]);
/// let create = Call::new("create_vport", "alpha", true);
/// assert_eq!(script.verdict(&create), Verdict::Pass);
/// assert_eq!(script.verdict(&create), Verdict::Lost);
/// assert_eq!(script.unfired()[0].to_string(), "delete_vport, from number 0: Fail");
/// ```
#[derive(Debug)]
pub struct Script(Mutex<Vec<Counting>>);

impl Script {
    /// A script of these lines.
    pub fn new(lines: impl IntoIterator<Item = Line>) -> Self {
        Self(Mutex::new(lines.into_iter().map(Counting::new).collect()))
    }

    /// The lines that gave no verdict yet. A test that asks for a fault that never happened has shown
    /// nothing.
    pub fn unfired(&self) -> Vec<Line> {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().filter(|line| line.fired == 0).map(|line| line.line().clone()).collect()
    }
}

impl FaultPlan for Script {
    fn verdict(&self, call: &Call<'_>) -> Verdict {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        first_due(lines.iter_mut(), call).unwrap_or(Verdict::Pass)
    }
}
