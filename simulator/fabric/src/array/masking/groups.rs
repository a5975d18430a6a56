//! Host groups: which initiators see which volumes, at which LUN.
//!
//! Groups are numbers, and all groups share ordered tables, so a group of one vport costs its name, twice,
//! and some hundred bytes, and every lookup is O(log n) of the whole array.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use npivot_hal::Wwpn;

use super::super::VolumeIx;

/// A group, by a number that is never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct GroupIx(u32);

/// All groups of an array.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Groups {
    names: BTreeMap<Box<str>, GroupIx>,
    name_of: BTreeMap<GroupIx, Box<str>>,
    group_of: BTreeMap<Wwpn, GroupIx>,
    initiators: BTreeSet<(GroupIx, Wwpn)>,
    by_lun: BTreeMap<(GroupIx, u16), VolumeIx>,
    by_volume: BTreeMap<(GroupIx, VolumeIx), u16>,
    next: u32,
}

/// What stands in the way of a mapping.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) enum Clash {
    /// The LUN shows this volume.
    Lun(VolumeIx),
    /// The volume is at this LUN.
    Volume(u16),
}

fn luns(group: GroupIx) -> RangeInclusive<(GroupIx, u16)> {
    (group, 0)..=(group, u16::MAX)
}

impl Groups {
    /// How many groups there are.
    pub(in super::super) fn len(&self) -> usize {
        self.names.len()
    }

    /// How many initiators are in a group.
    pub(in super::super) fn initiator_count(&self) -> usize {
        self.group_of.len()
    }

    /// The group of this name.
    pub(in super::super) fn find(&self, name: &str) -> Option<GroupIx> {
        self.names.get(name).copied()
    }

    /// The name of a group; empty for one that was deleted.
    pub(in super::super) fn name(&self, group: GroupIx) -> &str {
        self.name_of.get(&group).map_or("", |name| name)
    }

    /// Names and numbers of all groups, by name.
    pub(in super::super) fn iter(&self) -> impl Iterator<Item = (&str, GroupIx)> {
        self.names.iter().map(|(name, group)| (&**name, *group))
    }

    /// The group of an initiator.
    pub(in super::super) fn group_of(&self, initiator: Wwpn) -> Option<GroupIx> {
        self.group_of.get(&initiator).copied()
    }

    /// The initiators of a group, in ascending order.
    pub(in super::super) fn initiators(&self, group: GroupIx) -> impl Iterator<Item = Wwpn> {
        let first = Wwpn::new(1).map(|wwpn| (group, wwpn));
        let from = first.into_iter().flat_map(|first| self.initiators.range(first..));
        from.take_while(move |(of, _)| *of == group).map(|(_, wwpn)| *wwpn)
    }

    /// The mappings of a group, by LUN.
    pub(in super::super) fn mappings(
        &self,
        group: GroupIx,
    ) -> impl Iterator<Item = (u16, VolumeIx)> + '_ {
        let all = self.by_lun.range(luns(group));
        all.map(|((_, lun), volume)| (*lun, *volume))
    }

    /// Whether a group sees nothing.
    pub(in super::super) fn sees_nothing(&self, group: GroupIx) -> bool {
        self.mappings(group).next().is_none()
    }

    /// The volume that a group sees at a LUN.
    pub(in super::super) fn volume_at(&self, group: GroupIx, lun: u16) -> Option<VolumeIx> {
        self.by_lun.get(&(group, lun)).copied()
    }

    /// The LUN at which a group sees a volume.
    pub(in super::super) fn lun_of(&self, group: GroupIx, volume: VolumeIx) -> Option<u16> {
        self.by_volume.get(&(group, volume)).copied()
    }

    /// Makes a group, or `None` when all numbers were used. The caller has checked the name.
    pub(in super::super) fn create(&mut self, name: &str) -> Option<GroupIx> {
        let group = GroupIx(self.next);
        self.next = self.next.checked_add(1)?;
        self.names.insert(name.into(), group);
        self.name_of.insert(group, name.into());
        Some(group)
    }

    /// Deletes a group with all that is in it.
    pub(in super::super) fn delete(&mut self, group: GroupIx) {
        if let Some(name) = self.name_of.remove(&group) {
            self.names.remove(&name);
        }
        let initiators: Vec<_> = self.initiators(group).collect();
        for initiator in initiators {
            self.remove_initiator(group, initiator);
        }
        let mappings: Vec<_> = self.mappings(group).collect();
        for (_, volume) in mappings {
            self.unmap(group, volume);
        }
    }

    /// Puts an initiator into a group. The caller has checked that it is in none.
    pub(in super::super) fn add_initiator(&mut self, group: GroupIx, initiator: Wwpn) {
        self.group_of.insert(initiator, group);
        self.initiators.insert((group, initiator));
    }

    /// Takes an initiator out of a group; false if it was not in it.
    pub(in super::super) fn remove_initiator(&mut self, group: GroupIx, initiator: Wwpn) -> bool {
        let was_in = self.initiators.remove(&(group, initiator));
        if was_in {
            self.group_of.remove(&initiator);
        }
        was_in
    }

    /// Shows a volume at a LUN; false if it was so.
    pub(in super::super) fn map(
        &mut self,
        group: GroupIx,
        volume: VolumeIx,
        lun: u16,
    ) -> Result<bool, Clash> {
        match (self.volume_at(group, lun), self.lun_of(group, volume)) {
            (Some(shown), _) if shown == volume => Ok(false),
            (Some(other), _) => Err(Clash::Lun(other)),
            (None, Some(elsewhere)) => Err(Clash::Volume(elsewhere)),
            (None, None) => {
                self.by_lun.insert((group, lun), volume);
                self.by_volume.insert((group, volume), lun);
                Ok(true)
            }
        }
    }

    /// Takes a volume away; false if it was not there.
    pub(in super::super) fn unmap(&mut self, group: GroupIx, volume: VolumeIx) -> bool {
        let Some(lun) = self.by_volume.remove(&(group, volume)) else {
            return false;
        };
        self.by_lun.remove(&(group, lun));
        true
    }
}
