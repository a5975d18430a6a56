//! Sense data: why a command was not done (SPC-5, 4.4).

use std::fmt;

use super::check::Check;

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
    /// Write protected, or no space is left.
    DataProtect = 0x7,
    /// The command was aborted.
    AbortedCommand = 0xb,
    /// What is there is not what was sent to be compared with it.
    Miscompare = 0xe,
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
            Self::DataProtect => "DATA PROTECT",
            Self::AbortedCommand => "ABORTED COMMAND",
            Self::Miscompare => "MISCOMPARE",
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
    /// 00/00/00: nothing to tell.
    pub const NONE: Self = Self::new(SenseKey::NoSense, 0x00, 0x00);
    /// 03/0C/00: it could not be written.
    pub const WRITE_ERROR: Self = Self::new(SenseKey::MediumError, 0x0c, 0x00);
    /// 03/11/00: it could not be read.
    pub const UNRECOVERED_READ_ERROR: Self = Self::new(SenseKey::MediumError, 0x11, 0x00);
    /// 05/0E/03: the transport brought less data than the command needs.
    pub const INVALID_FIELD_IN_COMMAND_IU: Self = Self::new(SenseKey::IllegalRequest, 0x0e, 0x03);
    /// 05/1A/00: a parameter list is too short, or of a length that it cannot have.
    pub const PARAMETER_LIST_LENGTH_ERROR: Self = Self::new(SenseKey::IllegalRequest, 0x1a, 0x00);
    /// 05/20/00: there is no such command.
    pub const INVALID_OPERATION_CODE: Self = Self::new(SenseKey::IllegalRequest, 0x20, 0x00);
    /// 05/21/00: the transfer goes beyond the end.
    pub const LBA_OUT_OF_RANGE: Self = Self::new(SenseKey::IllegalRequest, 0x21, 0x00);
    /// 05/24/00: a field of the command has a value that it cannot have.
    pub const INVALID_FIELD_IN_CDB: Self = Self::new(SenseKey::IllegalRequest, 0x24, 0x00);
    /// 05/25/00: the initiator has no logical unit at this LUN.
    pub const LOGICAL_UNIT_NOT_SUPPORTED: Self = Self::new(SenseKey::IllegalRequest, 0x25, 0x00);
    /// 05/26/00: a field of the parameter list has a value that it cannot have.
    pub const INVALID_FIELD_IN_PARAMETER_LIST: Self =
        Self::new(SenseKey::IllegalRequest, 0x26, 0x00);
    /// 05/26/04: the reservation is of another type than the one to be released.
    pub const INVALID_RELEASE: Self = Self::new(SenseKey::IllegalRequest, 0x26, 0x04);
    /// 05/39/00: mode pages are not kept over a power cycle.
    pub const SAVING_NOT_SUPPORTED: Self = Self::new(SenseKey::IllegalRequest, 0x39, 0x00);
    /// 05/55/04: all places for registrations are taken.
    pub const NO_REGISTRATION_RESOURCES: Self = Self::new(SenseKey::IllegalRequest, 0x55, 0x04);
    /// 06/3F/0E: REPORT LUNS would answer otherwise than it did.
    pub const REPORTED_LUNS_CHANGED: Self = Self::new(SenseKey::UnitAttention, 0x3f, 0x0e);
    /// 07/27/00: it is not to be written to.
    pub const WRITE_PROTECTED: Self = Self::new(SenseKey::DataProtect, 0x27, 0x00);
    /// 07/27/07: no space is left for what was never written before.
    pub const SPACE_ALLOCATION_FAILED: Self = Self::new(SenseKey::DataProtect, 0x27, 0x07);
    /// 0E/1D/00: what is there differs from what was sent.
    pub const MISCOMPARE: Self = Self::new(SenseKey::Miscompare, 0x1d, 0x00);

    /// Sense data of this key and code.
    pub const fn new(key: SenseKey, asc: u8, ascq: u8) -> Self {
        Self { key, asc, ascq }
    }

    /// As it is on the wire: current, fixed format, 18 bytes (SPC-5, 4.4.3).
    pub const fn fixed_format(self) -> [u8; 18] {
        Check::of(self).fixed_format()
    }

    fn text(self) -> Option<&'static str> {
        Some(match (self.asc, self.ascq) {
            (0x04, 0x0a) => "asymmetric access state transition",
            (0x04, 0x0b) => "target port in standby state",
            (0x04, 0x0c) => "target port in unavailable state",
            (0x04, 0x12) => "offline",
            (0x0c, 0x00) => "write error",
            (0x0e, 0x03) => "invalid field in command information unit",
            (0x11, 0x00) => "unrecovered read error",
            (0x1a, 0x00) => "parameter list length error",
            (0x1d, 0x00) => "miscompare during verify operation",
            (0x20, 0x00) => "invalid command operation code",
            (0x21, 0x00) => "logical block address out of range",
            (0x24, 0x00) => "invalid field in CDB",
            (0x25, 0x00) => "logical unit not supported",
            (0x26, 0x00) => "invalid field in parameter list",
            (0x26, 0x04) => "invalid release of persistent reservation",
            (0x27, 0x00) => "write protected",
            (0x27, 0x07) => "space allocation failed write protect",
            (0x29, 0x00) => "power on, reset, or bus device reset occurred",
            (0x29, 0x03) => "bus device reset function occurred",
            (0x2a, 0x01) => "mode parameters changed",
            (0x2a, 0x03) => "reservations preempted",
            (0x2a, 0x04) => "reservations released",
            (0x2a, 0x05) => "registrations preempted",
            (0x2a, 0x06) => "asymmetric access state changed",
            (0x2a, 0x09) => "capacity data has changed",
            (0x39, 0x00) => "saving parameters not supported",
            (0x3f, 0x0e) => "reported LUNs data has changed",
            (0x55, 0x04) => "insufficient registration resources",
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
