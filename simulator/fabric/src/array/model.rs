//! The array as a whole.

use std::collections::BTreeMap;

use npivot_hal::{ArrayCapabilities, HostGroup, Lun, LunId, Mapping, WwnPair, Wwnn, Wwpn};
use serde::{Deserialize, Serialize};

use super::VolumeError;
use super::attention::Attentions;
use super::masking::{GroupIx, Groups};
use super::scsi::{Product, ProductError, Sense};
use super::volume::{Volume, VolumeIx};

/// The limits of an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct ArrayLimits {
    /// The most initiators over all groups.
    pub max_initiators: u32,
    /// The most host groups.
    pub max_groups: u32,
    /// The highest LUN number, inclusive; above 16,383, which flat addressing ends at, it counts as that.
    pub max_lun: u32,
}

impl Default for ArrayLimits {
    fn default() -> Self {
        Self { max_initiators: 2048, max_groups: u32::MAX, max_lun: Lun::MAX_FLAT }
    }
}

/// A storage array: ports, volumes, host groups, and the initiators that have talked to it.
///
/// An initiator that is in no group sees nothing. LUNs are those of REPORT LUNS: peripheral addressing to
/// 255, flat addressing above; the same number in another addressing method is not there.
#[derive(Debug, Clone)]
pub struct Array {
    name: String,
    wwnn: Wwnn,
    product: Product,
    ports: Vec<WwnPair>,
    pub(super) limits: ArrayLimits,
    pub(super) volumes: Vec<Volume>,
    by_name: BTreeMap<Box<str>, VolumeIx>,
    by_identity: BTreeMap<LunId, VolumeIx>,
    pub(super) groups: Groups,
    pub(super) attentions: Attentions,
}

