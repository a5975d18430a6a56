//! REPORT TARGET PORT GROUPS (SPC-5, 6.36).

use super::{Array, Call, Handled, Reply};
use crate::array::scsi::Check;

/// Which states the groups can be in: transitioning, offline, unavailable, standby, active/non-optimized
/// and active/optimized; not LBA dependent.
const SUPPORTED: u8 = 0xcf;
/// STATUS CODE: never changed; by implicit management.
const NO_STATUS: u8 = 0x00;
const IMPLICIT: u8 = 0x02;

/// In both formats: length only, and with the extended header.
pub(in crate::array::target) fn port_groups(array: &mut Array, call: &Call<'_>) -> Handled {
    let extended = match call.cdb.byte(1) >> 5 {
        0 => false,
        1 => true,
        _ => return Err(Check::cdb(1, Some(7)).into()),
    };
    let mut groups = vec![];
    if extended {
        // Parameter data format; a transition takes no time that is worth a time-out of its own.
        groups.extend([0x10, 0x00, 0x00, 0x00]);
    }
    for (id, group, ports) in array.port_groups() {
        // The number of ports has one byte.
        let ports = &ports[..ports.len().min(usize::from(u8::MAX))];
        let preferred = if group.preferred { 0x80 } else { 0x00 };
        let [high, low] = id.to_be_bytes();
        let status = if group.changed { IMPLICIT } else { NO_STATUS };
        let count = u8::try_from(ports.len()).unwrap_or(u8::MAX);
        groups.extend([preferred | group.state.code(), SUPPORTED, high, low, 0, status, 0, count]);
        for port in ports {
            let [high, low] = Array::relative_port(*port).to_be_bytes();
            groups.extend([0, 0, high, low]);
        }
    }
    let length = u32::try_from(groups.len()).unwrap_or(u32::MAX);
    let data = [&length.to_be_bytes()[..], &groups].concat();
    Ok(Reply::data(data, call.cdb.u32(6)))
}
