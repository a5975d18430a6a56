//! `cargo xtask test`: everything CI runs, as a list of steps.
//!
//! | module | what it holds |
//! |---|---|
//! | [`checks`] | what needs no test to run: format, lints, tidy, docs |
//! | [`suites`] | tests, doc tests, benches, tests in a real kernel |
//! | [`examples`] | every example, run as a reader would |
//! | [`fuzz`] | every fuzz target, for a short time |
//! | [`runner`] | the order, what a failure stops, the table at the end |

pub(crate) mod checks;
pub(crate) mod examples;
pub(crate) mod fuzz;
pub(crate) mod runner;
pub(crate) mod suites;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use crate::failure::Failure;
use crate::tools::Tool;

/// What every step may look at.
#[derive(Debug)]
pub(crate) struct Context {
    /// The repository's root.
    pub(crate) root: PathBuf,
    /// How long each fuzz target runs, in seconds.
    pub(crate) fuzz_seconds: u32,
}

/// How a step ended well.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It ran and found nothing wrong.
    Passed,
    /// It had nothing to run, and why that is no fault.
    Skipped(String),
}

/// What a step does.
pub(crate) type Run = fn(&Context) -> Result<Outcome, Failure>;

/// Which steps to run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Every step.
    All,
    /// Every step that is not slow.
    Quick,
    /// The step of this name.
    One(String),
}

/// One step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// Its name, for `--step` and the table.
    pub(crate) name: &'static str,
    /// What passes when it passes.
    pub(crate) about: &'static str,
    /// Minutes rather than seconds: left out by `--quick`, and not run after a failure.
    pub(crate) slow: bool,
    /// What it needs on the machine.
    pub(crate) needs: &'static [Tool],
    /// Runs it.
    pub(crate) run: Run,
}

/// Every step, in the order in which CI runs them.
pub(crate) const STEPS: [Step; 11] = [
    Step {
        name: "fmt",
        about: "rustfmt would change nothing",
        slow: false,
        needs: &[Tool::Rustfmt],
        run: checks::fmt,
    },
    Step {
        name: "clippy",
        about: "no lint warns, in code, tests, benches and examples",
        slow: false,
        needs: &[Tool::Clippy],
        run: checks::clippy,
    },
    Step {
        name: "tidy",
        about: "the rules of the codebase hold",
        slow: false,
        needs: &[Tool::Git],
        run: checks::tidy,
    },
    Step {
        name: "doc",
        about: "the documentation builds without a warning",
        slow: false,
        needs: &[],
        run: checks::doc,
    },
    Step {
        name: "test",
        about: "unit and integration tests pass",
        slow: false,
        needs: &[],
        run: suites::test,
    },
    Step {
        name: "doctest",
        about: "the examples in the documentation pass",
        slow: false,
        needs: &[],
        run: suites::doctest,
    },
    Step {
        name: "bench",
        about: "every benchmark runs once",
        slow: false,
        needs: &[Tool::Git],
        run: suites::bench,
    },
    Step {
        name: "examples",
        about: "every example runs in a release build, and a scenario alike twice",
        slow: true,
        needs: &[],
        run: examples::run,
    },
    Step {
        name: "kernel",
        about: "a real Linux kernel boots in the lab and does what its tests say",
        slow: true,
        needs: &[],
        run: suites::kernel,
    },
    Step {
        name: "programs",
        about: "udev, multipath and libvirt do on that kernel what they do on others",
        slow: true,
        needs: &[],
        run: suites::programs,
    },
    Step {
        name: "fuzz",
        about: "no fuzz target finds a fault in a short run",
        slow: true,
        needs: &[Tool::Cxx, Tool::CargoFuzz],
        run: fuzz::smoke,
    },
];

/// The steps as a person reads them: number, name, what they prove.
pub(crate) fn listing() -> String {
    let mut text = String::new();
    for (at, step) in STEPS.iter().enumerate() {
        let slow = if step.slow { " (slow: not with --quick)" } else { "" };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}. {:<9} {}{slow}", at + 1, step.name, step.about);
    }
    text
}

/// Runs the chosen steps and reports; a failure when any of them failed.
pub(crate) fn run(context: &Context, choice: &Choice) -> Result<(), Failure> {
    let chosen = chosen(choice)?;
    if *choice == Choice::Quick {
        let left = STEPS.iter().filter(|step| step.slow).map(|step| step.name);
        let left = left.collect::<Vec<_>>().join(", ");
        println!("--quick: leaving out {left}; `cargo xtask test` runs them");
    }
    let report = runner::run(&chosen, context, now);
    println!("\n{report}");
    report.verdict()
}

fn chosen(choice: &Choice) -> Result<Vec<Step>, Failure> {
    let steps: Vec<Step> = match choice {
        Choice::All => STEPS.to_vec(),
        Choice::Quick => STEPS.into_iter().filter(|step| !step.slow).collect(),
        Choice::One(name) => STEPS.into_iter().filter(|step| step.name == name).collect(),
    };
    if steps.is_empty() {
        let names = STEPS.map(|step| step.name).join(", ");
        return Err(Failure::new(format!("no such step; the steps are {names}"))
            .repeated_by("cargo xtask test --list"));
    }
    Ok(steps)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the time a step took is for the reader; nothing depends on it"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(choice: &Choice) -> Vec<&'static str> {
        chosen(choice).unwrap().iter().map(|step| step.name).collect()
    }

    #[test]
    fn the_order_is_cheap_first() {
        let all = names(&Choice::All);
        assert_eq!(
            all,
            [
                "fmt", "clippy", "tidy", "doc", "test", "doctest", "bench", "examples", "kernel",
                "programs", "fuzz"
            ]
        );
        assert_eq!(names(&Choice::Quick), all[..7]);
        let slow: Vec<bool> = STEPS.iter().map(|step| step.slow).collect();
        assert!(slow.is_sorted(), "a failure must not stop a cheap step: slow ones come last");
    }

    #[test]
    fn one_step_is_found_by_name() {
        assert_eq!(names(&Choice::One("doc".into())), ["doc"]);
        let unknown = chosen(&Choice::One("docs".into())).unwrap_err();
        assert!(unknown.why.contains("doctest"), "{unknown}");
    }

    #[test]
    fn the_listing_names_every_step() {
        let listing = listing();
        assert_eq!(listing.lines().count(), STEPS.len());
        for (line, step) in listing.lines().zip(STEPS) {
            assert!(line.contains(step.name) && line.contains(step.about), "{line}");
            assert_eq!(line.contains("--quick"), step.slow, "{line}");
        }
    }
}
