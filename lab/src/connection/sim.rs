//! Hosts of a simulated SAN: as the simulator's own backend, or through their sysfs trees.

use std::sync::Arc;

use npivot_conformance::Maker;
use npivot_fabric::{Simulation, Topology};
use npivot_hal::{Array, Fabric, WwnPair};

use super::{ConnectError, Connection, Uri};
use crate::ground::{linux_host, over};
use crate::load_topology;
use crate::proving::SimMaker;

/// A host of a topology, by name.
struct Named {
    topology: Topology,
    host: String,
}

fn named(uri: &Uri) -> Result<Named, ConnectError> {
    let incomplete = |missing: String| ConnectError::Incomplete { uri: uri.to_string(), missing };
    let path = uri.path().ok_or_else(|| {
        incomplete("name a topology file, as in `sim:examples/two-fabrics.toml#alpha`".into())
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
    Ok(Named { topology, host })
}

/// The simulator's own backend.
pub(super) fn open(uri: &Uri) -> Result<Connection, ConnectError> {
    let Named { topology, host } = named(uri)?;
    let simulation = Simulation::booted(&topology, 0);
    let host = simulation.host(&host).expect("the topology has it");
    Ok(with_san(&simulation, Connection::of_host(host)))
}

fn with_san(simulation: &Simulation, mut connection: Connection) -> Connection {
    connection.fabrics = simulation.fabrics().into_iter().map(|f| f as Arc<dyn Fabric>).collect();
    connection.arrays = simulation.arrays().into_iter().map(|a| a as Arc<dyn Array>).collect();
    connection
}

pub(super) fn maker(uri: &Uri, _: &[WwnPair]) -> Result<Box<dyn Maker>, ConnectError> {
    let Named { topology, host } = named(uri)?;
    Ok(Box::new(SimMaker::new(topology, host).named(uri.to_string())))
}

/// The Linux backend on the host's sysfs tree.
pub(super) fn open_tree(uri: &Uri) -> Result<Connection, ConnectError> {
    let Named { topology, host } = named(uri)?;
    let simulation = Simulation::booted(&topology, 0);
    let host = linux_host(&simulation, &host).expect("the topology has it");
    Ok(with_san(&simulation, Connection::of_host(Arc::new(host))))
}

pub(super) fn tree_maker(uri: &Uri, _: &[WwnPair]) -> Result<Box<dyn Maker>, ConnectError> {
    let Named { topology, host } = named(uri)?;
    let maker = SimMaker::new(topology, host).named(uri.to_string());
    Ok(Box::new(maker.over_host(|simulation, host| Arc::new(over(simulation, &host)))))
}
