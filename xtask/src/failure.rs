//! What went wrong, and the commands that show it again.

use std::fmt;

/// A chore that did not succeed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What happened, for a person.
    pub(crate) why: String,
    /// Commands that repeat it, as one types them at the repository's root. May be empty.
    pub(crate) repeat: Vec<String>,
}

impl Failure {
    /// A failure that no single command repeats.
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self { why: why.into(), repeat: Vec::new() }
    }

    /// The same failure, repeated by `command`.
    #[must_use]
    pub(crate) fn repeated_by(mut self, command: impl Into<String>) -> Self {
        self.repeat.push(command.into());
        self
    }

    /// Folds the failures of independent parts into one, or `Ok` when there are none.
    pub(crate) fn all(failures: Vec<Self>) -> Result<(), Self> {
        if failures.is_empty() {
            return Ok(());
        }
        let why = failures.iter().map(|f| f.why.as_str()).collect::<Vec<_>>().join("; ");
        let repeat = failures.into_iter().flat_map(|f| f.repeat).collect();
        Err(Self { why, repeat })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for Failure {}
