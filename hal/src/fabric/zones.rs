//! Zoning: members, zones, the defined database and the effective configuration (FC-GS, FC-SW).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{DomainId, FcId, Outcome, Result, Wwpn};

use super::Zoning;

/// A member of a zone, by type (FC-GS, "Zone member identifier types").
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ZoneMember {
    /// By port name (type 01): the only kind that can tell the vports behind one switch port apart.
    Wwpn(Wwpn),
    /// By domain and switch port (type 02): all N_Ports behind that port.
    DomainPort(DomainId, u16),
    /// By address (type 03).
    FcId(FcId),
    /// By the name of an alias (type 05), in the defined database only.
    Alias(String),
}

/// As switches print it: a WWPN with colons, `domain,port`, `0x010800`, or the alias.
impl fmt::Display for ZoneMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wwpn(wwpn) => wwpn.with_colons().fmt(f),
            Self::DomainPort(domain, port) => write!(f, "{domain},{port}"),
            Self::FcId(id) => id.fmt(f),
            Self::Alias(name) => f.write_str(name),
        }
    }
}

/// A zone: who may see whom.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// Members that all see one another; of a peer zone, the peers, which do not.
    pub members: BTreeSet<ZoneMember>,
    /// Principals of a peer zone: they see everybody in it. Empty for a regular zone.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub principals: BTreeSet<ZoneMember>,
}

impl Zone {
    /// A regular zone of these members.
    pub fn of(members: impl IntoIterator<Item = ZoneMember>) -> Self {
        Self { members: members.into_iter().collect(), principals: BTreeSet::new() }
    }

    /// Whether it is a peer zone.
    pub fn is_peer(&self) -> bool {
        !self.principals.is_empty()
    }
}

/// Who sees whom among ports that are in no zone of the effective zone set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DefaultZone {
    /// Nobody (RFC 4936's default).
    #[default]
    Deny,
    /// Everybody.
    Permit,
}

/// The defined configuration: what is written down, in force or not.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ZoneDatabase {
    /// Aliases, by name, each for any number of members (not for aliases).
    pub aliases: BTreeMap<String, BTreeSet<ZoneMember>>,
    /// Zones, by name.
    pub zones: BTreeMap<String, Zone>,
    /// Zone sets, by name, as names of zones.
    pub zone_sets: BTreeMap<String, BTreeSet<String>>,
    /// The default zone.
    pub default_zone: DefaultZone,
}

/// The effective configuration: what is in force, with aliases resolved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct EffectiveZones {
    /// The enabled zone set; `None` when none is.
    pub zone_set: Option<String>,
    /// Its zones, without aliases.
    pub zones: BTreeMap<String, Zone>,
    /// The default zone.
    pub default_zone: DefaultZone,
}

impl EffectiveZones {
    /// A configuration in force; empty without a zone set.
    pub fn new(
        zone_set: Option<String>,
        zones: BTreeMap<String, Zone>,
        default_zone: DefaultZone,
    ) -> Self {
        Self { zone_set, zones, default_zone }
    }
}

/// One change to the defined database. Each is idempotent: asked for what is already so, it is
/// `Unchanged`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ZoneEdit {
    /// Makes an alias, or replaces its members.
    PutAlias(String, BTreeSet<ZoneMember>),
    /// Deletes an alias, which no zone may use.
    DeleteAlias(String),
    /// Makes a zone, or replaces it.
    PutZone(String, Zone),
    /// Deletes a zone and takes it out of every zone set.
    DeleteZone(String),
    /// Makes an empty zone set.
    CreateZoneSet(String),
    /// Deletes a zone set, which must not be enabled.
    DeleteZoneSet(String),
    /// Puts a zone into a zone set.
    AddToZoneSet {
        /// The zone set.
        zone_set: String,
        /// The zone.
        zone: String,
    },
    /// Takes a zone out of a zone set.
    RemoveFromZoneSet {
        /// The zone set.
        zone_set: String,
        /// The zone.
        zone: String,
    },
    /// Sets the default zone.
    SetDefaultZone(DefaultZone),
}

/// An open zoning transaction: proof of the right to edit, and of what was read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ZoneTransaction {
    /// Names the transaction; a later one has another.
    pub token: u64,
    /// The checksum of the database as this transaction has it; save and enable must present it, so that
    /// nobody commits what he has not seen.
    pub checksum: u64,
    /// The domain that holds the fabric's lock.
    pub lock_domain: DomainId,
}

impl ZoneTransaction {
    /// A transaction with this token, over a database with this checksum.
    pub fn new(token: u64, checksum: u64, lock_domain: DomainId) -> Self {
        Self { token, checksum, lock_domain }
    }
}

/// Changes the zones as one transaction: all of it or nothing. What is to be changed is decided by `change`
/// from the database and the configuration in force as they are **while the lock is held**, so that nobody
/// else's work is lost; then the zone set that is in force is enabled again. No edit is `Unchanged` and
/// leaves the fabric alone.
///
/// # Errors
/// Those of [`Zoning::begin`], [`Zoning::edit`], [`Zoning::commit`] and of `change`; the transaction is
/// aborted then.
pub async fn edit_zones(
    zoning: &dyn Zoning,
    change: impl Fn(&ZoneDatabase, &EffectiveZones) -> Result<Vec<ZoneEdit>>,
) -> Result<Outcome> {
    let mut open = zoning.begin().await?;
    match edit_under_lock(zoning, &mut open, change).await {
        Ok(Some(outcome)) => Ok(outcome),
        // The first error is the one to tell: that the abort failed too changes nothing for the caller,
        // since the fabric ends abandoned transactions by itself.
        Ok(None) => zoning.abort(&open).await.map(|()| Outcome::Unchanged),
        Err(error) => {
            let _ = zoning.abort(&open).await;
            Err(error)
        }
    }
}

/// `None`: there was nothing to change, and the transaction is still open.
async fn edit_under_lock(
    zoning: &dyn Zoning,
    open: &mut ZoneTransaction,
    change: impl Fn(&ZoneDatabase, &EffectiveZones) -> Result<Vec<ZoneEdit>>,
) -> Result<Option<Outcome>> {
    let effective = zoning.effective().await?;
    let edits = change(&zoning.defined().await?, &effective)?;
    if edits.is_empty() {
        return Ok(None);
    }
    let mut changed = Outcome::Unchanged;
    for edit in edits {
        let (next, outcome) = zoning.edit(open, edit).await?;
        *open = next;
        changed = changed.or(outcome);
    }
    let committed = zoning.commit(open, effective.zone_set.as_deref()).await?;
    Ok(Some(changed.or(committed)))
}
