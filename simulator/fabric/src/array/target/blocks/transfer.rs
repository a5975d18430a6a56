//! READ, WRITE and SYNCHRONIZE CACHE.

use super::{
    MAX_TRANSFER_BLOCKS, Span, length, no_protection, read_failed, whole_blocks, writable,
    write_failed,
};
use crate::array::Array;
use crate::array::target::{Call, Handled, Refused, Reply};

/// READ (6), (10), (12) and (16) (SBC-4, 5.16 to 5.19). DPO and FUA are taken; there is no cache that
/// either would go around.
pub(in crate::array::target) fn read(array: &mut Array, call: &Call<'_>) -> Handled {
    no_protection(call)?;
    let unit = call.unit()?;
    let span = Span::of(call).at_most(call, MAX_TRANSFER_BLOCKS.into())?.within(array, unit)?;
    let mut data = vec![0; length(span.bytes()).min(call.room)];
    let content = &mut array.volume_mut(unit).content;
    content.read(span.at(), &mut data).map_err(|error| read_failed(error, span))?;
    Ok(Reply { data, wanted: span.bytes() })
}

fn written(array: &Array, call: &Call<'_>) -> Result<Span, Refused> {
    no_protection(call)?;
    let unit = writable(array, call)?;
    Ok(Span::of(call).at_most(call, MAX_TRANSFER_BLOCKS.into())?.within(array, unit)?)
}

pub(in crate::array::target) fn write_needs(
    array: &mut Array,
    call: &Call<'_>,
) -> Result<u64, Refused> {
    written(array, call).map(Span::bytes)
}

/// WRITE (6), (10), (12) and (16) (SBC-4, 5.40 to 5.43). With FUA, or without a write cache, it is where
/// it stays when the command ends.
pub(in crate::array::target) fn write(array: &mut Array, call: &Call<'_>) -> Handled {
    let span = written(array, call)?;
    let unit = call.unit()?;
    let data = whole_blocks(call, span);
    array.store(unit, span.at(), data).map_err(|error| write_failed(error, span))?;
    let fua = call.cdb.code() >> 5 != 0 && call.cdb.bit(1, 3);
    array.settle(unit, fua).map_err(|error| write_failed(error, span))?;
    Ok(Reply::took(span.bytes()))
}

/// SYNCHRONIZE CACHE (10) and (16) (SBC-4, 5.34). Zero blocks are all to the end. IMMED has nothing to be
/// ahead of.
pub(in crate::array::target) fn synchronize(array: &mut Array, call: &Call<'_>) -> Handled {
    let unit = call.unit()?;
    let span = Span::of(call).within(array, unit)?;
    let content = &mut array.volume_mut(unit).content;
    content.flush().map_err(|error| write_failed(error, span))?;
    Ok(Reply::nothing())
}
