//! A simulated guest: it writes checksummed blocks to its volumes, can be paused and moved, and afterwards
//! every block that was acknowledged is read back and compared.
//!
//! It is what a hypervisor with multipath under it would be: a write goes through the first path that
//! works; with none it is held and tried again. It writes on one host at a time, and not while paused.

mod block;
mod control;
mod writer;

pub use block::{BLOCKS_IN_USE, Block};
pub use control::SimGuest;
pub use writer::Audit;
