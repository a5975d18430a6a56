//! UNMAP and WRITE SAME: many blocks at once, freed or filled.

use super::{BLOCK_LIMITS, Span, length, no_protection, writable, write_failed};
use crate::array::scsi::{Check, Sense};
use crate::array::target::{Call, Handled, Refused, Reply};
use crate::array::{Array, BLOCK_BYTES, StorageError, VolumeIx};

/// WRITE SAME (16), which has NDOB.
const SAME_16: u8 = 0x93;
/// How much is filled at a time.
const PIECE_BLOCKS: usize = 128;

fn filled(array: &Array, call: &Call<'_>) -> Result<Span, Refused> {
    no_protection(call)?;
    // ANCHOR: there is nothing between mapped and free. PBDATA and LBDATA, obsolete.
    call.cdb.must_be_zero(1, 0x10, 4)?;
    call.cdb.must_be_zero(1, 0x06, 2)?;
    if call.cdb.code() != SAME_16 {
        call.cdb.must_be_zero(1, 0x01, 0)?;
    }
    let unit = writable(array, call)?;
    let span = Span::of(call).at_most(call, BLOCK_LIMITS.same)?;
    if span.blocks == 0 {
        // WSNZ: all to the end is not said by zero.
        return Err(Check::cdb(Span::length_byte(call), None).into());
    }
    Ok(span.within(array, unit)?)
}

/// NDOB: no data, zeros are meant.
fn has_no_data(call: &Call<'_>) -> bool {
    call.cdb.code() == SAME_16 && call.cdb.bit(1, 0)
}

pub(in crate::array::target) fn same_needs(
    array: &mut Array,
    call: &Call<'_>,
) -> Result<u64, Refused> {
    filled(array, call)?;
    Ok(if has_no_data(call) { 0 } else { BLOCK_BYTES as u64 })
}

/// WRITE SAME (10) and (16) (SBC-4, 5.51 and 5.52). Blocks of zeros are freed, with UNMAP and without:
/// they read the same. With UNMAP any other block is written, since what is free would not read as it.
pub(in crate::array::target) fn same(array: &mut Array, call: &Call<'_>) -> Handled {
    let span = filled(array, call)?;
    let unit = call.unit()?;
    let needed = same_needs(array, call)?;
    let block = call.data.get(..length(needed)).ok_or(Sense::INVALID_FIELD_IN_COMMAND_IU)?;
    if block.iter().all(|byte| *byte == 0) {
        array.free(unit, span.at(), span.bytes()).map_err(|error| write_failed(error, span))?;
    } else {
        fill(array, unit, span, block).map_err(|error| write_failed(error, span))?;
    }
    array.settle(unit, false).map_err(|error| write_failed(error, span))?;
    Ok(Reply::took(needed))
}

fn fill(array: &mut Array, unit: VolumeIx, span: Span, block: &[u8]) -> Result<(), StorageError> {
    let piece = block.repeat(PIECE_BLOCKS);
    let mut done = 0;
    while done < span.bytes() {
        let now = length(span.bytes() - done).min(piece.len());
        array.store(unit, span.at() + done, &piece[..now])?;
        done += now as u64;
    }
    Ok(())
}

pub(in crate::array::target) fn unmap_needs(
    array: &mut Array,
    call: &Call<'_>,
) -> Result<u64, Refused> {
    // ANCHOR.
    call.cdb.must_be_zero(1, 0x01, 0)?;
    writable(array, call)?;
    match call.cdb.u16(7) {
        1..8 => Err(Sense::PARAMETER_LIST_LENGTH_ERROR.into()),
        length => Ok(length.into()),
    }
}

/// UNMAP (SBC-4, 5.35): all of it, or nothing where one descriptor is wrong.
pub(in crate::array::target) fn unmap(array: &mut Array, call: &Call<'_>) -> Handled {
    let unit = call.unit()?;
    let needed = unmap_needs(array, call)?;
    if needed == 0 {
        return Ok(Reply::nothing());
    }
    let list = call.data.get(..length(needed)).ok_or(Sense::PARAMETER_LIST_LENGTH_ERROR)?;
    let spans = descriptors(array, unit, list)?;
    for span in spans {
        array.free(unit, span.at(), span.bytes()).map_err(|error| write_failed(error, span))?;
    }
    let whole = Span { lba: 0, blocks: 0 };
    array.settle(unit, false).map_err(|error| write_failed(error, whole))?;
    Ok(Reply::took(needed))
}

/// The descriptors of an UNMAP parameter list. One that is cut off at the end of the descriptors' length
/// does not count.
fn descriptors(array: &Array, unit: VolumeIx, list: &[u8]) -> Result<Vec<Span>, Refused> {
    let told = usize::from(u16::from_be_bytes([list[2], list[3]]));
    let descriptors = list.get(8..8 + told).ok_or(Check::list(2, None))?;
    let (descriptors, _) = descriptors.as_chunks::<16>();
    if descriptors.len() as u64 > BLOCK_LIMITS.unmap_descriptors.into() {
        return Err(Check::list(2, None).into());
    }
    let mut total = 0;
    let mut spans = vec![];
    for (number, descriptor) in descriptors.iter().enumerate() {
        let [lba @ .., _, _, _, _, _, _, _, _] = descriptor;
        let [.., a, b, c, d, _, _, _, _] = *descriptor;
        let span =
            Span { lba: u64::from_be_bytes(*lba), blocks: u32::from_be_bytes([a, b, c, d]).into() };
        total += span.blocks;
        if total > BLOCK_LIMITS.unmap.into() {
            let byte = u16::try_from(8 + 16 * number + 8).unwrap_or(u16::MAX);
            return Err(Check::list(byte, None).into());
        }
        spans.push(span.within(array, unit)?);
    }
    Ok(spans)
}
