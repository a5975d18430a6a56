//! `fc_vports/vport-H:B-N`.

use npivot_fabric::host::{Adapter, Kind};

use crate::tree::attribute::Attribute;

pub(crate) const ATTRIBUTES: &[Attribute] = &[
    Attribute::shown("node_name"),
    Attribute::shown("port_name"),
    Attribute::fixed("roles", "FCP Initiator"),
    Attribute::shown("symbolic_name").writable(),
    Attribute::write_only("vport_delete"),
    Attribute::write_only("vport_disable"),
    Attribute::shown("vport_last_state"),
    Attribute::shown("vport_state"),
    Attribute::fixed("vport_type", "NPIV VPORT"),
];

pub(crate) fn show(adapter: &Adapter, name: &str) -> Option<String> {
    let Kind::Virtual { state, last_state, symbolic_name, .. } = &adapter.kind else {
        return None;
    };
    Some(match name {
        "node_name" => adapter.names.wwnn.sysfs().to_string(),
        "port_name" => adapter.names.wwpn.sysfs().to_string(),
        "symbolic_name" => symbolic_name.clone(),
        "vport_state" => state.to_string(),
        "vport_last_state" => last_state.to_string(),
        _ => return None,
    })
}
