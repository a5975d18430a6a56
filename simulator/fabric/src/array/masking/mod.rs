//! Masking: who sees which volume, at which LUN, as the array's administrator sets it.

mod groups;

use npivot_hal::{Outcome, Wwpn};

use super::{Array, MaskingError};
use groups::Clash;
pub(super) use groups::{GroupIx, Groups};

/// Masking, with the HAL's meaning and errors: see [`npivot_hal::Masking`].
impl Array {
    /// Makes an empty group. One of that name is `Unchanged`, whatever is in it.
    ///
    /// # Errors
    /// `TooManyGroups`.
    pub fn create_group(&mut self, group: &str) -> Result<Outcome, MaskingError> {
        if self.groups.find(group).is_some() {
            return Ok(Outcome::Unchanged);
        }
        let max = self.limits.max_groups;
        if self.groups.len() as u64 >= u64::from(max) || self.groups.create(group).is_none() {
            return Err(MaskingError::TooManyGroups { max });
        }
        Ok(Outcome::Changed)
    }

    /// Deletes a group with its mappings; its initiators see nothing then. One that does not exist is
    /// `Unchanged`.
    pub fn delete_group(&mut self, group: &str) -> Outcome {
        let Some(group) = self.groups.find(group) else {
            return Outcome::Unchanged;
        };
        if !self.groups.sees_nothing(group) {
            self.inventory_changed(group);
        }
        self.groups.delete(group);
        Outcome::Changed
    }

    /// Lets an initiator see what the group sees, at the same LUNs.
    ///
    /// # Errors
    /// `NoGroup`; `InitiatorElsewhere`; `TooManyInitiators`.
    pub fn add_initiator(&mut self, group: &str, initiator: Wwpn) -> Result<Outcome, MaskingError> {
        let ix = self.group(group)?;
        match self.groups.group_of(initiator) {
            Some(member_of) if member_of == ix => return Ok(Outcome::Unchanged),
            Some(member_of) => {
                return Err(MaskingError::InitiatorElsewhere {
                    initiator,
                    group: group.into(),
                    member_of: self.groups.name(member_of).into(),
                });
            }
            None => {}
        }
        let max = self.limits.max_initiators;
        if self.groups.initiator_count() as u64 >= u64::from(max) {
            return Err(MaskingError::TooManyInitiators { max });
        }
        self.groups.add_initiator(ix, initiator);
        if !self.groups.sees_nothing(ix) {
            self.attentions.luns_changed(initiator);
        }
        Ok(Outcome::Changed)
    }

    /// Takes that away. An initiator that is not in the group is `Unchanged`.
    ///
    /// # Errors
    /// `NoGroup`.
    pub fn remove_initiator(
        &mut self,
        group: &str,
        initiator: Wwpn,
    ) -> Result<Outcome, MaskingError> {
        let group = self.group(group)?;
        let changed = self.groups.remove_initiator(group, initiator);
        if changed && !self.groups.sees_nothing(group) {
            self.attentions.luns_changed(initiator);
        }
        Ok(changed.into())
    }

    /// Shows a volume to a group at a LUN; the same mapping again is `Unchanged`.
    ///
    /// # Errors
    /// `NoGroup`, `NoVolume`; `LunTooHigh`; `LunTaken`: it shows another volume; `VolumeMapped`: the
    /// volume has another LUN in this group.
    pub fn map(&mut self, group: &str, volume: &str, lun: u32) -> Result<Outcome, MaskingError> {
        let ix = self.group(group)?;
        let volume_ix = self
            .volume_named(volume)
            .ok_or_else(|| MaskingError::NoVolume { volume: volume.into() })?;
        let max = self.max_lun();
        let number = u16::try_from(lun)
            .ok()
            .filter(|_| lun <= max)
            .ok_or(MaskingError::LunTooHigh { lun, max })?;
        match self.groups.map(ix, volume_ix, number) {
            Ok(changed) => {
                if changed {
                    self.inventory_changed(ix);
                }
                Ok(changed.into())
            }
            Err(Clash::Lun(shows)) => Err(MaskingError::LunTaken {
                group: group.into(),
                lun,
                shows: self.volume_name(shows),
            }),
            Err(Clash::Volume(at)) => Err(MaskingError::VolumeMapped {
                group: group.into(),
                volume: volume.into(),
                lun: at.into(),
            }),
        }
    }

    /// Takes a volume away from a group. One that is not mapped is `Unchanged`.
    ///
    /// # Errors
    /// `NoGroup`.
    pub fn unmap(&mut self, group: &str, volume: &str) -> Result<Outcome, MaskingError> {
        let group = self.group(group)?;
        let Some(volume) = self.volume_named(volume) else {
            return Ok(Outcome::Unchanged);
        };
        let changed = self.groups.unmap(group, volume);
        if changed {
            self.inventory_changed(group);
        }
        Ok(changed.into())
    }

    fn group(&self, name: &str) -> Result<GroupIx, MaskingError> {
        self.groups.find(name).ok_or_else(|| MaskingError::NoGroup { group: name.into() })
    }

    fn inventory_changed(&mut self, group: GroupIx) {
        for initiator in self.groups.initiators(group) {
            self.attentions.luns_changed(initiator);
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
