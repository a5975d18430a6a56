//! Vital product data: pages 00, 80 and 83 (SPC-5, 7.7), B0, B1 and B2 (SBC-4, 6.6).

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
const PORT_GROUP: u8 = 5;
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
    page(0x00, &[0x00, 0x80, 0x83, 0xb0, 0xb1, 0xb2])
}

/// Page 80: the unit serial number.
pub fn vpd_80(serial: &str) -> Vec<u8> {
    page(0x80, serial.as_bytes())
}

/// A target port, as page 83 tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "the designators of SPC-5 that a port of FCP has")]
pub struct PortDesignators {
    /// Its name.
    pub wwpn: Wwpn,
    /// Its relative identifier, from 1.
    pub relative: u16,
    /// Its target port group.
    pub group: u16,
}

/// Page 83: who the logical unit is, and through which port it was asked.
///
/// Five designators: T10 vendor identification (vendor and serial number), the identity, the target
/// port's name (NAA), its relative identifier, and its target port group. An identity that is T10 text
/// itself takes the place of the first.
pub fn vpd_83(product: &Product, identity: &LunId, serial: &str, port: PortDesignators) -> Vec<u8> {
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
    all.extend(designator(BINARY, OF_PORT | NAA, &port.wwpn.get().to_be_bytes()));
    for (kind, number) in [(RELATIVE_PORT, port.relative), (PORT_GROUP, port.group)] {
        let [high, low] = number.to_be_bytes();
        all.extend(designator(BINARY, OF_PORT | kind, &[0, 0, high, low]));
    }
    page(0x83, &all)
}

/// What one command can be about, as page B0 tells it, in blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "the limits of this array's commands")]
pub struct BlockLimits {
    /// COMPARE AND WRITE.
    pub compare: u8,
    /// READ, WRITE, VERIFY with data.
    pub transfer: u32,
    /// UNMAP, over all its descriptors.
    pub unmap: u32,
    /// How many descriptors UNMAP may have.
    pub unmap_descriptors: u32,
    /// What is freed together.
    pub granularity: u32,
    /// WRITE SAME.
    pub same: u64,
}

/// Page B0: block limits (SBC-4, 6.6.4). WRITE SAME of zero blocks is not taken (WSNZ).
pub fn vpd_b0(limits: &BlockLimits) -> Vec<u8> {
    let mut content = [0; 60];
    content[0] = 0x01;
    content[1] = limits.compare;
    // The optimal granularity of a transfer has 16 bits.
    let granularity = u16::try_from(limits.granularity).unwrap_or(0);
    content[2..4].copy_from_slice(&granularity.to_be_bytes());
    content[4..8].copy_from_slice(&limits.transfer.to_be_bytes());
    content[16..20].copy_from_slice(&limits.unmap.to_be_bytes());
    content[20..24].copy_from_slice(&limits.unmap_descriptors.to_be_bytes());
    content[24..28].copy_from_slice(&limits.granularity.to_be_bytes());
    // UGAVALID: the granules begin at block 0.
    content[28] = 0x80;
    content[32..40].copy_from_slice(&limits.same.to_be_bytes());
    page(0xb0, &content)
}

/// Page B1: block device characteristics (SBC-4, 6.6.3): nothing rotates.
pub fn vpd_b1() -> Vec<u8> {
    let mut content = [0; 60];
    content[1] = 0x01;
    page(0xb1, &content)
}

/// Page B2: logical block provisioning (SBC-4, 6.6.7): thin; UNMAP and both WRITE SAME free blocks, and
/// what is free reads as zeros.
pub fn vpd_b2() -> Vec<u8> {
    page(0xb2, &[0x00, 0xe4, 0x02, 0x00])
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
