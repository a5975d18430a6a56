//! INQUIRY and REPORT LUNS, which are answered whatever unit attention is owed.

use super::{Array, Call, Handled, Reply};
use crate::array::scsi::{
    Check, Sense, inquiry_no_device, inquiry_standard, vpd_00, vpd_80, vpd_b0, vpd_b1, vpd_b2,
};
use crate::array::target::BLOCK_LIMITS;

/// INQUIRY (SPC-5, 6.7).
pub(in crate::array::target) fn inquiry(array: &mut Array, call: &Call<'_>) -> Handled {
    let cdb = call.cdb;
    // CMDDT, obsolete.
    cdb.must_be_zero(1, 0x02, 1)?;
    let (vital, page) = (cdb.bit(1, 0), cdb.byte(2));
    let data = match (vital, page, call.volume) {
        (false, 0, Some(_)) => inquiry_standard(array.product()),
        (false, 0, None) => inquiry_no_device(array.product()),
        (true, _, None) => return Err(Sense::LOGICAL_UNIT_NOT_SUPPORTED.into()),
        (true, 0x00, _) => vpd_00(),
        (true, 0x80, Some(volume)) => vpd_80(array.volume(volume).serial()),
        (true, 0x83, Some(volume)) => {
            array.vpd_83(volume, call.nexus.port).ok_or(Sense::LOGICAL_UNIT_NOT_SUPPORTED)?
        }
        (true, 0xb0, _) => vpd_b0(&BLOCK_LIMITS),
        (true, 0xb1, _) => vpd_b1(),
        (true, 0xb2, _) => vpd_b2(),
        _ => return Err(Check::cdb(2, None).into()),
    };
    Ok(Reply::data(data, cdb.u16(3).into()))
}

/// REPORT LUNS (SPC-5, 6.33): what this initiator gets to see, whatever LUN was asked. It settles the
/// unit attention about it.
pub(in crate::array::target) fn luns(array: &mut Array, call: &Call<'_>) -> Handled {
    let who = call.nexus.initiator;
    // SELECT REPORT: addressed logical units, well known ones (there are none), or all.
    let luns: Vec<u8> = match call.cdb.byte(2) {
        0 | 2 => array.report_luns(who).flat_map(|(lun, _)| lun.to_wire()).collect(),
        1 => vec![],
        _ => return Err(Check::cdb(2, None).into()),
    };
    if call.cdb.byte(2) != 1 {
        array.luns_reported(who, call.nexus.port);
    }
    let length = u32::try_from(luns.len()).unwrap_or(u32::MAX);
    let data = [&length.to_be_bytes()[..], &[0; 4], &luns].concat();
    Ok(Reply::data(data, call.cdb.u32(6)))
}
