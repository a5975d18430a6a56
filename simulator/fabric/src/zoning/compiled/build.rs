//! Building the index.

use npivot_hal::{EffectiveZones, Zone, ZoneMember};

use super::super::ZoningError;
use super::key::{Keys, MemberKey};
use super::table::{MEMBER, PEER, PRINCIPAL, Table, ZONE};

/// The parts of the index.
pub(super) struct Parts {
    pub(super) keys: Keys,
    pub(super) zones_of_member: Table,
    pub(super) members_of_zone: Table,
    pub(super) name_ends: Box<[u32]>,
    pub(super) names: Box<str>,
}

pub(super) fn build(effective: &EffectiveZones) -> Result<Parts, ZoningError> {
    check_bounds(effective)?;
    for (name, zone) in &effective.zones {
        if let Some(member) = members(zone).find(|member| MemberKey::of(member).is_none()) {
            return Err(ZoningError::Unresolved { zone: name.clone(), member: member.clone() });
        }
    }
    let all = effective.zones.values().flat_map(members);
    let keys = Keys::of(all.filter_map(MemberKey::of));
    let members_of_zone = members_of_zone(effective, &keys);
    let zones_of_member = zones_of_member(effective, &keys, &members_of_zone);
    let mut names = String::with_capacity(effective.zones.keys().map(String::len).sum());
    let mut name_ends = Vec::with_capacity(effective.zones.len());
    for name in effective.zones.keys() {
        names.push_str(name);
        name_ends.push(narrow(names.len()));
    }
    Ok(Parts {
        keys,
        zones_of_member,
        members_of_zone,
        name_ends: name_ends.into(),
        names: names.into(),
    })
}

fn members(zone: &Zone) -> impl Iterator<Item = &ZoneMember> {
    zone.members.iter().chain(&zone.principals)
}

/// Everything is numbered in 32 bits, of which two are marks.
fn check_bounds(effective: &EffectiveZones) -> Result<(), ZoningError> {
    let zones = effective.zones.len() as u64;
    let size = |zone: &Zone| (zone.members.len() + zone.principals.len()) as u64;
    let members = effective.zones.values().map(size).sum::<u64>();
    let names = effective.zones.keys().map(|name| name.len() as u64).sum::<u64>();
    if zones > u64::from(ZONE) || members > u64::from(MEMBER) || names > u64::from(u32::MAX) {
        return Err(ZoningError::TooManyMembers { members, max_members: u64::from(MEMBER) });
    }
    Ok(())
}

/// A number that `check_bounds` has bounded, so the conversion cannot fail.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).expect("check_bounds admits nothing that needs more than 32 bits")
}

/// Principals come first, so that what a peer sees is the head of the row.
fn members_of_zone(effective: &EffectiveZones, keys: &Keys) -> Table {
    let mut starts = Vec::with_capacity(effective.zones.len() + 1);
    let mut items = vec![];
    let number = |member: &ZoneMember| MemberKey::of(member).and_then(|key| keys.find(key));
    starts.push(0);
    for zone in effective.zones.values() {
        let principals = zone.principals.iter().filter_map(number);
        items.extend(principals.map(|member| narrow(member) | PRINCIPAL));
        let peers = zone.members.difference(&zone.principals).filter_map(number);
        items.extend(peers.map(narrow));
        starts.push(narrow(items.len()));
    }
    items.shrink_to_fit();
    Table::new(starts, items)
}

/// The same places, the other way round: a counting sort, so each row ascends by zone.
fn zones_of_member(effective: &EffectiveZones, keys: &Keys, members_of_zone: &Table) -> Table {
    let mut starts = vec![0_u32; keys.len() + 1];
    for zone in 0..members_of_zone.rows() {
        for place in members_of_zone.row(zone) {
            starts[(place & MEMBER) as usize + 1] += 1;
        }
    }
    for member in 1..starts.len() {
        starts[member] += starts[member - 1];
    }
    let mut next = starts.clone();
    let mut items = vec![0_u32; members_of_zone.items()];
    for (number, zone) in effective.zones.values().enumerate() {
        let marks = if zone.is_peer() { PEER } else { 0 };
        for place in members_of_zone.row(number) {
            let slot = &mut next[(place & MEMBER) as usize];
            items[*slot as usize] = narrow(number) | marks | (place & PRINCIPAL);
            *slot += 1;
        }
    }
    Table::new(starts, items)
}
