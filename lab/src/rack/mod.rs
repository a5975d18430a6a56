//! Hosts of a topology as real Linux kernels, logged in to the simulated SAN.
//!
//! **Start here**: [`Rack::of`], then [`Rack::boot`] with what a host is to run.
//!
//! ```no_run
//! use std::path::Path;
//! use std::time::Duration;
//!
//! use npivot_fabric::Topology;
//! use npivot_lab::kernel::{Kernel, Program};
//! use npivot_lab::rack::Rack;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let topology = Topology::load(Path::new("examples/two-fabrics.toml"))?;
//! let mut rack = Rack::of(&topology, &["alpha"], &Kernel::find()?)?;
//! let running = rack.boot("alpha", &Program::new(["ls", "/sys/class/fc_host"]))?;
//! assert_eq!(running.wait(Duration::from_secs(60))?.stdout, b"host0\nhost1\n");
//! # Ok(()) }
//! ```
//!
//! The fabric runs here, in a thread, in real time: [`Rack::plant`] looks at it and acts on it, cuts a link
//! or masks a volume, while the kernels run; programs on them do the same with `npivot lab act`. [`travel`] is the
//! other way: the fabric runs inside the one kernel there is, and the clock of both jumps from event to event.

mod alone;
mod entered;
mod error;
mod travelling;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use npivot_fabric::Topology;
use npivot_fabric::backend::{arrays_of, fabrics_of};
use npivot_hal::{Array, Fabric};
use npivot_wire::ethernet::Mac;
use npivot_wire::fcf::Settings;

use crate::act::{Act, Requests};
use crate::kernel::{Kernel, Machine, Program, Running, SAN};
use crate::wire::{OutsideHba, Plant, Plug, Site, Tap, transport::Datagram};
pub use alone::Alone;
pub use entered::Entered;
pub use error::RackError;
pub use travelling::{Inside, travel};

/// How long, in seconds, a host's adapters may take to log in before its command is run.
const ONLINE_SECS: u32 = 30;

/// A simulated SAN with some of its hosts as kernels.
#[derive(Debug)]
pub struct Rack {
    machines: BTreeMap<String, Machine>,
    outside: Vec<OutsideHba>,
    plant: Arc<Plant>,
    requests: Vec<Requests>,
}

/// How a rack is set up.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// The seed of the simulated SAN's chance.
    pub seed: u64,
    /// Where all frames are written down.
    pub tap: Option<Tap>,
    /// What befalls frames on all wires.
    pub faults: Option<npivot_wire::faults::FaultPlan>,
    /// How the forwarder presents itself.
    pub settings: Settings,
}

impl Rack {
    /// The SAN of a topology, running, with these hosts as kernels that are not booted yet.
    ///
    /// # Errors
    /// [`RackError::Site`]: the topology has no such host, or one that no kernel can stand for.
    /// [`RackError::Wire`], [`RackError::Kernel`]: the system refuses a socket or a thread.
    pub fn of(topology: &Topology, hosts: &[&str], kernel: &Kernel) -> Result<Self, RackError> {
        Self::with(topology, hosts, kernel, Options::default())
    }

    /// The same, set up otherwise than usual.
    ///
    /// # Errors
    /// As of [`of`](Self::of).
    pub fn with(
        topology: &Topology,
        hosts: &[&str],
        kernel: &Kernel,
        options: Options,
    ) -> Result<Self, RackError> {
        let Site { world, outside } = Site::of(topology, hosts, options.seed)?;
        let mut machines: BTreeMap<String, Machine> = BTreeMap::new();
        for &host in hosts {
            let mut machine = Machine::new(kernel.clone());
            let adapters = outside.iter().filter(|hba| hba.host == host);
            machine.name(host).online_within_secs(ONLINE_SECS);
            machine.disks(adapters.map(|hba| hba.disks).sum());
            machines.insert(host.to_owned(), machine);
        }
        let mut plugs = vec![];
        for hba in &outside {
            let Some(machine) = machines.get_mut(&hba.host) else { continue };
            let wire = Datagram::inherited(machine.nic(Mac(hba.mac))?);
            let mut plug = Plug::new(hba.port, wire);
            plug.tap.clone_from(&options.tap);
            plug.faults = options.faults;
            plugs.push(plug);
        }
        let plant = Plant::start(world, plugs, options.settings).map_err(RackError::Wire)?;
        Ok(Self { machines, outside, plant: Arc::new(plant), requests: vec![] })
    }

    /// A host that is not booted yet, to give it more memory or other files.
    pub fn machine(&mut self, host: &str) -> Option<&mut Machine> {
        self.machines.get_mut(host)
    }

    /// Boots a host, to run a command once its adapters are online. Each host boots once. What it runs can act
    /// on the SAN through [`SAN_INSIDE`](crate::kernel::SAN_INSIDE).
    ///
    /// # Errors
    /// [`RackError::NotThere`]: there is no such host, or it has been booted. [`RackError::Kernel`].
    pub fn boot(&mut self, host: &str, program: &Program) -> Result<Running, RackError> {
        let machine = self.machines.remove(host);
        let machine = machine.ok_or_else(|| RackError::NotThere(host.to_owned()))?;
        let running = machine.boot(program)?;
        let plant = Arc::clone(&self.plant);
        let act = move |act: &Act| plant.with(|world, _| act.apply(world));
        let requests = Requests::serve(&running.room().join(SAN), act);
        self.requests.push(requests.map_err(RackError::Wire)?);
        Ok(running)
    }

    /// Boots a host and opens a line into it, through which its kernel is at hand here, as a HAL host. `npivot` is the
    /// command of this build, as the machine sees it: it listens there. Each host boots once.
    ///
    /// # Errors
    /// As of [`boot`](Self::boot); [`RackError::NoLine`]: nobody listens within `patience`.
    pub fn enter(
        &mut self,
        host: &str,
        npivot: &Path,
        patience: Duration,
    ) -> Result<Entered, RackError> {
        let machine = self.machines.get_mut(host);
        let machine = machine.ok_or_else(|| RackError::NotThere(host.to_owned()))?;
        let line = machine.line()?;
        let words = [npivot.as_os_str(), "lab".as_ref(), "serve".as_ref(), Machine::LINE.as_ref()];
        let running = self.boot(host, &Program::new(words))?;
        Entered::wait_for(host, running, line, patience)
    }

    /// The fabrics of the simulated SAN, to be managed while the kernels run.
    pub fn fabrics(&self) -> Vec<Arc<dyn Fabric>> {
        let fabrics = fabrics_of(&self.plant.stage()).into_iter();
        fabrics.map(|fabric| Arc::new(fabric) as Arc<dyn Fabric>).collect()
    }

    /// The arrays of the simulated SAN, to be managed while the kernels run.
    pub fn arrays(&self) -> Vec<Arc<dyn Array>> {
        let arrays = arrays_of(&self.plant.stage()).into_iter();
        arrays.map(|array| Arc::new(array) as Arc<dyn Array>).collect()
    }

    /// The simulated SAN, to look at and to act on while the kernels run.
    pub fn plant(&self) -> &Plant {
        &self.plant
    }

    /// The adapters of the kernels: where they are plugged in and what they are called.
    pub fn adapters(&self) -> &[OutsideHba] {
        &self.outside
    }
}
