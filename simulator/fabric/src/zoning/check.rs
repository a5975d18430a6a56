//! Which names and databases are valid, and what a zone set comes to when it is put in force.

use std::collections::{BTreeMap, BTreeSet};

use npivot_hal::{EffectiveZones, Zone, ZoneDatabase, ZoneMember};

use super::{ZoneObject, ZoningError, ZoningLimits};

/// Whether an object may have this name.
pub(super) fn name(
    object: ZoneObject,
    name: &str,
    limits: &ZoningLimits,
) -> Result<(), ZoningError> {
    let first = name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
    let rest = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_$^-".contains(&b));
    if first && rest && name.len() as u64 <= u64::from(limits.max_name_bytes) {
        return Ok(());
    }
    Err(ZoningError::BadName { object, name: name.into(), max_bytes: limits.max_name_bytes })
}

/// Whether an alias may have these members.
pub(super) fn alias(name: &str, members: &BTreeSet<ZoneMember>) -> Result<(), ZoningError> {
    for member in members {
        match member {
            ZoneMember::Alias(inner) => {
                return Err(ZoningError::NestedAlias { alias: name.into(), member: inner.clone() });
            }
            other => known(other)?,
        }
    }
    Ok(())
}

/// Whether a zone may have these members, in this database.
pub(super) fn zone(name: &str, zone: &Zone, database: &ZoneDatabase) -> Result<(), ZoningError> {
    for member in zone.members.iter().chain(&zone.principals) {
        match member {
            ZoneMember::Alias(alias) if !database.aliases.contains_key(alias) => {
                return Err(ZoningError::NotFound {
                    object: ZoneObject::Alias,
                    name: alias.clone(),
                    wanted_by: Some((ZoneObject::Zone, name.into())),
                });
            }
            other => known(other)?,
        }
    }
    Ok(())
}

fn known(member: &ZoneMember) -> Result<(), ZoningError> {
    match member {
        ZoneMember::Wwpn(_)
        | ZoneMember::DomainPort(..)
        | ZoneMember::FcId(_)
        | ZoneMember::Alias(_) => Ok(()),
        other => Err(ZoningError::Unsupported { what: format!("zone members like `{other}`") }),
    }
}

/// Whether a whole database is one that edits could have made.
pub(super) fn database(database: &ZoneDatabase, limits: &ZoningLimits) -> Result<(), ZoningError> {
    for (alias_name, members) in &database.aliases {
        name(ZoneObject::Alias, alias_name, limits)?;
        alias(alias_name, members)?;
    }
    for (zone_name, content) in &database.zones {
        name(ZoneObject::Zone, zone_name, limits)?;
        zone(zone_name, content, database)?;
    }
    for (set_name, zones) in &database.zone_sets {
        name(ZoneObject::ZoneSet, set_name, limits)?;
        if let Some(missing) = zones.iter().find(|z| !database.zones.contains_key(*z)) {
            return Err(no_zone(missing, Some(set_name)));
        }
    }
    Ok(())
}

/// That there is no such zone.
pub(super) fn no_zone(zone: &str, wanted_by: Option<&str>) -> ZoningError {
    ZoningError::NotFound {
        object: ZoneObject::Zone,
        name: zone.into(),
        wanted_by: wanted_by.map(|set| (ZoneObject::ZoneSet, set.into())),
    }
}

/// That there is no such zone set.
pub(super) fn no_zone_set(zone_set: &str) -> ZoningError {
    ZoningError::NotFound { object: ZoneObject::ZoneSet, name: zone_set.into(), wanted_by: None }
}

/// What is in force once this zone set is enabled (`None`: no zone set).
pub(super) fn resolve(
    database: &ZoneDatabase,
    zone_set: Option<&str>,
    limits: &ZoningLimits,
) -> Result<EffectiveZones, ZoningError> {
    let mut zones = BTreeMap::new();
    if let Some(set) = zone_set {
        let names = database.zone_sets.get(set).ok_or_else(|| no_zone_set(set))?;
        let mut members = 0_u64;
        for name in names {
            let zone = database.zones.get(name).ok_or_else(|| no_zone(name, Some(set)))?;
            // Counted before it is built: aliases multiply.
            members += expanded(database, &zone.members) + expanded(database, &zone.principals);
            if members > limits.max_effective_members {
                return Err(ZoningError::TooManyMembers {
                    members,
                    max_members: limits.max_effective_members,
                });
            }
            let resolved = Zone {
                members: without_aliases(database, name, &zone.members)?,
                principals: without_aliases(database, name, &zone.principals)?,
            };
            if zone.is_peer() && !resolved.is_peer() {
                return Err(ZoningError::NoPrincipal { zone: name.clone() });
            }
            zones.insert(name.clone(), resolved);
        }
    }
    Ok(EffectiveZones::new(zone_set.map(Into::into), zones, database.default_zone))
}

fn expanded(database: &ZoneDatabase, members: &BTreeSet<ZoneMember>) -> u64 {
    let of = |member: &ZoneMember| match member {
        ZoneMember::Alias(name) => database.aliases.get(name).map_or(0, BTreeSet::len) as u64,
        _ => 1,
    };
    members.iter().map(of).sum()
}

fn without_aliases(
    database: &ZoneDatabase,
    zone: &str,
    members: &BTreeSet<ZoneMember>,
) -> Result<BTreeSet<ZoneMember>, ZoningError> {
    let mut resolved = BTreeSet::new();
    for member in members {
        let ZoneMember::Alias(name) = member else {
            resolved.insert(member.clone());
            continue;
        };
        let stands_for = database.aliases.get(name).ok_or_else(|| ZoningError::NotFound {
            object: ZoneObject::Alias,
            name: name.clone(),
            wanted_by: Some((ZoneObject::Zone, zone.into())),
        })?;
        resolved.extend(stands_for.iter().cloned());
    }
    Ok(resolved)
}
