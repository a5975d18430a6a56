//! A real kernel on a simulated SAN as a place to prove the Linux backend in.

use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use npivot_conformance::{Bench, Fixture, Known, Maker};
use npivot_fabric::Topology;
use npivot_hal::{Array, Error, ErrorKind, Fabric, Host, Result, WwnPair, Wwpn};

use super::{bench, known};
use crate::kernel::Kernel;
use crate::rack::{Entered, Rack, RackError};

/// One host of a topology as a real kernel, with the fabrics and arrays that it sees, the same for each case; the
/// suite cleans up after each.
///
/// The suite runs outside, in real time: the kernel is at the end of a [line](crate::line).
#[derive(Debug)]
pub struct KernelMaker {
    place: Arc<Place>,
}

#[derive(Debug)]
struct Place {
    name: String,
    entered: Entered,
    topology: Topology,
    rack: Rack,
}

impl KernelMaker {
    /// Boots a host of a topology, whose adapters must have the names that a kernel gives itself (20:00:MAC).
    /// `npivot` is the command of this build.
    ///
    /// # Errors
    /// As of [`Rack::with`] and [`Rack::enter`].
    pub fn boot(
        topology: &Topology,
        host: &str,
        kernel: &Kernel,
        npivot: &Path,
        patience: Duration,
    ) -> std::result::Result<Self, RackError> {
        let mut rack = Rack::of(topology, &[host], kernel)?;
        let entered = rack.enter(host, npivot, patience)?;
        let (name, topology) = (host.to_owned(), topology.clone());
        Ok(Self { place: Arc::new(Place { name, entered, topology, rack }) })
    }
}

#[async_trait]
impl Maker for KernelMaker {
    fn name(&self) -> String {
        format!("a real kernel as host {}", self.place.name)
    }

    async fn make(&self) -> Result<Box<dyn Fixture>> {
        let host = self.place.entered.host();
        Ok(Box::new(OnKernel { place: Arc::clone(&self.place), host }))
    }
}

#[derive(Debug)]
struct OnKernel {
    place: Arc<Place>,
    host: Arc<dyn Host>,
}

#[async_trait]
impl Fixture for OnKernel {
    fn host(&self) -> Option<Arc<dyn Host>> {
        Some(Arc::clone(&self.host))
    }

    fn fabrics(&self) -> Vec<Arc<dyn Fabric>> {
        self.place.rack.fabrics()
    }

    fn arrays(&self) -> Vec<Arc<dyn Array>> {
        self.place.rack.arrays()
    }

    fn spare_names(&self) -> Vec<WwnPair> {
        known::spare_names(&self.place.topology)
    }

    fn known(&self) -> Known {
        let Place { topology, name, .. } = &*self.place;
        let host = topology.hosts.iter().find(|host| host.name == *name);
        host.map(|host| known::known(topology, host)).unwrap_or_default()
    }

    fn bench(&self) -> Option<&dyn Bench> {
        Some(self)
    }
}

#[async_trait]
impl Bench for OnKernel {
    async fn set_light(&self, port: Wwpn, on: bool) -> Result<()> {
        let Place { topology, rack, .. } = &*self.place;
        if rack.adapters().iter().any(|hba| hba.names.wwpn == port) {
            // The NIC of a machine of the lab has a carrier always: its kernel would see a fabric that is silent.
            let reason = "the wire of a kernel's NIC has no plug";
            let error = Error::new(
                ErrorKind::Unsupported,
                "plug in or pull the cable",
                port.to_string(),
                reason,
            );
            return Err(error);
        }
        rack.plant().with(|world, _| {
            let command = bench::light(topology, world, port, on)?;
            bench::told(world.apply(command), port)
        })
    }
}
