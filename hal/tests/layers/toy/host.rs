//! A host with three adapters: host0 may have three vports, host1 two, host2 none.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::task::{Context, Poll};

use async_trait::async_trait;
use futures_core::Stream;
use npivot_hal::{
    Adapter, AdapterKind, ErrorKind, Event, EventStream, Events, Host, HostCapabilities, HostNo,
    Links, Lun, LunDetails, LunId, LunPath, Luns, Npiv, NpivUse, Outcome, PathState, PortState,
    RemotePort, Result, ScanScope, ScsiAddress, Vport, VportState, WwnPair,
};

use super::{Toy, names, refused};

const ROOM: [(HostNo, u32); 3] = [(HostNo(0), 3), (HostNo(1), 2), (HostNo(2), 0)];
const TARGET: u32 = 4;
const LUNS: [u64; 2] = [0, 7];
const HELD_DEV_LOSS_SECS: u32 = 600;

#[derive(Debug)]
pub(crate) struct Machine {
    next: u32,
    vports: Vec<Vport>,
    paths: BTreeSet<ScsiAddress>,
    dev_loss_secs: BTreeMap<HostNo, u32>,
    /// Vports are made without an `fc_host` of their own.
    pub(crate) adapters_come_late: bool,
}

pub(crate) type ToyHost = Toy<Machine>;

impl Default for ToyHost {
    fn default() -> Self {
        Self::of(Machine {
            next: 10,
            vports: vec![],
            paths: BTreeSet::new(),
            dev_loss_secs: BTreeMap::new(),
            adapters_come_late: false,
        })
    }
}

impl Machine {
    fn adapters(&self) -> Vec<Adapter> {
        let physical = ROOM.iter().map(|&(no, max)| {
            let in_use = self.vports.iter().filter(|v| v.parent == no).count();
            let npiv = NpivUse { max, in_use: u32::try_from(in_use).unwrap() };
            let npiv = (max > 0).then_some(npiv);
            Adapter::new(no, names(u8::try_from(no.0).unwrap()), AdapterKind::Physical { npiv })
        });
        let virtuals = self.vports.iter().filter_map(|vport| {
            let kind = AdapterKind::Virtual { parent: vport.parent };
            Some(Adapter::new(vport.no?, vport.names, kind))
        });
        physical.chain(virtuals).collect()
    }

    fn adapter(&self, what: &'static str, no: HostNo) -> Result<Adapter> {
        let found = self.adapters().into_iter().find(|adapter| adapter.no == no);
        found.ok_or_else(|| refused(ErrorKind::NotFound, what, &no.to_string()))
    }

    fn path(&self, what: &'static str, address: ScsiAddress) -> Result<LunId> {
        if self.paths.contains(&address) {
            return Ok(LunId::Naa8([0x50, 0, 0, 0, 0, 0, 0, u8::try_from(address.lun).unwrap()]));
        }
        Err(refused(ErrorKind::NotFound, what, &address.to_string()))
    }
}

