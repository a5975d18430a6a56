//! The array as a whole.

use std::collections::BTreeMap;

use npivot_hal::{ArrayCapabilities, HostGroup, Lun, LunId, Mapping, WwnPair, Wwnn, Wwpn};
use serde::{Deserialize, Serialize};

use super::VolumeError;
use super::attention::Attentions;
use super::masking::{GroupIx, Groups};
use super::ports::PortGroups;
use super::scsi::{Product, ProductError};
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
    /// The most memory that the content of all volumes may take, in bytes. A write beyond it ends with
    /// SPACE ALLOCATION FAILED WRITE PROTECT, as on a thin array whose pool is full. Content that is kept
    /// elsewhere does not count.
    pub max_memory_bytes: u64,
}

impl Default for ArrayLimits {
    fn default() -> Self {
        let max_memory_bytes = 4 << 30;
        Self {
            max_initiators: 2048,
            max_groups: u32::MAX,
            max_lun: Lun::MAX_FLAT,
            max_memory_bytes,
        }
    }
}

/// A storage array: ports, volumes, host groups, and the initiators that have talked to it.
///
/// An initiator that is in no group sees nothing. LUNs are those of REPORT LUNS: peripheral addressing to
/// 255, flat addressing above; the same number in another addressing method is not there.
///
/// # What it takes
/// Content: [`ArrayLimits::max_memory_bytes`] over all volumes. Registrations:
/// [`MAX_REGISTRATIONS`](super::MAX_REGISTRATIONS) for each volume. Unit attentions: one record for each
/// nexus that was used and not forgotten since, with an entry for each volume that was used through it.
/// One command: 32 MiB for its answer. Nothing else grows with what initiators send.
#[derive(Debug)]
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
    pub(super) port_groups: PortGroups,
    /// What the content of the volumes takes of the array's memory.
    pub(super) memory_bytes: u64,
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
            port_groups: PortGroups::default(),
            memory_bytes: 0,
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

    /// A volume, to change it.
    pub(super) fn volume_mut(&mut self, ix: VolumeIx) -> &mut Volume {
        &mut self.volumes[ix.0 as usize]
    }

    /// All of them, by index.
    pub(super) fn volume_indices(&self) -> impl Iterator<Item = VolumeIx> + use<> {
        // As many as fit the index were let in.
        (0..u32::try_from(self.volumes.len()).unwrap_or(u32::MAX)).map(VolumeIx)
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
