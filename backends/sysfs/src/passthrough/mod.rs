//! Commands passed through to devices: the port [`Passthrough`], and [`SgIo`], which does it with the
//! kernel's SG_IO.
//!
//! [`identify`], [`inspect`] and [`reported`] put the questions of [`npivot_hal::scsi::ask`] to a device
//! through the port and answer in the HAL's errors.

mod error;
mod outcome;
mod questions;
mod sg_io;

use std::fmt::Debug;

use npivot_hal::ScsiAddress;

pub use error::PassthroughError;
pub use questions::{identify, inspect, reported};
pub use sg_io::SgIo;

/// A SCSI device of this host, by its address and its nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "an address and the nodes that sysfs names")]
pub struct DeviceRef {
    /// Its address; for messages.
    pub address: ScsiAddress,
    /// Its nodes, the one to try first in front: the generic one (none where the module `sg` is not
    /// loaded), then the block one.
    pub nodes: Vec<DeviceNode>,
}

/// A device node, as sysfs has it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "a name and what it stands for")]
pub struct DeviceNode {
    /// Its name in `/dev`: `sg3`, `sda`.
    pub name: String,
    /// Its major and minor number (the attribute `dev`); a node with others is another device's.
    pub number: (u32, u32),
}

/// Passes commands that only read through to devices.
///
/// # For users
/// A call blocks its thread until the device answers or the time-out has passed: from async code, call it
/// where blocking is allowed.
///
/// # For backend authors
/// Return what came, at most `allocation` bytes; a CHECK CONDITION is an error with its sense data, also
/// a unit attention, which the caller asks again.
pub trait Passthrough: Debug + Send + Sync {
    /// Sends one command and returns its data.
    ///
    /// # Errors
    /// [`PassthroughError`].
    fn send(
        &self,
        device: &DeviceRef,
        cdb: &[u8],
        allocation: usize,
        timeout_ms: u32,
    ) -> Result<Vec<u8>, PassthroughError>;
}