impl Array {
    /// An array without volumes and groups. Ports are known by their place in `ports` from here on.
    pub fn new(
        name: impl Into<String>,
        wwnn: Wwnn,
        ports: Vec<WwnPair>,
        limits: ArrayLimits,
    ) -> Self {
        Self {
            name: name.into(),
            wwnn,
            product: Product::default(),
            ports,
            limits,
            volumes: vec![],
            by_name: BTreeMap::new(),
            by_identity: BTreeMap::new(),
            groups: Groups::default(),
            attentions: Attentions::default(),
        }
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its node name.
    pub fn wwnn(&self) -> Wwnn {
        self.wwnn
    }

    /// What it calls itself in INQUIRY data.
    pub fn product(&self) -> &Product {
        &self.product
    }

    /// Lets it call itself something else.
    ///
    /// # Errors
    /// A text that INQUIRY data cannot say; nothing is changed then.
    pub fn set_product(&mut self, product: Product) -> Result<(), ProductError> {
        product.check()?;
        self.product = product;
        Ok(())
    }

    /// Its ports, by index.
    pub fn ports(&self) -> &[WwnPair] {
        &self.ports
    }

    /// Its limits.
    pub fn limits(&self) -> &ArrayLimits {
        &self.limits
    }

    /// Its limits, as the HAL tells them.
    pub fn capabilities(&self) -> ArrayCapabilities {
        // The record is `non_exhaustive`: it can only be filled in.
        let mut capabilities = ArrayCapabilities::default();
        capabilities.max_initiators = Some(self.limits.max_initiators);
        capabilities.max_lun = Some(self.max_lun());
        capabilities
    }

    /// Makes a volume of zeros, which takes no memory until it is written to.
    ///
    /// # Errors
    /// Name or identity is another volume's; size, serial number or identity is not one.
    pub fn add_volume(
        &mut self,
        name: &str,
        identity: LunId,
        serial: &str,
        size_bytes: u64,
    ) -> Result<VolumeIx, VolumeError> {
        if self.by_name.contains_key(name) {
            return Err(VolumeError::NameTaken { name: name.into() });
        }
        if let Some(volume) = self.volume_of(&identity).map(|ix| self.volume(ix)) {
            let name = volume.name().into();
            return Err(VolumeError::IdentityTaken { identity, name });
        }
        let volume = Volume::new(name, identity.clone(), serial, size_bytes)?;
        let Ok(next) = u32::try_from(self.volumes.len()) else {
            return Err(VolumeError::TooMany { max: u32::MAX });
        };
        let ix = VolumeIx(next);
        self.by_name.insert(name.into(), ix);
        self.by_identity.insert(identity, ix);
        self.volumes.push(volume);
        Ok(ix)
    }

    /// All volumes, by index.
    pub fn volumes(&self) -> &[Volume] {
        &self.volumes
    }

    /// A volume.
    ///
    /// # Panics
    /// When the index is not of this array: volumes are never deleted, so one that it gave stays good.
    pub fn volume(&self, ix: VolumeIx) -> &Volume {
        &self.volumes[ix.0 as usize]
    }

    /// Adds a port, and returns its place.
    pub fn add_port(&mut self, names: WwnPair) -> usize {
        self.ports.push(names);
        self.ports.len() - 1
    }

    /// The groups that have a volume, by name.
    pub fn groups_with(&self, volume: VolumeIx) -> impl Iterator<Item = &str> {
        let has = move |group: &GroupIx| self.groups.lun_of(*group, volume).is_some();
        self.groups.iter().filter(move |(_, group)| has(group)).map(|(name, _)| name)
    }

    /// The volume of this name.
    pub fn volume_named(&self, name: &str) -> Option<VolumeIx> {
        self.by_name.get(name).copied()
    }

    /// The volume of this identity.
    pub fn volume_of(&self, identity: &LunId) -> Option<VolumeIx> {
        self.by_identity.get(identity).copied()
    }

    /// The HAL's records of the volumes, by name.
    pub fn volume_records(&self) -> impl Iterator<Item = npivot_hal::Volume> {
        let volumes = self.by_name.values().map(|ix| self.volume(*ix));
        volumes.map(Volume::record)
    }

    /// The HAL's records of the host groups, by name.
    pub fn group_records(&self) -> impl Iterator<Item = HostGroup> {
        let record = |(name, group): (&str, GroupIx)| {
            let mapping =
                |(lun, volume)| Mapping { lun: u32::from(lun), volume: self.volume_name(volume) };
            let mappings = self.groups.mappings(group).map(mapping).collect();
            HostGroup::new(name, self.groups.initiators(group).collect(), mappings)
        };
        self.groups.iter().map(record)
    }

    /// The name of the group that an initiator is in.
    pub fn group_of(&self, initiator: Wwpn) -> Option<&str> {
        let group = self.groups.group_of(initiator)?;
        Some(self.groups.name(group))
    }

    /// The volume that an initiator sees at a LUN. O(log n).
    pub fn volume_at(&self, initiator: Wwpn, lun: Lun) -> Option<VolumeIx> {
        let number = lun.number()?;
        if Lun::from_number(number) != Some(lun) {
            return None;
        }
        let number = u16::try_from(number).ok()?;
        self.groups.volume_at(self.groups.group_of(initiator)?, number)
    }

    /// The LUN at which an initiator sees a volume. O(log n).
    pub fn lun_of(&self, initiator: Wwpn, volume: VolumeIx) -> Option<Lun> {
        let group = self.groups.group_of(initiator)?;
        Lun::from_number(self.groups.lun_of(group, volume)?.into())
    }

    /// What an initiator sees, by LUN. It costs O(log n) and what it returns.
    pub fn report_luns(&self, initiator: Wwpn) -> impl Iterator<Item = (Lun, VolumeIx)> {
        let group = self.groups.group_of(initiator).into_iter();
        let mappings = group.flat_map(|group| self.groups.mappings(group));
        mappings.filter_map(|(lun, volume)| Some((Lun::from_number(lun.into())?, volume)))
    }

    /// The unit attention that a nexus is owed, once: to be asked before any command but INQUIRY and
    /// REPORT LUNS, which answer all the same (SPC-5, 5.14). It also makes the nexus known.
    pub fn take_unit_attention(&mut self, initiator: Wwpn, port: u16) -> Option<Sense> {
        let owed = self.attentions.take(initiator, port);
        owed.then_some(Sense::REPORTED_LUNS_CHANGED)
    }

    /// Makes a nexus known, as a login or a first command does: it is told of changes from now on.
    pub fn note_nexus(&mut self, initiator: Wwpn, port: u16) {
        self.attentions.used(initiator, port);
    }

    /// REPORT LUNS was answered: the nexus knows, so it is not owed the unit attention any more (SAM-5,
    /// 5.14, with UA_INTLCK_CTRL 00b). INQUIRY leaves it pending.
    pub fn luns_reported(&mut self, initiator: Wwpn, port: u16) {
        self.attentions.take(initiator, port);
    }

    /// Forgets a nexus and what it is owed, as a logout does.
    pub fn forget_nexus(&mut self, initiator: Wwpn, port: u16) {
        self.attentions.forget(initiator, port);
    }

    /// How many nexuses are known.
    pub fn nexus_count(&self) -> usize {
        self.attentions.len()
    }

    pub(super) fn max_lun(&self) -> u32 {
        self.limits.max_lun.min(Lun::MAX_FLAT)
    }

    pub(super) fn volume_name(&self, ix: VolumeIx) -> String {
        self.volume(ix).name().into()
    }
}

#[cfg(test)]
#[path = "model_tests.rs"]
pub(super) mod tests;
