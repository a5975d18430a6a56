//! The world as an FCoE forwarder: frames and time in, frames out.
//!
//! **Start here**: [`Forwarder`]. Each of its links leads to one switch port of a
//! [`World`](npivot_fabric::World), on which an ENode (a Linux host with `fcoe`, say) logs in. It has no
//! I/O and no clock: whoever owns the sockets calls [`Forwarder::receive`] with what came and
//! [`Forwarder::advance`] with the time, and sends what the [`Outlet`] is given.
//!
//! All decisions are the world's: who may log in and as what address, who sees whom, what the name server
//! knows, who is told of a change, what an array answers. What is here is what a frame's protocol needs to
//! remember between two frames: virtual links, N_Port logins, exchanges that wait for data.
//!
//! One frame's way, a write:
//!
//! ```text
//! receive ─► Frame::decode ─► link: is S_ID logged in here? ─► D_ID: World::path ─► an array's port
//!    FCP_CMND ─► World::admit ─► FCP_XFER_RDY            (kept: an exchange that waits)
//!    FCP_DATA … ─► World::serve ─► FCP_RSP                (forgotten)
//! ```
//!
//! | file | what |
//! |---|---|
//! | `forwarder` | [`Forwarder`]: links, the way of a frame, time |
//! | `link` | what a link remembers |
//! | `receive` | whom a frame concerns |
//! | `fip` | discovery, keep-alives, virtual links |
//! | `login` | FLOGI, FDISC and LOGO, in FIP or FCoE |
//! | `port` | the N_Ports and services of the simulation as a peer sees them: link services, SCSI |
//! | `service` | the fabric's services: name server, fabric controller, FDMI |
//! | `turn` | writing answers |
//! | `counters` | [`Counters`]: what came, what went, what was dropped and why |
//!
//! # Bounds
//!
//! Whatever a link sends, what it makes the forwarder hold is bounded: [`limits`] has the figures.

mod counters;
mod fip;
mod forwarder;
pub mod limits;
mod link;
mod login;
mod port;
mod receive;
mod service;
mod turn;

pub use counters::{Counters, Event};
pub use forwarder::{Forwarder, LinkIx, Settings};
pub use turn::Outlet;
