//! Hosts of a simulated SAN: as the simulator's own backend, or through their sysfs trees.

use std::path::PathBuf;
use std::sync::Arc;

use npivot_conformance::Maker;
use npivot_fabric::san::ids::HostIx;
use npivot_fabric::{Simulation, Topology};
use npivot_hal::WwnPair;

use super::{ConnectError, Connection, Simulated, Uri};
use crate::ground::{linux_host, over};
use crate::load_topology;
use crate::proving::SimMaker;
use crate::state::{Kept, StateDir};

/// A host of a topology, by name.
pub(super) struct Named {
    file: PathBuf,
    pub(super) topology: Topology,
    pub(super) host: String,
}

pub(super) fn named(uri: &Uri) -> Result<Named, ConnectError> {
    let incomplete = |missing: String| ConnectError::Incomplete { uri: uri.to_string(), missing };
    let path = uri.path().ok_or_else(|| {
        incomplete(format!(
            "name a topology file, as in `{}:examples/two-fabrics.toml#alpha`",
            uri.scheme().name
        ))
    })?;
    let (file, topology) = load_topology(path)?;
    let known: Vec<&str> = topology.hosts.iter().map(|host| host.name.as_str()).collect();
    let host = match (uri.name(), known.as_slice()) {
        (Some(name), known) if known.contains(&name) => name.to_owned(),
        (Some(name), known) => {
            let (name, known) = (name.to_owned(), known.join(", "));
            return Err(ConnectError::NoSuchHost { file, name, known });
        }
        (None, [only]) => (*only).to_owned(),
        (None, known) => {
            return Err(incomplete(format!("name a host after `#`: {}", known.join(", "))));
        }
    };
    Ok(Named { file, topology, host })
}

/// The simulator's own backend.
pub(super) fn open(uri: &Uri, state: Option<&StateDir>) -> Result<Connection, ConnectError> {
    let (simulated, host) = start(uri, state)?;
    let host = simulated.simulation().host(&host).expect("the topology has it");
    Ok(simulated.connection(host))
}

/// Starts the simulation: of a world that is kept, or of one that is booted for it.
fn start(uri: &Uri, state: Option<&StateDir>) -> Result<(Simulated, String), ConnectError> {
    let Named { file, topology, host } = named(uri)?;
    let place = topology.hosts.iter().position(|spec| spec.name == host);
    let ix = HostIx::from_index(place.expect("the topology has it"));
    let simulated = match state {
        None => Simulated::new(Simulation::booted(&topology, 0), ix),
        Some(state) => Simulated::kept(Kept::open(state, &topology, &file)?, ix),
    };
    Ok((simulated, host))
}

pub(super) fn maker(uri: &Uri, _: &[WwnPair]) -> Result<Box<dyn Maker>, ConnectError> {
    let Named { topology, host, .. } = named(uri)?;
    Ok(Box::new(SimMaker::new(topology, host).named(uri.to_string())))
}

/// The Linux backend on the host's sysfs tree.
pub(super) fn open_tree(uri: &Uri, state: Option<&StateDir>) -> Result<Connection, ConnectError> {
    let (simulated, host) = start(uri, state)?;
    let host = linux_host(simulated.simulation(), &host).expect("the topology has it");
    Ok(simulated.connection(Arc::new(host)))
}

pub(super) fn tree_maker(uri: &Uri, _: &[WwnPair]) -> Result<Box<dyn Maker>, ConnectError> {
    let Named { topology, host, .. } = named(uri)?;
    let maker = SimMaker::new(topology, host).named(uri.to_string());
    Ok(Box::new(maker.over_host(|simulation, host| Arc::new(over(simulation, &host)))))
}
