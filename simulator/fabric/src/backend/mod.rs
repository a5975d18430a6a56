//! The world as a HAL backend: hosts, fabrics and arrays for async callers.
//!
//! [`Simulation`] shares one [`World`](crate::World) and ties its clock to tokio's: on a paused runtime
//! time is virtual and a run repeatable, on a live one it is real. Fabrics and arrays can also be managed where
//! a world runs otherwise: on any [`Stage`]. The backends only translate; every
//! decision is the world's.
//!
//! What a machine's management would take its time for (a zoning commit, a change of masking) takes it
//! here too, before it is done. What a kernel does at once is done at once.

mod array;
mod error;
mod events;
mod fabric;
mod host;
mod simulation;
mod stage;

pub use array::SimArray;
pub use fabric::SimFabric;
pub use host::SimHost;
pub use simulation::{Listener, Simulation, Watcher};
pub use stage::{Stage, array_of, arrays_of, fabric_of, fabrics_of};
