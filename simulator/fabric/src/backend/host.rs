//! A simulated host as a HAL [`Host`].

use std::sync::Arc;

use async_trait::async_trait;
use npivot_hal::{
    Adapter, AdapterKind, Error, ErrorKind, EventStream, Events, Host, HostCapabilities, HostNo,
    Links, Lun, LunDetails, LunId, LunPath, Luns, Npiv, NpivUse, Outcome, PortState, RemotePort,
    Result, ScanScope, ScsiAddress, Vport, WwnPair,
};

use super::Simulation;
use super::error::error;
use crate::host::{Adapter as SimAdapter, Card, Device, DeviceKey, Kind, Rport, disk_name};
use crate::san::ids::{AdapterIx, HostIx};
use crate::world::{Answer, Command, HostCommand, Refusal, Reply, World};

/// A simulated host. Besides the HAL's abilities it does block I/O, which on real Linux is not the HAL's
/// business but that of whoever opens the device.
#[derive(Debug, Clone)]
pub struct SimHost {
    simulation: Simulation,
    ix: HostIx,
    name: Arc<str>,
}

impl SimHost {
    pub(super) fn new(simulation: Simulation, ix: HostIx, name: String) -> Self {
        Self { simulation, ix, name: name.into() }
    }

    /// Its place in the world.
    pub const fn ix(&self) -> HostIx {
        self.ix
    }

    /// Reads blocks of 512 bytes through a device.
    ///
    /// # Errors
    /// [`Refusal::Io`] and [`Refusal::NoDevice`].
    pub async fn read(
        &self,
        address: ScsiAddress,
        lba: u64,
        blocks: u32,
    ) -> Result<Vec<u8>, Refusal> {
        let range = self.simulation.with(|world| world.latencies().io_us);
        let command = HostCommand::Read { address, lba, blocks };
        let answer = self.simulation.apply_after(range, Command::Host(self.ix, command)).await;
        Simulation::expect(answer, |reply| match reply {
            Reply::Data(data) => Some(data),
            _ => None,
        })
    }

    /// Writes blocks of 512 bytes through a device.
    ///
    /// # Errors
    /// [`Refusal::Io`], [`Refusal::NoDevice`], [`Refusal::Argument`] for a length that is no multiple.
    pub async fn write(
        &self,
        address: ScsiAddress,
        lba: u64,
        data: Vec<u8>,
    ) -> Result<(), Refusal> {
        let range = self.simulation.with(|world| world.latencies().io_us);
        let command = HostCommand::Write { address, lba, data };
        self.simulation.apply_after(range, Command::Host(self.ix, command)).await.map(|_| ())
    }

    fn ask(&self, command: HostCommand) -> Answer {
        self.simulation.apply(Command::Host(self.ix, command))
    }

    fn look<T>(
        &self,
        operation: &'static str,
        adapter: HostNo,
        look: impl FnOnce(&World, AdapterIx, &SimAdapter) -> T,
    ) -> Result<T> {
        self.simulation.with(|world| {
            let ix = world.find_adapter(self.ix, adapter);
            let found = ix.and_then(|ix| world.adapter(ix).map(|found| (ix, found)));
            let (ix, found) =
                found.ok_or_else(|| error(operation, &*self.name, &Refusal::NoAdapter(adapter)))?;
            Ok(look(world, ix, found))
        })
    }

    fn outcome(
        operation: &'static str,
        object: impl Into<String>,
        answer: Answer,
    ) -> Result<Outcome> {
        match answer {
            Ok(Reply::Outcome(outcome)) => Ok(outcome),
            Ok(_) => Ok(Outcome::Changed),
            Err(refusal) => Err(error(operation, object, &refusal)),
        }
    }
}

fn adapter_record(world: &World, adapter: &SimAdapter) -> Adapter {
    let kind = match &adapter.kind {
        Kind::Physical { max_vports: 0, .. } => AdapterKind::Physical { npiv: None },
        Kind::Physical { max_vports, vports, .. } => {
            let in_use = u32::try_from(vports.len()).unwrap_or(u32::MAX);
            AdapterKind::Physical { npiv: Some(NpivUse { max: *max_vports, in_use }) }
        }
        Kind::Virtual { parent, .. } => {
            let parent = world.adapter(*parent).map_or(adapter.no, |parent| parent.no);
            AdapterKind::Virtual { parent }
        }
    };
    let mut record = Adapter::new(adapter.no, adapter.names, kind);
    record.state = adapter.state;
    record.port_id = adapter.nport.map(|nport| world.san().nport(nport).fc_id());
    record.fabric = adapter.nport.and_then(|nport| {
        let switch = world.san().switch_of(world.san().nport(nport).port);
        world.san().fabric_name(switch)
    });
    if let Kind::Physical { pci, .. } = adapter.kind {
        record.pci = pci;
    }
    record.unique_id = Some(world.unique_id(adapter));
    let driver = world.hosts()[adapter.host.index()].driver;
    record.driver = Some(driver.module().to_owned());
    record.model = Card::of(driver).map(|card| card.model.to_owned());
    record.symbolic_name = Some(world.symbolic_name(adapter));
    record.speed_gbit = world.speed_gbit(adapter);
    record
}

