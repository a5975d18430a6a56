//! `fc_remote_ports/rport-H:B-N` (`drivers/scsi/scsi_transport_fc.c`).

use npivot_fabric::config::Driver;
use npivot_fabric::host::Rport;
use npivot_hal::{FcId, PortState, Roles};

use super::identifier;
use crate::tree::attribute::Attribute;

const ALL: &[Attribute] = &[
    Attribute::shown("dev_loss_tmo").writable(),
    Attribute::shown("fast_io_fail_tmo").writable(),
    Attribute::shown("node_name"),
    Attribute::shown("port_id"),
    Attribute::shown("port_name"),
    Attribute::shown("port_state").writable(),
    Attribute::shown("roles"),
    Attribute::shown("scsi_target_id"),
    Attribute::shown("supported_classes"),
];

/// qla2xxx does not ask the transport to show it.
const NOT_QLA2XXX: &[Attribute] = &[Attribute::shown("maxframe_size")];

pub(crate) fn attributes(driver: Driver) -> Vec<&'static [Attribute]> {
    match driver {
        Driver::Qla2xxx => vec![ALL],
        Driver::Lpfc | Driver::Libfc => vec![ALL, NOT_QLA2XXX],
    }
}

pub(crate) fn show(rport: &Rport, driver: Driver, name: &str) -> Option<String> {
    let is_gone = rport.state == PortState::NotPresent;
    let is_service = rport.fc_id.is_some_and(FcId::is_well_known);
    Some(match name {
        "dev_loss_tmo" => rport.dev_loss_secs.to_string(),
        "fast_io_fail_tmo" => rport.fast_io_fail_secs.map_or("off".into(), |s| s.to_string()),
        "port_state" => rport.state.to_string(),
        "roles" => roles(rport),
        "scsi_target_id" => rport.target.map_or("-1".into(), |target| target.to_string()),
        // libfc logs in to the fabric's services without asking for a class.
        "supported_classes" if is_gone || is_service => "unspecified".into(),
        "supported_classes" => "Class 3".into(),
        // Unset, it is -1 in 32 bits without a sign.
        "maxframe_size" if is_gone => "4294967295 bytes".into(),
        "maxframe_size" if driver == Driver::Libfc => "2112 bytes".into(),
        "maxframe_size" => "2048 bytes".into(),
        _ => return identifier(rport, name),
    })
}

/// The roles of a port, or the name of the service at a well-known address (`get_fc_port_roles_names`).
fn roles(rport: &Rport) -> String {
    match rport.fc_id.map(FcId::get) {
        Some(0xff_fffe) => return "Fabric Port".into(),
        Some(0xff_fffd) => return "Fabric Controller".into(),
        Some(0xff_fffc) => return "Directory Server".into(),
        Some(0xff_fffb) => return "Time Server".into(),
        Some(0xff_fffa) => return "Management Server".into(),
        Some(0xff_fff0..=0xff_ffff) => return "Unknown Fabric Entity".into(),
        _ => {}
    }
    let Roles { target, initiator } = rport.roles;
    let names = [(target, "FCP Target"), (initiator, "FCP Initiator")];
    let names: Vec<_> = names.into_iter().filter(|(is_so, _)| *is_so).map(|(_, n)| n).collect();
    if names.is_empty() { "unknown".into() } else { names.join(", ") }
}
