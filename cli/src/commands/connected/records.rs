//! What the commands print for programs: the records of [`npivot::hba::json`], and events.

pub(super) use npivot::hba::json::roles;
use npivot::hba::json::{AdapterJson, PathJson, RemotePortJson, VportJson};
use npivot_hal::{Adapter, Event, LunPath, RemotePort, Vport};
use serde_json::{Value, json};

/// An adapter.
pub(super) fn adapter(adapter: &Adapter) -> Value {
    json!(AdapterJson::from(adapter))
}

/// A vport.
pub(super) fn vport(vport: &Vport) -> Value {
    json!(VportJson::from(vport))
}

/// A remote port.
pub(super) fn remote_port(port: &RemotePort) -> Value {
    json!(RemotePortJson::from(port))
}

/// A path.
pub(super) fn path(path: &LunPath) -> PathJson {
    path.into()
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
