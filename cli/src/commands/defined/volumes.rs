//! `npivot pool volumes`: one row per logical unit, whatever paths it has.

use std::io::Write;

use npivot::pool::{Volume, VolumePath, Volumes};
use npivot_hal::{AccessState, PathState};
use serde_json::{Value, json};

use crate::args::Format;
use crate::commands::connected::{or_dash, reservation};
use crate::commands::json as write_json;
use crate::outcome::{Answer, Failure};
use crate::show::table::{lines, size, table};

pub(super) fn run(
    found: &Volumes,
    format: Format,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    match format {
        Format::Json => write_json(&record(found), out)?,
        Format::Text => write_text(found, out)?,
    }
    Ok(Answer::from(found.stale.is_empty() && found.unreadable.is_empty()))
}

/// How many of a volume's paths can be used.
fn usable(volume: &Volume) -> usize {
    volume.paths.iter().filter(|path| path.state == PathState::Running).count()
}

/// How a volume is, in a word.
fn state(volume: &Volume) -> &'static str {
    match usable(volume) {
        0 => "unreachable",
        usable if usable < volume.paths.len() => "degraded",
        _ => "running",
    }
}

fn write_text(found: &Volumes, out: &mut impl Write) -> Result<(), Failure> {
    if found.volumes.is_empty() {
        writeln!(out, "no volumes")?;
    } else {
        let mut rows = table(&["NAME", "ALIAS", "SIZE", "STATE", "PATHS", "DEVICES", "NOTES"]);
        for volume in found.volumes.values() {
            let devices: Vec<&str> =
                volume.paths.iter().filter_map(|path| path.device.as_deref()).collect();
            rows.add_row([
                volume.id.to_string(),
                or_dash(volume.paths.first().map(VolumePath::alias)),
                or_dash(volume.size_bytes.map(size)),
                state(volume).to_owned(),
                format!("{}/{}", usable(volume), volume.paths.len()),
                or_dash(Some(devices.join(",")).filter(|devices| !devices.is_empty())),
                or_dash(Some(notes(volume)).filter(|notes| !notes.is_empty())),
            ]);
        }
        write!(out, "{}", lines(&rows))?;
    }
    for path in &found.stale {
        let now = path.actual.as_ref().map_or("nothing".into(), ToString::to_string);
        writeln!(out, "stale: {} was {}, and is {now} now", path.address, path.believed)?;
    }
    for (address, why) in &found.unreadable {
        writeln!(out, "unreadable: {address}: {why}")?;
    }
    Ok(())
}

/// What is out of the ordinary: writes that are refused, a reservation, paths that are not served at their best.
fn notes(volume: &Volume) -> String {
    let mut notes = vec![];
    if volume.read_only == Some(true) {
        notes.push("read-only".to_owned());
    }
    if let Some(held) = volume.reservations.as_ref().and_then(|reservations| reservations.holder) {
        notes.push(format!("{} by key {:#x}", held.kind, held.key));
    }
    for path in &volume.paths {
        if let Some(access) = path.access.filter(|&access| access != AccessState::ActiveOptimized) {
            notes.push(format!("{} {access}", path.device.as_deref().unwrap_or("a path")));
        }
    }
    notes.join(", ")
}

fn record(found: &Volumes) -> Value {
    json!({
        "volumes": found.volumes.values().map(volume).collect::<Vec<_>>(),
        "stale": found.stale.iter().map(|path| json!({
            "address": path.address.to_string(),
            "believed": path.believed.to_string(),
            "actual": path.actual.as_ref().map(ToString::to_string),
        })).collect::<Vec<_>>(),
        "unreadable": found.unreadable.iter().map(|(address, why)| json!({
            "address": address.to_string(), "error": why.to_string(),
        })).collect::<Vec<_>>(),
    })
}

fn volume(volume: &Volume) -> Value {
    json!({
        "name": volume.id.to_string(),
        "wwid": volume.id.to_string(),
        "by_id": volume.by_id(),
        "size_bytes": volume.size_bytes,
        "state": state(volume),
        "read_only": volume.read_only,
        "reservation": volume.reservations.as_ref().map(reservation),
        "paths": volume.paths.iter().map(|path| json!({
            "address": path.address.to_string(),
            "alias": path.alias(),
            "target": path.target,
            "lun": path.lun.number(),
            "state": path.state.as_str(),
            "access": path.access.map(AccessState::as_str),
            "device": path.device,
            "by_path": path.by_path,
        })).collect::<Vec<_>>(),
    })
}
