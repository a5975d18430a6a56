//! MODE SELECT (6) and (10) (SPC-5, 6.12 and 6.13).

use super::sense::descriptor;
use super::{Modes, Values};
use crate::array::attention::Condition;
use crate::array::scsi::{Check, Sense};
use crate::array::target::{Call, Handled, Refused, Reply};
use crate::array::{Array, Volume};

/// MODE SELECT (6).
const SIX: u8 = 0x15;

/// PF must be set, and nothing can be saved.
pub(in crate::array::target) fn needs(_: &mut Array, call: &Call<'_>) -> Result<u64, Refused> {
    let cdb = call.cdb;
    let length = if cdb.code() == SIX { cdb.byte(4).into() } else { cdb.u16(7) };
    cdb.must_be_zero(1, 0x01, 0)?;
    if length > 0 && !cdb.bit(1, 4) {
        return Err(Check::cdb(1, Some(4)).into());
    }
    Ok(length.into())
}

/// All of the list is taken, or nothing. Other initiators hear of it: MODE PARAMETERS CHANGED.
pub(in crate::array::target) fn select(array: &mut Array, call: &Call<'_>) -> Handled {
    let unit = call.unit()?;
    let length = needs(array, call)?;
    if length == 0 {
        return Ok(Reply::nothing());
    }
    let told = usize::try_from(length).unwrap_or(usize::MAX);
    let list = call.data.get(..told).ok_or(Sense::PARAMETER_LIST_LENGTH_ERROR)?;
    let volume = array.volume(unit);
    let before = volume.modes;
    let modes = read(volume, list, call.cdb.code() == SIX)?;
    if modes != before {
        array.volume_mut(unit).modes = modes;
        array.owe_others(Some(call.nexus), unit, Condition::ModeParametersChanged);
    }
    Ok(Reply::took(length))
}

/// What the modes are after a parameter list.
fn read(volume: &Volume, list: &[u8], six: bool) -> Result<Modes, Check> {
    let short = Check::of(Sense::PARAMETER_LIST_LENGTH_ERROR);
    let (header, long, described) = if six {
        (4, false, *list.get(3).ok_or(short)?)
    } else {
        let header = list.first_chunk::<8>().ok_or(short)?;
        if header[6] != 0 {
            return Err(Check::list(6, None));
        }
        (8, header[4] & 1 != 0, header[7])
    };
    let own = descriptor(volume, long);
    let pages_at = header + usize::from(described);
    if described != 0 {
        if usize::from(described) != own.len() {
            return Err(Check::list(place(header - 1), None));
        }
        descriptor_stays(list.get(header..pages_at).ok_or(short)?, &own, header)?;
    }
    let mut modes = volume.modes;
    let mut at = pages_at;
    while at < list.len() {
        at = page(&mut modes, list, at)?;
    }
    Ok(modes)
}

/// Neither size nor block length can be changed. A number of blocks of zero stands for the present one.
fn descriptor_stays(given: &[u8], own: &[u8], at: usize) -> Result<(), Check> {
    let (blocks, length) = (own.len() / 2, own.len() / 2..own.len());
    if given[..blocks] != own[..blocks] && given[..blocks].iter().any(|byte| *byte != 0) {
        return Err(Check::list(place(at), None));
    }
    // What is reserved between them is not looked at.
    let significant = length.end - 3..length.end;
    if given[significant.clone()] != own[significant.clone()] {
        return Err(Check::list(place(at + significant.start), None));
    }
    Ok(())
}

/// Takes over the page at a place in the list, and returns where the next one begins.
fn page(modes: &mut Modes, list: &[u8], at: usize) -> Result<usize, Check> {
    let short = Check::of(Sense::PARAMETER_LIST_LENGTH_ERROR);
    let [code, length] = *list[at..].first_chunk::<2>().ok_or(short)?;
    let current = modes.pages(Values::Current);
    // SPF: none of the pages has subpages. PS is reserved here.
    let known = current.into_iter().find(|(known, _)| *known == code & 0x7f);
    let (code, current) = known.ok_or(Check::list(place(at), Some(5)))?;
    if usize::from(length) != current.len() {
        return Err(Check::list(place(at + 1), None));
    }
    let (from, to) = (at + 2, at + 2 + current.len());
    let given = list.get(from..to).ok_or(short)?;
    let changeable = modes.pages(Values::Changeable);
    let mask = changeable.into_iter().find(|(known, _)| *known == code).map(|(_, mask)| mask);
    let mask = mask.unwrap_or_default();
    for (offset, ((given, current), mask)) in given.iter().zip(&current).zip(&mask).enumerate() {
        let wrong = (given ^ current) & !mask;
        if wrong != 0 {
            let bit = u8::try_from(wrong.ilog2()).unwrap_or(7);
            return Err(Check::list(place(from + offset), Some(bit)));
        }
    }
    modes.take(code, given);
    Ok(to)
}

fn place(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}
