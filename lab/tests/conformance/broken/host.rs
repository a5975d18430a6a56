//! A host that is right in all but one thing.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use async_trait::async_trait;
use npivot_hal::{
    Adapter, Error, ErrorKind, Event, EventStream, Events, Host, HostCapabilities, HostNo, Links,
    Lun, LunDetails, LunId, LunPath, Luns, Npiv, Outcome, PortState, RemotePort, Result, ScanScope,
    ScsiAddress, Vport, VportState, WwnPair, Wwpn,
};

/// What it does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Lists its adapters the wrong way round.
    ListsAdaptersBackwards,
    /// Says of every creation that nothing changed.
    CreatesUnchanged,
    /// Reads identities when it is asked for paths, not when they are discovered.
    RefreshesIdentities,
    /// Answers with an empty list where there is no such adapter.
    SwallowsErrors,
    /// Gives a port that returns after dev_loss another number.
    RenumbersReturningPorts,
    /// Tells that a vport is Active when it has only begun to log in.
    TellsLoginsEarly,
    /// Says `NotFound` when an adapter is full.
    MistakesLimits,
    /// Forgets, at a scan, the paths whose LUNs have gone.
    ScansAway,
    /// Fails the whole list of paths when the device of one is not there.
    FailsWholeLists,
    /// Hides remote ports that are not online.
    HidesLostPorts,
    /// Deletes by port name alone.
    DeletesByPortName,
    /// Never says that events were lost.
    HidesLostEvents,
    /// Repeats the cause of an error in its line.
    RepeatsCauses,
    /// Scans all targets, whatever it is asked.
    ScansWide,
    /// Never answers when a vport is deleted.
    NeverReturns,
    /// Panics when an adapter is reset.
    Panics,
}

/// How often a port has come back, and whether it is away.
type Returns = BTreeMap<(HostNo, Wwpn), (u32, bool)>;

/// A host with a flaw.
#[derive(Debug)]
pub(crate) struct BrokenHost {
    inner: Arc<dyn Host>,
    flaw: Flaw,
    returns: Mutex<Returns>,
}

impl BrokenHost {
    pub(crate) fn new(inner: Arc<dyn Host>, flaw: Flaw) -> Self {
        Self { inner, flaw, returns: Mutex::default() }
    }

    fn has(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    fn npiv(&self) -> &dyn Npiv {
        self.inner.npiv().expect("the simulator has it")
    }

    fn luns(&self) -> &dyn Luns {
        self.inner.luns().expect("the simulator has it")
    }

    fn swallowed<T>(&self, answer: Result<Vec<T>>) -> Result<Vec<T>> {
        match answer {
            Err(_) if self.has(Flaw::SwallowsErrors) => Ok(vec![]),
            answer => answer,
        }
    }

    fn renumbered(&self, port: &mut RemotePort) {
        let Some(wwpn) = port.wwpn else { return };
        let mut returns = self.returns.lock().expect("no test panics in here");
        let (times, away) = returns.entry((port.adapter, wwpn)).or_default();
        match port.state {
            PortState::NotPresent => *away = true,
            PortState::Online if std::mem::take(away) => *times += 1,
            _ => {}
        }
        port.number += 1_000 * *times;
    }
}

#[async_trait]
impl Host for BrokenHost {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn capabilities(&self) -> HostCapabilities {
        self.inner.capabilities()
    }

    async fn adapters(&self) -> Result<Vec<Adapter>> {
        let mut adapters = self.inner.adapters().await?;
        if self.has(Flaw::ListsAdaptersBackwards) {
            adapters.reverse();
        }
        Ok(adapters)
    }

