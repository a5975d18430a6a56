//! Hands at the simulated hardware.

use async_trait::async_trait;
use npivot_conformance::Bench;
use npivot_fabric::san::ids::PortIx;
use npivot_fabric::topology::PortRef;
use npivot_fabric::world::{Answer, Command};
use npivot_fabric::{Topology, World};
use npivot_hal::{Error, ErrorKind, Result, Wwpn};

use super::maker::SimFixture;

/// What is done to a cable.
pub(super) const OPERATION: &str = "plug in or pull the cable";

#[async_trait]
impl Bench for SimFixture {
    async fn set_light(&self, port: Wwpn, on: bool) -> Result<()> {
        let simulation = self.simulation();
        let command = simulation.with(|world| light(self.topology(), world, port, on))?;
        told(simulation.apply(command), port)
    }
}

/// What turns the light of a host's or an array's port on or off.
pub(super) fn light(topology: &Topology, world: &World, port: Wwpn, on: bool) -> Result<Command> {
    let ix = cabled(topology, port).and_then(|at| find(world, topology, at));
    let ix = ix.ok_or_else(|| {
        let reason = "the topology has no host's or array's port of this name";
        Error::new(ErrorKind::NotFound, OPERATION, port.to_string(), reason)
    })?;
    Ok(Command::Light { port: ix, on })
}

/// What the world said to that.
pub(super) fn told(answer: Answer, port: Wwpn) -> Result<()> {
    answer.map(|_| ()).map_err(|refusal| {
        Error::new(ErrorKind::Rejected, OPERATION, port.to_string(), refusal.to_string())
    })
}

/// Where a host's or an array's port is cabled to.
fn cabled(topology: &Topology, wwpn: Wwpn) -> Option<PortRef> {
    let hbas = topology.hosts.iter().flat_map(|host| &host.hbas);
    let hbas = hbas.map(|hba| (hba.names.wwpn, hba.port));
    let targets = topology.arrays.iter().flat_map(|array| &array.ports);
    let mut all = hbas.chain(targets.map(|port| (port.wwpn, port.port)));
    all.find(|(name, _)| *name == wwpn).map(|(_, port)| port)
}

fn find(world: &World, topology: &Topology, at: PortRef) -> Option<PortIx> {
    let name = &topology.fabrics.get(at.fabric)?.switches.get(at.switch)?.name;
    world.san().switches.iter().find(|switch| switch.name == *name)?.port(at.port)
}
