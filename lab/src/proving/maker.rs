//! Boots a topology for each case.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use npivot_conformance::{Bench, Fixture, Known, Maker};
use npivot_fabric::backend::SimHost;
use npivot_fabric::{Simulation, Topology};
use npivot_hal::{Array, Error, ErrorKind, Fabric, Host, Result, WwnPair};

use super::known;

type OverHost = dyn Fn(&Simulation, Arc<SimHost>) -> Arc<dyn Host> + Send + Sync;
type OverFabric = dyn Fn(&Simulation, Arc<dyn Fabric>) -> Arc<dyn Fabric> + Send + Sync;
type OverArray = dyn Fn(&Simulation, Arc<dyn Array>) -> Arc<dyn Array> + Send + Sync;

/// How many calls a case may make here.
const BUDGET: u32 = 20_000;

/// Makes fixtures of one host of a topology: a freshly booted simulation for each case.
#[derive(Clone)]
pub struct SimMaker {
    name: String,
    topology: Arc<Topology>,
    host: String,
    seed: u64,
    over_host: Arc<OverHost>,
    over_fabric: Arc<OverFabric>,
    over_array: Arc<OverArray>,
}

impl SimMaker {
    /// The simulator's own backend on this host, with seed 0.
    pub fn new(topology: Topology, host: impl Into<String>) -> Self {
        let host = host.into();
        Self {
            name: format!("simulated host {host}"),
            topology: Arc::new(topology),
            host,
            seed: 0,
            over_host: Arc::new(|_, host| host),
            over_fabric: Arc::new(|_, fabric| fabric),
            over_array: Arc::new(|_, array| array),
        }
    }

    /// The same, called so in reports.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The same, with this seed.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The same, with what this makes of the host.
    #[must_use]
    pub fn over_host(
        mut self,
        wrap: impl Fn(&Simulation, Arc<SimHost>) -> Arc<dyn Host> + Send + Sync + 'static,
    ) -> Self {
        self.over_host = Arc::new(wrap);
        self
    }

    /// The same, with what this makes of each fabric.
    #[must_use]
    pub fn over_fabrics(
        mut self,
        wrap: impl Fn(&Simulation, Arc<dyn Fabric>) -> Arc<dyn Fabric> + Send + Sync + 'static,
    ) -> Self {
        self.over_fabric = Arc::new(wrap);
        self
    }

    /// The same, with what this makes of each array.
    #[must_use]
    pub fn over_arrays(
        mut self,
        wrap: impl Fn(&Simulation, Arc<dyn Array>) -> Arc<dyn Array> + Send + Sync + 'static,
    ) -> Self {
        self.over_array = Arc::new(wrap);
        self
    }
}

impl fmt::Debug for SimMaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, host, seed, .. } = self;
        f.debug_struct("SimMaker")
            .field("name", name)
            .field("host", host)
            .field("seed", seed)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Maker for SimMaker {
    fn name(&self) -> String {
        self.name.clone()
    }

    async fn make(&self) -> Result<Box<dyn Fixture>> {
        let simulation = Simulation::booted(&self.topology, self.seed);
        let host = simulation.host(&self.host).ok_or_else(|| {
            let reason = "the topology has no host of this name";
            Error::new(ErrorKind::NotFound, "boot", &self.host, reason)
        })?;
        let host = (self.over_host)(&simulation, host);
        let fabrics = simulation.fabrics().into_iter();
        let fabrics = fabrics.map(|fabric| (self.over_fabric)(&simulation, fabric)).collect();
        let arrays = simulation.arrays().into_iter();
        let arrays = arrays.map(|array| (self.over_array)(&simulation, array)).collect();
        let topology = Arc::clone(&self.topology);
        let name = self.host.clone();
        Ok(Box::new(SimFixture { simulation, topology, name, host, fabrics, arrays }))
    }
}

/// One booted simulation, as a place to try a backend.
#[derive(Debug)]
pub struct SimFixture {
    simulation: Simulation,
    topology: Arc<Topology>,
    name: String,
    host: Arc<dyn Host>,
    fabrics: Vec<Arc<dyn Fabric>>,
    arrays: Vec<Arc<dyn Array>>,
}

impl SimFixture {
    pub(super) fn simulation(&self) -> &Simulation {
        &self.simulation
    }

    pub(super) fn topology(&self) -> &Topology {
        &self.topology
    }
}

#[async_trait]
impl Fixture for SimFixture {
    fn host(&self) -> Option<Arc<dyn Host>> {
        Some(Arc::clone(&self.host))
    }

    fn fabrics(&self) -> Vec<Arc<dyn Fabric>> {
        self.fabrics.clone()
    }

    fn arrays(&self) -> Vec<Arc<dyn Array>> {
        self.arrays.clone()
    }

    fn spare_names(&self) -> Vec<WwnPair> {
        known::spare_names(&self.topology)
    }

    fn known(&self) -> Known {
        let host = self.topology.hosts.iter().find(|host| host.name == self.name);
        host.map(|host| known::known(&self.topology, host)).unwrap_or_default()
    }

    fn bench(&self) -> Option<&dyn Bench> {
        Some(self)
    }

    fn budget(&self) -> u32 {
        BUDGET
    }
}
