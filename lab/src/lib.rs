//! Experiments on a simulated SAN.
//!
//! A [`Scenario`] is a file: a topology, libvirt's XML, steps, and what is expected to come of them. Run, it
//! gives a [`Report`]: a timeline in virtual time and a verdict. The same file and seed give the same
//! report, byte for byte.
//!
//! **Start here**: [`Scenario::load`] and [`Scenario::run`]; the file format is in [`scenario`].
//!
//! | module | what is in it |
//! |---|---|
//! | [`scenario`] | scenario files, their checks, their run |
//! | [`guest`] | a simulated guest: it writes checksummed blocks, can be paused and moved, and is audited |
//! | [`footprint`] | what a guest's storage identity leaves on a SAN |
//! | [`connection`] | from a URI to a host: this machine, a capture, a simulated one |
//! | [`state`] | a world that is kept in a directory, from one command to the next |
//! | [`act`] | what somebody does to a simulated SAN by hand |
//! | [`ground`] | a simulated host as the ground that the Linux backend stands on |
//! | [`kernel`] | a real Linux kernel as a process, with FC hosts on wires of ours |
//! | [`line`](mod@line) | a line into a kernel: its files, devices and messages, from outside |
//! | [`rack`] | hosts of a topology as real kernels, logged in to the simulated SAN |
//! | [`proving`] | simulated SANs as places to prove backends in |
//! | [`wire`] | a simulated SAN on real wires: kernels and emulators log in to it |

pub mod act;
pub mod connection;
pub mod footprint;
pub mod ground;
pub mod guest;
pub mod kernel;
pub mod line;
pub mod proving;
pub mod rack;
pub mod scenario;
pub mod state;
pub mod wire;

pub use guest::SimGuest;
pub use scenario::{Report, Scenario, ScenarioError, load_topology};
