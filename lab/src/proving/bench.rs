//! Hands at the simulated hardware.

use async_trait::async_trait;
use npivot_conformance::Bench;
use npivot_fabric::san::ids::PortIx;
use npivot_fabric::topology::PortRef;
use npivot_fabric::world::Command;
use npivot_fabric::{Simulation, Topology};
use npivot_hal::{Error, ErrorKind, Result, Wwpn};

use super::maker::SimFixture;

#[async_trait]
impl Bench for SimFixture {
    async fn set_light(&self, port: Wwpn, on: bool) -> Result<()> {
        let operation = if on { "plug in" } else { "pull the cable" };
        let (simulation, topology) = (self.simulation(), self.topology());
        let ix = cabled(topology, port).and_then(|port| find(simulation, topology, port));
        let ix = ix.ok_or_else(|| {
            let reason = "the topology has no host's or array's port of this name";
            Error::new(ErrorKind::NotFound, operation, port.to_string(), reason)
        })?;
        let told = simulation.apply(Command::Light { port: ix, on });
        told.map(|_| ()).map_err(|refusal| {
            Error::new(ErrorKind::Rejected, operation, port.to_string(), refusal.to_string())
        })
    }
}

/// Where a host's or an array's port is cabled to.
fn cabled(topology: &Topology, wwpn: Wwpn) -> Option<PortRef> {
    let hbas = topology.hosts.iter().flat_map(|host| &host.hbas);
    let hbas = hbas.map(|hba| (hba.names.wwpn, hba.port));
    let targets = topology.arrays.iter().flat_map(|array| &array.ports);
    let mut all = hbas.chain(targets.map(|port| (port.wwpn, port.port)));
    all.find(|(name, _)| *name == wwpn).map(|(_, port)| port)
}

fn find(simulation: &Simulation, topology: &Topology, at: PortRef) -> Option<PortIx> {
    let name = &topology.fabrics.get(at.fabric)?.switches.get(at.switch)?.name;
    simulation.with(|world| {
        world.san().switches.iter().find(|switch| switch.name == *name)?.port(at.port)
    })
}
