//! A SAN as tables.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use npivot_hal::{Wwpn, ZoneMember};

use super::table::{size, table, write_table};
use super::view::{ArrayView, MachineView};
use super::{FabricView, MemberView, SanView};
use crate::ink::Ink;

/// The tables of a SAN, fabric by fabric, then the arrays' host groups.
pub(crate) fn text(view: &SanView, ink: Ink) -> String {
    let mut text = String::new();
    let groups = groups_of(view);
    for fabric in &view.fabrics {
        // Writing to a string cannot fail.
        let _ = write_fabric(&mut text, view, fabric, &groups, ink);
    }
    for array in &view.masking {
        let _ = write_groups(&mut text, array, ink);
    }
    text
}

/// The host groups that know a port name: they tell what a name is for that nobody has yet.
fn groups_of(view: &SanView) -> BTreeMap<Wwpn, String> {
    let mut groups = BTreeMap::new();
    for array in &view.masking {
        for group in &array.groups {
            for &initiator in &group.initiators {
                let text = format!("host group {} of {}", group.name, array.array);
                let known: &mut String = groups.entry(initiator).or_default();
                let comma = if known.is_empty() { "" } else { ", " };
                known.push_str(comma);
                known.push_str(&text);
            }
        }
    }
    groups
}

fn write_fabric(
    text: &mut String,
    view: &SanView,
    fabric: &FabricView,
    groups: &BTreeMap<Wwpn, String>,
    ink: Ink,
) -> fmt::Result {
    let heading = ink.strong(&format!("FABRIC {}", fabric.name));
    match fabric.wwn {
        Some(wwn) => writeln!(text, "{heading} ({})", wwn.with_colons())?,
        None => writeln!(text, "{heading} (no principal switch)")?,
    }
    let mut switches = table(&["SWITCH", "DOMAIN", "WWN", "ROLE", "NPIV", "LOGINS"]);
    for switch in &fabric.switches {
        switches.add_row([
            switch.name.clone(),
            switch.domain.to_string(),
            switch.wwn.with_colons().to_string(),
            (if switch.principal { "principal" } else { "" }).into(),
            (if switch.npiv { "yes" } else { "no" }).into(),
            format!("{}/{}", switch.logins, switch.max_logins),
        ]);
    }
    write_table(text, &switches)?;
    write_isls(text, view, fabric)?;
    write_names(text, fabric)?;
    write_absent(text, view, fabric, ink)?;
    write_zones(text, fabric, groups)
}

fn write_isls(text: &mut String, view: &SanView, fabric: &FabricView) -> fmt::Result {
    let mut isls = view.isls.iter().filter(|isl| isl.fabric == fabric.name).peekable();
    if isls.peek().is_none() {
        return Ok(());
    }
    let mut rows = table(&["ISL", "TO", "LIGHT"]);
    for isl in isls {
        let light = if isl.online { "yes" } else { "no" };
        rows.add_row([isl.a.to_string(), isl.b.to_string(), light.into()]);
    }
    write_table(text, &rows)
}

fn write_names(text: &mut String, fabric: &FabricView) -> fmt::Result {
    if fabric.name_server.is_empty() {
        return writeln!(text, " nobody is logged in\n");
    }
    let mut names = table(&["PORT ID", "WWPN", "ROLE", "WHO", "AT"]);
    for nport in &fabric.name_server {
        names.add_row([
            nport.port_id.to_string(),
            nport.wwpn.with_colons().to_string(),
            nport.role.into(),
            nport.who.clone(),
            nport.at.to_string(),
        ]);
    }
    write_table(text, &names)
}

/// Ports that have a cable but no address: the name server does not know them, which is worth a word.
fn write_absent(text: &mut String, view: &SanView, fabric: &FabricView, ink: Ink) -> fmt::Result {
    let ports = |machine: &MachineView| {
        let absent =
            |port: &&super::CableView| port.fabric == fabric.name && port.port_id.is_none();
        let line = |port: &super::CableView| {
            let dark = if port.online { "" } else { ", no light" };
            format!("{} {} at {}{dark}", machine.name, port.name, port.at)
        };
        machine.ports.iter().filter(absent).map(line).collect::<Vec<_>>()
    };
    let absent: Vec<String> = view.hosts.iter().chain(&view.arrays).flat_map(ports).collect();
    for line in &absent {
        writeln!(text, " {} {line}", ink.bad("not logged in:"))?;
    }
    if absent.is_empty() { Ok(()) } else { writeln!(text) }
}

fn write_zones(
    text: &mut String,
    fabric: &FabricView,
    groups: &BTreeMap<Wwpn, String>,
) -> fmt::Result {
    let Some(set) = &fabric.zone_set else {
        return writeln!(text, " no zone set in force\n");
    };
    let mut zones = table(&[&format!("ZONE ({set})"), "MEMBER", "WHO"]);
    for zone in &fabric.zones {
        let mut name = zone.name.clone();
        for member in &zone.members {
            let role = if member.principal { " (principal)" } else { "" };
            zones.add_row([
                std::mem::take(&mut name),
                member.member.to_string(),
                format!("{}{role}", who(member, groups)),
            ]);
        }
    }
    write_table(text, &zones)
}

/// Who a member is, or for what a name is meant that nobody has.
fn who(member: &MemberView, groups: &BTreeMap<Wwpn, String>) -> String {
    if let Some(who) = &member.who {
        return who.clone();
    }
    let group = match &member.member {
        ZoneMember::Wwpn(wwpn) => groups.get(wwpn),
        _ => None,
    };
    group.map_or_else(|| "nobody".into(), |group| format!("nobody yet: {group}"))
}

fn write_groups(text: &mut String, array: &ArrayView, ink: Ink) -> fmt::Result {
    writeln!(text, "{}", ink.strong(&format!("ARRAY {}", array.array)))?;
    if array.groups.is_empty() {
        return writeln!(text, " no host groups\n");
    }
    let mut groups = table(&["HOST GROUP", "INITIATORS", "LUN", "VOLUME", "SIZE", "IDENTITY"]);
    for group in &array.groups {
        let rows = group.initiators.len().max(group.luns.len()).max(1);
        for row in 0..rows {
            let initiator = group.initiators.get(row).map(|wwpn| wwpn.with_colons().to_string());
            let lun = group.luns.get(row);
            groups.add_row([
                (if row == 0 { group.name.as_str() } else { "" }).into(),
                initiator.unwrap_or_default(),
                lun.map(|lun| lun.lun.to_string()).unwrap_or_default(),
                lun.map(|lun| lun.volume.clone()).unwrap_or_default(),
                lun.map(|lun| size(lun.size_bytes)).unwrap_or_default(),
                lun.map(|lun| lun.identity.clone()).unwrap_or_default(),
            ]);
        }
    }
    write_table(text, &groups)
}
