//! The repository's chores, run as `cargo xtask …`.
//!
//! Start with [`steps`], the list of everything CI runs, and [`tidy`], the style as a check.
//!
//! | module | what it holds |
//! |---|---|
//! | [`steps`] | the steps of `cargo xtask test`, in order, and how they are run and reported |
//! | [`kernel`] | the lab's kernel, built once and kept |
//! | [`debian`] | the lab's Debian directory, made once and kept |
//! | [`cache`] | where both are kept, and one builder at a time |
//! | [`tidy`] | the rules of the codebase as pure functions over paths and texts |
//! | [`tools`] | what a step needs on the machine, and how a missing tool gets there |
//! | [`task`] | one command of another program: shown, run, captured |
//! | [`failure`] | what went wrong, with the commands that repeat it |

mod cache;
mod debian;
mod failure;
mod kernel;
mod steps;
mod task;
mod tidy;
mod tools;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Failure;
use crate::steps::{Choice, Context};

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "The repository's chores")]
struct Args {
    /// Which chore.
    #[command(subcommand)]
    chore: Chore,
}

/// One chore.
#[derive(Debug, Subcommand)]
enum Chore {
    /// Check the rules of the codebase: sizes, names, docs, who may depend on whom
    Tidy,
    /// Run everything CI runs, in the same order
    Test {
        /// Leave out the slow steps: release examples and fuzzing
        #[arg(long, conflicts_with = "step")]
        quick: bool,
        /// Run only this step
        #[arg(long, value_name = "NAME")]
        step: Option<String>,
        /// Print the steps and stop
        #[arg(long, conflicts_with_all = ["quick", "step"])]
        list: bool,
        /// How long each fuzz target runs
        #[arg(long, value_name = "SECONDS", default_value_t = 10)]
        #[arg(value_parser = clap::value_parser!(u32).range(1..))]
        fuzz_seconds: u32,
    },
    /// Fuzz one target, or each in turn, for longer than CI does; new inputs go to fuzz/corpus
    Fuzz {
        /// The file name of the target, without `.rs`
        target: Option<String>,
        /// How long each target runs
        #[arg(long, value_name = "SECONDS", default_value_t = 300)]
        #[arg(value_parser = clap::value_parser!(u32).range(1..))]
        seconds: u32,
    },
    /// Build the kernel that the lab boots, unless it is built, and print where it is
    Kernel {
        /// Sources of Linux 6.1 to take instead of Debian's, as an archive that tar reads
        #[arg(long, value_name = "FILE")]
        source: Option<PathBuf>,
    },
    /// Make the Debian directory with udev, multipath and libvirt, unless it is made, and print where it is
    Debian,
}

fn main() -> ExitCode {
    let root = root();
    let done = match Args::parse().chore {
        Chore::Tidy => tidy::run(&root),
        Chore::Test { list: true, .. } => {
            print!("{}", steps::listing());
            Ok(())
        }
        Chore::Test { quick, step, fuzz_seconds, .. } => {
            let choice = step.map_or(if quick { Choice::Quick } else { Choice::All }, Choice::One);
            steps::run(&Context { root, fuzz_seconds }, &choice)
        }
        Chore::Fuzz { target, seconds } => steps::fuzz::explore(&root, target.as_deref(), seconds),
        Chore::Debian => debian::run(&root, steps::now),
        Chore::Kernel { source } => kernel::run(&root, source.as_deref(), steps::now),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            report(&failure);
            ExitCode::FAILURE
        }
    }
}

fn report(failure: &Failure) {
    eprintln!("xtask: {failure}");
    for command in &failure.repeat {
        eprintln!("  repeat with: {command}");
    }
}

/// The repository's root: the folder above this crate.
fn root() -> PathBuf {
    let here = std::env::var("CARGO_MANIFEST_DIR");
    let here = here.as_deref().unwrap_or(env!("CARGO_MANIFEST_DIR"));
    Path::new(here).parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}
