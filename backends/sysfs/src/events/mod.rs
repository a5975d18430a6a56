//! What happens on a real host: the kernel's messages, and the HAL's events made of them.
//!
//! The kernel tells little and not reliably: uevents come before attributes are filled, vports and links
//! change their states without any message, sockets overflow. So a message is only a reason to look, and
//! an event is a difference between two looks; [`watch()`] says how.
//!
//! | module | what is in it |
//! |---|---|
//! | [`uevent`] | reads uevents, as the kernel and as udev send them |
//! | [`fc`] | reads the FC transport's messages |
//! | `messages`, `netlink` | the port [`Messages`], and [`NetlinkMessages`], the kernel's sockets |
//! | [`watch()`] | from messages and looks to an [`EventStream`](npivot_hal::EventStream) |

pub mod fc;
mod messages;
mod netlink;
pub mod uevent;
mod watch;

pub use messages::{Message, MessageStream, Messages, Silent};
pub use netlink::{MissingSocket, NetlinkMessages};
pub use watch::{Pace, watch};