fn vport_record(world: &World, parent: HostNo, ix: AdapterIx) -> Option<Vport> {
    let adapter = world.adapter(ix)?;
    let mut record = Vport::new(parent, adapter.names, adapter.vport_state()?);
    record.no = Some(adapter.no);
    record.port_id = adapter.nport.map(|nport| world.san().nport(nport).fc_id());
    Some(record)
}

fn rport_record(adapter: &SimAdapter, number: u32, rport: &Rport) -> RemotePort {
    let mut record = RemotePort::new(adapter.no, number, rport.state);
    record.wwpn = Some(rport.names.wwpn);
    // Of a port that was given up, the kernel keeps what it is bound by, and no more.
    record.wwnn = (rport.state != PortState::NotPresent).then_some(rport.names.wwnn);
    record.port_id = rport.fc_id;
    record.roles = rport.roles;
    record.target_id = rport.target;
    record.dev_loss_secs = Some(rport.dev_loss_secs);
    record
}

fn path_record(world: &World, adapter: &SimAdapter, key: DeviceKey, device: &Device) -> LunPath {
    let volume = world.arrays()[device.array.index()].array.volume(device.seen);
    let identity = Ok(volume.identity().clone());
    let mut record = LunPath::new(adapter.address(key), identity, device.state);
    record.target = adapter.rports.get(&device.rport).map(|rport| rport.names.wwpn);
    record.size_bytes = Some(volume.size_bytes());
    record.device = Some(disk_name(device.disk));
    record
}

#[async_trait]
impl Host for SimHost {
    fn name(&self) -> &str {
        &self.name
    }

    fn capabilities(&self) -> HostCapabilities {
        let max = self.simulation.with(|world| world.hosts()[self.ix.index()].driver.max_vports());
        let mut capabilities = HostCapabilities::default();
        capabilities.max_vports_per_adapter = Some(max);
        capabilities
    }

    async fn adapters(&self) -> Result<Vec<Adapter>> {
        Ok(self.simulation.with(|world| {
            let adapters = world.hosts()[self.ix.index()].adapters.values();
            let adapters = adapters.filter_map(|&ix| world.adapter(ix));
            adapters.map(|adapter| adapter_record(world, adapter)).collect()
        }))
    }

    async fn remote_ports(&self, adapter: HostNo) -> Result<Vec<RemotePort>> {
        self.look("list remote ports", adapter, |_, _, adapter| {
            let rports = adapter.rports.iter();
            rports.map(|(number, rport)| rport_record(adapter, *number, rport)).collect()
        })
    }

    fn npiv(&self) -> Option<&dyn Npiv> {
        Some(self)
    }
    fn luns(&self) -> Option<&dyn Luns> {
        Some(self)
    }
    fn links(&self) -> Option<&dyn Links> {
        Some(self)
    }
    fn events(&self) -> Option<&dyn Events> {
        Some(self)
    }
}

#[async_trait]
impl Npiv for SimHost {
    async fn create_vport(&self, parent: HostNo, names: WwnPair) -> Result<(Vport, Outcome)> {
        let operation = "create vport";
        // What the contract calls unchanged, the kernel calls a duplicate: look first, as sysfs users do.
        let there = self.vports(parent).await?.into_iter().find(|vport| vport.names == names);
        if let Some(vport) = there {
            return Ok((vport, Outcome::Unchanged));
        }
        let answer = self.ask(HostCommand::CreateVport { parent, names });
        let ix = match answer {
            Ok(Reply::Adapter(ix)) => ix,
            Ok(_) => return Err(lost(operation, parent)),
            Err(refusal) => return Err(error(operation, parent.to_string(), &refusal)),
        };
        let vport = self.simulation.with(|world| vport_record(world, parent, ix));
        Ok((vport.ok_or_else(|| lost(operation, parent))?, Outcome::Changed))
    }

