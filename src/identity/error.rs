//! Why there is no new identity.

use super::WwnRange;
use crate::store::StoreError;

/// Why there is no new identity.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// No name is free.
    #[error(
        "no free name in {range}: {looked_at} of its {} names were looked at, and each was given out \
         before or is in use; names are never given out twice, so use another range",
        range.len()
    )]
    Exhausted {
        /// The range.
        range: WwnRange,
        /// How many of its names were looked at: all, or the most that one looks at.
        looked_at: u64,
    },
    /// What the store has is not what npivot writes.
    #[error("the record {record} of names that were given out cannot be read: {cause}")]
    Unreadable {
        /// Its key.
        record: String,
        /// Why.
        cause: String,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}
