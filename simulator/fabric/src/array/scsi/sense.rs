//! Sense data: why a command was not done (SPC-5, 4.4).

use std::fmt;

/// What kind of trouble it is (SPC-5, "Sense key descriptions"); those that an array uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum SenseKey {
    /// Nothing to tell.
    NoSense = 0x0,
    /// The logical unit cannot be accessed now.
    NotReady = 0x2,
    /// The medium has a flaw.
    MediumError = 0x3,
    /// The device has a fault.
    HardwareError = 0x4,
    /// The command makes no sense to this logical unit.
    IllegalRequest = 0x5,
    /// Something has changed since the last command.
    UnitAttention = 0x6,
    /// The command was aborted.
    AbortedCommand = 0xb,
}

impl SenseKey {
    /// The four bits on the wire.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl fmt::Display for SenseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSense => "NO SENSE",
            Self::NotReady => "NOT READY",
            Self::MediumError => "MEDIUM ERROR",
            Self::HardwareError => "HARDWARE ERROR",
            Self::IllegalRequest => "ILLEGAL REQUEST",
            Self::UnitAttention => "UNIT ATTENTION",
            Self::AbortedCommand => "ABORTED COMMAND",
        })
    }
}

/// Why a command ended with CHECK CONDITION: key, additional sense code and its qualifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sense {
    /// The kind.
    pub key: SenseKey,
    /// Additional sense code.
    pub asc: u8,
    /// Additional sense code qualifier.
    pub ascq: u8,
}

impl Sense {
    /// 05/25/00: the initiator has no logical unit at this LUN.
    pub const LOGICAL_UNIT_NOT_SUPPORTED: Self = Self::new(SenseKey::IllegalRequest, 0x25, 0x00);
    /// 05/20/00: there is no such command.
    pub const INVALID_OPERATION_CODE: Self = Self::new(SenseKey::IllegalRequest, 0x20, 0x00);
    /// 05/21/00: the transfer goes beyond the end.
    pub const LBA_OUT_OF_RANGE: Self = Self::new(SenseKey::IllegalRequest, 0x21, 0x00);
    /// 05/24/00: a field of the command has a value that it cannot have.
    pub const INVALID_FIELD_IN_CDB: Self = Self::new(SenseKey::IllegalRequest, 0x24, 0x00);
    /// 06/3F/0E: REPORT LUNS would answer otherwise than it did.
    pub const REPORTED_LUNS_CHANGED: Self = Self::new(SenseKey::UnitAttention, 0x3f, 0x0e);

    /// Sense data of this key and code.
    pub const fn new(key: SenseKey, asc: u8, ascq: u8) -> Self {
        Self { key, asc, ascq }
    }

    /// As it is on the wire: current, fixed format, 18 bytes (SPC-5, 4.4.3).
    pub const fn fixed_format(self) -> [u8; 18] {
        let mut bytes = [0; 18];
        bytes[0] = 0x70;
        bytes[2] = self.key.code();
        bytes[7] = 10;
        bytes[12] = self.asc;
        bytes[13] = self.ascq;
        bytes
    }

    fn text(self) -> Option<&'static str> {
        Some(match (self.asc, self.ascq) {
            (0x20, 0x00) => "invalid command operation code",
            (0x21, 0x00) => "logical block address out of range",
            (0x24, 0x00) => "invalid field in CDB",
            (0x25, 0x00) => "logical unit not supported",
            (0x3f, 0x0e) => "reported LUNs data has changed",
            _ => return None,
        })
    }
}

/// `ILLEGAL REQUEST 25/00: logical unit not supported`.
impl fmt::Display for Sense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:02X}/{:02X}", self.key, self.asc, self.ascq)?;
        match self.text() {
            Some(text) => write!(f, ": {text}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Sense {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bytes() {
        let sense = Sense::REPORTED_LUNS_CHANGED;
        assert_eq!(sense.to_string(), "UNIT ATTENTION 3F/0E: reported LUNs data has changed");
        assert_eq!(
            Sense::LOGICAL_UNIT_NOT_SUPPORTED.to_string(),
            "ILLEGAL REQUEST 25/00: logical unit not supported"
        );
        let other = Sense::new(SenseKey::HardwareError, 0x44, 0x00);
        assert_eq!(other.to_string(), "HARDWARE ERROR 44/00");
        let wire = sense.fixed_format();
        assert_eq!((wire[0], wire[2], wire[12], wire[13]), (0x70, 6, 0x3f, 0x0e));
    }
}
