//! Topology files: no text panics, an error has places, and what is right can be built.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npivot_fabric::topology::TopologyError;
use npivot_fabric::{Topology, World};

fuzz_target!(|text: &str| {
    match Topology::parse("fuzz.toml", text) {
        Err(TopologyError::Problems(problems)) => {
            assert!(problems.iter().len() > 0);
            assert!(problems.iter().all(|problem| problem.span().start <= text.len()));
            assert!(problems.to_string().starts_with("fuzz.toml:"));
        }
        Err(_) => {}
        Ok(topology) => {
            let switches = topology.fabrics.iter().flat_map(|fabric| &fabric.switches);
            let ports: u32 = switches.map(|switch| u32::from(switch.settings.ports)).sum();
            if ports < 10_000 {
                let world = World::from_topology(&topology, 0);
                world.expect("a checked topology can be built").settle(World::BOOT_LIMIT);
            }
        }
    }
});
