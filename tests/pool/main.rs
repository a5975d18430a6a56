//! Pools on a simulated host: where their vHBA goes, when they are ready, what they leave behind.

mod parents;
mod readiness;
mod several;
mod volumes;

use std::sync::Arc;

use npivot::libvirt::PoolDefinition;
use npivot_fabric::Simulation;
use npivot_fabric::backend::SimHost;

const TOPOLOGY: &str = include_str!("../../examples/two-fabrics.toml");
const XML: &str = include_str!("../../examples/xml/web1-a.xml");

/// The example SAN with each of these texts in it replaced, and its host alpha.
fn alpha_on(changes: &[(&str, &str)]) -> (Simulation, Arc<SimHost>) {
    let mut text = TOPOLOGY.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "the example has changed: {from}");
        text = text.replace(from, to);
    }
    let san = Simulation::of_topology("san.toml", &text).unwrap_or_else(|e| panic!("{e}"));
    let alpha = san.host("alpha").unwrap();
    (san, alpha)
}

/// The pool on fabric a, with its adapter's parent attributes replaced by these.
fn pool(parent: &str) -> PoolDefinition {
    let there = "parent_wwnn='2000001b32a9da01' parent_wwpn='2100001b32a9da01'";
    assert!(XML.contains(there), "the example has changed");
    PoolDefinition::parse("pool.xml", &XML.replace(there, parent)).unwrap()
}
