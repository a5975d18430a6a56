//! Why a tree could not be written.

use std::io;
use std::path::{Path, PathBuf};

use super::Written;

/// A tree could not be written, or not wholly.
#[derive(Debug, thiserror::Error)]
#[error("cannot export to {}: {failure}{}", to.display(), left(*written))]
pub struct ExportError {
    /// Where it was to be written.
    pub to: PathBuf,
    /// What was written, and is left there.
    pub written: Written,
    /// Why.
    #[source]
    pub failure: Failure,
}

/// What went wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// There is something in the directory already.
    #[error("the directory is not empty; name one that is, or that does not exist")]
    NotEmpty,
    /// Something cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// What.
        path: PathBuf,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// Something cannot be looked at.
    #[error("cannot read {}", path.display())]
    Read {
        /// What.
        path: PathBuf,
        /// Why.
        #[source]
        error: io::Error,
    },
}

impl Failure {
    pub(super) fn write(path: &Path, error: io::Error) -> Self {
        Self::Write { path: path.to_owned(), error }
    }

    pub(super) fn read(path: &Path, error: io::Error) -> Self {
        Self::Read { path: path.to_owned(), error }
    }
}

impl ExportError {
    pub(super) fn new(failure: Failure, to: &Path, written: Written) -> Self {
        Self { to: to.to_owned(), written, failure }
    }
}

fn left(written: Written) -> String {
    if written.entries() == 0 { String::new() } else { format!(" ({written} are left there)") }
}
