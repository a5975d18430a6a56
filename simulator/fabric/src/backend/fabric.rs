//! A simulated fabric as a HAL [`Fabric`].

use std::sync::Arc;

use async_trait::async_trait;
use npivot_hal::{
    DomainId, EffectiveZones, Error, ErrorKind, Fabric, FabricCapabilities, NameServerEntry,
    Outcome, PortMode, Result, Switch, SwitchPort, ZoneDatabase, ZoneEdit, ZoneTransaction, Zoning,
};

use super::error::error;
use super::stage::Access;
use crate::san::ids::{FabricIx, PortIx};
use crate::san::{Attached, Switch as SimSwitch};
use crate::world::{Answer, Command, Reply, World, ZoningCommand};
use crate::zoning::ZoningLimits;

/// A simulated fabric.
#[derive(Debug, Clone)]
pub struct SimFabric {
    stage: Access,
    ix: FabricIx,
    name: Arc<str>,
}

impl SimFabric {
    pub(super) fn new(stage: Access, ix: FabricIx, name: String) -> Self {
        Self { stage, ix, name: name.into() }
    }

    fn ask(&self, command: ZoningCommand) -> Answer {
        self.stage.apply(Command::Zoning(self.ix, command))
    }

    fn with<T>(&self, look: impl FnOnce(&World, &crate::san::Fabric) -> T) -> T {
        self.stage.with(|world| look(world, &world.san().fabrics[self.ix.index()]))
    }

    fn transaction(
        &self,
        operation: &'static str,
        answer: Answer,
    ) -> Result<(ZoneTransaction, Outcome)> {
        match answer {
            Ok(Reply::Transaction(transaction, outcome)) => Ok((transaction, outcome)),
            Ok(_) => Err(Error::new(
                ErrorKind::Malformed,
                operation,
                &*self.name,
                "the switch answered something else",
            )),
            Err(refusal) => Err(error(operation, &*self.name, &refusal)),
        }
    }
}

fn switch_record(world: &World, switch: &SimSwitch) -> Switch {
    let mut record = Switch::new(switch.domain, switch.name.clone(), switch.wwn());
    record.principal = world.san().principal(switch).is_some_and(|p| p.domain == switch.domain);
    record.logins = switch.logins;
    record.max_logins = Some(switch.settings.logins);
    record
}

fn port_record(world: &World, switch: &SimSwitch, ix: PortIx) -> SwitchPort {
    let port = world.san().port(ix);
    let mode = match port.attached {
        Attached::Nothing => PortMode::Unused,
        Attached::Node => PortMode::F,
        Attached::Switch(_) => PortMode::E,
    };
    let mut record = SwitchPort::new(switch.domain, port.number, mode);
    record.online = port.online;
    record.npiv = switch.settings.npiv;
    record.logins = world.san().behind(ix).map(|n| world.san().nport(n).names).collect();
    record.max_logins = Some(switch.settings.logins_per_port);
    record
}

#[async_trait]
impl Fabric for SimFabric {
    fn name(&self) -> &str {
        &self.name
    }

    fn capabilities(&self) -> FabricCapabilities {
        let limits = ZoningLimits::default();
        let mut capabilities = FabricCapabilities::default();
        capabilities.fabric_name = self.with(|world, fabric| {
            let first = fabric.switches.first()?;
            world.san().fabric_name(&world.san().switches[first.index()])
        });
        capabilities.max_zone_database_bytes = Some(limits.max_database_bytes);
        capabilities.max_zone_name_bytes = Some(limits.max_name_bytes);
        capabilities
    }

    async fn switches(&self) -> Result<Vec<Switch>> {
        Ok(self.with(|world, fabric| {
            let switches = fabric.switches.iter().map(|s| &world.san().switches[s.index()]);
            switches.map(|switch| switch_record(world, switch)).collect()
        }))
    }

    async fn ports(&self, domain: DomainId) -> Result<Vec<SwitchPort>> {
        self.with(|world, _| {
            let switch = world.san().switch_with_domain(self.ix, domain).ok_or_else(|| {
                let reason = format!("no switch has domain id {domain}");
                Error::new(ErrorKind::NotFound, "list ports", &*self.name, reason)
            })?;
            Ok(switch.ports().map(|port| port_record(world, switch, port)).collect())
        })
    }

    async fn name_server(&self) -> Result<Vec<NameServerEntry>> {
        Ok(self.with(|world, _| {
            let entry = |ix| {
                let nport = world.san().nport(ix);
                let mut entry = NameServerEntry::new(nport.fc_id(), nport.names);
                entry.roles = nport.roles();
                entry.port_number = Some(world.san().port(nport.port).number);
                entry
            };
            world.san().all(self.ix).map(entry).collect()
        }))
    }

    fn zoning(&self) -> Option<&dyn Zoning> {
        Some(self)
    }
}

#[async_trait]
impl Zoning for SimFabric {
    async fn defined(&self) -> Result<ZoneDatabase> {
        Ok(self.with(|_, fabric| fabric.zoning.defined().clone()))
    }

    async fn effective(&self) -> Result<EffectiveZones> {
        Ok(self.with(|_, fabric| fabric.zoning.effective().clone()))
    }

    async fn begin(&self) -> Result<ZoneTransaction> {
        let answer = self.ask(ZoningCommand::Begin);
        self.transaction("begin zoning transaction", answer).map(|(transaction, _)| transaction)
    }

    async fn edit(
        &self,
        open: &ZoneTransaction,
        edit: ZoneEdit,
    ) -> Result<(ZoneTransaction, Outcome)> {
        let command = ZoningCommand::Edit { token: open.token, checksum: open.checksum, edit };
        self.transaction("edit zones", self.ask(command))
    }

    async fn commit(&self, open: &ZoneTransaction, enable: Option<&str>) -> Result<Outcome> {
        let command = ZoningCommand::Commit {
            token: open.token,
            checksum: open.checksum,
            enable: enable.map(ToOwned::to_owned),
        };
        let range = self.stage.with(|world| world.latencies().zoning_us);
        match self.stage.apply_after(range, Command::Zoning(self.ix, command)).await {
            Ok(Reply::Outcome(outcome)) => Ok(outcome),
            Ok(_) => Ok(Outcome::Changed),
            Err(refusal) => Err(error("commit zoning transaction", &*self.name, &refusal)),
        }
    }

    async fn abort(&self, open: &ZoneTransaction) -> Result<()> {
        let answer = self.ask(ZoningCommand::Abort { token: open.token });
        answer.map(|_| ()).map_err(|r| error("abort zoning transaction", &*self.name, &r))
    }
}
