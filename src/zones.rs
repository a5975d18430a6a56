//! The zone edits that let a name in and take it out again: pure functions over the defined database.
//!
//! New names get a zone of their own with the targets that they need and nobody else (single-initiator
//! zoning): a zone that npivot made can be deleted without a look at who else used it.

use std::collections::BTreeSet;

use npivot_hal::{EffectiveZones, Wwpn, Zone, ZoneDatabase, ZoneEdit, ZoneMember};

/// The name of the zone that lets this initiator in.
pub fn zone_name(initiator: Wwpn) -> String {
    format!("npivot_{initiator}")
}

/// Lets an initiator see these targets, by a zone of its own in this zone set.
pub fn admit(zone_set: &str, initiator: Wwpn, targets: &BTreeSet<Wwpn>) -> Vec<ZoneEdit> {
    let zone = zone_name(initiator);
    let members = targets.iter().chain([&initiator]).copied().map(ZoneMember::Wwpn);
    vec![
        ZoneEdit::PutZone(zone.clone(), Zone::of(members)),
        ZoneEdit::AddToZoneSet { zone_set: zone_set.to_owned(), zone },
    ]
}

/// Takes an initiator out of every alias and zone. What is left without an initiator by that goes too:
/// an alias without members, a zone with nothing but targets. A zone that never named it is not touched.
pub fn retire(database: &ZoneDatabase, initiator: Wwpn, targets: &BTreeSet<Wwpn>) -> Vec<ZoneEdit> {
    let name = ZoneMember::Wwpn(initiator);
    let mut edits = vec![];
    let mut emptied: Vec<&String> = vec![];
    for (alias, members) in &database.aliases {
        if !members.contains(&name) {
            continue;
        }
        let left: BTreeSet<ZoneMember> = members.iter().filter(|m| **m != name).cloned().collect();
        if left.is_empty() {
            emptied.push(alias);
        } else {
            edits.push(ZoneEdit::PutAlias(alias.clone(), left));
        }
    }
    let gone = |member: &ZoneMember| {
        *member == name || matches!(member, ZoneMember::Alias(alias) if emptied.contains(&alias))
    };
    for (zone_name, zone) in &database.zones {
        let names_it = resolves_to(database, zone, &name);
        if !names_it {
            continue;
        }
        let keep = |members: &BTreeSet<ZoneMember>| -> BTreeSet<ZoneMember> {
            members.iter().filter(|member| !gone(member)).cloned().collect()
        };
        let left = Zone { members: keep(&zone.members), principals: keep(&zone.principals) };
        let lost_its_principals = zone.is_peer() && !left.is_peer();
        if lost_its_principals || !has_initiator(database, &left, &name, targets) {
            edits.push(ZoneEdit::DeleteZone(zone_name.clone()));
        } else if left != *zone {
            edits.push(ZoneEdit::PutZone(zone_name.clone(), left));
        }
    }
    // Last, when no zone uses them any more.
    edits.extend(emptied.into_iter().cloned().map(ZoneEdit::DeleteAlias));
    edits
}

/// Whether the zone set in force, as it is written down now, differs from what is in force: enabling it
/// would bring somebody's saved edits into force.
pub fn has_pending_edits(database: &ZoneDatabase, effective: &EffectiveZones) -> bool {
    let Some(set) = effective.zone_set.as_ref().and_then(|name| database.zone_sets.get(name))
    else {
        return effective.zone_set.is_some();
    };
    let resolved = |name: &String| -> BTreeSet<&ZoneMember> {
        database.zones.get(name).into_iter().flat_map(|zone| members(database, zone)).collect()
    };
    let in_force = |name: &String| -> BTreeSet<&ZoneMember> {
        let zone = effective.zones.get(name);
        zone.into_iter().flat_map(|zone| zone.members.iter().chain(&zone.principals)).collect()
    };
    set.len() != effective.zones.len() || set.iter().any(|name| resolved(name) != in_force(name))
}

/// All members of a zone with aliases resolved.
fn members<'a>(database: &'a ZoneDatabase, zone: &'a Zone) -> impl Iterator<Item = &'a ZoneMember> {
    zone.members.iter().chain(&zone.principals).flat_map(|member| {
        let aliased = match member {
            ZoneMember::Alias(alias) => database.aliases.get(alias),
            _ => None,
        };
        let own = aliased.is_none().then_some(member);
        aliased.into_iter().flatten().chain(own)
    })
}

fn resolves_to(database: &ZoneDatabase, zone: &Zone, name: &ZoneMember) -> bool {
    members(database, zone).any(|member| member == name)
}

/// Whether somebody is left who may be an initiator. A member by port or address may be one.
fn has_initiator(
    database: &ZoneDatabase,
    zone: &Zone,
    leaving: &ZoneMember,
    targets: &BTreeSet<Wwpn>,
) -> bool {
    members(database, zone).any(|member| match member {
        ZoneMember::Wwpn(wwpn) => member != leaving && !targets.contains(wwpn),
        _ => true,
    })
}

#[cfg(test)]
#[path = "zones_tests.rs"]
mod tests;
