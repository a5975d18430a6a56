//! Virtual HBAs, storage pools on them, and live migration in which the storage identity moves with the
//! guest.
//!
//! This crate is the logic. It sees machines through the traits of [`npivot_hal`] and the guest through
//! [`GuestControl`]; it does not know which backend it runs on. Time is the async runtime's (a paused one
//! makes it virtual), randomness is an argument.
//!
//! **Start here**: [`pool::start`] brings the storage of a guest up on a host; [`migration`] moves it to
//! another one.
//!
//! | module | what is in it |
//! |---|---|
//! | [`libvirt`] | libvirt's XML: pools, guests and node devices, read and written without loss |
//! | [`hba`] | what an HBA is and what hangs off it: XML, JSON, a tree |
//! | [`identity`] | new world wide names that nobody has |
//! | [`vhba`] | a vHBA on a host: which adapter carries it, made and logged in, or nothing left behind |
//! | [`pool`] | a pool on its vHBA: started when its LUNs are there, its volumes by identity with all paths |
//! | [`zones`] | the zone edits that let a name in and take it out again |
//! | [`site`] | the machines that a piece of work is about |
//! | [`guest`] | a guest's storage as this host's devices, libvirt's hook, the port through which it is moved |
//! | [`node`] | definitions that outlive a reboot, and what of them is up; drift, found and mended |
//! | [`store`] | the file in which definitions are kept |
//! | [`migration`] | plan, check, execute, recover |

pub mod guest;
pub mod hba;
pub mod identity;
pub mod libvirt;
pub mod migration;
pub mod node;
pub mod pool;
pub mod site;
pub mod store;
pub mod vhba;
mod wait;
pub mod zones;

pub use guest::{GuestControl, GuestState};
pub use site::Site;
