//! A simulated SAN on real wires: kernels, emulators and network interfaces log in to it.
//!
//! **Start here**: [`Site::of`] makes a world in which some hosts of a topology are left to the outside;
//! [`Plant::start`] plugs a transport into each of their switch ports and runs the forwarder in real time,
//! in a thread of its own, until it is dropped. [`Plant::with`] acts on the world meanwhile.
//!
//! | file | what |
//! |---|---|
//! | `site` | [`Site`]: a world of a topology with hosts outside, and where they are plugged in |
//! | `plant` | [`Plant`]: the running forwarder |
//! | `driver` | its loop: wait, read, answer, let time pass |
//! | `clock` | real time |
//! | `port` | a plugged-in transport, with what waits to be sent, its tap and its faults |
//! | `plug` | [`Place`], [`TransportSpec`]: ports and transports in words |
//! | [`transport`] | frames through sockets of several kinds |
//! | `disk` | [`VolumeFile`]: volumes whose content is a file |
//! | `tap` | [`Tap`]: a capture file of what a port carries |

mod clock;
mod disk;
mod driver;
mod plant;
mod plug;
mod port;
mod site;
mod tap;
pub mod transport;

pub use disk::{DiskError, FileDisk, VolumeFile};
pub use plant::{Plant, Plug};
pub use plug::{Place, PlugError, TransportSpec};
pub use site::{Opening, OutsideHba, Site, SiteError, mac_text};
pub use tap::Tap;
pub use transport::Transport;
