//! FCP_RSP (FCP-4, "FCP_RSP IU").

use crate::bytes::{Encode, Reader, Writer};
use crate::error::{DecodeError, EncodeError, fits};

const WHAT: &str = "FCP_RSP";

const BIDIRECTIONAL: u8 = 0x80;
const READ_UNDER: u8 = 0x40;
const READ_OVER: u8 = 0x20;
const CONFIRM: u8 = 0x10;
const UNDER: u8 = 0x08;
const OVER: u8 = 0x04;
const HAS_SENSE: u8 = 0x02;
const HAS_INFORMATION: u8 = 0x01;

codes! {
    /// How a task management function went, or what was wrong with the frames of a command.
    pub struct ResponseCode(u8) {
        COMPLETE = 0x00, "task management function complete";
        DATA_LENGTH = 0x01, "FCP_DATA length different than FCP_BURST_LEN";
        INVALID_COMMAND = 0x02, "FCP_CMND fields invalid";
        OFFSET_MISMATCH = 0x03, "FCP_DATA parameter mismatch with FCP_DATA_RO";
        REJECTED = 0x04, "task management function rejected";
        FAILED = 0x05, "task management function failed";
        SUCCEEDED = 0x08, "task management function succeeded";
        INCORRECT_LUN = 0x09, "task management function incorrect logical unit number";
    }
}

/// How many bytes more or fewer than the initiator said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Residual {
    /// As many.
    None,
    /// This many bytes were not transferred.
    Under(u32),
    /// This many bytes more would have been.
    Over(u32),
}

impl Residual {
    const fn read(flags: u8, under: u8, over: u8, bytes: u32) -> Self {
        if flags & under != 0 {
            Self::Under(bytes)
        } else if flags & over != 0 {
            Self::Over(bytes)
        } else {
            Self::None
        }
    }

    const fn parts(self, under: u8, over: u8) -> (u8, u32) {
        match self {
            Self::None => (0, 0),
            Self::Under(bytes) => (under, bytes),
            Self::Over(bytes) => (over, bytes),
        }
    }
}

layout! {
    struct Head("FCP_RSP") {
        [8] retry_delay: u16,
        flags: u8,
        status: u8,
    }
}

layout! {
    struct Lengths("FCP_RSP") {
        residual: u32,
        sense_bytes: u32,
        information_bytes: u32,
    }
}

/// The end of a command or of a task management function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Response<'a> {
    /// The SCSI status: 0 good, 2 check condition, 8 busy, 0x18 reservation conflict, 0x28 task set full.
    pub status: u8,
    /// How long to wait before trying again, in 100 milliseconds; 0 if nothing is said.
    pub retry_delay: u16,
    /// What is left of the data.
    pub residual: Residual,
    /// What is left of a bidirectional command's read, if it was one.
    pub read_residual: Option<Residual>,
    /// Whether the target waits for FCP_CONF.
    pub confirm: bool,
    /// The response code, if there is response information.
    pub code: Option<ResponseCode>,
    /// Sense data, empty if there is none.
    pub sense: &'a [u8],
}

impl<'a> Response<'a> {
    /// The end of a command with this status, everything transferred.
    pub const fn new(status: u8) -> Self {
        Self {
            status,
            retry_delay: 0,
            residual: Residual::None,
            read_residual: None,
            confirm: false,
            code: None,
            sense: &[],
        }
    }

    /// The end of a task management function.
    pub const fn of_task_management(code: ResponseCode) -> Self {
        Self { code: Some(code), ..Self::new(0) }
    }

    /// Reads it. Early implementations leave out the lengths when no flag asks for them (FCP-3, 9.5.13,
    /// note 6).
    ///
    /// # Errors
    /// Fewer bytes than its lengths tell, response information that is neither 4 nor 8 bytes long.
    pub fn decode(payload: &'a [u8]) -> Result<Self, DecodeError> {
        let mut from = Reader::new(WHAT, payload);
        let Head { retry_delay, flags, status } = from.field()?;
        let mut response = Self { retry_delay, confirm: flags & CONFIRM != 0, ..Self::new(status) };
        if flags & !CONFIRM == 0 && from.left() == 0 {
            return Ok(response);
        }
        let lengths: Lengths = from.field()?;
        response.residual = Residual::read(flags, UNDER, OVER, lengths.residual);
        if flags & HAS_INFORMATION != 0 && lengths.information_bytes != 0 {
            response.code = Some(information(&mut from, lengths.information_bytes)?);
        }
        if flags & HAS_SENSE != 0 {
            let sense_bytes = usize::try_from(lengths.sense_bytes).unwrap_or(usize::MAX);
            response.sense = from.take(sense_bytes)?;
        }
        if flags & BIDIRECTIONAL != 0 {
            let bytes = from.field()?;
            response.read_residual = Some(Residual::read(flags, READ_UNDER, READ_OVER, bytes));
        }
        Ok(response)
    }
}

fn information(from: &mut Reader<'_>, bytes: u32) -> Result<ResponseCode, DecodeError> {
    if !matches!(bytes, 4 | 8) {
        return Err(from.unexpected(4, "4 or 8 bytes of response information", bytes));
    }
    let [_, _, _, code]: [u8; 4] = from.field()?;
    if bytes == 8 {
        from.take(4)?;
    }
    Ok(ResponseCode(code))
}

impl Encode for Response<'_> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        let (residual_flag, residual) = self.residual.parts(UNDER, OVER);
        let (read_flags, read_residual) = match self.read_residual {
            Some(residual) => {
                let (flag, bytes) = residual.parts(READ_UNDER, READ_OVER);
                (BIDIRECTIONAL | flag, bytes)
            }
            None => (0, 0),
        };
        let flags = residual_flag
            | read_flags
            | if self.confirm { CONFIRM } else { 0 }
            | if self.sense.is_empty() { 0 } else { HAS_SENSE }
            | if self.code.is_some() { HAS_INFORMATION } else { 0 };
        to.field(Head { retry_delay: self.retry_delay, flags, status: self.status })?;
        to.field(Lengths {
            residual,
            sense_bytes: fits("sense data", crate::fc2::MAX_DATA_BYTES, self.sense.len())?,
            information_bytes: if self.code.is_some() { 8 } else { 0 },
        })?;
        if let Some(code) = self.code {
            to.field([0, 0, 0, code.0, 0, 0, 0, 0])?;
        }
        to.bytes(self.sense)?;
        if self.read_residual.is_some() {
            to.field(read_residual)?;
        }
        Ok(())
    }
}
