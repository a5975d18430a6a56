//! Identities: never given out twice, held by one host at a time.

mod drawing;
mod leases;
mod races;
mod random;
mod turns;

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::Arc;

use npivot::identity::WwnRange;
use npivot::libvirt::ParentChoice;
use npivot::node::{NewVhba, Node, NodeError, VhbaDefinition, WantedVhba};
use npivot::store::Store;
use npivot_fabric::Simulation;
use npivot_fabric::backend::SimHost;
use npivot_fabric::world::random_stream;
use npivot_hal::{Host as _, WwnPair};

const TOPOLOGY: &str = include_str!("../../examples/two-fabrics.toml");

fn san() -> Simulation {
    Simulation::of_topology("san.toml", TOPOLOGY).unwrap_or_else(|e| panic!("{e}"))
}

/// A host of the example with its records in a store.
fn node(san: &Simulation, host: &str, store: Arc<dyn Store>) -> Node {
    Node::new(san.host(host).unwrap(), store)
}

/// QEMU's names with these numbers.
fn range(numbers: RangeInclusive<u64>) -> WwnRange {
    WwnRange::QEMU.numbered(numbers).unwrap()
}

/// The pair of names with these numbers.
fn pair(wwpn: u64, wwnn: u64) -> WwnPair {
    let name = |number| format!("{:016x}", 0x5001_a4a0_0000_0000_u64 + number);
    WwnPair::new(name(wwpn).parse().unwrap(), name(wwnn).parse().unwrap())
}

fn definition(name: &str, names: WwnPair) -> VhbaDefinition {
    VhbaDefinition {
        name: name.parse().unwrap(),
        names,
        parent: ParentChoice::Automatic,
        xml: None,
    }
}

fn wanted(name: &str, parent: ParentChoice) -> WantedVhba {
    WantedVhba { name: name.parse().unwrap(), parent, xml: None }
}

/// Defines a vHBA under new names, drawn by this seed.
async fn define_new(node: &Node, name: &str, seed: u64) -> Result<NewVhba, NodeError> {
    let mut chance = random_stream(seed, "names");
    node.define_new_vhba(&wanted(name, ParentChoice::Automatic), &mut chance).await
}

fn both(names: WwnPair) -> [u64; 2] {
    [names.wwpn.get(), names.wwnn.get()]
}

/// The names of all vports of a host.
async fn vports(host: &SimHost) -> BTreeSet<WwnPair> {
    let mut names = BTreeSet::new();
    for adapter in host.adapters().await.unwrap() {
        if adapter.npiv().is_some() {
            let vports = host.npiv().unwrap().vports(adapter.no).await.unwrap();
            names.extend(vports.into_iter().map(|vport| vport.names));
        }
    }
    names
}
