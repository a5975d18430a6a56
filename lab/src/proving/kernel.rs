//! A real kernel on a simulated SAN as a place to prove the Linux backend in.

use std::sync::Arc;

use async_trait::async_trait;
use npivot_conformance::{Bench, Fixture, Known, Maker};
use npivot_hal::{Array, Error, ErrorKind, Fabric, Host, Result, WwnPair, Wwpn};

use super::{bench, known};
use crate::rack::Alone;

/// A host of a topology as a real kernel, with the fabrics and arrays that it sees: the same for each case, and
/// the suite cleans up after each. What it knows of the SAN is right where the topology's adapters have the names
/// that a kernel gives itself (20:00:MAC).
///
/// The suite runs outside, in real time: the kernel is at the end of a [line](crate::line).
#[derive(Debug, Clone)]
pub struct KernelMaker {
    alone: Arc<Alone>,
}

impl KernelMaker {
    /// Fixtures of this kernel.
    pub const fn new(alone: Arc<Alone>) -> Self {
        Self { alone }
    }
}

#[async_trait]
impl Maker for KernelMaker {
    fn name(&self) -> String {
        format!("a real kernel as host {}", self.alone.name())
    }

    async fn make(&self) -> Result<Box<dyn Fixture>> {
        Ok(Box::new(OnKernel { host: self.alone.host(), alone: Arc::clone(&self.alone) }))
    }
}

#[derive(Debug)]
struct OnKernel {
    host: Arc<dyn Host>,
    alone: Arc<Alone>,
}

#[async_trait]
impl Fixture for OnKernel {
    fn host(&self) -> Option<Arc<dyn Host>> {
        Some(Arc::clone(&self.host))
    }

    fn fabrics(&self) -> Vec<Arc<dyn Fabric>> {
        self.alone.fabrics()
    }

    fn arrays(&self) -> Vec<Arc<dyn Array>> {
        self.alone.arrays()
    }

    fn spare_names(&self) -> Vec<WwnPair> {
        known::spare_names(self.alone.topology())
    }

    fn known(&self) -> Known {
        let topology = self.alone.topology();
        let host = topology.hosts.iter().find(|host| host.name == self.alone.name());
        host.map(|host| known::known(topology, host)).unwrap_or_default()
    }

    fn bench(&self) -> Option<&dyn Bench> {
        Some(self)
    }
}

#[async_trait]
impl Bench for OnKernel {
    async fn set_light(&self, port: Wwpn, on: bool) -> Result<()> {
        let rack = self.alone.rack();
        if rack.adapters().iter().any(|hba| hba.names.wwpn == port) {
            // Such a NIC has a carrier always: its kernel would see a fabric that is silent.
            if on {
                return Ok(());
            }
            let reason = "the wire of a kernel's NIC has no plug";
            let port = port.to_string();
            return Err(Error::new(ErrorKind::Unsupported, bench::OPERATION, port, reason));
        }
        rack.plant().with(|world, _| {
            let command = bench::light(self.alone.topology(), world, port, on)?;
            bench::told(world.apply(command), port)
        })
    }
}
