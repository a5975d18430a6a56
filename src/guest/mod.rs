//! Guests and their storage.

mod control;
mod link;
pub mod ports;

pub use control::{GuestControl, GuestState};
pub use link::{DeviceLink, DeviceLinkError, Through};
