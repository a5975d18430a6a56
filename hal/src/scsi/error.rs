//! Why an answer cannot be read.

use super::VpdError;

/// Why a device's answer cannot be read: which answer, at which byte, and what was expected there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// It is shorter than its kind must be, or than it says that it is.
    #[error("{what} is cut off: {missing} bytes are missing at byte {at}")]
    Truncated {
        /// Which answer: `INQUIRY data`.
        what: &'static str,
        /// Where what is cut off begins.
        at: usize,
        /// How many bytes are missing, at least.
        missing: usize,
    },
    /// A field has a value that it cannot have.
    #[error("{what} has {found:#x} at byte {at} where {expected} was expected")]
    Unexpected {
        /// Which answer.
        what: &'static str,
        /// Where the field begins.
        at: usize,
        /// Its value.
        found: u64,
        /// What it could have been.
        expected: &'static str,
    },
    /// Page 83 tells no identity.
    #[error(transparent)]
    Identity(#[from] VpdError),
}

/// The `N` bytes of an answer at a place.
pub(super) fn field<const N: usize>(
    what: &'static str,
    data: &[u8],
    at: usize,
) -> Result<[u8; N], DecodeError> {
    let tail = data.get(at..).unwrap_or_default();
    let missing = N.saturating_sub(tail.len());
    tail.first_chunk().copied().ok_or(DecodeError::Truncated { what, at, missing })
}