#[async_trait]
impl Host for ToyHost {
    fn name(&self) -> &'static str {
        "alpha"
    }
    fn capabilities(&self) -> HostCapabilities {
        let mut capabilities = HostCapabilities::default();
        capabilities.max_vports_per_adapter = Some(3);
        capabilities
    }
    async fn adapters(&self) -> Result<Vec<Adapter>> {
        Ok(self.asked("adapters").adapters())
    }
    async fn remote_ports(&self, adapter: HostNo) -> Result<Vec<RemotePort>> {
        self.asked("remote_ports").adapter("list remote ports", adapter)?;
        let mut port = RemotePort::new(adapter, 0, PortState::Online);
        port.target_id = Some(TARGET);
        Ok(vec![port])
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
impl Npiv for ToyHost {
    async fn create_vport(&self, parent: HostNo, names: WwnPair) -> Result<(Vport, Outcome)> {
        let mut machine = self.asked("create_vport");
        let adapter = machine.adapter("create vport", parent)?;
        let no = |kind| Err(refused(kind, "create vport", &parent.to_string()));
        let Some(npiv) = adapter.npiv() else { return no(ErrorKind::Unsupported) };
        let here = machine.vports.iter().filter(|vport| vport.parent == parent);
        let same = here.clone().find(|vport| vport.names == names);
        if let Some(same) = same {
            return Ok((same.clone(), Outcome::Unchanged));
        }
        // As drivers do: this adapter and its vports, and nothing else of the host.
        if here.map(|v| v.names).chain([adapter.names]).any(|used| used.wwpn == names.wwpn) {
            return no(ErrorKind::AlreadyExists);
        }
        if npiv.free() == 0 {
            return no(ErrorKind::LimitReached);
        }
        let mut vport = Vport::new(parent, names, VportState::Initializing);
        if !machine.adapters_come_late {
            vport.no = Some(HostNo(machine.next));
            machine.next += 1;
        }
        machine.vports.push(vport.clone());
        Ok((vport, Outcome::Changed))
    }
    async fn delete_vport(&self, parent: HostNo, names: WwnPair) -> Result<Outcome> {
        let mut machine = self.asked("delete_vport");
        machine.adapter("delete vport", parent)?;
        let doomed = |vport: &Vport| (vport.parent, vport.names) == (parent, names);
        let Some(at) = machine.vports.iter().position(doomed) else {
            return Ok(Outcome::Unchanged);
        };
        let gone = machine.vports.remove(at);
        machine.paths.retain(|address| Some(address.host) != gone.no);
        Ok(Outcome::Changed)
    }
    async fn vports(&self, parent: HostNo) -> Result<Vec<Vport>> {
        let machine = self.asked("vports");
        machine.adapter("list vports", parent)?;
        Ok(machine.vports.iter().filter(|vport| vport.parent == parent).cloned().collect())
    }
}

#[async_trait]
impl Luns for ToyHost {
    async fn paths(&self, adapter: HostNo) -> Result<Vec<LunPath>> {
        let machine = self.asked("paths");
        machine.adapter("list paths", adapter)?;
        let here = machine.paths.iter().filter(|address| address.host == adapter);
        let path = |a: &ScsiAddress| LunPath::new(*a, machine.path("", *a), PathState::Running);
        Ok(here.map(path).collect())
    }
    async fn identify(&self, address: ScsiAddress) -> Result<LunId> {
        self.asked("identify").path("identify", address)
    }
    async fn inspect(&self, address: ScsiAddress) -> Result<LunDetails> {
        let mut details = LunDetails::new("TOY", "DISK", "1");
        details.identity = Some(self.asked("inspect").path("inspect", address)?);
        Ok(details)
    }
    async fn reported(&self, adapter: HostNo, target: u32) -> Result<Vec<Lun>> {
        self.asked("reported").adapter("report LUNs", adapter)?;
        if target != TARGET {
            return Err(refused(ErrorKind::NotFound, "report LUNs", &target.to_string()));
        }
        Ok(LUNS.map(Lun::from_sysfs).to_vec())
    }
    async fn scan(&self, adapter: HostNo, scope: ScanScope) -> Result<Outcome> {
        let mut machine = self.asked("scan");
        machine.adapter("scan", adapter)?;
        // As the kernel does: all ones are its wildcard.
        let target = scope.target.filter(|target| *target != u32::MAX);
        let wanted = scope.lun.filter(|lun| *lun != u64::MAX);
        let mut found = false;
        for lun in LUNS {
            if target.is_none_or(|t| t == TARGET) && wanted.is_none_or(|l| l == lun) {
                let address = ScsiAddress { host: adapter, channel: 0, target: TARGET, lun };
                found |= machine.paths.insert(address);
            }
        }
        Ok(found.into())
    }
    async fn remove(&self, address: ScsiAddress) -> Result<Outcome> {
        let mut machine = self.asked("remove");
        machine.adapter("remove", address.host)?;
        Ok(machine.paths.remove(&address).into())
    }
}

#[async_trait]
impl Links for ToyHost {
    async fn reset(&self, adapter: HostNo) -> Result<()> {
        self.asked("reset").adapter("reset", adapter).map(|_| ())
    }
    async fn set_dev_loss_secs(&self, adapter: HostNo, secs: u32) -> Result<Outcome> {
        let mut machine = self.asked("set_dev_loss_secs");
        machine.adapter("set dev_loss", adapter)?;
        if secs > HELD_DEV_LOSS_SECS {
            let object = adapter.to_string();
            return Err(refused(ErrorKind::InvalidArgument, "set dev_loss", &object));
        }
        Ok(Outcome::from(machine.dev_loss_secs.insert(adapter, secs) != Some(secs)))
    }
}

impl Events for ToyHost {
    fn subscribe(&self) -> EventStream {
        drop(self.asked("subscribe"));
        Box::pin(OneLost(true))
    }
}

/// One event, then none.
struct OneLost(bool);

impl Stream for OneLost {
    type Item = Event;
    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Event>> {
        Poll::Ready(std::mem::take(&mut self.0).then_some(Event::Lost))
    }
}
