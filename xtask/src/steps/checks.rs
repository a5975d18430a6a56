//! The steps that need no test to run: format, lints, tidy, docs.

use super::{Context, Outcome};
use crate::failure::Failure;
use crate::task::Task;

/// rustfmt over the workspace and over `fuzz/`, which is a workspace of its own.
pub(crate) fn fmt(context: &Context) -> Result<Outcome, Failure> {
    let mut tasks = vec![Task::cargo(["fmt", "--all", "--", "--check"])];
    if context.root.join("fuzz/Cargo.toml").exists() {
        let fuzz = ["fmt", "--manifest-path", "fuzz/Cargo.toml", "--", "--check"];
        tasks.push(Task::cargo(fuzz));
    }
    let failures = tasks.iter().filter_map(|task| task.run(&context.root).err()).collect();
    Failure::all(failures).map(|()| Outcome::Passed)
}

/// clippy over everything in the workspace; a warning is a failure.
pub(crate) fn clippy(context: &Context) -> Result<Outcome, Failure> {
    let args = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    Task::cargo(args).run(&context.root).map(|()| Outcome::Passed)
}

/// The rules of the codebase.
pub(crate) fn tidy(context: &Context) -> Result<Outcome, Failure> {
    crate::tidy::run(&context.root).map(|()| Outcome::Passed)
}

/// rustdoc over the workspace; a warning is a failure.
pub(crate) fn doc(context: &Context) -> Result<Outcome, Failure> {
    let task = Task::cargo(["doc", "--workspace", "--no-deps"]);
    let task = task.with_flags("RUSTDOCFLAGS", "-D warnings");
    task.run(&context.root).map(|()| Outcome::Passed)
}
