//! Layers: wrappers that are backends themselves and fit over any backend.
//!
//! [`faulty`] makes calls fail, get lost, or never come back, by a [`FaultPlan`]. A wrapped backend keeps
//! the contract of the traits: what passes on a backend passes on a wrapped one with a plan that does
//! nothing.

pub mod faulty;
mod plan;

pub use plan::{Call, Counted, FaultPlan, Once, Pass, Verdict};
