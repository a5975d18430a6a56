//! The device server: one SCSI command in, status, data and sense out (SAM-5, SPC-5, SBC-4).
//!
//! **Start here**: [`Array::serve`](super::Array::serve). A command passes these gates in order, and the first that is shut
//! ends it:
//!
//! 1. its length, by its operation code;
//! 2. INQUIRY, REPORT LUNS and REQUEST SENSE go through, whatever else is the matter;
//! 3. the LUN: the initiator must have something there;
//! 4. unit attentions of power on and resets;
//! 5. the reservation;
//! 6. all other unit attentions;
//! 7. the operation code, the service action and NACA;
//! 8. the access state of the port;
//! 9. the fields of the command itself, before any data is asked for.
//!
//! | module | what is in it |
//! |---|---|
//! | `serve` | the gates |
//! | `commands` | the table: every command, with what the gates must know of it |
//! | `cdb` | fields of a command |
//! | `about` | what a unit is: INQUIRY, LUNs, capacity, target port groups, logs, what is supported |
//! | `mode` | mode pages |
//! | `blocks` | reading, writing, comparing, freeing |
//! | `reserve` | PERSISTENT RESERVE IN and OUT, on the wire |
//! | `task` | task management |

mod about;
mod blocks;
mod cdb;
mod commands;
mod mode;
mod reserve;
mod serve;
mod task;

use npivot_hal::Lun;

use super::VolumeIx;
use super::attention::Nexus;
use super::scsi::{Check, Sense};
pub use blocks::{BLOCK_LIMITS, MAX_TRANSFER_BLOCKS};
use cdb::Cdb;
pub(super) use mode::Modes;
pub use task::{TaskAnswer, TaskManagement};

/// A command as an initiator sends it.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "what FCP_CMND carries, and its data")]
pub struct Request<'a> {
    /// From whom, through which port.
    pub nexus: Nexus,
    /// To which logical unit.
    pub lun: Lun,
    /// The command. Bytes after its own length are not looked at.
    pub cdb: &'a [u8],
    /// The data that came with it; empty for a command that sends none.
    pub data_out: &'a [u8],
    /// The most bytes that the initiator takes (FCP_DL of a command that reads).
    pub room: usize,
}

/// How a command ended (SAM-5, 5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Status {
    /// GOOD.
    Good = 0x00,
    /// CHECK CONDITION.
    CheckCondition = 0x02,
    /// RESERVATION CONFLICT.
    ReservationConflict = 0x18,
}

impl Status {
    /// The byte on the wire.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Completion {
    /// How it ended.
    pub status: Status,
    /// What it answers, at most [`Request::room`] bytes.
    pub data: Vec<u8>,
    /// Sense data, in the format that the logical unit is set to; empty unless it ended with CHECK
    /// CONDITION.
    pub sense: Vec<u8>,
    /// The same, to branch on.
    pub check: Option<Check>,
    /// How many bytes it would have moved if the initiator had given, or had room for, all of them.
    pub wanted: u64,
}

/// How much of what the initiator expected to move did not (FCP-4, 9.5.8 to 9.5.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "FCP_RSP has these two bits")]
pub enum Residual {
    /// As much as was expected.
    None,
    /// FCP_RESID_UNDER: this many bytes less.
    Under(u32),
    /// FCP_RESID_OVER: this many bytes did not fit.
    Over(u32),
}

impl Completion {
    /// The residual, where the initiator expected to move this many bytes (FCP_DL).
    pub fn residual(&self, expected: u32) -> Residual {
        let number = |bytes| u32::try_from(bytes).unwrap_or(u32::MAX);
        match u64::from(expected) {
            expected if expected > self.wanted => Residual::Under(number(expected - self.wanted)),
            expected if expected < self.wanted => Residual::Over(number(self.wanted - expected)),
            _ => Residual::None,
        }
    }
}

/// Why a command was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[allow(clippy::exhaustive_enums, reason = "a command that is not done ends with one of the two")]
pub enum Refused {
    /// CHECK CONDITION.
    #[error("{0}")]
    Check(#[from] Check),
    /// RESERVATION CONFLICT: another initiator has reserved the logical unit.
    #[error("RESERVATION CONFLICT")]
    Conflict,
}

impl Refused {
    /// Key and codes of a CHECK CONDITION.
    pub const fn sense(self) -> Option<Sense> {
        match self {
            Self::Check(check) => Some(check.sense),
            Self::Conflict => None,
        }
    }
}

impl From<Sense> for Refused {
    fn from(sense: Sense) -> Self {
        Self::Check(Check::of(sense))
    }
}

/// A command on its way to its handler.
#[derive(Debug, Clone, Copy)]
struct Call<'a> {
    nexus: Nexus,
    volume: Option<VolumeIx>,
    cdb: Cdb<'a>,
    data: &'a [u8],
    room: usize,
}

impl Call<'_> {
    /// The logical unit. Only the commands that are answered without one come here without.
    fn unit(&self) -> Result<VolumeIx, Refused> {
        self.volume.ok_or(Refused::Check(Check::of(Sense::LOGICAL_UNIT_NOT_SUPPORTED)))
    }
}

/// What a handler has done.
#[derive(Debug, Default)]
struct Reply {
    data: Vec<u8>,
    wanted: u64,
}

impl Reply {
    /// Done, and nothing to say.
    fn nothing() -> Self {
        Self::default()
    }

    /// Data was taken.
    fn took(bytes: u64) -> Self {
        Self { data: vec![], wanted: bytes }
    }

    /// Parameter data, cut to the command's allocation length.
    fn data(mut data: Vec<u8>, allocation: u32) -> Self {
        data.truncate(usize::try_from(allocation).unwrap_or(usize::MAX));
        let wanted = data.len() as u64;
        Self { data, wanted }
    }
}

type Handled = Result<Reply, Refused>;
