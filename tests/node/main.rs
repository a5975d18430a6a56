//! Definitions on a simulated host: what outlives what.

mod crashes;
mod drift;
mod libvirt_faults;
mod pools;
mod transient;
mod unseen;
mod vhbas;

use std::sync::Arc;

use npivot::libvirt::{ParentChoice, PoolDefinition};
use npivot::node::{Node, VhbaDefinition};
use npivot::store::{MemoryStore, Store};
use npivot_fabric::Simulation;
use npivot_fabric::backend::SimHost;
use npivot_fabric::host::Kind;
use npivot_fabric::san::ids::PortIx;
use npivot_fabric::world::{Command, random_stream};
use npivot_hal::{Host, HostNo, WwnPair};

const TOPOLOGY: &str = include_str!("../../examples/two-fabrics.toml");
const WEB1_A: &str = include_str!("../../examples/xml/web1-a.xml");
const WEB1_B: &str = include_str!("../../examples/xml/web1-b.xml");

/// The example's host alpha with empty records.
struct Bed {
    san: Simulation,
    alpha: Arc<SimHost>,
    records: Arc<MemoryStore>,
    node: Node,
}

impl Bed {
    fn new() -> Self {
        Self::on(TOPOLOGY)
    }

    fn on(topology: &str) -> Self {
        let san = Simulation::of_topology("san.toml", topology).unwrap_or_else(|e| panic!("{e}"));
        let alpha = san.host("alpha").unwrap();
        let records = Arc::new(MemoryStore::default());
        let node = Node::new(Arc::clone(&alpha) as _, Arc::clone(&records) as _);
        Self { san, alpha, records, node }
    }

    /// Defines a pool, and returns its name.
    async fn define(&self, xml: &str) -> String {
        let definition = PoolDefinition::parse("pool.xml", xml).unwrap();
        let mut chance = random_stream(1, "uuid");
        let _ = self.node.define_pool(&definition, &mut chance).await.unwrap();
        definition.name.to_string()
    }

    /// What is written down, whatever it means; but for the names that were ever given out, which stay.
    async fn written(&self) -> Vec<String> {
        let rows = self.records.list("").await.unwrap();
        rows.into_iter().map(|row| row.key).filter(|key| !key.starts_with("names/")).collect()
    }

    /// The vports on all adapters.
    async fn vports(&self) -> Vec<WwnPair> {
        let mut names = vec![];
        for adapter in self.alpha.adapters().await.unwrap() {
            if adapter.npiv().is_some() {
                let vports = self.alpha.npiv().unwrap().vports(adapter.no).await.unwrap();
                names.extend(vports.into_iter().map(|vport| vport.names));
            }
        }
        names
    }

    /// Deletes a vport as somebody with a shell would.
    async fn delete_by_hand(&self, parent: u32, names: WwnPair) {
        let npiv = self.alpha.npiv().unwrap();
        let _ = npiv.delete_vport(HostNo(parent), names).await.unwrap();
    }
}

/// Takes the light from an HBA of alpha's; its port.
fn cut(san: &Simulation, hba: usize) -> PortIx {
    let port = san.with(|world| match world.adapter(world.hosts()[0].hbas[hba]).unwrap().kind {
        Kind::Physical { port, .. } => port,
        Kind::Virtual { .. } => unreachable!("an HBA is physical"),
    });
    san.apply(Command::Light { port, on: false }).unwrap();
    port
}

/// A definition of a vHBA that the example's fabrics know.
fn web1_a() -> VhbaDefinition {
    let pool = PoolDefinition::parse("pool.xml", WEB1_A).unwrap();
    let names = pool.vhbas().next().unwrap().wwns;
    VhbaDefinition {
        name: "web1-a".parse().unwrap(),
        names,
        parent: ParentChoice::Automatic,
        xml: None,
    }
}
