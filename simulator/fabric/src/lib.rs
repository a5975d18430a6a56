//! A simulated Fibre Channel SAN: switches, name server, zoning, arrays and the hosts on it.
//!
//! It is deterministic: a [`World`] is asked and let go on, by virtual time, and the same seed and the same
//! commands give the same run, byte for byte. All behaviour is here; whatever shows it in another shape (a
//! HAL backend, a sysfs tree, frames on a wire) only translates.
//!
//! **Start here**: [`Simulation::of_topology`] for a test against the HAL:
//!
//! ```
//! use npivot_fabric::Simulation;
//! use npivot_hal::{Host, PortState};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let san = Simulation::of_topology("two-fabrics.toml", include_str!("../../../examples/two-fabrics.toml"))?;
//! let alpha = san.host("alpha").ok_or("no alpha")?;
//! for adapter in alpha.adapters().await? {
//!     assert_eq!(adapter.state, PortState::Online);
//! }
//! # Ok(()) }
//! ```
//!
//! or [`World`] for everything below it.
//!
//! | module | what is in it |
//! |---|---|
//! | [`topology`] | topology files in TOML, with errors that say where |
//! | [`config`] | settings: switches, drivers, latencies |
//! | [`world`] | the world, its one door, its queue, chance and command log |
//! | [`san`] | N_Ports, switches, logins, segments, name server |
//! | [`zoning`] | zone databases, transactions, and who sees whom |
//! | [`array`](mod@array) | volumes, masking, what a LUN answers |
//! | [`host`] | what Linux does above its HBAs |
//! | [`visibility`] | the one function that says who sees what, and explains it |
//! | [`backend`] | the world as HAL hosts, fabrics and arrays |

pub mod array;
pub mod backend;
pub mod config;
pub mod host;
pub mod san;
pub mod topology;
pub mod visibility;
pub mod world;
pub mod zoning;

pub use backend::Simulation;
pub use topology::Topology;
pub use world::World;
