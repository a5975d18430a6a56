//! What each edit does to a database. An edit is checked before it touches anything, so one that fails
//! leaves no trace.

use std::collections::BTreeSet;
use std::sync::Arc;

use npivot_hal::{DefaultZone, Outcome, Zone, ZoneDatabase, ZoneEdit, ZoneMember};

use super::tally::{self, Tally};
use super::{ZoneObject, ZoningError, ZoningLimits, check};

/// A database with its checksum and size. Copies share the content until one of them changes it.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    /// The content.
    pub(super) database: Arc<ZoneDatabase>,
    /// Its checksum and size.
    pub(super) tally: Tally,
}

impl Draft {
    /// A draft of this database, which is not checked here.
    pub(super) fn new(database: ZoneDatabase) -> Self {
        Self { tally: Tally::of(&database), database: Arc::new(database) }
    }

    /// Whether it says the same.
    pub(super) fn same_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.database, &other.database)
            || self.tally == other.tally && self.database == other.database
    }

    /// Makes one change; `enabled` is the zone set in force, which cannot be deleted.
    pub(super) fn apply(
        &mut self,
        edit: ZoneEdit,
        enabled: Option<&str>,
        limits: &ZoningLimits,
    ) -> Result<Outcome, ZoningError> {
        let changed = match edit {
            ZoneEdit::PutAlias(name, members) => self.put_alias(name, members, limits)?,
            ZoneEdit::DeleteAlias(name) => self.delete_alias(&name)?,
            ZoneEdit::PutZone(name, zone) => self.put_zone(name, zone, limits)?,
            ZoneEdit::DeleteZone(name) => self.delete_zone(&name),
            ZoneEdit::CreateZoneSet(name) => self.create_zone_set(name, limits)?,
            ZoneEdit::DeleteZoneSet(name) => self.delete_zone_set(&name, enabled)?,
            ZoneEdit::AddToZoneSet { zone_set, zone } => self.add_to_zone_set(&zone_set, zone)?,
            ZoneEdit::RemoveFromZoneSet { zone_set, zone } => {
                self.remove_from_zone_set(&zone_set, &zone)?
            }
            ZoneEdit::SetDefaultZone(default) => self.set_default_zone(default),
            other => {
                return Err(ZoningError::Unsupported {
                    what: format!("zoning edit like {other:?}"),
                });
            }
        };
        Ok(changed.into())
    }

    fn put_alias(
        &mut self,
        name: String,
        members: BTreeSet<ZoneMember>,
        limits: &ZoningLimits,
    ) -> Result<bool, ZoningError> {
        check::name(ZoneObject::Alias, &name, limits)?;
        check::alias(&name, &members)?;
        let old = self.database.aliases.get(&name);
        if old == Some(&members) {
            return Ok(false);
        }
        if let Some(old) = old {
            self.tally.remove(tally::alias(&name, old));
        }
        self.tally.add(tally::alias(&name, &members));
        Arc::make_mut(&mut self.database).aliases.insert(name, members);
        Ok(true)
    }

    fn delete_alias(&mut self, name: &str) -> Result<bool, ZoningError> {
        let Some(members) = self.database.aliases.get(name) else {
            return Ok(false);
        };
        let alias = ZoneMember::Alias(name.into());
        let uses = |zone: &Zone| zone.members.contains(&alias) || zone.principals.contains(&alias);
        if let Some((zone, _)) = self.database.zones.iter().find(|(_, zone)| uses(zone)) {
            return Err(ZoningError::AliasInUse { alias: name.into(), zone: zone.clone() });
        }
        self.tally.remove(tally::alias(name, members));
        Arc::make_mut(&mut self.database).aliases.remove(name);
        Ok(true)
    }

    fn put_zone(
        &mut self,
        name: String,
        zone: Zone,
        limits: &ZoningLimits,
    ) -> Result<bool, ZoningError> {
        check::name(ZoneObject::Zone, &name, limits)?;
        check::zone(&name, &zone, &self.database)?;
        let old = self.database.zones.get(&name);
        if old == Some(&zone) {
            return Ok(false);
        }
        if let Some(old) = old {
            self.tally.remove(tally::zone(&name, old));
        }
        self.tally.add(tally::zone(&name, &zone));
        Arc::make_mut(&mut self.database).zones.insert(name, zone);
        Ok(true)
    }

    fn delete_zone(&mut self, name: &str) -> bool {
        let Some(zone) = self.database.zones.get(name) else {
            return false;
        };
        self.tally.remove(tally::zone(name, zone));
        let database = Arc::make_mut(&mut self.database);
        database.zones.remove(name);
        for (set, zones) in &mut database.zone_sets {
            if zones.remove(name) {
                self.tally.remove(tally::zone_in_set(set, name));
            }
        }
        true
    }

    fn create_zone_set(
        &mut self,
        name: String,
        limits: &ZoningLimits,
    ) -> Result<bool, ZoningError> {
        check::name(ZoneObject::ZoneSet, &name, limits)?;
        if self.database.zone_sets.contains_key(&name) {
            return Ok(false);
        }
        self.tally.add(tally::zone_set(&name));
        Arc::make_mut(&mut self.database).zone_sets.insert(name, BTreeSet::new());
        Ok(true)
    }

    fn delete_zone_set(&mut self, name: &str, enabled: Option<&str>) -> Result<bool, ZoningError> {
        let Some(zones) = self.database.zone_sets.get(name) else {
            return Ok(false);
        };
        if enabled == Some(name) {
            return Err(ZoningError::Enabled { zone_set: name.into() });
        }
        self.tally.remove(tally::zone_set(name));
        for zone in zones {
            self.tally.remove(tally::zone_in_set(name, zone));
        }
        Arc::make_mut(&mut self.database).zone_sets.remove(name);
        Ok(true)
    }

    fn add_to_zone_set(&mut self, zone_set: &str, zone: String) -> Result<bool, ZoningError> {
        let zones = self.zones_of_set(zone_set)?;
        if zones.contains(&zone) {
            return Ok(false);
        }
        if !self.database.zones.contains_key(&zone) {
            return Err(check::no_zone(&zone, None));
        }
        self.tally.add(tally::zone_in_set(zone_set, &zone));
        if let Some(zones) = Arc::make_mut(&mut self.database).zone_sets.get_mut(zone_set) {
            zones.insert(zone);
        }
        Ok(true)
    }

    fn remove_from_zone_set(&mut self, zone_set: &str, zone: &str) -> Result<bool, ZoningError> {
        if !self.zones_of_set(zone_set)?.contains(zone) {
            return Ok(false);
        }
        self.tally.remove(tally::zone_in_set(zone_set, zone));
        if let Some(zones) = Arc::make_mut(&mut self.database).zone_sets.get_mut(zone_set) {
            zones.remove(zone);
        }
        Ok(true)
    }

    fn set_default_zone(&mut self, default: DefaultZone) -> bool {
        let old = self.database.default_zone;
        if old == default {
            return false;
        }
        self.tally.remove(tally::default_zone(old));
        self.tally.add(tally::default_zone(default));
        Arc::make_mut(&mut self.database).default_zone = default;
        true
    }

    fn zones_of_set(&self, zone_set: &str) -> Result<&BTreeSet<String>, ZoningError> {
        self.database.zone_sets.get(zone_set).ok_or_else(|| check::no_zone_set(zone_set))
    }
}
