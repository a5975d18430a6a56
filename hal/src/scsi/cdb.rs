//! Command descriptor blocks: commands that ask, and those that read and write blocks (SPC-5, SBC-4).
//!
//! An allocation length is the most bytes that the device may answer with; it cuts what is longer.

/// INQUIRY, standard data (SPC-5, 6.7). 36 bytes are what every device has.
pub const fn inquiry(allocation: u16) -> [u8; 6] {
    let [high, low] = allocation.to_be_bytes();
    [0x12, 0, 0, high, low, 0]
}

/// INQUIRY, a page of vital product data (SPC-5, 6.7).
pub const fn vpd(page: u8, allocation: u16) -> [u8; 6] {
    let [high, low] = allocation.to_be_bytes();
    [0x12, 0x01, page, high, low, 0]
}

/// REPORT LUNS of all logical units but the well known ones (SPC-5, 6.33). At least 16 bytes must be
/// allowed.
pub const fn report_luns(allocation: u32) -> [u8; 12] {
    let [a, b, c, d] = allocation.to_be_bytes();
    [0xa0, 0, 0, 0, 0, 0, a, b, c, d, 0, 0]
}

/// READ CAPACITY (10) (SBC-4, 5.20). It answers 8 bytes.
pub const fn read_capacity_10() -> [u8; 10] {
    [0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0]
}

/// READ CAPACITY (16), a service action of SERVICE ACTION IN (16) (SBC-4, 5.21). It answers 32 bytes.
pub const fn read_capacity_16(allocation: u32) -> [u8; 16] {
    let [a, b, c, d] = allocation.to_be_bytes();
    [0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d, 0, 0]
}

/// MODE SENSE (6), all pages without block descriptors (SPC-5, 6.14). Of 4 bytes the header is told alone.
pub const fn mode_sense_6(allocation: u8) -> [u8; 6] {
    [0x1a, 0x08, 0x3f, 0, allocation, 0]
}

/// REPORT TARGET PORT GROUPS, with the header of old (SPC-5, 6.37).
pub const fn report_target_port_groups(allocation: u32) -> [u8; 12] {
    let [a, b, c, d] = allocation.to_be_bytes();
    [0xa3, 0x0a, 0, 0, 0, 0, a, b, c, d, 0, 0]
}

/// PERSISTENT RESERVE IN, READ KEYS (SPC-5, 6.16.2).
pub const fn read_keys(allocation: u16) -> [u8; 10] {
    reserve_in(0, allocation)
}

/// PERSISTENT RESERVE IN, READ RESERVATION (SPC-5, 6.16.3). It answers 24 bytes at most.
pub const fn read_reservation(allocation: u16) -> [u8; 10] {
    reserve_in(1, allocation)
}

const fn reserve_in(action: u8, allocation: u16) -> [u8; 10] {
    let [high, low] = allocation.to_be_bytes();
    [0x5e, action, 0, 0, 0, 0, 0, high, low, 0]
}

/// READ (16) (SBC-4, 5.19): `blocks` logical blocks from `lba` on, no protection information.
pub const fn read_16(lba: u64, blocks: u32) -> [u8; 16] {
    blocks_16(0x88, lba, blocks)
}

/// WRITE (16) (SBC-4, 5.43): `blocks` logical blocks from `lba` on, no protection information. The data is
/// that many blocks.
pub const fn write_16(lba: u64, blocks: u32) -> [u8; 16] {
    blocks_16(0x8a, lba, blocks)
}

const fn blocks_16(code: u8, lba: u64, blocks: u32) -> [u8; 16] {
    let mut cdb = [0; 16];
    cdb[0] = code;
    let fields = cdb.split_at_mut(2).1.split_at_mut(8);
    fields.0.copy_from_slice(&lba.to_be_bytes());
    fields.1.split_at_mut(4).0.copy_from_slice(&blocks.to_be_bytes());
    cdb
}
