//! Vital product data: pages 00, 80 and 83 (SPC-5, 7.7), and which volume a page 83 is of.

use npivot_hal::{LunId, Wwpn};

use super::VENDOR;

/// The longest serial number that fits into a T10 designator after the vendor, in bytes.
const MAX_SERIAL: usize = 244;
/// The longest T10 designator, in bytes (SPC-5, 7.7.6.4: the length is a multiple of four).
const MAX_T10: usize = 252;

/// Designators of a logical unit and of a target port: binary, text, and the types of SPC-5, table 7.7.6.
const BINARY: u8 = 1;
const ASCII: u8 = 2;
const UTF8: u8 = 3;
const T10: u8 = 1;
const EUI: u8 = 2;
const NAA: u8 = 3;
const RELATIVE_PORT: u8 = 4;
const NAME: u8 = 8;
/// Protocol identifier valid, associated with the target port.
const OF_PORT: u8 = 0x80 | 0x10;

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

/// Whether a volume can have this identity: what fits into page 83 and what Linux reads back from it.
pub(in super::super) fn can_be_identity(identity: &LunId) -> bool {
    match identity {
        LunId::Naa8(bytes) => matches!(bytes[0] >> 4, 3 | 5),
        LunId::Naa16(bytes) => bytes[0] >> 4 == 6,
        LunId::Eui(bytes) => matches!(bytes.len(), 8 | 12 | 16),
        LunId::T10(text) => is_text(text.as_bytes(), MAX_T10),
        _ => false,
    }
}

/// Whether a volume can have this serial number.
pub(in super::super) fn can_be_serial(serial: &str) -> bool {
    is_text(serial.as_bytes(), MAX_SERIAL)
}

/// Printable, and the same once a reader has trimmed it.
fn is_text(bytes: &[u8], max: usize) -> bool {
    let printable = bytes.iter().all(|byte| (0x20..0x7f).contains(byte));
    printable && bytes.len() <= max && bytes.last().is_some_and(|last| *last != b' ')
}

/// Page 00: which pages there are.
pub fn vpd_00() -> Vec<u8> {
    page(0x00, &[0x00, 0x80, 0x83])
}

/// Page 80: the unit serial number.
pub fn vpd_80(serial: &str) -> Vec<u8> {
    page(0x80, serial.as_bytes())
}

/// Page 83: who the logical unit is, and through which port it was asked.
///
/// Four designators: T10 vendor identification (vendor and serial number), the identity, the target port's
/// name (NAA) and its relative identifier, counted from 1. An identity that is T10 text itself takes the
/// place of the first.
pub fn vpd_83(identity: &LunId, serial: &str, target_port: Wwpn, relative_port: u16) -> Vec<u8> {
    let mut all = vec![];
    if !matches!(identity, LunId::T10(_)) {
        let text = [&VENDOR[..], cut(serial.as_bytes(), MAX_SERIAL)].concat();
        all.extend(designator(ASCII, T10, &text));
    }
    // After the vendor's: Linux gives NAA type 3 the rank of T10 text, and takes the later of equals.
    match identity {
        LunId::Naa8(bytes) => all.extend(designator(BINARY, NAA, bytes)),
        LunId::Naa16(bytes) => all.extend(designator(BINARY, NAA, bytes)),
        LunId::Eui(bytes) => all.extend(designator(BINARY, EUI, bytes)),
        LunId::T10(text) => all.extend(designator(ASCII, T10, text.as_bytes())),
        _ => {}
    }
    all.extend(designator(BINARY, OF_PORT | NAA, &target_port.get().to_be_bytes()));
    let [high, low] = relative_port.to_be_bytes();
    all.extend(designator(BINARY, OF_PORT | RELATIVE_PORT, &[0, 0, high, low]));
    page(0x83, &all)
}

/// A page of a disk. No page here comes near the 65,535 bytes that its length can tell.
fn page(code: u8, content: &[u8]) -> Vec<u8> {
    let content = cut(content, usize::from(u16::MAX));
    let [.., high, low] = content.len().to_be_bytes();
    let mut page = vec![0x00, code, high, low];
    page.extend(content);
    page
}

/// A designator; the protocol is Fibre Channel's, 0.
fn designator(code_set: u8, kind: u8, content: &[u8]) -> Vec<u8> {
    let content = cut(content, usize::from(u8::MAX));
    let [.., length] = content.len().to_be_bytes();
    let mut designator = vec![code_set, kind, 0x00, length];
    designator.extend(content);
    designator
}

fn cut(bytes: &[u8], max: usize) -> &[u8] {
    &bytes[..bytes.len().min(max)]
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
pub fn parse_vpd_83(page: &[u8]) -> Result<LunId, VpdError> {
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
            is_text(text, text.len()).then_some(())?;
            Some((1, LunId::T10(std::str::from_utf8(text).ok()?.into())))
        }
        _ => None,
    }
}

#[cfg(test)]
#[path = "vpd_tests.rs"]
mod tests;
