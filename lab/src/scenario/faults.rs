//! The faults of a migration: each waits for its step, then for its moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use npivot_fabric::san::ids::PortIx;
use npivot_fabric::world::Command;
use npivot_fabric::{Simulation, Topology};

use super::file::Fault;
use super::run::{find_port, port_ref};

/// One fault, waiting.
#[derive(Debug)]
struct Fuse {
    kind: String,
    nth: u32,
    countdown: AtomicU32,
    after: Duration,
    port: PortIx,
    on: bool,
    happened: Arc<AtomicBool>,
}

/// The faults of one migration.
#[derive(Debug)]
pub(super) struct Faults {
    simulation: Simulation,
    fuses: Vec<Fuse>,
}

impl Faults {
    pub(super) fn new(simulation: &Simulation, topology: &Topology, faults: &[Fault]) -> Self {
        let fuse = |fault: &Fault| {
            let (port, on) = match (&fault.link_down, &fault.link_up) {
                (Some(port), _) => (port, false),
                (None, port) => (port.as_ref()?, true),
            };
            Some(Fuse {
                kind: fault.step.get_ref().clone(),
                nth: fault.nth,
                countdown: AtomicU32::new(fault.nth),
                after: fault.after.0,
                port: find_port(simulation, topology, port_ref(topology, port.get_ref())?)?,
                on,
                happened: Arc::default(),
            })
        };
        let fuses = faults.iter().filter_map(fuse).collect();
        Self { simulation: simulation.clone(), fuses }
    }

    /// A step of this kind begins.
    pub(super) fn step_begins(&self, kind: &str) {
        for fuse in self.fuses.iter().filter(|fuse| fuse.kind == kind) {
            if fuse.countdown.fetch_sub(1, Ordering::Relaxed) != 1 {
                continue;
            }
            let (simulation, after) = (self.simulation.clone(), fuse.after);
            let command = Command::Light { port: fuse.port, on: fuse.on };
            let happened = Arc::clone(&fuse.happened);
            tokio::spawn(async move {
                simulation.run_for(after).await;
                // The port is cabled: checked before the run.
                let done = simulation.apply(command).is_ok();
                happened.store(done, Ordering::Relaxed);
            });
        }
    }

    /// A fault that has not happened: a run with it has not shown what it was to show.
    pub(super) fn unfired(&self) -> Option<String> {
        let unfired = |fuse: &&Fuse| !fuse.happened.load(Ordering::Relaxed);
        let Fuse { kind, nth, after, .. } = self.fuses.iter().find(unfired)?;
        Some(format!("`{kind}` number {nth}, after {after:?}"))
    }
}
