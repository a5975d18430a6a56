//! READ CAPACITY parameter data (SBC-4, 5.20 and 5.21).

use crate::Capacity;
use crate::scsi::error::{DecodeError, field};

/// Reads READ CAPACITY (10) data. `None`: the last block's address is all ones, so that it does not fit:
/// ask with READ CAPACITY (16).
///
/// # Errors
/// `Truncated` below 8 bytes; `Unexpected` for blocks of no length.
pub fn read_capacity_10(data: &[u8]) -> Result<Option<Capacity>, DecodeError> {
    let what = "READ CAPACITY (10) data";
    let last = u32::from_be_bytes(field(what, data, 0)?);
    let block_bytes = block_bytes(what, data, 4)?;
    Ok((last != u32::MAX).then(|| Capacity { blocks: u64::from(last) + 1, block_bytes }))
}

/// Reads READ CAPACITY (16) data: its first 12 bytes.
///
/// # Errors
/// `Truncated` below 12 bytes; `Unexpected` for blocks of no length, and for a last block of all ones.
pub fn read_capacity_16(data: &[u8]) -> Result<Capacity, DecodeError> {
    let what = "READ CAPACITY (16) data";
    let last = u64::from_be_bytes(field(what, data, 0)?);
    let block_bytes = block_bytes(what, data, 8)?;
    let blocks = last.checked_add(1).ok_or(DecodeError::Unexpected {
        what,
        at: 0,
        found: last,
        expected: "the address of a last block",
    })?;
    Ok(Capacity { blocks, block_bytes })
}

fn block_bytes(what: &'static str, data: &[u8], at: usize) -> Result<u32, DecodeError> {
    match u32::from_be_bytes(field(what, data, at)?) {
        0 => Err(DecodeError::Unexpected { what, at, found: 0, expected: "a block length" }),
        length => Ok(length),
    }
}
