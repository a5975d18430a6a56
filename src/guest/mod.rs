//! Guests and their storage.

mod control;
mod link;
pub mod ports;
mod resolve;

pub use control::{GuestControl, GuestState};
pub use link::{DeviceLink, DeviceLinkError, Through};
pub use resolve::{
    Finding, HostDevice, Ports, Purpose, Refused, Resolution, ResolvedDevice, check, resolve,
};
