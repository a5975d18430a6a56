//! What is at the other end: remote ports, targets, and the vports by which more is seen.

pub(crate) mod rport;
pub(crate) mod target;
pub(crate) mod vport;

use npivot_fabric::host::Rport;
use npivot_hal::PortState;

use crate::host::NO_NAME;

/// The names and the address of a remote port. Of one that was given up the kernel keeps the port name,
/// by which it is bound, and unsets the others (`fc_timeout_deleted_rport`).
fn identifier(rport: &Rport, name: &str) -> Option<String> {
    let is_gone = rport.state == PortState::NotPresent;
    Some(match name {
        "node_name" if is_gone => NO_NAME.into(),
        "node_name" => rport.names.wwnn.sysfs().to_string(),
        "port_name" => rport.names.wwpn.sysfs().to_string(),
        "port_id" => match rport.fc_id.filter(|_| !is_gone) {
            Some(id) => format!("{:#08x}", id.get()),
            None => "0xffffffff".into(),
        },
        _ => return None,
    })
}
