//! Vital product data: which pages there are (SPC-5, 7.7.14), the serial number (7.7.16), and which
//! volume it is (7.7.6).

use super::text::printable;
use crate::LunId;
use crate::scsi::error::{DecodeError, field};

/// Code sets, designator types: SPC-5, table of 7.7.6.
const UTF8: u8 = 3;
const T10: u8 = 1;
const EUI: u8 = 2;
const NAA: u8 = 3;
const NAME: u8 = 8;

/// Why a page 83 tells no identity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VpdError {
    /// Another page.
    #[error("VPD page {found:02X} where page 83 was expected")]
    WrongPage {
        /// The page's code.
        found: u8,
    },
    /// The page or a designator in it is longer than what came.
    #[error("VPD page 83 is cut off: {missing} bytes are missing at byte {at}")]
    Truncated {
        /// Where in the page what is cut off begins.
        at: usize,
        /// How many bytes are missing, at least.
        missing: usize,
    },
    /// No designator of the logical unit that Linux would go by.
    #[error("VPD page 83 names no logical unit")]
    NoIdentity,
}

/// Reads page 00: the codes of the pages that the device has, in its order.
///
/// # Errors
/// `Truncated`; `Unexpected` for another page.
pub fn vpd_00(page: &[u8]) -> Result<Vec<u8>, DecodeError> {
    content("VPD page 00", 0x00, page).map(<[u8]>::to_vec)
}

/// Reads page 80: the unit serial number without padding, unprintable bytes as spaces. `None` where it is
/// blank: the device has none to tell.
///
/// # Errors
/// `Truncated`; `Unexpected` for another page.
pub fn vpd_80(page: &[u8]) -> Result<Option<String>, DecodeError> {
    let serial = printable(content("VPD page 80", 0x80, page)?);
    Ok((!serial.is_empty()).then_some(serial))
}

/// What a page holds after its header, as long as the header says.
fn content<'a>(what: &'static str, code: u8, page: &'a [u8]) -> Result<&'a [u8], DecodeError> {
    let [_, found, high, low] = field(what, page, 0)?;
    if found != code {
        let expected = "the code of this page";
        return Err(DecodeError::Unexpected { what, at: 1, found: found.into(), expected });
    }
    let length = usize::from(u16::from_be_bytes([high, low]));
    let missing = (4 + length).saturating_sub(page.len());
    page.get(4..4 + length).ok_or(DecodeError::Truncated { what, at: page.len(), missing })
}

/// Which volume a page 83 is of, as Linux decides it (`designator_prio` and `scsi_vpd_lun_id` in
/// `drivers/scsi/scsi_lib.c`). From the best: SCSI name string, NAA 6, EUI of 16 and 12 bytes, NAA 5, EUI
/// of 8 bytes, then NAA 3 and T10 text, which rank equal. Of equals the later one is taken, except that
/// text does not replace what is longer.
///
/// Other than Linux, it says nothing of a page that is cut off, since the best designator may be missing;
/// it passes over a name string that is no NAA or EUI name, and T10 text that is not printable.
///
/// # Errors
/// `WrongPage`, `Truncated`, `NoIdentity`; any bytes at all may be given.
pub fn vpd_83(page: &[u8]) -> Result<LunId, VpdError> {
    let header =
        page.get(..4).ok_or(VpdError::Truncated { at: 0, missing: 4 - page.len().min(4) })?;
    if header[1] != 0x83 {
        return Err(VpdError::WrongPage { found: header[1] });
    }
    let end = 4 + usize::from(u16::from_be_bytes([header[2], header[3]]));
    let mut best: Option<(u8, usize, LunId)> = None;
    let mut at = 4;
    while at < end {
        let content_at = at + 4;
        let next = match page.get(at..content_at) {
            Some(header) => content_at + usize::from(header[3]),
            None => content_at,
        };
        let have = page.len().min(end);
        if next > have {
            return Err(VpdError::Truncated { at, missing: next - have });
        }
        let content = &page[content_at..next];
        if let Some((rank, id)) = identity(page[at], page[at + 1], content) {
            let is_text = matches!(page[at + 1] & 0x0f, T10 | NAME);
            let beaten = best.as_ref().is_none_or(|(best_rank, length, _)| {
                rank >= *best_rank && (!is_text || content.len() >= *length)
            });
            if beaten {
                best = Some((rank, content.len(), id));
            }
        }
        at = next;
    }
    best.map(|(_, _, id)| id).ok_or(VpdError::NoIdentity)
}

/// What a designator says of the logical unit, and how much it counts.
fn identity(code_set: u8, kind: u8, content: &[u8]) -> Option<(u8, LunId)> {
    if kind & 0x30 != 0 {
        return None;
    }
    match kind & 0x0f {
        NAME if code_set & 0x0f == UTF8 => {
            let text = std::str::from_utf8(content).ok()?.trim_end_matches('\0');
            let id: LunId = text.parse().ok()?;
            (!matches!(id, LunId::T10(_))).then_some((9, id))
        }
        NAA => match (content.first()? >> 4, content.len()) {
            (6, 16) => Some((8, LunId::Naa16(content.try_into().ok()?))),
            (5, 8) => Some((5, LunId::Naa8(content.try_into().ok()?))),
            (3, 8) => Some((1, LunId::Naa8(content.try_into().ok()?))),
            _ => None,
        },
        EUI => {
            let rank = match content.len() {
                16 => 7,
                12 => 6,
                8 => 3,
                _ => return None,
            };
            Some((rank, LunId::Eui(content.into())))
        }
        T10 => {
            // Padding is cut off, as whoever reads it from sysfs does.
            let text = content.trim_ascii_end();
            let printable = text.iter().all(|byte| (0x20..0x7f).contains(byte));
            (printable && !text.is_empty()).then_some(())?;
            Some((1, LunId::T10(std::str::from_utf8(text).ok()?.into())))
        }
        _ => None,
    }
}
