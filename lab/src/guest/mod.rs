//! Guests: they write checksummed blocks to their volumes, can be paused and moved, and afterwards every block
//! that was acknowledged is read back and compared.
//!
//! Each is what a hypervisor with multipath under it would be: a write goes through the first path that
//! works; with none it is held and tried again. It writes on one host at a time, and not while paused.
//! [`SimGuest`] is on simulated hosts, [`KernelGuest`] in real kernels.

mod block;
mod control;
mod in_kernel;
mod writer;

pub use block::{BLOCK_BYTES, BLOCKS_IN_USE, Block};
pub use control::SimGuest;
pub use in_kernel::KernelGuest;
pub use writer::Audit;
