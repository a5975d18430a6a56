//! A whole migration of the example's guest, in virtual time: what it costs in wall time.
//!
//! Booting the SAN and starting the guest's pools is outside of what is measured.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use npivot::libvirt::PoolDefinition;
use npivot::migration::{MemoryJournal, Outcome, Quiet, Request, migrate};
use npivot::pool::{self, StartOptions, Volume};
use npivot::{GuestControl, GuestState, Site};
use npivot_fabric::world::random_stream;
use npivot_fabric::{Simulation, Topology};
use npivot_hal::{Array, Fabric, Result};

const SAN: &str = include_str!("../examples/two-fabrics.toml");
const POOLS: [&str; 2] =
    [include_str!("../examples/xml/web1-a.xml"), include_str!("../examples/xml/web1-b.xml")];

/// A guest that is only a place.
#[derive(Debug)]
struct Place(Mutex<GuestState>);

impl Place {
    fn host(&self) -> String {
        let (GuestState::Running(host) | GuestState::Paused(host)) = &*self.0.lock().unwrap();
        host.clone()
    }
}

#[async_trait]
impl GuestControl for Place {
    fn name(&self) -> &'static str {
        "web1"
    }
    async fn state(&self) -> Result<GuestState> {
        Ok(self.0.lock().unwrap().clone())
    }
    async fn pause(&self) -> Result<()> {
        let host = self.host();
        *self.0.lock().unwrap() = GuestState::Paused(host);
        Ok(())
    }
    async fn resume(&self) -> Result<()> {
        let host = self.host();
        *self.0.lock().unwrap() = GuestState::Running(host);
        Ok(())
    }
    async fn switch_over(&self, host: &str, _volumes: &[Volume]) -> Result<()> {
        *self.0.lock().unwrap() = GuestState::Running(host.to_owned());
        Ok(())
    }
}

struct Ready {
    runtime: tokio::runtime::Runtime,
    san: Simulation,
    request: Request,
}

fn ready(topology: &Topology) -> Ready {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let (san, request) = runtime.block_on(async {
        let san = Simulation::booted(topology, 1);
        let alpha = san.host("alpha").unwrap();
        let mut pools = vec![];
        for xml in POOLS {
            let definition = PoolDefinition::parse("pool.xml", xml).unwrap();
            pool::start(&*alpha, &definition, &StartOptions::default()).await.unwrap();
            pools.push(definition);
        }
        (san, Request::fresh(pools))
    });
    Ready { runtime, san, request }
}

fn run(ready: Ready) -> Ready {
    let Ready { runtime, san, request } = &ready;
    let outcome = runtime.block_on(async {
        let site = Site {
            source: san.host("alpha").unwrap(),
            destination: san.host("beta").unwrap(),
            fabrics: san.fabrics().into_iter().map(|f| f as Arc<dyn Fabric>).collect(),
            arrays: san.arrays().into_iter().map(|a| a as Arc<dyn Array>).collect(),
        };
        let guest = Place(Mutex::new(GuestState::Running("alpha".into())));
        let (mut chance, journal) = (random_stream(1, "identity"), MemoryJournal::default());
        migrate(&site, &guest, request, &mut chance, &journal, &Quiet).await.unwrap()
    });
    assert!(matches!(&outcome, Outcome::Done { residue } if residue.is_empty()), "{outcome:?}");
    ready
}

fn migration(c: &mut Criterion) {
    let topology = Topology::parse("two-fabrics.toml", SAN).unwrap();
    c.bench_function("migration", |b| {
        b.iter_batched(|| ready(&topology), run, BatchSize::SmallInput);
    });
}

criterion_group!(benches, migration);
criterion_main!(benches);