    async fn delete_vport(&self, parent: HostNo, names: WwnPair) -> Result<Outcome> {
        match self.ask(HostCommand::DeleteVport { parent, names }) {
            Err(Refusal::Vport(refusal)) if refusal.kind == ErrorKind::NotFound => {
                Ok(Outcome::Unchanged)
            }
            answer => Self::outcome("delete vport", parent.to_string(), answer),
        }
    }

    async fn vports(&self, parent: HostNo) -> Result<Vec<Vport>> {
        self.look("list vports", parent, |world, _, adapter| match &adapter.kind {
            Kind::Physical { vports, .. } => {
                let records = vports.iter().map(|&ix| vport_record(world, parent, ix));
                let mut records: Vec<Vport> = records.flatten().collect();
                records.sort_by_key(|vport| vport.no);
                records
            }
            Kind::Virtual { .. } => vec![],
        })
    }
}

/// The vport was made and is gone already: somebody else deleted it in between.
fn lost(operation: &'static str, parent: HostNo) -> Error {
    Error::new(
        ErrorKind::NotFound,
        operation,
        parent.to_string(),
        "deleted by somebody else at once",
    )
}

/// A reply of another kind: a defect of the world.
fn confused(operation: &'static str, object: impl Into<String>) -> Error {
    let reason = "the device answered something else";
    Error::new(ErrorKind::Malformed, operation, object, reason)
}

#[async_trait]
impl Luns for SimHost {
    async fn paths(&self, adapter: HostNo) -> Result<Vec<LunPath>> {
        self.look("list paths", adapter, |world, _, adapter| {
            let devices = adapter.devices.iter();
            devices.map(|(key, device)| path_record(world, adapter, *key, device)).collect()
        })
    }

    async fn identify(&self, address: ScsiAddress) -> Result<LunId> {
        match self.ask(HostCommand::Identify(address)) {
            Ok(Reply::Identity(identity)) => Ok(identity),
            Ok(_) => Err(confused("identify", address.to_string())),
            Err(refusal) => Err(error("identify", address.to_string(), &refusal)),
        }
    }

    async fn inspect(&self, address: ScsiAddress) -> Result<LunDetails> {
        match self.ask(HostCommand::Inspect(address)) {
            Ok(Reply::Details(details)) => Ok(*details),
            Ok(_) => Err(confused("inspect", address.to_string())),
            Err(refusal) => Err(error("inspect", address.to_string(), &refusal)),
        }
    }

    async fn reported(&self, adapter: HostNo, target: u32) -> Result<Vec<Lun>> {
        let object = format!("target {target} of {adapter}");
        match self.ask(HostCommand::ReportLuns { adapter, target }) {
            Ok(Reply::Luns(luns)) => Ok(luns),
            Ok(_) => Err(confused("report LUNs", object)),
            Err(refusal) => Err(error("report LUNs", object, &refusal)),
        }
    }

    async fn scan(&self, adapter: HostNo, scope: ScanScope) -> Result<Outcome> {
        let range = self.simulation.with(|world| world.latencies().lun_probe_us);
        let command = Command::Host(self.ix, HostCommand::scan(adapter, scope));
        let answer = self.simulation.apply_after(range, command).await;
        Self::outcome("scan", adapter.to_string(), answer)
    }

    async fn remove(&self, address: ScsiAddress) -> Result<Outcome> {
        let answer = self.ask(HostCommand::Remove(address));
        Self::outcome("remove", address.to_string(), answer)
    }
}

#[async_trait]
impl Links for SimHost {
    async fn reset(&self, adapter: HostNo) -> Result<()> {
        let answer = self.ask(HostCommand::Reset(adapter));
        answer.map(|_| ()).map_err(|refusal| error("reset", adapter.to_string(), &refusal))
    }

    async fn set_dev_loss_secs(&self, adapter: HostNo, secs: u32) -> Result<Outcome> {
        let operation = "set dev_loss_tmo";
        // The kernel passes over remote ports that cannot have it: look first, as sysfs users do.
        self.look(operation, adapter, |world, ix, _| world.all_take_dev_loss(ix, secs))?
            .map_err(|refusal| error(operation, adapter.to_string(), &refusal))?;
        let answer = self.ask(HostCommand::SetDevLoss { adapter, secs });
        Self::outcome(operation, adapter.to_string(), answer)
    }
}

impl Events for SimHost {
    fn subscribe(&self) -> EventStream {
        self.simulation.subscribe(self.ix)
    }
}
