//! REPORT LUNS parameter data (SPC-5, 6.33).

use crate::Lun;
use crate::scsi::error::{DecodeError, field};

const WHAT: &str = "REPORT LUNS data";
const HEADER: usize = 8;
const ENTRY: usize = 8;

/// The LUNs that a target listed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LunList {
    /// Those that came, in the target's order.
    pub luns: Vec<Lun>,
    /// How many more the target has, for which the allocation length left no room.
    pub missing: u32,
}

impl LunList {
    /// The allocation length, in bytes, with which all of them would come; saturates.
    pub fn needed_bytes(&self) -> u32 {
        let came = u32::try_from(self.luns.len()).unwrap_or(u32::MAX);
        let entries = came.saturating_add(self.missing);
        entries.saturating_mul(8).saturating_add(8)
    }
}

/// Reads REPORT LUNS data. The list may be cut by the allocation length, which
/// [`missing`](LunList::missing) tells; a LUN of which only some bytes came is missing.
///
/// # Errors
/// `Truncated` below 8 bytes; `Unexpected` for a list length that is no multiple of 8.
pub fn report_luns(data: &[u8]) -> Result<LunList, DecodeError> {
    let _: [u8; HEADER] = field(WHAT, data, 0)?;
    let length = u32::from_be_bytes(field(WHAT, data, 0)?);
    if !length.is_multiple_of(8) {
        let (at, found) = (0, length.into());
        let expected = "a list length in multiples of 8";
        return Err(DecodeError::Unexpected { what: WHAT, at, found, expected });
    }
    let told = length / 8;
    let (entries, _) = data[HEADER..].as_chunks::<ENTRY>();
    let luns: Vec<Lun> =
        entries.iter().take(told as usize).map(|wire| Lun::from_wire(*wire)).collect();
    let came = u32::try_from(luns.len()).unwrap_or(told);
    Ok(LunList { luns, missing: told - came })
}
