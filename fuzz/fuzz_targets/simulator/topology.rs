//! Topology files: no text panics, a problem has a place in the text, and what is right can be built, boots
//! and replays.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npivot_fabric::topology::TopologyError;
use npivot_fabric::{Topology, World};

/// What is larger is read and checked, but not built: it would only take long.
const PORTS: u32 = 10_000;

fn problem_is_shown(text: &str, error: TopologyError) {
    let TopologyError::Problems(problems) = error else { return };
    assert!(problems.iter().len() > 0);
    for problem in &problems {
        let span = problem.span();
        assert!(span.start <= span.end && span.end <= text.len(), "{span:?} of {}", text.len());
        assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end), "{span:?}");
        assert!(!problem.message().is_empty());
    }
    assert!(problems.to_string().starts_with("fuzz.toml:"));
}

fuzz_target!(|text: &str| {
    let topology = match Topology::parse("fuzz.toml", text) {
        Ok(topology) => topology,
        Err(error) => return problem_is_shown(text, error),
    };
    let switches = topology.fabrics.iter().flat_map(|fabric| &fabric.switches);
    let ports: u32 = switches.map(|switch| u32::from(switch.settings.ports)).sum();
    if ports < PORTS {
        let world = World::from_topology(&topology, 0);
        let mut world = world.expect("a checked topology can be built");
        world.settle(World::BOOT_LIMIT);
        let log = world.write_log().expect("a world from a topology is recorded");
        let again = World::replay(&log).expect("what was written can be read");
        assert_eq!(again.fingerprint(), world.fingerprint());
    }
});
