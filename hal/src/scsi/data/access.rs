//! What may be done to a logical unit, and how well: MODE SENSE's header, target port groups.

use crate::AccessState;
use crate::scsi::error::{DecodeError, field};

/// Reads whether a disk refuses writes: the WP bit of MODE SENSE (6)'s header (SBC-4, "Mode parameter header").
///
/// # Errors
/// `Truncated` below 4 bytes.
pub fn mode_sense_6_write_protect(data: &[u8]) -> Result<bool, DecodeError> {
    let [_, _, specific, _] = field("MODE SENSE data", data, 0)?;
    Ok(specific & 0x80 != 0)
}

/// Reads the state of a target port group from REPORT TARGET PORT GROUPS data (SPC-5, 6.37). `None`: it is not in the
/// list, or its state is a reserved one.
///
/// # Errors
/// `Truncated`: a descriptor ends before it should.
pub fn target_port_group_state(
    data: &[u8],
    group: u16,
) -> Result<Option<AccessState>, DecodeError> {
    let what = "REPORT TARGET PORT GROUPS data";
    let length = u32::from_be_bytes(field(what, data, 0)?);
    let end = usize::try_from(length).unwrap_or(usize::MAX).saturating_add(4).min(data.len());
    let mut at = 4;
    while at < end {
        let [state, _, high, low, _, _, _, ports] = field(what, data, at)?;
        if u16::from_be_bytes([high, low]) == group {
            return Ok(AccessState::of_code(state & 0x0f));
        }
        at += 8 + 4 * usize::from(ports);
    }
    Ok(None)
}

/// Reads the target port group of the port that was asked, from VPD page 83 (SPC-5, "Target Port Group designator").
/// `None`: the page has none.
pub fn vpd_83_port_group(page: &[u8]) -> Option<u16> {
    let mut rest = page.get(4..)?;
    while let Some((&[_, kind, _, length], after)) = rest.split_first_chunk::<4>() {
        let (content, next) = after.split_at_checked(length.into())?;
        // Association 01b: the target port; type 5.
        if let (0x15, [_, _, high, low]) = (kind & 0x3f, content) {
            return Some(u16::from_be_bytes([*high, *low]));
        }
        rest = next;
    }
    None
}
