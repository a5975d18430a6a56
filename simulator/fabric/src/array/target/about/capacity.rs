//! READ CAPACITY.

use super::{Array, Call, Handled, Reply};
use crate::array::BLOCK_LENGTH;

/// READ CAPACITY (10) (SBC-4, 5.20).
pub(in crate::array::target) fn capacity_10(array: &mut Array, call: &Call<'_>) -> Handled {
    let last = array.volume(call.unit()?).size_blocks().saturating_sub(1);
    // What does not fit reads as all ones: ask with READ CAPACITY (16).
    let last = u32::try_from(last).unwrap_or(u32::MAX);
    Ok(Reply::data([last.to_be_bytes(), BLOCK_LENGTH.to_be_bytes()].concat(), 8))
}

/// READ CAPACITY (16) (SBC-4, 5.21): no protection information, thin, zeros where nothing is.
pub(in crate::array::target) fn capacity_16(array: &mut Array, call: &Call<'_>) -> Handled {
    let last = array.volume(call.unit()?).size_blocks().saturating_sub(1);
    let mut data = vec![0; 32];
    data[..8].copy_from_slice(&last.to_be_bytes());
    data[8..12].copy_from_slice(&BLOCK_LENGTH.to_be_bytes());
    // LBPME, LBPRZ.
    data[14] = 0xc0;
    Ok(Reply::data(data, call.cdb.u32(10)))
}
