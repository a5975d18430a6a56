//! The zones of a fabric.

use std::collections::{BTreeMap, BTreeSet};

use npivot_hal::{EffectiveZones, ErrorKind, Outcome, Zone, ZoneDatabase, ZoneEdit, ZoneMember};

use super::Answer;

/// A fabric's zoning: what is written down, what is in force, and the open transaction's copy.
#[derive(Debug, Clone)]
pub(crate) struct ZoneModel {
    pub(crate) defined: ZoneDatabase,
    pub(crate) effective: EffectiveZones,
    pub(crate) open: Option<ZoneDatabase>,
}

impl ZoneModel {
    /// `Zoning::begin`.
    pub(crate) fn begin(&mut self) -> Answer {
        if self.open.is_some() {
            return Err(vec![ErrorKind::Busy]);
        }
        self.open = Some(self.defined.clone());
        Ok(Outcome::from(true))
    }

    /// `Zoning::edit` of the open transaction.
    pub(crate) fn edit(&mut self, edit: &ZoneEdit) -> Answer {
        let enabled = self.effective.zone_set.clone();
        let Some(draft) = &self.open else {
            // What is wrong with the edit itself may be told first.
            let mut wrong = vec![ErrorKind::Conflict];
            wrong.extend(edited(&self.defined, edit, enabled.as_deref()).err().unwrap_or_default());
            return Err(wrong);
        };
        let edited = edited(draft, edit, enabled.as_deref())?;
        let changed = *draft != edited;
        self.open = Some(edited);
        Ok(Outcome::from(changed))
    }

    /// `Zoning::commit` of the open transaction.
    pub(crate) fn commit(&mut self, enable: Option<&str>) -> Answer {
        let draft = self.open.clone().ok_or(vec![ErrorKind::Conflict])?;
        let effective = match enable {
            None => self.effective.clone(),
            Some(set) => in_force(&draft, set).ok_or(vec![ErrorKind::NotFound])?,
        };
        let changed = draft != self.defined || effective != self.effective;
        self.defined = draft;
        self.effective = effective;
        self.open = None;
        Ok(Outcome::from(changed))
    }

    /// `Zoning::abort` of the open transaction.
    pub(crate) fn abort(&mut self) {
        self.open = None;
    }
}

/// What a database is after an edit.
fn edited(
    before: &ZoneDatabase,
    edit: &ZoneEdit,
    enabled: Option<&str>,
) -> Result<ZoneDatabase, Vec<ErrorKind>> {
    let (mut after, mut wrong) = (before.clone(), vec![]);
    match edit.clone() {
        ZoneEdit::PutAlias(name, members) => {
            wrong.extend(name.is_empty().then_some(ErrorKind::InvalidArgument));
            if members.iter().any(|member| matches!(member, ZoneMember::Alias(_))) {
                wrong.push(ErrorKind::InvalidArgument);
            }
            after.aliases.insert(name, members);
        }
        ZoneEdit::DeleteAlias(name) => {
            let alias = ZoneMember::Alias(name.clone());
            let uses = |z: &Zone| z.members.contains(&alias) || z.principals.contains(&alias);
            if before.aliases.contains_key(&name) && before.zones.values().any(uses) {
                wrong.push(ErrorKind::InvalidArgument);
            }
            after.aliases.remove(&name);
        }
        ZoneEdit::PutZone(name, zone) => {
            wrong.extend(name.is_empty().then_some(ErrorKind::InvalidArgument));
            for member in zone.members.iter().chain(&zone.principals) {
                if let ZoneMember::Alias(alias) = member
                    && !before.aliases.contains_key(alias)
                {
                    wrong.push(ErrorKind::NotFound);
                }
            }
            after.zones.insert(name, zone);
        }
        ZoneEdit::DeleteZone(name) => {
            after.zones.remove(&name);
            for zones in after.zone_sets.values_mut() {
                zones.remove(&name);
            }
        }
        ZoneEdit::CreateZoneSet(name) => {
            wrong.extend(name.is_empty().then_some(ErrorKind::InvalidArgument));
            after.zone_sets.entry(name).or_default();
        }
        ZoneEdit::DeleteZoneSet(name) => {
            if before.zone_sets.contains_key(&name) && enabled == Some(&name) {
                wrong.push(ErrorKind::InvalidArgument);
            }
            after.zone_sets.remove(&name);
        }
        ZoneEdit::AddToZoneSet { zone_set, zone } => match after.zone_sets.get_mut(&zone_set) {
            Some(zones) if before.zones.contains_key(&zone) => {
                zones.insert(zone);
            }
            _ => wrong.push(ErrorKind::NotFound),
        },
        ZoneEdit::RemoveFromZoneSet { zone_set, zone } => {
            match after.zone_sets.get_mut(&zone_set) {
                Some(zones) => {
                    zones.remove(&zone);
                }
                None => wrong.push(ErrorKind::NotFound),
            }
        }
        ZoneEdit::SetDefaultZone(default) => after.default_zone = default,
        _ => wrong.push(ErrorKind::Unsupported),
    }
    if wrong.is_empty() { Ok(after) } else { Err(wrong) }
}

/// What is in force once a zone set is enabled: its zones, aliases resolved.
fn in_force(database: &ZoneDatabase, set: &str) -> Option<EffectiveZones> {
    let names = database.zone_sets.get(set)?;
    let mut zones = BTreeMap::new();
    for name in names {
        let zone = database.zones.get(name)?;
        let members = resolved(database, &zone.members);
        let principals = resolved(database, &zone.principals);
        zones.insert(name.clone(), Zone { members, principals });
    }
    Some(EffectiveZones::new(Some(set.to_owned()), zones, database.default_zone))
}

fn resolved(database: &ZoneDatabase, members: &BTreeSet<ZoneMember>) -> BTreeSet<ZoneMember> {
    let mut all = BTreeSet::new();
    for member in members {
        match member {
            ZoneMember::Alias(name) => {
                all.extend(database.aliases.get(name).into_iter().flatten().cloned());
            }
            other => {
                all.insert(other.clone());
            }
        }
    }
    all
}
