//! Guests and their storage.
//!
//! **Start here**: [`Domain::parse`](crate::libvirt::Domain::parse) reads a guest's definition,
//! [`resolve`] turns its storage into this host's devices or says all that is in the way, and [`hook::qemu`]
//! does that whenever libvirt starts, moves or stops a guest.
//!
//! | module | what is in it |
//! |---|---|
//! | `control` | [`GuestControl`]: the port through which a guest is paused and moved |
//! | `resolve` | [`resolve`], [`check`]: which device, is it the right one, who else uses it |
//! | [`hook`] | libvirt's hook protocol, and what an unmodified libvirt makes of it |
//! | [`ports`] | pools, claims and links, which are kept elsewhere |
//! | `link` | [`DeviceLink`]: names of LUNs that stay true |

mod control;
pub mod hook;
mod link;
pub mod ports;
mod resolve;

pub use control::{GuestControl, GuestState};
pub use link::{DeviceLink, DeviceLinkError, Through};
pub use resolve::{
    Finding, HostDevice, Ports, Purpose, Refused, Resolution, ResolvedDevice, check, resolve,
};
