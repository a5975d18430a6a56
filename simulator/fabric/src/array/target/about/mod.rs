//! Commands that ask a unit what it is and how it is.

mod capacity;
mod identity;
mod log;
mod ports;
mod support;

pub(super) use capacity::{capacity_10, capacity_16};
pub(super) use identity::{inquiry, luns};
pub(super) use log::log;
pub(super) use ports::port_groups;
pub(super) use support::{operation_codes, task_functions};

use super::{Call, Handled, Reply};
use crate::array::Array;
use crate::array::scsi::{Check, Sense};

/// TEST UNIT READY (SPC-5, 6.47). A volume is ready; what is not is the path, and that is told before.
#[allow(clippy::unnecessary_wraps, reason = "a handler like the others")]
pub(super) fn ready(_: &mut Array, _: &Call<'_>) -> Handled {
    Ok(Reply::nothing())
}

/// START STOP UNIT (SBC-4, 5.31). A volume of an array runs; one initiator cannot stop it for all others,
/// nor eject it.
pub(super) fn start(_: &mut Array, call: &Call<'_>) -> Handled {
    // POWER CONDITION MODIFIER; POWER CONDITION; LOEJ.
    call.cdb.must_be_zero(3, 0x0f, 3)?;
    call.cdb.must_be_zero(4, 0xf0, 7)?;
    call.cdb.must_be_zero(4, 0x02, 1)?;
    if !call.cdb.bit(4, 0) {
        return Err(Check::cdb(4, Some(0)).into());
    }
    Ok(Reply::nothing())
}

/// REQUEST SENSE (SPC-5, 6.39): the unit attention that is owed, as data and with GOOD status; it is
/// settled by that.
#[allow(clippy::unnecessary_wraps, reason = "a handler like the others")]
pub(super) fn sense(array: &mut Array, call: &Call<'_>) -> Handled {
    let sense = match array.attentions.first(call.nexus, call.volume) {
        Some(condition) => {
            array.attentions.told(call.nexus, call.volume, condition);
            condition.sense()
        }
        None if call.volume.is_none() => Sense::LOGICAL_UNIT_NOT_SUPPORTED,
        None => Sense::NONE,
    };
    // DESC.
    let data = Check::of(sense).encode(call.cdb.bit(1, 0));
    Ok(Reply::data(data, call.cdb.byte(4).into()))
}
