//! A simulated array as a HAL [`Array`].

use std::sync::Arc;

use async_trait::async_trait;
use npivot_hal::{
    Array, ArrayCapabilities, HostGroup, Masking, Outcome, PortState, Result, TargetPort, Volume,
    Wwpn,
};

use super::error::error;
use super::stage::Access;
use crate::san::ids::ArrayIx;
use crate::world::{ArrayNode, Command, MaskingCommand, Reply, World};

/// A simulated array.
#[derive(Debug, Clone)]
pub struct SimArray {
    stage: Access,
    ix: ArrayIx,
    name: Arc<str>,
}

impl SimArray {
    pub(super) fn new(stage: Access, ix: ArrayIx, name: String) -> Self {
        Self { stage, ix, name: name.into() }
    }

    fn with<T>(&self, look: impl FnOnce(&World, &ArrayNode) -> T) -> T {
        self.stage.with(|world| look(world, &world.arrays()[self.ix.index()]))
    }

    async fn mask(
        &self,
        operation: &'static str,
        group: &str,
        command: MaskingCommand,
    ) -> Result<Outcome> {
        let range = self.stage.with(|world| world.latencies().masking_us);
        let command = Command::Masking(self.ix, command);
        match self.stage.apply_after(range, command).await {
            Ok(Reply::Outcome(outcome)) => Ok(outcome),
            Ok(_) => Ok(Outcome::Changed),
            Err(refusal) => Err(error(operation, format!("{} {group}", self.name), &refusal)),
        }
    }
}

#[async_trait]
impl Array for SimArray {
    fn name(&self) -> &str {
        &self.name
    }

    fn capabilities(&self) -> ArrayCapabilities {
        let limits = self.with(|_, node| *node.array.limits());
        let mut capabilities = ArrayCapabilities::default();
        capabilities.max_initiators = Some(limits.max_initiators);
        capabilities.max_lun = Some(limits.max_lun);
        capabilities
    }

    async fn target_ports(&self) -> Result<Vec<TargetPort>> {
        Ok(self.with(|world, node| {
            let record = |port: &crate::world::TargetPort| {
                let san = world.san();
                let light = san.port(port.port).online;
                let state = match (light, port.nport) {
                    (false, _) => PortState::Linkdown,
                    (true, None) => PortState::Offline,
                    (true, Some(_)) => PortState::Online,
                };
                let mut record = TargetPort::new(port.names, state);
                record.port_id = port.nport.map(|nport| san.nport(nport).fc_id());
                record.fabric = port.nport.and_then(|_| san.fabric_name(san.switch_of(port.port)));
                record
            };
            let ports = node.targets.iter().map(|ix| &world.targets()[ix.index()]);
            let mut ports: Vec<TargetPort> = ports.map(record).collect();
            ports.sort_by_key(|port| port.names.wwpn);
            ports
        }))
    }

    async fn volumes(&self) -> Result<Vec<Volume>> {
        let mut volumes: Vec<Volume> = self.with(|_, node| node.array.volume_records().collect());
        volumes.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(volumes)
    }

    fn masking(&self) -> Option<&dyn Masking> {
        Some(self)
    }
}

#[async_trait]
impl Masking for SimArray {
    async fn groups(&self) -> Result<Vec<HostGroup>> {
        Ok(self.with(|_, node| node.array.group_records().collect()))
    }

    async fn create_group(&self, group: &str) -> Result<Outcome> {
        let command = MaskingCommand::CreateGroup { group: group.to_owned() };
        self.mask("create host group", group, command).await
    }

    async fn delete_group(&self, group: &str) -> Result<Outcome> {
        let command = MaskingCommand::DeleteGroup { group: group.to_owned() };
        self.mask("delete host group", group, command).await
    }

    async fn add_initiator(&self, group: &str, initiator: Wwpn) -> Result<Outcome> {
        let command = MaskingCommand::AddInitiator { group: group.to_owned(), initiator };
        self.mask("add initiator", group, command).await
    }

    async fn remove_initiator(&self, group: &str, initiator: Wwpn) -> Result<Outcome> {
        let command = MaskingCommand::RemoveInitiator { group: group.to_owned(), initiator };
        self.mask("remove initiator", group, command).await
    }

    async fn map(&self, group: &str, volume: &str, lun: u32) -> Result<Outcome> {
        let (group_name, volume) = (group.to_owned(), volume.to_owned());
        let command = MaskingCommand::Map { group: group_name, volume, lun };
        self.mask("map volume", group, command).await
    }

    async fn unmap(&self, group: &str, volume: &str) -> Result<Outcome> {
        let (group_name, volume) = (group.to_owned(), volume.to_owned());
        let command = MaskingCommand::Unmap { group: group_name, volume };
        self.mask("unmap volume", group, command).await
    }
}