    async fn remote_ports(&self, adapter: HostNo) -> Result<Vec<RemotePort>> {
        let mut ports = match self.swallowed(self.inner.remote_ports(adapter).await) {
            Err(error) if self.has(Flaw::RepeatsCauses) => {
                let cause = error.reason().to_owned();
                return Err(error.with_source(cause));
            }
            answer => answer?,
        };
        if self.has(Flaw::RenumbersReturningPorts) {
            for port in &mut ports {
                self.renumbered(port);
            }
        }
        if self.has(Flaw::HidesLostPorts) {
            ports.retain(|port| port.state == PortState::Online);
        }
        Ok(ports)
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
impl Npiv for BrokenHost {
    async fn create_vport(&self, parent: HostNo, names: WwnPair) -> Result<(Vport, Outcome)> {
        match self.npiv().create_vport(parent, names).await {
            Ok((vport, _)) if self.has(Flaw::CreatesUnchanged) => Ok((vport, Outcome::Unchanged)),
            Err(error)
                if self.has(Flaw::MistakesLimits) && error.kind() == ErrorKind::LimitReached =>
            {
                Err(Error::new(ErrorKind::NotFound, "create vport", error.object(), "no room"))
            }
            answer => answer,
        }
    }

    async fn delete_vport(&self, parent: HostNo, names: WwnPair) -> Result<Outcome> {
        let mut names = names;
        if self.has(Flaw::NeverReturns) {
            let _ = self.npiv().delete_vport(parent, names).await?;
            return std::future::pending().await;
        }
        if self.has(Flaw::DeletesByPortName) {
            let vports = self.npiv().vports(parent).await?;
            let found = vports.iter().find(|vport| vport.names.wwpn == names.wwpn);
            names = found.map_or(names, |vport| vport.names);
        }
        self.npiv().delete_vport(parent, names).await
    }

    async fn vports(&self, parent: HostNo) -> Result<Vec<Vport>> {
        self.swallowed(self.npiv().vports(parent).await)
    }
}

#[async_trait]
impl Luns for BrokenHost {
    async fn paths(&self, adapter: HostNo) -> Result<Vec<LunPath>> {
        let mut paths = self.swallowed(self.luns().paths(adapter).await)?;
        for path in &mut paths {
            match self.luns().identify(path.address).await {
                Ok(now) if self.has(Flaw::RefreshesIdentities) => path.identity = Ok(now),
                Err(error) if self.has(Flaw::FailsWholeLists) => return Err(error),
                _ => {}
            }
        }
        Ok(paths)
    }

    async fn identify(&self, address: ScsiAddress) -> Result<LunId> {
        self.luns().identify(address).await
    }

    async fn inspect(&self, address: ScsiAddress) -> Result<LunDetails> {
        self.luns().inspect(address).await
    }

    async fn reported(&self, adapter: HostNo, target: u32) -> Result<Vec<Lun>> {
        self.luns().reported(adapter, target).await
    }

    async fn scan(&self, adapter: HostNo, scope: ScanScope) -> Result<Outcome> {
        if self.has(Flaw::ScansAway) {
            for path in self.luns().paths(adapter).await? {
                let gone = self.luns().identify(path.address).await;
                if gone.is_err_and(|error| error.kind() == ErrorKind::Rejected) {
                    let _ = self.luns().remove(path.address).await?;
                }
            }
        }
        let wide = self.has(Flaw::ScansWide) && scope.target.is_some_and(|target| target < 256);
        let target = scope.target.filter(|_| !wide);
        self.luns().scan(adapter, ScanScope { target, ..scope }).await
    }

    async fn remove(&self, address: ScsiAddress) -> Result<Outcome> {
        self.luns().remove(address).await
    }
}

#[async_trait]
impl Links for BrokenHost {
    async fn reset(&self, adapter: HostNo) -> Result<()> {
        assert!(!self.has(Flaw::Panics), "the backend's own defect");
        self.inner.links().expect("the simulator has it").reset(adapter).await
    }

    async fn set_dev_loss_secs(&self, adapter: HostNo, secs: u32) -> Result<Outcome> {
        self.inner.links().expect("the simulator has it").set_dev_loss_secs(adapter, secs).await
    }
}

impl Events for BrokenHost {
    fn subscribe(&self) -> EventStream {
        let inner = self.inner.events().expect("the simulator has it").subscribe();
        Box::pin(BrokenStream { inner, flaw: self.flaw })
    }
}

struct BrokenStream {
    inner: EventStream,
    flaw: Flaw,
}

impl futures_core::Stream for BrokenStream {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        loop {
            let polled = self.inner.as_mut().poll_next(context);
            match (polled, self.flaw) {
                (Poll::Ready(Some(Event::Lost)), Flaw::HidesLostEvents) => {}
                (
                    Poll::Ready(Some(Event::Vport {
                        parent,
                        wwpn,
                        state: Some(VportState::Initializing),
                    })),
                    Flaw::TellsLoginsEarly,
                ) => {
                    let state = Some(VportState::Active);
                    return Poll::Ready(Some(Event::Vport { parent, wwpn, state }));
                }
                (polled, _) => return polled,
            }
        }
    }
}
