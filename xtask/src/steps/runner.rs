//! Runs steps in order and reports on them.
//!
//! A failure does not stop the quick steps after it: one run shows all they find. It does stop the
//! slow ones, which would only delay the answer.

use std::fmt;
use std::time::{Duration, Instant};

use super::{Context, Outcome, Step};
use crate::failure::Failure;
use crate::tools;

/// How each step ended.
#[derive(Debug)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    name: &'static str,
    outcome: Result<Outcome, Failure>,
    took: Duration,
}

/// Runs the steps, announcing each. `now` is the clock that times them.
pub(crate) fn run(steps: &[Step], context: &Context, now: fn() -> Instant) -> Report {
    let mut report = Report { rows: Vec::new() };
    for (at, step) in steps.iter().enumerate() {
        println!("\n[{}/{}] {}: {}", at + 1, steps.len(), step.name, step.about);
        let start = now();
        let outcome = if step.slow && report.failed() > 0 {
            Ok(Outcome::Skipped(format!(
                "slow, and an earlier step failed; `{}` runs it",
                command(step.name)
            )))
        } else {
            run_one(step, context)
        };
        match &outcome {
            Ok(Outcome::Passed) => {}
            Ok(Outcome::Skipped(why)) => println!("{}: skipped: {why}", step.name),
            Err(failure) => println!("{}: FAILED: {failure}", step.name),
        }
        report.rows.push(Row { name: step.name, outcome, took: now() - start });
    }
    report
}

fn run_one(step: &Step, context: &Context) -> Result<Outcome, Failure> {
    for tool in step.needs {
        tools::ensure(*tool, &context.root)?;
    }
    (step.run)(context)
}

impl Report {
    /// How many steps failed.
    pub(crate) fn failed(&self) -> usize {
        self.rows.iter().filter(|row| row.outcome.is_err()).count()
    }

    /// A failure that names the steps that failed, or that none passed.
    pub(crate) fn verdict(&self) -> Result<(), Failure> {
        let failed = self.rows.iter().filter(|row| row.outcome.is_err()).map(|row| row.name);
        let failed: Vec<&str> = failed.collect();
        if !failed.is_empty() {
            return Err(Failure::new(format!("failed: {}", failed.join(", "))));
        }
        if self.passed() == 0 {
            return Err(Failure::new("no step passed: nothing was checked"));
        }
        Ok(())
    }

    fn passed(&self) -> usize {
        self.rows.iter().filter(|row| row.outcome == Ok(Outcome::Passed)).count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<10}{:<9}{:>8}  repeat with", "step", "result", "time")?;
        for row in &self.rows {
            let (result, repeat) = match &row.outcome {
                Ok(Outcome::Passed) => ("passed", Vec::new()),
                Ok(Outcome::Skipped(why)) => ("skipped", vec![format!("({why})")]),
                Err(failure) if failure.repeat.is_empty() => ("FAILED", vec![command(row.name)]),
                Err(failure) => ("FAILED", failure.repeat.clone()),
            };
            let took = format!("{:.1}s", row.took.as_secs_f64());
            let line = format!("{:<10}{result:<9}{took:>8}", row.name);
            let mut repeat = repeat.iter();
            writeln!(f, "{}", format!("{line}  {}", repeat.next().map_or("", |r| r)).trim_end())?;
            for further in repeat {
                writeln!(f, "{:29}{further}", "")?;
            }
        }
        let (passed, failed) = (self.passed(), self.failed());
        write!(f, "\n{passed} passed, {failed} failed")?;
        match self.rows.len() - passed - failed {
            0 => Ok(()),
            skipped => write!(f, ", {skipped} skipped"),
        }
    }
}

/// The command that runs one step.
fn command(step: &str) -> String {
    format!("cargo xtask test --step {step}")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::Run;
    use super::*;

    const GOOD: Run = |_| Ok(Outcome::Passed);
    const BAD: Run = |_| {
        let again = Failure::new("two parts broke").repeated_by("cargo one");
        Err(again.repeated_by("cargo two"))
    };
    const VAGUE: Run = |_| Err(Failure::new("no command repeats this"));
    const EMPTY: Run = |_| Ok(Outcome::Skipped("nothing here".into()));

    fn report(steps: &[(&'static str, bool, Run)]) -> Report {
        let steps: Vec<Step> = steps
            .iter()
            .map(|&(name, slow, run)| Step { name, about: "a test", slow, needs: &[], run })
            .collect();
        let context = Context { root: PathBuf::from("."), fuzz_seconds: 1 };
        let mut report = run(&steps, &context, super::super::now);
        for row in &mut report.rows {
            row.took = Duration::from_millis(1250);
        }
        report
    }

    #[test]
    fn all_pass() {
        let report = report(&[("one", false, GOOD), ("two", true, GOOD)]);
        assert_eq!(
            report.to_string(),
            "step      result       time  repeat with\n\
             one       passed       1.2s\n\
             two       passed       1.2s\n\
             \n\
             2 passed, 0 failed"
        );
        assert_eq!(report.verdict(), Ok(()));
    }

    #[test]
    fn a_failure_stops_only_slow_steps() {
        let report = report(&[
            ("one", false, BAD),
            ("two", false, GOOD),
            ("three", false, VAGUE),
            ("four", false, EMPTY),
            ("five", true, GOOD),
        ]);
        let slow = "(slow, and an earlier step failed; `cargo xtask test --step five` runs it)";
        assert_eq!(
            report.to_string(),
            format!(
                "step      result       time  repeat with\n\
                 one       FAILED       1.2s  cargo one\n\
                 {:29}cargo two\n\
                 two       passed       1.2s\n\
                 three     FAILED       1.2s  cargo xtask test --step three\n\
                 four      skipped      1.2s  (nothing here)\n\
                 five      skipped      1.2s  {slow}\n\
                 \n\
                 1 passed, 2 failed, 2 skipped",
                ""
            )
        );
        assert_eq!(report.verdict().unwrap_err().why, "failed: one, three");
    }

    #[test]
    fn nothing_run_is_no_success() {
        assert!(report(&[("one", false, EMPTY)]).verdict().is_err());
        assert!(report(&[]).verdict().is_err());
    }
}
