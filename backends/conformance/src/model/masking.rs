//! The host groups of an array, and what an initiator gets to see.

use npivot_hal::{ErrorKind, HostGroup, Mapping, Outcome, Wwpn};

use super::Answer;

/// An array's masking.
#[derive(Debug, Clone)]
pub(crate) struct MaskModel {
    groups: Vec<HostGroup>,
    volumes: Vec<String>,
    max_lun: u32,
}

impl MaskModel {
    pub(crate) fn new(groups: Vec<HostGroup>, volumes: Vec<String>, max_lun: u32) -> Self {
        Self { groups, volumes, max_lun }
    }

    /// `Masking::groups`.
    pub(crate) fn groups(&self) -> Vec<HostGroup> {
        let mut groups = self.groups.clone();
        groups.sort_by(|a, b| a.name.cmp(&b.name));
        groups
    }

    /// What an initiator sees: LUN and volume.
    pub(crate) fn seen_by(&self, initiator: Wwpn) -> Vec<(u32, String)> {
        let group = self.groups.iter().find(|group| group.initiators.contains(&initiator));
        let mappings = group.map(|group| group.mappings.clone()).unwrap_or_default();
        mappings.into_iter().map(|mapping| (mapping.lun, mapping.volume)).collect()
    }

    fn group(&mut self, name: &str) -> Result<&mut HostGroup, Vec<ErrorKind>> {
        self.groups.iter_mut().find(|group| group.name == name).ok_or(vec![ErrorKind::NotFound])
    }

    /// `Masking::create_group`.
    pub(crate) fn create(&mut self, name: &str) -> Outcome {
        if self.group(name).is_ok() {
            return Outcome::Unchanged;
        }
        self.groups.push(HostGroup::new(name, [].into(), vec![]));
        Outcome::Changed
    }

    /// `Masking::delete_group`.
    pub(crate) fn delete(&mut self, name: &str) -> Outcome {
        let before = self.groups.len();
        self.groups.retain(|group| group.name != name);
        Outcome::from(self.groups.len() < before)
    }

    /// `Masking::add_initiator`.
    pub(crate) fn add(&mut self, name: &str, initiator: Wwpn) -> Answer {
        let elsewhere = self
            .groups
            .iter()
            .any(|group| group.name != name && group.initiators.contains(&initiator));
        let group = self.group(name)?;
        if elsewhere {
            return Err(vec![ErrorKind::AlreadyExists]);
        }
        Ok(Outcome::from(group.initiators.insert(initiator)))
    }

    /// `Masking::remove_initiator`.
    pub(crate) fn remove(&mut self, name: &str, initiator: Wwpn) -> Answer {
        Ok(Outcome::from(self.group(name)?.initiators.remove(&initiator)))
    }

    /// `Masking::map`.
    pub(crate) fn map(&mut self, name: &str, volume: &str, lun: u32) -> Answer {
        let mapping = Mapping { lun, volume: volume.to_owned() };
        let mut wrong = vec![];
        if !self.volumes.iter().any(|known| known == volume) {
            wrong.push(ErrorKind::NotFound);
        }
        if lun > self.max_lun {
            wrong.push(ErrorKind::InvalidArgument);
        }
        match self.group(name) {
            Err(missing) => wrong.extend(missing),
            Ok(group) if group.mappings.contains(&mapping) => return Ok(Outcome::Unchanged),
            Ok(group) if group.mappings.iter().any(|m| m.lun == lun || m.volume == volume) => {
                wrong.push(ErrorKind::AlreadyExists);
            }
            Ok(group) if wrong.is_empty() => {
                group.mappings.push(mapping);
                group.mappings.sort();
            }
            Ok(_) => {}
        }
        if wrong.is_empty() { Ok(Outcome::Changed) } else { Err(wrong) }
    }

    /// `Masking::unmap`.
    pub(crate) fn unmap(&mut self, name: &str, volume: &str) -> Answer {
        let group = self.group(name)?;
        let before = group.mappings.len();
        group.mappings.retain(|mapping| mapping.volume != volume);
        Ok(Outcome::from(group.mappings.len() < before))
    }
}
