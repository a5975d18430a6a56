//! Why a command in a real kernel has no exit status.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

/// Why a command in a real kernel has no exit status. A command that ran and failed is no error: its status is
/// in [`Finished`](super::Finished).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KernelError {
    /// There is no kernel to boot.
    #[error("{}: no kernel there that can be run ({cause}): run `cargo xtask kernel`, or name one", path.display())]
    NoKernel {
        /// Where one was looked for.
        path: PathBuf,
        /// What is wrong there.
        cause: String,
    },
    /// There is no Debian directory.
    #[error(
        "{}: no Debian directory there ({cause}): run `cargo xtask debian`, or name one with NPIVOT_DEBIAN",
        path.display()
    )]
    NoDebian {
        /// Where one was looked for.
        path: PathBuf,
        /// What is wrong there.
        cause: String,
    },
    /// The machine cannot be as described.
    #[error("{0}")]
    Refused(String),
    /// No directory has room for the machine's memory.
    #[error(
        "no directory for {memory_mib} MiB of memory: {looked}; free some, give the machine less, or set TMPDIR"
    )]
    NoRoom {
        /// The memory, in MiB.
        memory_mib: u32,
        /// Which directories were looked at, and what is wrong with each.
        looked: String,
    },
    /// The system refused something.
    #[error("{doing}: {cause}")]
    Io {
        /// What was to be done.
        doing: String,
        /// What the system said.
        cause: io::Error,
    },
    /// The kernel runs, but its machine could not be set up for the command.
    #[error("in the kernel, while {phase}: {}", said_or_nothing(said))]
    Setup {
        /// What was being done.
        phase: String,
        /// What the programs that did it said.
        said: String,
    },
    /// An FC host did not come Online in time.
    #[error(
        "{host} is {state}, not Online, after {secs} s: is a fabric at the other end of its NIC?"
    )]
    Offline {
        /// The host, as `host0`.
        host: String,
        /// Its `port_state`, as the kernel has it.
        state: String,
        /// How long was waited, in seconds of the kernel's clock.
        secs: u32,
    },
    /// The kernel went down, or its first program died.
    #[error("the kernel went down ({how}) while {phase}; its last words:\n{console}")]
    Died {
        /// How its process ended.
        how: ExitStatus,
        /// What was being done.
        phase: String,
        /// The end of what it printed.
        console: String,
    },
    /// The time is over.
    #[error("not done after {} s, while {phase}; the kernel's last words:\n{console}", limit.as_secs_f32())]
    TimedOut {
        /// The time that it had.
        limit: Duration,
        /// What was being done.
        phase: String,
        /// The end of what it printed.
        console: String,
    },
}

fn said_or_nothing(said: &str) -> &str {
    if said.is_empty() { "it failed without a word" } else { said }
}

impl KernelError {
    /// Says what was being done when the system refused.
    pub(super) fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |cause| Self::Io { doing, cause }
    }

    /// The same for the calls of rustix.
    pub(super) fn os(doing: impl Into<String>) -> impl FnOnce(rustix::io::Errno) -> Self {
        let doing = doing.into();
        move |cause| Self::Io { doing, cause: cause.into() }
    }
}
