//! A host with a layer around it.

use std::pin::Pin;
use std::task::{Context, Poll};

use async_trait::async_trait;
use futures_core::Stream;

use crate::layer::{Call, Layer, Layered, Request};
use crate::{
    Adapter, Error, Event, EventStream, Events, Host, HostCapabilities, HostNo, Links, Lun,
    LunDetails, LunId, LunPath, Luns, Npiv, Outcome, RemotePort, Result, ScanScope, ScsiAddress,
    Vport, WwnPair,
};

use super::ability;

#[async_trait]
impl<L: Layer<dyn Host>> Host for Layered<dyn Host, L> {
    fn name(&self) -> &str {
        self.inner.name()
    }
    fn capabilities(&self) -> HostCapabilities {
        self.inner.capabilities()
    }
    async fn adapters(&self) -> Result<Vec<Adapter>> {
        self.call(self.name(), Request::Adapters, self.inner.adapters()).await
    }
    async fn remote_ports(&self, adapter: HostNo) -> Result<Vec<RemotePort>> {
        let request = Request::RemotePorts { adapter };
        self.call(self.name(), request, self.inner.remote_ports(adapter)).await
    }
    async fn unreadable(&self) -> Result<Vec<Error>> {
        self.call(self.name(), Request::Unreadable, self.inner.unreadable()).await
    }
    fn npiv(&self) -> Option<&dyn Npiv> {
        self.inner.npiv().map(|_| self as _)
    }
    fn luns(&self) -> Option<&dyn Luns> {
        self.inner.luns().map(|_| self as _)
    }
    fn links(&self) -> Option<&dyn Links> {
        self.inner.links().map(|_| self as _)
    }
    fn events(&self) -> Option<&dyn Events> {
        self.inner.events().map(|_| self as _)
    }
}

#[async_trait]
impl<L: Layer<dyn Host>> Npiv for Layered<dyn Host, L> {
    async fn create_vport(&self, parent: HostNo, names: WwnPair) -> Result<(Vport, Outcome)> {
        let npiv = ability!(self.npiv)?;
        let request = Request::CreateVport { parent, names };
        self.call(self.name(), request, npiv.create_vport(parent, names)).await
    }
    async fn delete_vport(&self, parent: HostNo, names: WwnPair) -> Result<Outcome> {
        let npiv = ability!(self.npiv)?;
        let request = Request::DeleteVport { parent, names };
        self.call(self.name(), request, npiv.delete_vport(parent, names)).await
    }
    async fn vports(&self, parent: HostNo) -> Result<Vec<Vport>> {
        let npiv = ability!(self.npiv)?;
        self.call(self.name(), Request::Vports { parent }, npiv.vports(parent)).await
    }
}

#[async_trait]
impl<L: Layer<dyn Host>> Luns for Layered<dyn Host, L> {
    async fn paths(&self, adapter: HostNo) -> Result<Vec<LunPath>> {
        let luns = ability!(self.luns)?;
        self.call(self.name(), Request::Paths { adapter }, luns.paths(adapter)).await
    }
    async fn identify(&self, address: ScsiAddress) -> Result<LunId> {
        let luns = ability!(self.luns)?;
        self.call(self.name(), Request::Identify { address }, luns.identify(address)).await
    }
    async fn inspect(&self, address: ScsiAddress) -> Result<LunDetails> {
        let luns = ability!(self.luns)?;
        self.call(self.name(), Request::Inspect { address }, luns.inspect(address)).await
    }
    async fn reported(&self, adapter: HostNo, target: u32) -> Result<Vec<Lun>> {
        let luns = ability!(self.luns)?;
        let request = Request::Reported { adapter, target };
        self.call(self.name(), request, luns.reported(adapter, target)).await
    }
    async fn scan(&self, adapter: HostNo, scope: ScanScope) -> Result<Outcome> {
        let luns = ability!(self.luns)?;
        let request = Request::Scan { adapter, scope };
        self.call(self.name(), request, luns.scan(adapter, scope)).await
    }
    async fn remove(&self, address: ScsiAddress) -> Result<Outcome> {
        let luns = ability!(self.luns)?;
        self.call(self.name(), Request::Remove { address }, luns.remove(address)).await
    }
}

#[async_trait]
impl<L: Layer<dyn Host>> Links for Layered<dyn Host, L> {
    async fn reset(&self, adapter: HostNo) -> Result<()> {
        let links = ability!(self.links)?;
        self.call(self.name(), Request::Reset { adapter }, links.reset(adapter)).await
    }
    async fn set_dev_loss_secs(&self, adapter: HostNo, secs: u32) -> Result<Outcome> {
        let links = ability!(self.links)?;
        let request = Request::SetDevLossSecs { adapter, secs };
        self.call(self.name(), request, links.set_dev_loss_secs(adapter, secs)).await
    }
}

impl<L: Layer<dyn Host>> Events for Layered<dyn Host, L> {
    fn subscribe(&self) -> EventStream {
        self.layer.subscribed(&Call::of(self.name(), Request::Subscribe));
        self.inner.events().map_or_else(|| Box::pin(Ended) as _, Events::subscribe)
    }
}

/// The events of a backend that has none after all.
struct Ended;

impl Stream for Ended {
    type Item = Event;
    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Event>> {
        Poll::Ready(None)
    }
}
