//! Sense data: why a command was not done (SPC-5, 4.4).

use std::fmt;

use super::error::{DecodeError, field};

const WHAT: &str = "sense data";

/// What kind of trouble it is (SPC-5, "Sense key descriptions").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SenseKey {
    /// Nothing to tell.
    NoSense,
    /// Done, with some recovery on the way.
    RecoveredError,
    /// The logical unit cannot be accessed now.
    NotReady,
    /// The medium has a flaw.
    MediumError,
    /// The device has a fault.
    HardwareError,
    /// The command makes no sense to this logical unit.
    IllegalRequest,
    /// Something has changed since the last command.
    UnitAttention,
    /// Write protected, or not for this initiator.
    DataProtect,
    /// The command was aborted.
    AbortedCommand,
    /// Another of the sixteen.
    Other(u8),
}

impl SenseKey {
    /// The key of these four bits; what is above them is ignored.
    pub const fn from_code(code: u8) -> Self {
        match code & 0x0f {
            0x0 => Self::NoSense,
            0x1 => Self::RecoveredError,
            0x2 => Self::NotReady,
            0x3 => Self::MediumError,
            0x4 => Self::HardwareError,
            0x5 => Self::IllegalRequest,
            0x6 => Self::UnitAttention,
            0x7 => Self::DataProtect,
            0xb => Self::AbortedCommand,
            other => Self::Other(other),
        }
    }
}

impl fmt::Display for SenseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSense => "NO SENSE",
            Self::RecoveredError => "RECOVERED ERROR",
            Self::NotReady => "NOT READY",
            Self::MediumError => "MEDIUM ERROR",
            Self::HardwareError => "HARDWARE ERROR",
            Self::IllegalRequest => "ILLEGAL REQUEST",
            Self::UnitAttention => "UNIT ATTENTION",
            Self::DataProtect => "DATA PROTECT",
            Self::AbortedCommand => "ABORTED COMMAND",
            Self::Other(code) => return write!(f, "SENSE KEY {code:X}"),
        })
    }
}

/// Why a command ended with CHECK CONDITION: key, additional sense code and its qualifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs, reason = "what a caller branches on is these three")]
pub struct Sense {
    /// The kind.
    pub key: SenseKey,
    /// Additional sense code; 0 where the device gives none.
    pub asc: u8,
    /// Additional sense code qualifier; 0 where the device gives none.
    pub ascq: u8,
}

impl Sense {
    /// 05/25/00: the initiator has no logical unit at this LUN.
    pub const LOGICAL_UNIT_NOT_SUPPORTED: Self =
        Self { key: SenseKey::IllegalRequest, asc: 0x25, ascq: 0x00 };
    /// 06/3F/0E: REPORT LUNS would answer otherwise than it did.
    pub const REPORTED_LUNS_CHANGED: Self =
        Self { key: SenseKey::UnitAttention, asc: 0x3f, ascq: 0x0e };

    /// Reads sense data in fixed format (response codes 70h, 71h; SPC-5, 4.4.3) or in descriptor format
    /// (72h, 73h; 4.4.2). The codes that fixed format leaves out by its length are 0.
    ///
    /// # Errors
    /// `Truncated` before the key, or before the codes where the data says that it has them;
    /// `Unexpected` for another format.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let [code] = field(WHAT, data, 0)?;
        match code & 0x7f {
            0x70 | 0x71 => {
                let [key] = field(WHAT, data, 2)?;
                // Up to this byte, the additional length included, it may end early.
                let has_codes = data.get(7).is_some_and(|additional| *additional >= 6);
                let [asc, ascq] = if has_codes { field(WHAT, data, 12)? } else { [0, 0] };
                Ok(Self { key: SenseKey::from_code(key), asc, ascq })
            }
            0x72 | 0x73 => {
                let [key, asc, ascq] = field(WHAT, data, 1)?;
                Ok(Self { key: SenseKey::from_code(key), asc, ascq })
            }
            _ => Err(DecodeError::Unexpected {
                what: WHAT,
                at: 0,
                found: code.into(),
                expected: "a response code of 70h to 73h",
            }),
        }
    }

    const fn text(self) -> Option<&'static str> {
        Some(match (self.asc, self.ascq) {
            (0x04, 0x01) => "becoming ready",
            (0x04, 0x0b) => "target port in standby state",
            (0x04, 0x0c) => "target port in unavailable state",
            (0x20, 0x00) => "invalid command operation code",
            (0x24, 0x00) => "invalid field in CDB",
            (0x25, 0x00) => "logical unit not supported",
            (0x29, _) => "power on, reset or bus device reset occurred",
            (0x2a, 0x06) => "asymmetric access state changed",
            (0x2a, 0x09) => "capacity data has changed",
            (0x3f, 0x03) => "inquiry data has changed",
            (0x3f, 0x0e) => "reported LUNs data has changed",
            _ => return None,
        })
    }
}

/// `ILLEGAL REQUEST 25/00: logical unit not supported`.
impl fmt::Display for Sense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:02X}/{:02X}", self.key, self.asc, self.ascq)?;
        self.text().map_or(Ok(()), |text| write!(f, ": {text}"))
    }
}

impl std::error::Error for Sense {}
