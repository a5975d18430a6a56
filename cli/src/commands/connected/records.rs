//! What the commands print for programs: WWNs are 16 hexadecimal digits, as in sysfs without `0x`; what
//! is not known is null. Fields may be added.

use npivot_hal::{Adapter, AdapterKind, Event, LunPath, RemotePort, Vport};
use serde::Serialize;
use serde_json::{Value, json};

/// An adapter.
pub(super) fn adapter(adapter: &Adapter) -> Value {
    let (kind, parent) = match adapter.kind {
        AdapterKind::Virtual { parent } => ("virtual", Some(parent.to_string())),
        _ => ("physical", None),
    };
    json!({
        "adapter": adapter.no.to_string(),
        "kind": kind,
        "parent": parent,
        "wwpn": adapter.names.wwpn,
        "wwnn": adapter.names.wwnn,
        "state": adapter.state.as_str(),
        "port_id": adapter.port_id.map(|id| id.to_string()),
        "fabric": adapter.fabric,
        "driver": adapter.driver,
        "pci": adapter.pci.map(|pci| pci.to_string()),
        "npiv": adapter.npiv().map(|npiv| json!({ "max": npiv.max, "in_use": npiv.in_use })),
    })
}

/// A vport.
pub(super) fn vport(vport: &Vport) -> Value {
    json!({
        "parent": vport.parent.to_string(),
        "adapter": vport.no.map(|no| no.to_string()),
        "wwpn": vport.names.wwpn,
        "wwnn": vport.names.wwnn,
        "state": vport.state.as_str(),
        "port_id": vport.port_id.map(|id| id.to_string()),
    })
}

/// A remote port.
pub(super) fn remote_port(port: &RemotePort) -> Value {
    json!({
        "adapter": port.adapter.to_string(),
        "number": port.number,
        "wwpn": port.wwpn,
        "wwnn": port.wwnn,
        "port_id": port.port_id.map(|id| id.to_string()),
        "state": port.state.as_str(),
        "roles": roles(port),
        "target_id": port.target_id,
        "dev_loss_secs": port.dev_loss_secs,
    })
}

/// What a remote port is, in words.
pub(super) fn roles(port: &RemotePort) -> Vec<&'static str> {
    let all = [(port.roles.target, "target"), (port.roles.initiator, "initiator")];
    let mut roles: Vec<_> = all.into_iter().filter(|(is, _)| *is).map(|(_, role)| role).collect();
    if port.port_id.is_some_and(npivot_hal::FcId::is_well_known) {
        roles.push("fabric service");
    }
    roles
}

/// A path.
#[derive(Debug, Serialize)]
pub(super) struct PathRecord {
    address: String,
    device: Option<String>,
    lun: Option<u32>,
    target: Option<npivot_hal::Wwpn>,
    state: &'static str,
    size_bytes: Option<u64>,
    identity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity_error: Option<String>,
}

impl PathRecord {
    pub(super) fn of(path: &LunPath) -> Self {
        Self {
            address: path.address.to_string(),
            device: path.device.clone(),
            lun: path.lun.number(),
            target: path.target,
            state: path.state.as_str(),
            size_bytes: path.size_bytes,
            identity: path.identity.as_ref().ok().map(ToString::to_string),
            identity_error: path.identity.as_ref().err().map(ToString::to_string),
        }
    }
}

/// What an event is, as a word, and where to look.
pub(super) fn event(event: &Event) -> Value {
    match event {
        Event::Adapter { no, state } => {
            json!({ "event": "adapter", "adapter": no.to_string(), "state": state.as_str() })
        }
        Event::Vport { parent, wwpn, state } => json!({
            "event": "vport", "adapter": parent.to_string(), "wwpn": wwpn,
            "state": state.map(npivot_hal::VportState::as_str),
        }),
        Event::RemotePort { adapter, wwpn, state } => json!({
            "event": "remote-port", "adapter": adapter.to_string(), "wwpn": wwpn,
            "state": state.as_str(),
        }),
        Event::Lun { address, present } => {
            json!({ "event": "lun", "address": address.to_string(), "present": present })
        }
        Event::LunsChanged { address } => {
            json!({ "event": "luns-changed", "address": address.to_string() })
        }
        Event::Rscn { adapter, port_id } => json!({
            "event": "rscn", "adapter": adapter.to_string(), "port_id": port_id.to_string(),
        }),
        Event::Lost => json!({ "event": "lost" }),
        other => json!({ "event": format!("{other:?}") }),
    }
}

/// The same for people, in one line.
pub(super) fn event_line(event: &Event) -> String {
    match event {
        Event::Adapter { no, state } => format!("{no}: port {state}"),
        Event::Vport { parent, wwpn, state: Some(state) } => {
            format!("{parent}: vport {} {state}", wwpn.with_colons())
        }
        Event::Vport { parent, wwpn, state: None } => {
            format!("{parent}: vport {} deleted", wwpn.with_colons())
        }
        Event::RemotePort { adapter, wwpn, state } => {
            let name = wwpn.map_or_else(|| "unknown".into(), |wwpn| wwpn.with_colons().to_string());
            format!("{adapter}: remote port {name} {state}")
        }
        Event::Lun { address, present: true } => format!("{address}: device came"),
        Event::Lun { address, present: false } => format!("{address}: device went"),
        Event::LunsChanged { address } => format!("{address}: LUNs have changed (3F/0E)"),
        Event::Rscn { adapter, port_id } => format!("{adapter}: RSCN for {port_id}"),
        Event::Lost => "lost: events were missed, read everything anew".into(),
        other => format!("{other:?}"),
    }
}
