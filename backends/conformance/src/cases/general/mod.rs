//! Cases about what holds for all machines: refusals, repetition, limits.

mod errors;
mod idempotence;
mod limits;

use crate::Case;

pub(super) const ALL: &[&[Case]] = &[errors::CASES, idempotence::CASES, limits::CASES];
