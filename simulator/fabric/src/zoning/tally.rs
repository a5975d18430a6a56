//! Checksum and size of a zoning database, kept up to date by each edit.
//!
//! # Checksum
//! Each entry of the database (an alias with its members, a zone with its members, a zone set, a zone in a
//! zone set, the default zone) is written in a canonical form and hashed with 64-bit FNV-1a, spread by the
//! finalizer of SplitMix64; the checksum is the sum of all, modulo 2^64. So it is the same on every
//! platform, depends on the content alone, and an edit costs what it replaces. It guards against mistakes,
//! not against somebody who looks for a collision.
//!
//! Canonical form: a tag byte; each text as its length (4 bytes, little-endian) and its bytes; each member
//! list as its length (8 bytes, little-endian) and, in ascending order, each member's type byte (FC-GS: 01
//! name, 02 domain and port, 03 address, 05 alias) and its value, big-endian as on the wire.
//!
//! # Size
//! Each alias, zone and zone set counts its name and one byte; each member, and each zone in a zone set,
//! counts its text as switches print it (a WWPN 23, `0x010800` 8, `3,17` 4, an alias its name) and one
//! byte for the separator.

use std::collections::BTreeSet;

use npivot_hal::{DefaultZone, Zone, ZoneDatabase, ZoneMember};

/// What one entry, or all entries together, contribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tally {
    /// The checksum.
    pub(super) checksum: u64,
    /// The size in bytes.
    pub(super) bytes: u64,
}

impl Tally {
    /// That of a whole database.
    pub(super) fn of(database: &ZoneDatabase) -> Self {
        let mut all = default_zone(database.default_zone);
        for (name, members) in &database.aliases {
            all.add(alias(name, members));
        }
        for (name, content) in &database.zones {
            all.add(zone(name, content));
        }
        for (name, zones) in &database.zone_sets {
            all.add(zone_set(name));
            for zone in zones {
                all.add(zone_in_set(name, zone));
            }
        }
        all
    }

    /// Counts an entry in.
    pub(super) fn add(&mut self, entry: Self) {
        self.checksum = self.checksum.wrapping_add(entry.checksum);
        self.bytes += entry.bytes;
    }

    /// Counts an entry out, which was counted in before.
    pub(super) fn remove(&mut self, entry: Self) {
        self.checksum = self.checksum.wrapping_sub(entry.checksum);
        self.bytes -= entry.bytes;
    }
}

/// An alias.
pub(super) fn alias(name: &str, members: &BTreeSet<ZoneMember>) -> Tally {
    Entry::new(1).name(name).members(members).end()
}

/// A zone.
pub(super) fn zone(name: &str, zone: &Zone) -> Tally {
    Entry::new(2).name(name).members(&zone.members).members(&zone.principals).end()
}

/// A zone set, without what is in it.
pub(super) fn zone_set(name: &str) -> Tally {
    Entry::new(3).name(name).end()
}

/// A zone's place in a zone set.
pub(super) fn zone_in_set(zone_set: &str, zone: &str) -> Tally {
    let mut entry = Entry::new(4).text(zone_set).text(zone);
    entry.bytes = text_bytes(zone);
    entry.end()
}

/// The default zone, which is in every database and takes no room.
pub(super) fn default_zone(default: DefaultZone) -> Tally {
    let permit = match default {
        DefaultZone::Deny => 0,
        DefaultZone::Permit => 1,
    };
    Entry::new(5).feed(&[permit]).end()
}

/// The hash and size of an entry that is being written.
struct Entry {
    hash: u64,
    bytes: u64,
}

impl Entry {
    fn new(tag: u8) -> Self {
        // FNV-1a's offset basis for 64 bits.
        Self { hash: 0xcbf2_9ce4_8422_2325, bytes: 0 }.feed(&[tag])
    }

    fn feed(mut self, bytes: &[u8]) -> Self {
        for byte in bytes {
            self.hash = (self.hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
        self
    }

    fn text(self, text: &str) -> Self {
        // Names are bounded far below; cutting the length of an impossible one harms nobody.
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.feed(&length.to_le_bytes()).feed(text.as_bytes())
    }

    fn name(mut self, name: &str) -> Self {
        self.bytes += text_bytes(name);
        self.text(name)
    }

    fn members(mut self, members: &BTreeSet<ZoneMember>) -> Self {
        self = self.feed(&(members.len() as u64).to_le_bytes());
        members.iter().fold(self, Self::member)
    }

    fn member(mut self, member: &ZoneMember) -> Self {
        self.bytes += member_bytes(member);
        match member {
            ZoneMember::Wwpn(wwpn) => self.feed(&[1]).feed(&wwpn.get().to_be_bytes()),
            ZoneMember::DomainPort(domain, port) => {
                self.feed(&[2, domain.get()]).feed(&port.to_be_bytes())
            }
            ZoneMember::FcId(id) => self.feed(&[3]).feed(&id.get().to_be_bytes()[1..]),
            ZoneMember::Alias(name) => self.feed(&[5]).text(name),
            other => self.feed(&[0xff]).text(&other.to_string()),
        }
    }

    /// A sum of plain FNV values would cancel out for entries that differ in a last byte only.
    fn end(self) -> Tally {
        let mut mixed = self.hash;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Tally { checksum: mixed ^ (mixed >> 31), bytes: self.bytes }
    }
}

fn text_bytes(text: &str) -> u64 {
    text.len() as u64 + 1
}

/// What the member's text takes, without printing it: a database may have millions.
fn member_bytes(member: &ZoneMember) -> u64 {
    let digits = |number: u16| u64::from(number.checked_ilog10().unwrap_or(0) + 1);
    1 + match member {
        ZoneMember::Wwpn(_) => 23,
        ZoneMember::DomainPort(domain, port) => digits(domain.get().into()) + 1 + digits(*port),
        ZoneMember::FcId(_) => 8,
        ZoneMember::Alias(name) => name.len() as u64,
        other => other.to_string().len() as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_is_that_of_the_text() {
        let members = [
            ZoneMember::Wwpn(npivot_hal::Wwpn::new(0x2100_001b_32a9_da4e).unwrap()),
            ZoneMember::DomainPort(npivot_hal::DomainId::new(3).unwrap(), 0),
            ZoneMember::DomainPort(npivot_hal::DomainId::new(239).unwrap(), 65_535),
            ZoneMember::FcId(npivot_hal::FcId::new(0x01_0800).unwrap()),
            ZoneMember::Alias("disk".into()),
        ];
        for member in &members {
            assert_eq!(member_bytes(member), member.to_string().len() as u64 + 1, "{member}");
        }
    }

    /// Golden: a switch and a program on another platform must agree, and so must two versions of this.
    #[test]
    fn the_checksum_never_changes() {
        let mut database = ZoneDatabase::default();
        let wwpn = npivot_hal::Wwpn::new(0x2100_001b_32a9_da4e).unwrap();
        assert_eq!(Tally::of(&database).bytes, 0);
        database.zones.insert("z1".into(), Zone::of([ZoneMember::Wwpn(wwpn)]));
        database.zone_sets.insert("s".into(), BTreeSet::from(["z1".into()]));
        let all = Tally::of(&database);
        assert_eq!(all.bytes, 3 + 24 + 2 + 3);
        assert_eq!(all.checksum, 0x0523_99e2_96b3_b54f);
    }
}
