//! What is supported: REPORT SUPPORTED OPERATION CODES (SPC-5, 6.35) and REPORT SUPPORTED TASK MANAGEMENT
//! FUNCTIONS (SPC-5, 6.36).

use super::{Array, Call, Handled, Reply};
use crate::array::scsi::Check;
use crate::array::target::Refused;
use crate::array::target::commands::{COMMANDS, Spec};

/// ABORT TASK, ABORT TASK SET, CLEAR TASK SET, LOGICAL UNIT RESET, TARGET RESET.
const FUNCTIONS: u8 = 0x80 | 0x40 | 0x10 | 0x08 | 0x02;
/// SUPPORT: not at all; as the standard says.
const NOT_SUPPORTED: u8 = 0x01;
const SUPPORTED: u8 = 0x03;
/// SERVACTV and CTDP of one in the list of all.
const HAS_ACTION: u8 = 0x01;
const HAS_TIMEOUTS: u8 = 0x02;
/// Command timeouts descriptor: ten bytes follow, none of which recommends anything.
const TIMEOUTS: [u8; 12] = [0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

pub(in crate::array::target) fn operation_codes(_: &mut Array, call: &Call<'_>) -> Handled {
    let (cdb, timed) = (call.cdb, call.cdb.bit(2, 7));
    let (code, action) = (cdb.byte(3), cdb.u16(4));
    let data = match cdb.byte(2) & 0x07 {
        0 => all(timed),
        option @ 1..=3 => one(find(option, code, action)?, timed),
        _ => return Err(Check::cdb(2, Some(2)).into()),
    };
    Ok(Reply::data(data, cdb.u32(6)))
}

/// The command that one of the reporting options 1 to 3 asks about. One asks for an operation code
/// without service actions, two for one with them, three for whichever it is.
fn find(option: u8, code: u8, action: u16) -> Result<Option<&'static Spec>, Refused> {
    let mut same = COMMANDS.iter().filter(|spec| spec.code == code).peekable();
    let Some(first) = same.peek() else { return Ok(None) };
    match (option, first.action.is_some()) {
        (1, true) | (2, false) => Err(Check::cdb(2, Some(2)).into()),
        (_, true) => Ok(same.find(|spec| spec.action.map(u16::from) == Some(action))),
        (_, false) => Ok(same.next().filter(|_| option != 3 || action == 0)),
    }
}

fn all(timed: bool) -> Vec<u8> {
    let mut list = vec![];
    for spec in &COMMANDS {
        let [.., length] = spec.usage.len().to_be_bytes();
        let flags = if spec.action.is_some() { HAS_ACTION } else { 0 }
            | if timed { HAS_TIMEOUTS } else { 0 };
        list.extend([spec.code, 0, 0, spec.action.unwrap_or(0), 0, flags, 0, length]);
        if timed {
            list.extend(TIMEOUTS);
        }
    }
    let length = u32::try_from(list.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes()[..], &list].concat()
}

fn one(spec: Option<&Spec>, timed: bool) -> Vec<u8> {
    let Some(spec) = spec else { return vec![0, NOT_SUPPORTED, 0, 0] };
    let [.., length] = spec.usage.len().to_be_bytes();
    // CTDP.
    let mut data = vec![0, if timed { 0x80 | SUPPORTED } else { SUPPORTED }, 0, length];
    data.extend(spec.usage);
    if let (Some(action), Some(second)) = (spec.action, data.get_mut(5)) {
        // The field of the service action shows its value.
        *second = *second & 0xe0 | action;
    }
    if timed {
        data.extend(TIMEOUTS);
    }
    data
}

#[allow(clippy::unnecessary_wraps, reason = "a handler like the others")]
pub(in crate::array::target) fn task_functions(_: &mut Array, call: &Call<'_>) -> Handled {
    // REPD: with time-outs, of which none is recommended.
    let data = if call.cdb.bit(2, 7) {
        let mut data = vec![FUNCTIONS, 0, 0, 12];
        data.resize(16, 0);
        data
    } else {
        vec![FUNCTIONS, 0, 0, 0]
    };
    Ok(Reply::data(data, call.cdb.u32(6)))
}
