//! How a case says that something is not as the contract says.

use std::fmt::Debug;

use npivot_hal::{Error, ErrorKind, Result as HalResult};

/// Why a case did not pass.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The backend does not do what the contract says.
    Failed(String),
    /// The case cannot be tried: this is missing.
    Lacks(String),
    /// The case cannot be tried: the backend, or the fixture's bench, said that this is not supported, where
    /// it may.
    Declined(String),
}

/// What a case, or a step of one, comes to.
pub(crate) type Verdict<T = ()> = std::result::Result<T, Problem>;

impl Problem {
    pub(crate) fn failed(text: impl Into<String>) -> Self {
        Self::Failed(text.into())
    }
}

/// A call that should have succeeded.
impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let injected = if error.is_injected() { ", made up by a fault layer" } else { "" };
        Self::Failed(format!(
            "a call failed that should not: {error} ({:?}{injected})",
            error.kind()
        ))
    }
}

/// Fails the case with this text unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($text:tt)+) => {
        if !$condition {
            return Err($crate::bed::Problem::Failed(format!($($text)+)));
        }
    };
}
pub(crate) use ensure;

/// That the two are equal.
pub(crate) fn same<T: PartialEq + Debug>(what: &str, found: &T, expected: &T) -> Verdict {
    ensure!(found == expected, "{what}: found {found:?}, expected {expected:?}");
    Ok(())
}

/// That a call was refused with one of these kinds: its error.
pub(crate) fn refused<T: Debug>(
    what: &str,
    answer: HalResult<T>,
    kinds: &[ErrorKind],
) -> Verdict<Error> {
    match answer {
        Ok(value) => {
            Err(Problem::failed(format!("{what}: succeeded with {value:?}, expected {kinds:?}")))
        }
        Err(error) if kinds.contains(&error.kind()) => Ok(error),
        Err(error) => {
            let kind = error.kind();
            Err(Problem::failed(format!(
                "{what}: refused with {kind:?} ({error}), expected {kinds:?}"
            )))
        }
    }
}

/// That a list is in ascending order, and nothing stands twice.
pub(crate) fn strictly_ascending<T: Ord + Debug>(
    what: &str,
    keys: impl IntoIterator<Item = T>,
) -> Verdict {
    let keys: Vec<T> = keys.into_iter().collect();
    match keys.windows(2).find(|pair| pair[0] >= pair[1]) {
        None => Ok(()),
        Some(pair) => {
            let text = format!("{what}: {:?} comes before {:?}", pair[0], pair[1]);
            Err(Problem::failed(text))
        }
    }
}
