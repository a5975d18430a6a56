//! `fc_host/hostN` (`drivers/scsi/scsi_transport_fc.c`).
//!
//! A driver shows what it asks the transport for: `qla2xxx_transport_functions` (`qla_attr.c`),
//! `lpfc_transport_functions` (`lpfc_attr.c`), `fcoe_nport_fc_functions` (`fcoe.c`). While an adapter is
//! not logged in, they differ:
//!
//! | | qla2xxx | lpfc | libfc |
//! |---|---|---|---|
//! | `port_id` | `0x000000` | `0x000000` | `0xffffffff` |
//! | `fabric_name` | all ones (`qla2x00_get_host_fabric_name`) | `0x0` (`lpfc_get_host_fabric_name`) | `0x0` |
//! | `port_type` | `Unknown` | `Unknown` | `NPort (…)`, always |
//! | `speed` | `unknown` | `unknown` | `10 Gbit`: of the interface |
//!
//! libfc shows `0x000000` after a first login was lost; the world does not keep whether there was one, so
//! the tree shows what libfc shows before it. `port_state` is the world's word for all drivers; lpfc's is
//! `Bypassed` where the link is up and the fabric has not accepted the login.

use npivot_fabric::config::Driver;
use npivot_fabric::host::{Adapter, Card, Kind};
use npivot_hal::HostNo;

use super::{FCP_AND_CT, NO_NAME};
use crate::tree::Tree;
use crate::tree::attribute::Attribute;

const ALL: &[Attribute] = &[
    Attribute::shown("dev_loss_tmo").writable(),
    Attribute::shown("fabric_name"),
    Attribute::write_only("issue_lip"),
    Attribute::shown("node_name"),
    Attribute::shown("port_id"),
    Attribute::shown("port_name"),
    Attribute::shown("port_state"),
    Attribute::shown("port_type"),
    Attribute::shown("speed"),
    Attribute::fixed("supported_classes", "Class 3"),
    Attribute::shown("supported_speeds"),
    Attribute::shown("symbolic_name"),
    Attribute::fixed("tgtid_bind_type", "wwpn (World Wide Port Name)").writable(),
];

const LIBFC: &[Attribute] = &[
    Attribute::fixed("active_fc4s", FCP_AND_CT),
    Attribute::fixed("driver_version", ""),
    Attribute::fixed("firmware_version", ""),
    Attribute::fixed("hardware_version", ""),
    Attribute::fixed("manufacturer", ""),
    Attribute::fixed("maxframe_size", "2112 bytes"),
    Attribute::fixed("model", ""),
    Attribute::fixed("model_description", ""),
    Attribute::fixed("optionrom_version", ""),
    Attribute::fixed("serial_number", ""),
    Attribute::fixed("supported_fc4s", FCP_AND_CT),
];

const QLA2XXX: &[Attribute] = &[Attribute::fixed("system_hostname", "").writable()];

const LPFC: &[Attribute] = &[
    Attribute::fixed("active_fc4s", FCP_AND_CT),
    Attribute::fixed("maxframe_size", "2048 bytes"),
    Attribute::fixed("supported_fc4s", FCP_AND_CT),
];

/// What only an adapter that can have vports shows.
const NPIV: &[Attribute] = &[
    Attribute::shown("max_npiv_vports"),
    Attribute::shown("npiv_vports_inuse"),
    Attribute::write_only("vport_create"),
    Attribute::write_only("vport_delete"),
];

pub(crate) fn attributes(tree: &Tree<'_>, no: HostNo) -> Vec<&'static [Attribute]> {
    let of_driver = match tree.driver() {
        Driver::Libfc => LIBFC,
        Driver::Qla2xxx => QLA2XXX,
        Driver::Lpfc => LPFC,
    };
    let max = tree.adapter(no).and_then(vports).map_or(0, |(max, _)| max);
    if max == 0 { vec![ALL, of_driver] } else { vec![ALL, of_driver, NPIV] }
}

/// The most vports, and how many there are; `None` for a vport itself.
fn vports(adapter: &Adapter) -> Option<(u32, usize)> {
    match &adapter.kind {
        Kind::Physical { max_vports, vports, .. } => Some((*max_vports, vports.len())),
        Kind::Virtual { .. } => None,
    }
}

pub(crate) fn show(tree: &Tree<'_>, no: HostNo, name: &str) -> Option<String> {
    let adapter = tree.adapter(no)?;
    let driver = tree.driver();
    Some(match name {
        "dev_loss_tmo" => adapter.dev_loss_secs.to_string(),
        "fabric_name" => match (tree.fabric(adapter), driver) {
            (Some(fabric), _) => fabric.sysfs().to_string(),
            (None, Driver::Qla2xxx) => NO_NAME.into(),
            (None, Driver::Lpfc | Driver::Libfc) => "0x0".into(),
        },
        "node_name" => adapter.names.wwnn.sysfs().to_string(),
        "port_name" => adapter.names.wwpn.sysfs().to_string(),
        "port_id" => match (tree.fc_id(adapter), driver) {
            (Some(id), _) => format!("{:#08x}", id.get()),
            (None, Driver::Libfc) => "0xffffffff".into(),
            (None, Driver::Qla2xxx | Driver::Lpfc) => "0x000000".into(),
        },
        "port_state" => adapter.state.to_string(),
        "port_type" => port_type(adapter, driver).into(),
        "speed" => {
            let speed = tree.world().speed_gbit(adapter);
            speed.map_or_else(|| "unknown".into(), |gbit| format!("{gbit} Gbit"))
        }
        "supported_speeds" => Card::of(driver).map_or("unknown", |card| card.speeds).into(),
        "symbolic_name" => tree.world().symbolic_name(adapter),
        "max_npiv_vports" => vports(adapter)?.0.to_string(),
        "npiv_vports_inuse" => vports(adapter)?.1.to_string(),
        _ => return None,
    })
}

fn port_type(adapter: &Adapter, driver: Driver) -> &'static str {
    match (driver, &adapter.kind, adapter.nport) {
        // libfc calls a vport's port what its parent's is.
        (Driver::Libfc, ..) | (_, Kind::Physical { .. }, Some(_)) => {
            "NPort (fabric via point-to-point)"
        }
        (_, Kind::Virtual { .. }, _) => "NPIV VPORT",
        (_, Kind::Physical { .. }, None) => "Unknown",
    }
}
