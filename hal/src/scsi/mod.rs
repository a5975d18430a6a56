//! What logical units are asked in SCSI and what they answer: commands built, answers decoded.
//!
//! Every backend that talks to devices needs the same few commands, and the same few answers understood
//! in the same way; they are here once, with the order of the questions. Any bytes at all may be given to
//! a decoder: lengths are checked, what is allocated is bounded by what was given, nothing panics.
//!
//! | module | what is in it |
//! |---|---|
//! | [`cdb`] | command descriptor blocks |
//! | `data` | decoders: [`inquiry`], [`vpd_83`], [`report_luns`], [`read_capacity_16`], … |
//! | [`ask`] | which questions make a [`LunDetails`](crate::LunDetails), over any [`Ask`](ask::Ask) |
//! | `sense` | [`Sense`]: why a command was not done |

pub mod ask;
pub mod cdb;
mod data;
mod error;
mod sense;
#[cfg(test)]
mod tests;

pub use data::{
    Inquiry, LunList, RegisteredKeys, VpdError, inquiry, mode_sense_6_write_protect,
    read_capacity_10, read_capacity_16, read_keys, read_reservation, report_luns,
    target_port_group_state, vpd_00, vpd_80, vpd_83, vpd_83_port_group,
};
pub use error::DecodeError;
pub use sense::{Sense, SenseKey};
