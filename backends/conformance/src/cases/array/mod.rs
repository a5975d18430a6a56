//! Cases about arrays.

mod masking;

use crate::Case;

pub(super) const ALL: &[&[Case]] = &[masking::CASES];
