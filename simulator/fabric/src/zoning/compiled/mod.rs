//! The effective configuration as an index: who sees whom, without looking at anybody else.
//!
//! ```text
//!   PortKey ──(3 binary searches)──► member numbers ──► rows of zones ──► rows of members
//!             keys: 8 or 4 bytes      zones_of_member    members_of_zone
//! ```
//!
//! **Cost.** Each membership (a member in a zone) takes 8 bytes, 4 in each table; each distinct member 12
//! bytes if it is a WWPN, else 8; each zone 8 bytes and its name. A vport with a zone of its own, shared
//! with one target port, takes 36 bytes and the zone's name.

mod build;
mod key;
mod table;

pub use key::{MemberKey, PortKey};

use npivot_hal::{DefaultZone, EffectiveZones};

use super::ZoningError;
use key::Keys;
use table::{MEMBER, PEER, PRINCIPAL, Places, Table, ZONE};

/// A zone in force, by its number in ascending order of name. Good for the index it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ZoneIx(pub u32);

/// What a port is in a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// A member; of a peer zone, a peer.
    Member,
    /// A principal of a peer zone, possibly listed as a peer too.
    Principal,
}

/// The index of an effective configuration.
///
/// Every port is asked about by all its keys at once. Two ports see each other if a regular zone has both,
/// or a peer zone has both and at least one as principal. Ports that no zone in force names are in the
/// default zone, and see each other if that permits. The rule knows no exception for a port and itself: a
/// peer does not "see" itself.
#[derive(Debug, Clone, Default)]
pub struct CompiledZones {
    keys: Keys,
    zones_of_member: Table,
    members_of_zone: Table,
    name_ends: Box<[u32]>,
    names: Box<str>,
    default_zone: DefaultZone,
}

impl CompiledZones {
    /// Builds the index. Zones without an enabled zone set are not in force and are left out.
    ///
    /// # Errors
    /// `Unresolved`: a member is an alias. `TooManyMembers`: more than 2^31 memberships, 2^30 zones or 4
    /// GiB of names.
    pub fn compile(effective: &EffectiveZones) -> Result<Self, ZoningError> {
        let mut compiled = Self::default();
        if effective.zone_set.is_some() {
            let parts = build::build(effective)?;
            compiled = Self {
                keys: parts.keys,
                zones_of_member: parts.zones_of_member,
                members_of_zone: parts.members_of_zone,
                name_ends: parts.name_ends,
                names: parts.names,
                default_zone: DefaultZone::Deny,
            };
        }
        compiled.default_zone = effective.default_zone;
        Ok(compiled)
    }

    /// Whether the two see each other. O(s log l) for ports in s and l zones, s the fewer.
    pub fn can_see(&self, a: &PortKey, b: &PortKey) -> bool {
        let (a, b) = (self.places(a), self.places(b));
        if a.is_empty() && b.is_empty() {
            return self.default_zone == DefaultZone::Permit;
        }
        meetings(a, b).next().is_some()
    }

    /// The names of the zones that let the two see each other, in ascending order. The default zone is
    /// none of them.
    pub fn shared_zones<'a>(
        &'a self,
        a: &PortKey,
        b: &PortKey,
    ) -> impl Iterator<Item = &'a str> + use<'a> {
        meetings(self.places(a), self.places(b)).filter_map(|zone| self.zone_name(ZoneIx(zone)))
    }

    /// The zones in force that have this port, in ascending order, and as what.
    pub fn zones_of<'a>(
        &'a self,
        port: &PortKey,
    ) -> impl Iterator<Item = (ZoneIx, Role)> + use<'a> {
        self.places(port).map(|place| {
            let principal = place & PRINCIPAL != 0;
            let role = if principal { Role::Principal } else { Role::Member };
            (ZoneIx(place & ZONE), role)
        })
    }

    /// The name of a zone; `None` of a number that is not of this index.
    pub fn zone_name(&self, zone: ZoneIx) -> Option<&str> {
        let zone = zone.0 as usize;
        let end = *self.name_ends.get(zone)? as usize;
        let start = match zone.checked_sub(1) {
            Some(before) => self.name_ends[before] as usize,
            None => 0,
        };
        self.names.get(start..end)
    }

    /// The distinct members whom a port may see by its zones, in ascending order of key. A port in the
    /// default zone has none here: whom it sees is all who are [there](Self::in_default_zone).
    ///
    /// Where the rule lets a port see itself, its own keys are among them. It costs the memberships it
    /// passes, m, and sorting them: O(m log m); a peer passes the principals alone.
    pub fn visible_members<'a>(
        &'a self,
        port: &PortKey,
    ) -> impl Iterator<Item = MemberKey> + use<'a> {
        let mut members = vec![];
        for place in self.places(port) {
            let row = self.members_of_zone.row((place & ZONE) as usize);
            let seen = match place & (PEER | PRINCIPAL) {
                PEER => &row[..row.partition_point(|member| member & PRINCIPAL != 0)],
                _ => row,
            };
            members.extend(seen.iter().map(|member| member & MEMBER));
        }
        members.sort_unstable();
        members.dedup();
        members.into_iter().filter_map(|member| self.keys.get(member as usize))
    }

    /// Whether no zone in force has this port. With no zone set enabled, so it is for every port.
    pub fn in_default_zone(&self, port: &PortKey) -> bool {
        self.places(port).is_empty()
    }

    /// Who sees whom in the default zone.
    pub fn default_zone(&self) -> DefaultZone {
        self.default_zone
    }

    /// How many zones are in force.
    pub fn zone_count(&self) -> usize {
        self.name_ends.len()
    }

    /// How many memberships are in force: of distinct members, over all zones.
    pub fn membership_count(&self) -> usize {
        self.members_of_zone.items()
    }

    /// The memory that the index takes, in bytes, on the heap and off it.
    pub fn memory_bytes(&self) -> usize {
        size_of::<Self>()
            + self.keys.memory_bytes()
            + self.zones_of_member.memory_bytes()
            + self.members_of_zone.memory_bytes()
            + size_of_val(&*self.name_ends)
            + self.names.len()
    }

    fn places(&self, port: &PortKey) -> Places<'_> {
        Places(port.keys().map(|key| match self.keys.find(key) {
            Some(member) => self.zones_of_member.row(member),
            None => &[],
        }))
    }
}

/// The zones that let two ports see each other: those of the port that is in fewer, looked up in the other.
fn meetings<'a>(a: Places<'a>, b: Places<'a>) -> impl Iterator<Item = u32> + use<'a> {
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    few.filter_map(move |place| {
        let both = place | many.find(place & ZONE)?;
        (both & PEER == 0 || both & PRINCIPAL != 0).then_some(both & ZONE)
    })
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
