//! A simulated host as a sysfs tree: in memory, written to a directory, and with the kernel's messages.

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
