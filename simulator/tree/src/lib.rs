//! A simulated host as a sysfs tree: in memory, written to a directory, and with the kernel's messages.
//!
//! All behaviour is the world's (`npivot-fabric`); here it is put into the files, the link texts, the
//! modes and the error numbers of Linux 6.1. The tree of a libfc host is compared, entry by entry, with a
//! capture of a real kernel (`tests/capture`); what differs is a reviewed list there, with reasons.
//!
//! **Start here**: [`Tree`] to read a world, [`SimTree`] to read and write a running simulation:
//!
//! ```
//! use npivot_fabric::Simulation;
//! use npivot_tree::{Errno, SimTree};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let san = Simulation::of_topology("two-fabrics.toml", include_str!("../../../examples/two-fabrics.toml"))?;
//! let sysfs = SimTree::new(&san, "alpha").ok_or("no alpha")?;
//! assert_eq!(sysfs.read("class/fc_host/host0/port_state")?, b"Online\n");
//! let vport = b"50:01:a4:a0:00:00:00:09";
//! assert_eq!(sysfs.write("class/fc_host/host0/vport_create", vport), Err(Errno::EINVAL));
//! # Ok(()) }
//! ```
//!
//! | module | what is in it |
//! |---|---|
//! | `tree` | paths, directories, links; which object has which files |
//! | `host` | `fc_host`, `statistics`, `scsi_host`, PCI functions, FCoE controllers |
//! | `remote` | remote ports, targets, vports |
//! | `lun` | SCSI devices, disks, the numbers of their nodes |
//! | `write` | what a write asks of the world, and with which number it is refused |
//! | [`export`] | a tree as a directory |
//! | [`messages`] | uevents and events of the FC transport |
//!
//! What a real sysfs has and the tree has not: `power/`, `integrity/`, `inflight` and what is in `mq/`;
//! `module`, `firmware`, `fs`, `kernel`; devices that are not this project's. The drivers' own additions
//! (`qla_attr.c`, `lpfc_attr.c`) are those that say what the card is.

mod errno;
pub mod export;
mod host;
mod lun;
pub mod messages;
mod remote;
mod tree;
mod write;

pub use errno::Errno;
pub use tree::{Node, Tree};
pub use write::{SimTree, errno_of};
