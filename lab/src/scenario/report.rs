//! What a run comes to: a timeline, each expectation's result, a verdict.

use std::fmt;

use serde::Serialize;

/// A line of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// When, in microseconds of virtual time.
    pub at_us: u64,
    /// Where: a host, a fabric, an array, a guest, `migration` or `scenario`.
    pub place: String,
    /// What.
    pub text: String,
}

/// What became of an expectation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Result {
    /// What was expected.
    pub expected: String,
    /// Whether it is so.
    pub held: bool,
    /// What is so: a reason for either.
    pub found: String,
}

/// A run's report. `Display` is the text for people, `Serialize` the same for programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The scenario's title.
    pub title: String,
    /// The seed of this run.
    pub seed: u64,
    /// What happened, in order.
    pub timeline: Vec<Line>,
    /// The step that failed, and why; the steps after it were not done.
    pub failed_step: Option<String>,
    /// The expectations' results, in the file's order.
    pub expectations: Vec<Result>,
    /// The hash of the simulated world's run: equal for equal runs.
    pub fingerprint: String,
}

impl Report {
    /// Whether every step was done and every expectation held.
    pub fn passed(&self) -> bool {
        self.failed_step.is_none() && self.expectations.iter().all(|result| result.held)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}  (seed {})\n", self.title, self.seed)?;
        let width = self.timeline.iter().map(|line| line.place.chars().count()).max().unwrap_or(0);
        for Line { at_us, place, text } in &self.timeline {
            let (secs, micros) = (at_us / 1_000_000, at_us % 1_000_000);
            writeln!(f, "{secs:5}.{micros:06}  {place:width$}  {text}")?;
        }
        writeln!(f)?;
        for Result { expected, held, found } in &self.expectations {
            let mark = if *held { "ok    " } else { "FAILED" };
            writeln!(f, "{mark}  {expected}: {found}")?;
        }
        if let Some(failed) = &self.failed_step {
            writeln!(f, "FAILED  {failed}")?;
        }
        let held = self.expectations.iter().filter(|result| result.held).count();
        let verdict = if self.passed() { "PASSED" } else { "FAILED" };
        let all = self.expectations.len();
        writeln!(f, "\n{verdict}: {held} of {all} expectations held; run {}", self.fingerprint)
    }
}
