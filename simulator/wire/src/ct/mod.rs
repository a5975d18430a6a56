//! Common transport (FC-GS): requests to fabric services and their answers.
//!
//! As with link services, a request tells what it is and an answer does not: [`Reply::decode`] tells accept
//! from reject, then [`directory::Answer::decode`] or [`fdmi::Answer::decode`] reads an accept, given the
//! command that the exchange began with.
//!
//! | module | what |
//! |---|---|
//! | `preamble` | the 16 bytes before every message; services, reasons of rejects |
//! | `message` | [`Request`] and [`Reply`] |
//! | [`directory`] | the name server |
//! | [`fdmi`] | what HBAs tell about themselves |

pub mod directory;
pub mod fdmi;
mod message;
mod preamble;

pub use message::{Outcome, Query, Reject, Reply, Request};
pub use preamble::{Context, Reason, Service};
