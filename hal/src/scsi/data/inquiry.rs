//! Standard INQUIRY data (SPC-5, 6.7.2).

use super::text::printable;
use crate::scsi::error::{DecodeError, field};

const WHAT: &str = "INQUIRY data";

/// What a device is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inquiry {
    /// Peripheral qualifier: 0 for a logical unit that is there; 1 for one that could be but is not, 3 for
    /// a LUN at which the target has none.
    pub qualifier: u8,
    /// Peripheral device type: 0 for a disk, 1Fh where there is none.
    pub device_type: u8,
    /// Vendor identification, without padding.
    pub vendor: String,
    /// Product identification, without padding.
    pub product: String,
    /// Product revision level, without padding.
    pub revision: String,
}

impl Inquiry {
    /// Whether there is a logical unit at all.
    pub const fn is_connected(&self) -> bool {
        self.qualifier == 0
    }

    /// Whether it has blocks, so that READ CAPACITY means something: disks (0), optical memory (7),
    /// simplified disks (0Eh), zoned disks (14h).
    pub const fn has_blocks(&self) -> bool {
        matches!(self.device_type, 0x00 | 0x07 | 0x0e | 0x14)
    }
}

/// Reads standard INQUIRY data. The additional length in it is not believed: its first 36 bytes are
/// mandatory, and devices that say less have them all the same. Unprintable bytes of the texts read as
/// spaces, and a NUL ends a text, as in Linux's `vendor`, `model` and `rev`.
///
/// # Errors
/// `Truncated` below 36 bytes.
pub fn inquiry(data: &[u8]) -> Result<Inquiry, DecodeError> {
    let data: [u8; 36] = field(WHAT, data, 0)?;
    Ok(Inquiry {
        qualifier: data[0] >> 5,
        device_type: data[0] & 0x1f,
        vendor: printable(&data[8..16]),
        product: printable(&data[16..32]),
        revision: printable(&data[32..36]),
    })
}
