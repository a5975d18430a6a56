//! The steps that run tests: unit and integration tests, doc tests, benches, tests in a real kernel.
//!
//! A suite that ran nothing proves nothing, so each must have run at least one test.

use std::path::Path;

use super::{Context, Outcome};
use crate::failure::Failure;
use crate::task::Task;
use crate::tidy::tree::Tree;

/// The seed of the property tests: a change is judged by what it does, not by what chance finds today. Another
/// seed in the environment goes before it.
const SEED: (&str, &str) = ("PROPTEST_RNG_SEED", "20261123");

/// The tests that need the lab's kernel: of this package, in this binary, with names that begin so.
const KERNEL: (&str, &str, &str) = ("npivot-lab", "kernel", "real_kernel::");

/// Those that need the lab's Debian directory, too.
const PROGRAMS: (&str, &str, &str) = ("npivot-lab", "programs", "real_programs::");

/// Unit and integration tests: with nextest where it is installed, which fails when it finds no
/// test, else with cargo. Those that need the lab's kernel are left to their own steps.
pub(crate) fn test(context: &Context) -> Result<Outcome, Failure> {
    if Task::cargo(["nextest", "--version"]).succeeds(&context.root) {
        let [others, programs] = [KERNEL, PROGRAMS]
            .map(|(package, binary, _)| format!("not binary_id(={package}::{binary})"));
        let others = format!("{others} and {programs}");
        let task =
            Task::cargo(["nextest", "run", "--workspace", "--no-tests", "fail", "-E", &others]);
        let task = task.with_default(SEED.0, SEED.1);
        return task.run(&context.root).map(|()| Outcome::Passed);
    }
    let args = [
        "test",
        "--workspace",
        "--lib",
        "--bins",
        "--tests",
        "--examples",
        "--",
        "--skip",
        KERNEL.2,
        "--skip",
        PROGRAMS.2,
    ];
    some_passed(&Task::cargo(args).with_default(SEED.0, SEED.1), context)
}

/// The lab's tests in a real kernel, which is built when there is none.
pub(crate) fn kernel(context: &Context) -> Result<Outcome, Failure> {
    let kernel = crate::kernel::ensure(&context.root, None, super::now)?;
    on_a_kernel(context, KERNEL, &[("NPIVOT_KERNEL", &kernel)])
}

/// Stock programs on that kernel, in a Debian directory, which is made when there is none.
pub(crate) fn programs(context: &Context) -> Result<Outcome, Failure> {
    let kernel = crate::kernel::ensure(&context.root, None, super::now)?;
    let debian = crate::debian::ensure(&context.root, super::now)?;
    on_a_kernel(context, PROGRAMS, &[("NPIVOT_KERNEL", &kernel), ("NPIVOT_DEBIAN", &debian)])
}

fn on_a_kernel(
    context: &Context,
    (package, binary, prefix): (&str, &str, &str),
    given: &[(&str, &Path)],
) -> Result<Outcome, Failure> {
    let with = |task: Task| {
        given
            .iter()
            .fold(task, |task, (name, path)| task.with_default(name, &path.to_string_lossy()))
    };
    // The whole workspace, as the step before: a package of its own would be built with other features.
    if Task::cargo(["nextest", "--version"]).succeeds(&context.root) {
        let ours = format!("binary_id({package}::{binary})");
        let args = ["nextest", "run", "--workspace", "--no-tests", "fail", "-E", &ours];
        return with(Task::cargo(args)).run(&context.root).map(|()| Outcome::Passed);
    }
    let args = ["test", "--workspace", "--test", binary, "--", prefix];
    some_passed(&with(Task::cargo(args)), context)
}

/// The examples in doc comments.
pub(crate) fn doctest(context: &Context) -> Result<Outcome, Failure> {
    some_passed(&Task::cargo(["test", "--workspace", "--doc"]), context)
}

/// Each benchmark once, to see that it runs; not how fast.
pub(crate) fn bench(context: &Context) -> Result<Outcome, Failure> {
    let tree = Tree::read(&context.root)?;
    if !tree.files().iter().any(|file| is_bench(&file.path)) {
        return Ok(Outcome::Skipped("the workspace has no benches/*.rs".to_owned()));
    }
    // `--benches` would run every unit test a second time: libraries count as benches too.
    let task = Task::cargo(["test", "--workspace", "--bench", "*"]);
    task.run(&context.root).map(|()| Outcome::Passed)
}

fn some_passed(task: &Task, context: &Context) -> Result<Outcome, Failure> {
    match task.run_counting(&context.root, passed)? {
        0 => Err(task.failure("no test ran")),
        _ => Ok(Outcome::Passed),
    }
}

/// How many tests passed, if the line is the one with which a test program ends.
fn passed(line: &str) -> usize {
    line.split_once("test result: ")
        .and_then(|(_, rest)| rest.split_once(". "))
        .and_then(|(_, counts)| counts.split_once(" passed"))
        .and_then(|(count, _)| count.trim().parse().ok())
        .unwrap_or(0)
}

/// Whether the file is a benchmark: `benches/name.rs` or `benches/name/main.rs` of some package.
fn is_bench(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(name), Some("benches"), _) => {
            std::path::Path::new(name).extension().is_some_and(|ext| ext == "rs")
        }
        (Some("main.rs"), Some(_), Some("benches")) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passed_tests_are_counted() {
        let tail = "0 failed; 0 ignored; 0 measured; 1 filtered out; finished in 0.00s";
        assert_eq!(passed(&format!("test result: ok. 12 passed; {tail}\n")), 12);
        assert_eq!(passed(&format!("test result: FAILED. 3 passed; {tail}\n")), 3);
        for other in ["running 4 tests", "test a ... ok", "", "test result: ", "12 passed"] {
            assert_eq!(passed(other), 0, "{other}");
        }
    }

    #[test]
    fn benches_are_files_in_their_folder() {
        assert!(is_bench("benches/a.rs") && is_bench("simulator/fabric/benches/a/main.rs"));
        for other in ["benches/a/part.rs", "src/benches.rs", "benches/a.md", "a.rs"] {
            assert!(!is_bench(other), "{other}");
        }
    }
}
