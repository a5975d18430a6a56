//! Simulated SANs as places to prove backends in: fixtures for the conformance suite.
//!
//! [`SimMaker`] boots a topology anew for each case and tries one of its hosts. What stands between the
//! suite and the simulator is a closure: nothing, a layer, a backend that reads the host's sysfs tree, or
//! one that is broken on purpose. [`KernelMaker`] has one of its hosts as a real
//! kernel.

mod bench;
mod deviations;
mod kernel;
mod known;
mod maker;
mod same_host;

pub use deviations::{deviations_of, deviations_of_kernel};
pub use kernel::KernelMaker;
pub use maker::{SimFixture, SimMaker};
pub use same_host::SameHost;
