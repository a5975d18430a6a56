//! One host of a topology as a kernel, with the SAN that it is on.

use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use npivot_fabric::Topology;
use npivot_hal::{
    Adapter, Array, Error, Events, Fabric, Host, HostCapabilities, HostNo, Links, Luns, Npiv,
    RemotePort, Result,
};

use super::{Entered, Rack, RackError};
use crate::kernel::Kernel;

/// One host of a topology as a kernel, with the SAN that it is on: both for as long as one of them is held.
#[derive(Debug)]
pub struct Alone {
    topology: Topology,
    name: String,
    entered: Entered,
    rack: Rack,
}

impl Alone {
    /// Boots it; `npivot` is the command of this build, as of [`Rack::enter`]. Blocks until it has logged in.
    ///
    /// # Errors
    /// As of [`Rack::of`] and [`Rack::enter`].
    pub fn boot(
        topology: &Topology,
        host: &str,
        kernel: &Kernel,
        npivot: &Path,
        patience: Duration,
    ) -> std::result::Result<Arc<Self>, RackError> {
        let mut rack = Rack::of(topology, &[host], kernel)?;
        let entered = rack.enter(host, npivot, patience)?;
        let (topology, name) = (topology.clone(), host.to_owned());
        Ok(Arc::new(Self { topology, name, entered, rack }))
    }

    /// The host, as the Linux backend sees it.
    pub fn host(self: &Arc<Self>) -> Arc<dyn Host> {
        Arc::new(HostAlone { inner: self.entered.host(), _alone: Arc::clone(self) })
    }

    /// The fabrics, to be managed.
    pub fn fabrics(&self) -> Vec<Arc<dyn Fabric>> {
        self.rack.fabrics()
    }

    /// The arrays, to be managed.
    pub fn arrays(&self) -> Vec<Arc<dyn Array>> {
        self.rack.arrays()
    }

    /// The simulated SAN, and where the kernel is plugged in.
    pub const fn rack(&self) -> &Rack {
        &self.rack
    }

    /// What it was made from.
    pub const fn topology(&self) -> &Topology {
        &self.topology
    }

    /// The host's name in the topology.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The host, which does not outlive its kernel.
#[derive(Debug)]
struct HostAlone {
    inner: Arc<dyn Host>,
    _alone: Arc<Alone>,
}

#[async_trait]
impl Host for HostAlone {
    fn name(&self) -> &str {
        self.inner.name()
    }
    fn capabilities(&self) -> HostCapabilities {
        self.inner.capabilities()
    }
    async fn adapters(&self) -> Result<Vec<Adapter>> {
        self.inner.adapters().await
    }
    async fn remote_ports(&self, adapter: HostNo) -> Result<Vec<RemotePort>> {
        self.inner.remote_ports(adapter).await
    }
    async fn unreadable(&self) -> Result<Vec<Error>> {
        self.inner.unreadable().await
    }
    fn npiv(&self) -> Option<&dyn Npiv> {
        self.inner.npiv()
    }
    fn luns(&self) -> Option<&dyn Luns> {
        self.inner.luns()
    }
    fn links(&self) -> Option<&dyn Links> {
        self.inner.links()
    }
    fn events(&self) -> Option<&dyn Events> {
        self.inner.events()
    }
}
