//! Why a store cannot be opened.

use std::io;
use std::path::PathBuf;

/// Why a store cannot be opened. Nothing has been changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has it.
    #[error("{}: in use by {}", path.display(), holder(*pid))]
    InUse {
        /// The file.
        path: PathBuf,
        /// The process, where it can be told.
        pid: Option<u32>,
    },
    /// It was written by a later npivot.
    #[error(
        "{}: its format is version {found}, this npivot knows up to {known}: use the npivot that wrote it",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u64,
        /// The latest that is known here.
        known: u64,
    },
    /// It is no store, or a damaged one.
    #[error(
        "{}: not a store of npivot's, or a damaged one ({cause}): put a copy back, or move it away to begin anew",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// The operating system refuses.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file, or its directory.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
}

fn holder(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".into(), |pid| format!("process {pid}"))
}
