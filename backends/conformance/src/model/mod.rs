//! Slow, obvious models of what the contract says, for random walks to compare backends with.
//!
//! They are written to be read next to the traits' documentation, and know nothing of any backend: lists
//! are vectors, names are strings, everything is searched from the front.

mod dice;
mod masking;
mod paths;
mod vports;
mod zones;

pub(crate) use dice::Dice;
pub(crate) use masking::MaskModel;
pub(crate) use paths::PathModel;
pub(crate) use vports::VportModel;
pub(crate) use zones::ZoneModel;

use npivot_hal::{ErrorKind, Outcome};

/// What the contract says that a call answers. Where several things are wrong with a request it does not
/// say which is told: any of the kinds is right.
pub(crate) type Answer = Result<Outcome, Vec<ErrorKind>>;
