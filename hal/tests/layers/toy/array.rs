//! An array with volumes `v0` to `v3`, three initiators at most and LUNs to 9.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use npivot_hal::{
    Array, ArrayCapabilities, ErrorKind, HostGroup, LunId, Mapping, Masking, Outcome, PortState,
    Result, TargetPort, Volume, Wwpn,
};

use super::{Toy, names, refused};

const MAX_LUN: u32 = 9;
const MAX_INITIATORS: u32 = 3;

#[derive(Debug, Default)]
pub(crate) struct Machine {
    groups: BTreeMap<String, (BTreeSet<Wwpn>, BTreeMap<u32, String>)>,
}

pub(crate) type ToyArray = Toy<Machine>;

fn no<T>(kind: ErrorKind, object: &str) -> Result<T> {
    Err(refused(kind, "mask", object))
}

impl Machine {
    fn group(&mut self, name: &str) -> Result<&mut (BTreeSet<Wwpn>, BTreeMap<u32, String>)> {
        self.groups.get_mut(name).ok_or_else(|| refused(ErrorKind::NotFound, "mask", name))
    }
}

#[async_trait]
impl Array for ToyArray {
    fn name(&self) -> &'static str {
        "array-1"
    }
    fn capabilities(&self) -> ArrayCapabilities {
        let mut capabilities = ArrayCapabilities::default();
        capabilities.max_initiators = Some(MAX_INITIATORS);
        capabilities.max_lun = Some(MAX_LUN);
        capabilities
    }
    async fn target_ports(&self) -> Result<Vec<TargetPort>> {
        drop(self.asked("target_ports"));
        Ok(vec![TargetPort::new(names(80), PortState::Online)])
    }
    async fn volumes(&self) -> Result<Vec<Volume>> {
        drop(self.asked("volumes"));
        let volume = |n: u8| {
            let id = LunId::Naa8([0x50, 0, 0, 0, 0, 0, 0, n]);
            Volume::new(format!("v{n}"), id, format!("serial{n}"), 1 << 30)
        };
        Ok((0..4).map(volume).collect())
    }
    fn masking(&self) -> Option<&dyn Masking> {
        Some(self)
    }
}

#[async_trait]
impl Masking for ToyArray {
    async fn groups(&self) -> Result<Vec<HostGroup>> {
        let group = |(name, (initiators, luns)): (&String, &(_, BTreeMap<u32, String>))| {
            let mapping = |(&lun, volume): (_, &String)| Mapping { lun, volume: volume.clone() };
            HostGroup::new(name, BTreeSet::clone(initiators), luns.iter().map(mapping).collect())
        };
        Ok(self.asked("groups").groups.iter().map(group).collect())
    }
    async fn create_group(&self, group: &str) -> Result<Outcome> {
        let mut machine = self.asked("create_group");
        if group.is_empty() {
            return no(ErrorKind::InvalidArgument, group);
        }
        let there = machine.groups.contains_key(group);
        machine.groups.entry(group.into()).or_default();
        Ok(Outcome::from(!there))
    }
    async fn delete_group(&self, group: &str) -> Result<Outcome> {
        Ok(self.asked("delete_group").groups.remove(group).is_some().into())
    }
    async fn add_initiator(&self, group: &str, initiator: Wwpn) -> Result<Outcome> {
        let mut machine = self.asked("add_initiator");
        let all: Vec<Wwpn> = machine.groups.values().flat_map(|(i, _)| i).copied().collect();
        let (initiators, _) = machine.group(group)?;
        if initiators.contains(&initiator) {
            return Ok(Outcome::Unchanged);
        }
        if all.contains(&initiator) {
            return no(ErrorKind::AlreadyExists, group);
        }
        if all.len() >= MAX_INITIATORS as usize {
            return no(ErrorKind::LimitReached, group);
        }
        Ok(initiators.insert(initiator).into())
    }
    async fn remove_initiator(&self, group: &str, initiator: Wwpn) -> Result<Outcome> {
        Ok(self.asked("remove_initiator").group(group)?.0.remove(&initiator).into())
    }
    async fn map(&self, group: &str, volume: &str, lun: u32) -> Result<Outcome> {
        let mut machine = self.asked("map");
        if lun > MAX_LUN {
            return no(ErrorKind::InvalidArgument, group);
        }
        let (_, luns) = machine.group(group)?;
        if luns.get(&lun).is_some_and(|there| there == volume) {
            return Ok(Outcome::Unchanged);
        }
        if luns.contains_key(&lun) || luns.values().any(|there| there == volume) {
            return no(ErrorKind::AlreadyExists, group);
        }
        if !["v0", "v1", "v2", "v3"].contains(&volume) {
            return no(ErrorKind::NotFound, volume);
        }
        luns.insert(lun, volume.into());
        Ok(Outcome::Changed)
    }
    async fn unmap(&self, group: &str, volume: &str) -> Result<Outcome> {
        let mut machine = self.asked("unmap");
        let (_, luns) = machine.group(group)?;
        let before = luns.len();
        luns.retain(|_, there| there != volume);
        Ok(Outcome::from(luns.len() < before))
    }
}
