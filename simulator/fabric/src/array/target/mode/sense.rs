//! MODE SENSE (6) and (10) (SPC-5, 6.14 and 6.15).

use super::{INFORMATIONAL_EXCEPTIONS, Values};
use crate::array::scsi::{Check, Sense};
use crate::array::target::{Call, Handled, Reply};
use crate::array::{Array, BLOCK_LENGTH, Volume};

/// MODE SENSE (6).
const SIX: u8 = 0x1a;
/// All pages.
const ALL: u8 = 0x3f;
/// The device specific parameter of a disk (SBC-4, 6.5.1): write protected; DPO and FUA are known.
const WP: u8 = 0x80;
const DPOFUA: u8 = 0x10;

pub(in crate::array::target) fn sense(array: &mut Array, call: &Call<'_>) -> Handled {
    let (cdb, volume) = (call.cdb, array.volume(call.unit()?));
    let six = cdb.code() == SIX;
    let values = match cdb.byte(2) >> 6 {
        0 => Values::Current,
        1 => Values::Changeable,
        2 => Values::Default,
        _ => return Err(Sense::SAVING_NOT_SUPPORTED.into()),
    };
    let pages = wanted(volume, values, cdb.byte(2) & 0x3f, cdb.byte(3))?;
    // DBD; LLBAA, which only the long form has.
    let long = !six && cdb.bit(1, 4);
    let descriptor = if cdb.bit(1, 3) { vec![] } else { descriptor(volume, long) };
    let specific = DPOFUA | if volume.is_write_protected() { WP } else { 0 };
    let [.., length] = descriptor.len().to_be_bytes();
    let (header, allocation) = if six {
        let told = u8::try_from(3 + descriptor.len() + pages.len()).unwrap_or(u8::MAX);
        (vec![told, 0, specific, length], u32::from(cdb.byte(4)))
    } else {
        let told = u16::try_from(6 + descriptor.len() + pages.len()).unwrap_or(u16::MAX);
        let [high, low] = told.to_be_bytes();
        (vec![high, low, 0, specific, long.into(), 0, 0, length], u32::from(cdb.u16(7)))
    };
    Ok(Reply::data([header, descriptor, pages].concat(), allocation))
}

/// The pages asked for, as they are on the wire. None of them has subpages.
fn wanted(volume: &Volume, values: Values, code: u8, subpage: u8) -> Result<Vec<u8>, Check> {
    let all = volume.modes.pages(values);
    if code != ALL && !all.iter().any(|(known, _)| *known == code) {
        return Err(Check::cdb(2, Some(5)));
    }
    if !matches!(subpage, 0x00 | 0xff) {
        return Err(Check::cdb(3, None));
    }
    let chosen = all.into_iter().filter(|(known, _)| code == ALL || *known == code);
    Ok(chosen.flat_map(|(code, content)| on_wire(code, &content)).collect())
}

fn on_wire(code: u8, content: &[u8]) -> Vec<u8> {
    debug_assert!(code <= INFORMATIONAL_EXCEPTIONS, "page_0 format, not subpages");
    let [.., length] = content.len().to_be_bytes();
    [&[code, length][..], content].concat()
}

/// The block descriptor, short or long (SBC-4, 6.5.2).
pub(super) fn descriptor(volume: &Volume, long: bool) -> Vec<u8> {
    let blocks = volume.size_blocks();
    let length = BLOCK_LENGTH.to_be_bytes();
    if long {
        return [&blocks.to_be_bytes()[..], &[0; 4], &length].concat();
    }
    // The length has three bytes, after one that is reserved.
    let blocks = u32::try_from(blocks).unwrap_or(u32::MAX);
    [blocks.to_be_bytes(), length].concat()
}
