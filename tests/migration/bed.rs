//! The test bed: the example SAN with a guest that writes, and every call under a fault plan.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use npivot::libvirt::PoolDefinition;
use npivot::migration::{MemoryJournal, Outcome, PlanError, Quiet, Request, migrate};
use npivot::pool::{self, StartOptions, Volume, read_volumes};
use npivot::{GuestControl, GuestState, Site};
use npivot_fabric::Simulation;
use npivot_fabric::world::random_stream;
use npivot_hal::layer::faulty::{FaultyArray, FaultyFabric, FaultyHost, decide};
use npivot_hal::layer::{Call, FaultPlan, Pass};
use npivot_hal::{Array, Fabric, Host, Result};
use npivot_lab::SimGuest;
use npivot_lab::footprint::Footprint;

pub(crate) const TOPOLOGY: &str = include_str!("../../examples/two-fabrics.toml");
const POOLS: [&str; 2] =
    [include_str!("../../examples/xml/web1-a.xml"), include_str!("../../examples/xml/web1-b.xml")];

/// A guest whose port to npivot is under the plan too.
#[derive(Debug)]
struct FaultyGuest {
    inner: Arc<SimGuest>,
    plan: Arc<dyn FaultPlan>,
}

impl FaultyGuest {
    async fn run<T>(
        &self,
        method: &'static str,
        changes: bool,
        call: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        decide(&*self.plan, &Call::new(method, self.inner.name(), changes), call).await
    }
}

#[async_trait]
impl GuestControl for FaultyGuest {
    fn name(&self) -> &str {
        self.inner.name()
    }
    async fn state(&self) -> Result<GuestState> {
        self.run("state", false, self.inner.state()).await
    }
    async fn pause(&self) -> Result<()> {
        self.run("pause", true, self.inner.pause()).await
    }
    async fn resume(&self) -> Result<()> {
        self.run("resume", true, self.inner.resume()).await
    }
    async fn switch_over(&self, host: &str, volumes: &[Volume]) -> Result<()> {
        self.run("switch_over", true, self.inner.switch_over(host, volumes)).await
    }
}

/// The SAN, with the guest on alpha.
pub(crate) struct Bed {
    pub(crate) san: Simulation,
    pub(crate) guest: Arc<SimGuest>,
    pub(crate) request: Request,
    pub(crate) journal: MemoryJournal,
    pub(crate) before: Footprint,
}

impl Bed {
    pub(crate) async fn new() -> Self {
        Self::on(TOPOLOGY).await
    }

    pub(crate) async fn on(topology: &str) -> Self {
        let san = Simulation::of_topology("bed.toml", topology).unwrap_or_else(|e| panic!("{e}"));
        let alpha = san.host("alpha").unwrap();
        let mut adapters = vec![];
        let mut pools = vec![];
        for xml in POOLS {
            let definition = PoolDefinition::parse("pool.xml", xml).unwrap();
            let up = pool::start(&*alpha, &definition, &StartOptions::default()).await.unwrap();
            adapters.push(up.vhbas[0].adapter);
            pools.push(definition);
        }
        let volumes = read_volumes(&*alpha, &adapters, true).await.unwrap();
        let volumes: Vec<Volume> = volumes.volumes.into_values().collect();
        let every = Duration::from_millis(25);
        let guest = SimGuest::start(&san, "web1", "alpha", &volumes, every).unwrap();
        san.run_for(Duration::from_millis(300)).await;
        let mut request = Request::fresh(pools);
        request.patience = Duration::from_secs(5);
        let before = san.with(Footprint::of);
        let (guest, journal) = (Arc::new(guest), MemoryJournal::default());
        Self { san, guest, request, journal, before }
    }

    /// The machines, each under the plan.
    pub(crate) fn site(&self, plan: &Arc<dyn FaultPlan>) -> Site {
        let host = |name| {
            let inner = self.san.host(name).unwrap();
            Arc::new(FaultyHost::new(inner, Arc::clone(plan))) as Arc<dyn Host>
        };
        let fabrics = self.san.fabrics().into_iter();
        let fabrics =
            fabrics.map(|f| Arc::new(FaultyFabric::new(f, Arc::clone(plan))) as Arc<dyn Fabric>);
        let arrays = self.san.arrays().into_iter();
        let arrays =
            arrays.map(|a| Arc::new(FaultyArray::new(a, Arc::clone(plan))) as Arc<dyn Array>);
        Site {
            source: host("alpha"),
            destination: host("beta"),
            fabrics: fabrics.collect(),
            arrays: arrays.collect(),
        }
    }

    pub(crate) fn guest_under(&self, plan: &Arc<dyn FaultPlan>) -> impl GuestControl + use<> {
        FaultyGuest { inner: Arc::clone(&self.guest), plan: Arc::clone(plan) }
    }

    pub(crate) async fn migrate(&self, plan: &Arc<dyn FaultPlan>) -> Result<Outcome, PlanError> {
        let (site, guest) = (self.site(plan), self.guest_under(plan));
        let mut chance = random_stream(7, "identity");
        migrate(&site, &guest, &self.request, &mut chance, &self.journal, &Quiet).await
    }

    /// Asserts that the SAN and the guest are what an outcome without residue promises.
    pub(crate) async fn must_be(&self, outcome: &Outcome, context: &str) {
        let footprint = self.san.with(Footprint::of);
        let host = if let Outcome::Done { .. } = outcome {
            for definition in &self.request.pools {
                let old = definition.adapter.fc_host().unwrap().wwns.wwpn;
                assert_eq!(footprint.traces_of(old), [""; 0], "{context}: {old}");
            }
            assert_eq!(footprint.sizes(), self.before.sizes(), "{context}");
            "beta"
        } else {
            assert_eq!(footprint.difference(&self.before), [""; 0], "{context}");
            "alpha"
        };
        let state = self.guest.state().await.unwrap();
        assert_eq!(state, GuestState::Running(host.into()), "{context}");
        self.must_have_lost_nothing(context).await;
    }

    /// Asserts that every acknowledged write is there, on volumes to which the guest can still write.
    pub(crate) async fn must_have_lost_nothing(&self, context: &str) {
        let before = self.guest.audit().await.unwrap_or_else(|e| panic!("{context}: {e}"));
        self.guest.resume().await.unwrap();
        self.san.run_for(Duration::from_millis(300)).await;
        let after = self.guest.audit().await.unwrap_or_else(|e| panic!("{context}: {e}"));
        assert_eq!(after.lost, 0, "{context}");
        assert!(after.acknowledged > before.acknowledged, "{context}: it cannot write any more");
        self.guest.resume().await.unwrap();
    }
}

/// The plan that does nothing.
pub(crate) fn calm() -> Arc<dyn FaultPlan> {
    Arc::new(Pass)
}
