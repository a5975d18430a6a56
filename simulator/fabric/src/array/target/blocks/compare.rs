//! VERIFY and COMPARE AND WRITE.

use super::{
    BLOCK_LIMITS, MAX_TRANSFER_BLOCKS, Span, length, no_protection, read_failed, writable,
    write_failed,
};
use crate::array::scsi::{Check, Sense};
use crate::array::target::{Call, Handled, Refused, Reply};
use crate::array::{Array, BLOCK_BYTES};

/// BYTCHK of VERIFY.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum With {
    /// The medium alone is looked at.
    Nothing,
    /// Each block with its own in the data.
    Each,
    /// Each block with the one in the data.
    One,
}

fn verified(array: &Array, call: &Call<'_>) -> Result<(Span, With), Refused> {
    no_protection(call)?;
    let with = match call.cdb.byte(1) >> 1 & 0x03 {
        0 => With::Nothing,
        1 => With::Each,
        3 => With::One,
        _ => return Err(Check::cdb(1, Some(2)).into()),
    };
    let max = if with == With::Nothing { u64::MAX } else { MAX_TRANSFER_BLOCKS.into() };
    let span = Span::of(call).at_most(call, max)?.within(array, call.unit()?)?;
    Ok((span, with))
}

pub(in crate::array::target) fn verify_needs(
    array: &mut Array,
    call: &Call<'_>,
) -> Result<u64, Refused> {
    let (span, with) = verified(array, call)?;
    Ok(match with {
        With::Nothing => 0,
        With::Each => span.bytes(),
        With::One if span.blocks == 0 => 0,
        With::One => BLOCK_BYTES as u64,
    })
}

/// VERIFY (10), (12) and (16) (SBC-4, 5.36 to 5.38). INFORMATION tells the first block that differs.
pub(in crate::array::target) fn verify(array: &mut Array, call: &Call<'_>) -> Handled {
    let (span, with) = verified(array, call)?;
    let needed = verify_needs(array, call)?;
    let given = call.data.get(..length(needed)).ok_or(Sense::INVALID_FIELD_IN_COMMAND_IU)?;
    if needed == 0 {
        return Ok(Reply::nothing());
    }
    let content = &mut array.volume_mut(call.unit()?).content;
    let mut found = [0; BLOCK_BYTES];
    let mut each = given.chunks(BLOCK_BYTES);
    for block in 0..span.blocks {
        let expected = if with == With::One { Some(given) } else { each.next() };
        let here = Span { lba: span.lba + block, blocks: 1 };
        content.read(here.at(), &mut found).map_err(|error| read_failed(error, here))?;
        if expected != Some(&found[..]) {
            return Err(Check::of(Sense::MISCOMPARE).at(here.lba).into());
        }
    }
    Ok(Reply::took(needed))
}

fn compared(array: &Array, call: &Call<'_>) -> Result<Span, Refused> {
    no_protection(call)?;
    let unit = writable(array, call)?;
    // Its number of blocks has one byte, and every number is within the limit.
    debug_assert_eq!(BLOCK_LIMITS.compare, u8::MAX);
    let span = Span { lba: call.cdb.u64(2), blocks: call.cdb.byte(13).into() };
    Ok(span.within(array, unit)?)
}

pub(in crate::array::target) fn compare_needs(
    array: &mut Array,
    call: &Call<'_>,
) -> Result<u64, Refused> {
    compared(array, call).map(|span| 2 * span.bytes())
}

/// COMPARE AND WRITE (SBC-4, 5.3): the first half of the data is compared, and if it is what is there the
/// second is written. INFORMATION tells the offset of the first byte that differs.
pub(in crate::array::target) fn compare_and_write(array: &mut Array, call: &Call<'_>) -> Handled {
    let span = compared(array, call)?;
    let unit = call.unit()?;
    let half = length(span.bytes());
    let data = call.data.get(..2 * half).ok_or(Sense::INVALID_FIELD_IN_COMMAND_IU)?;
    let (expected, new) = data.split_at(half);
    let mut found = vec![0; half];
    let content = &mut array.volume_mut(unit).content;
    content.read(span.at(), &mut found).map_err(|error| read_failed(error, span))?;
    if let Some(at) = found.iter().zip(expected).position(|(found, sent)| found != sent) {
        return Err(Check::of(Sense::MISCOMPARE).at(at as u64).into());
    }
    array.store(unit, span.at(), new).map_err(|error| write_failed(error, span))?;
    let fua = call.cdb.bit(1, 3);
    array.settle(unit, fua).map_err(|error| write_failed(error, span))?;
    Ok(Reply::took(2 * span.bytes()))
}
