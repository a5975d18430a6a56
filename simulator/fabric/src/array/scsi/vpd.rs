//! Vital product data: pages 00, 80 and 83 (SPC-5, 7.7).

use npivot_hal::{LunId, Wwpn};

use super::Product;

/// The longest serial number that fits into a T10 designator after the vendor, in bytes.
const MAX_SERIAL: usize = 244;
/// The longest T10 designator, in bytes (SPC-5, 7.7.6.4: the length is a multiple of four).
const MAX_T10: usize = 252;

/// Designators of a logical unit and of a target port: binary, text, and the types of SPC-5, table 7.7.6.
const BINARY: u8 = 1;
const ASCII: u8 = 2;
const T10: u8 = 1;
const EUI: u8 = 2;
const NAA: u8 = 3;
const RELATIVE_PORT: u8 = 4;
/// Protocol identifier valid, associated with the target port.
const OF_PORT: u8 = 0x80 | 0x10;

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
pub fn vpd_83(
    product: &Product,
    identity: &LunId,
    serial: &str,
    target_port: Wwpn,
    relative_port: u16,
) -> Vec<u8> {
    let mut all = vec![];
    if !matches!(identity, LunId::T10(_)) {
        let text = [&product.vendor_field()[..], cut(serial.as_bytes(), MAX_SERIAL)].concat();
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

#[cfg(test)]
#[path = "vpd_tests.rs"]
mod tests;
