//! LOG SENSE (SPC-5, 6.8 and 7.3): which pages there are, the temperature, and that all is well.

use super::{Array, Call, Handled, Reply};
use crate::array::scsi::Check;

/// Supported log pages.
const SUPPORTED: u8 = 0x00;
/// Temperature (SPC-5, 7.3.21).
const TEMPERATURE: u8 = 0x0d;
/// Informational exceptions (SPC-5, 7.3.11).
const EXCEPTIONS: u8 = 0x2f;
/// What a simulated enclosure has, in degrees Celsius; and where it would have to be switched off.
const CELSIUS: u8 = 25;
const CELSIUS_AT_MOST: u8 = 60;
/// FORMAT AND LINKING 11b: a binary list parameter; 01b: a binary one.
const LIST: u8 = 0x03;
const BOUNDED: u8 = 0x01;

/// Parameters: code, control byte, value.
type Parameters = &'static [(u16, u8, &'static [u8])];

pub(in crate::array::target) fn log(_: &mut Array, call: &Call<'_>) -> Handled {
    let cdb = call.cdb;
    // PPC, obsolete, and SP: nothing is kept over a power cycle.
    cdb.must_be_zero(1, 0x02, 1)?;
    cdb.must_be_zero(1, 0x01, 0)?;
    if cdb.byte(3) != 0 {
        return Err(Check::cdb(3, None).into());
    }
    let code = cdb.byte(2) & 0x3f;
    let content = if code == SUPPORTED {
        vec![SUPPORTED, TEMPERATURE, EXCEPTIONS]
    } else {
        let all = parameters(code).ok_or_else(|| Check::cdb(2, Some(5)))?;
        let from = cdb.u16(5);
        if all.iter().all(|(code, ..)| *code < from) {
            return Err(Check::cdb(5, None).into());
        }
        all.iter().filter(|(code, ..)| *code >= from).flat_map(parameter).collect()
    };
    let [.., high, low] = content.len().to_be_bytes();
    let data = [&[code, 0x00, high, low][..], &content].concat();
    Ok(Reply::data(data, cdb.u16(7).into()))
}

const fn parameters(page: u8) -> Option<Parameters> {
    match page {
        TEMPERATURE => Some(&[(0, BOUNDED, &[0, CELSIUS]), (1, BOUNDED, &[0, CELSIUS_AT_MOST])]),
        // No additional sense code: nothing to tell; then the most recent temperature.
        EXCEPTIONS => Some(&[(0, LIST, &[0x00, 0x00, CELSIUS, 0x00])]),
        _ => None,
    }
}

fn parameter(&(code, control, value): &(u16, u8, &[u8])) -> Vec<u8> {
    let [high, low] = code.to_be_bytes();
    let [.., length] = value.len().to_be_bytes();
    [&[high, low, control, length][..], value].concat()
}
