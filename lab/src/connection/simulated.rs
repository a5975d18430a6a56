//! The simulation behind a connection: what a laboratory does to a host that the host itself cannot.

use std::sync::Arc;

use npivot_fabric::san::ids::HostIx;
use npivot_fabric::world::{Command, HostCommand, Refusal};
use npivot_fabric::{Simulation, World};
use npivot_hal::layer::Layered;
use npivot_hal::{Array, Fabric, Host};

use super::{ConnectError, Connection};
use crate::act::{Act, ActError};
use crate::state::{Keeper, Opened};

/// The simulation behind a connection.
#[derive(Debug, Clone)]
pub struct Simulated {
    simulation: Simulation,
    host: HostIx,
    pub(super) keeper: Option<Keeper>,
    notice: Option<String>,
}

impl Simulated {
    /// A simulation that ends with its connections.
    pub(super) const fn new(simulation: Simulation, host: HostIx) -> Self {
        Self { simulation, host, keeper: None, notice: None }
    }

    /// One whose world is kept.
    pub(super) fn kept(opened: Opened, host: HostIx) -> Self {
        let Opened { world, kept, notice } = opened;
        let simulation = Simulation::start(world);
        let keeper = Some(Keeper::new(&simulation, kept));
        Self { simulation, host, keeper, notice }
    }

    /// The simulation itself. Commands that are given to it are kept with the next call that changes
    /// something, or at the end.
    pub const fn simulation(&self) -> &Simulation {
        &self.simulation
    }

    /// Which of its hosts the connection is to.
    pub const fn host(&self) -> HostIx {
        self.host
    }

    /// What is to be told of the world that was found.
    pub fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    /// Restarts the host, and waits until its adapters have logged in and found what they see. Its vports
    /// are gone, and its numbers are dealt anew ([`HostCommand::Reboot`]).
    ///
    /// # Errors
    /// [`ConnectError::State`]: it was restarted, and that could not be written down.
    pub async fn reboot(&self) -> Result<(), ConnectError> {
        let command = Command::Host(self.host, HostCommand::Reboot);
        // It refuses a host that it has not, which is none of its connections'.
        let _ = self.simulation.apply(command);
        self.simulation.settled(World::BOOT_LIMIT.elapsed()).await;
        match &self.keeper {
            Some(keeper) => Ok(keeper.keep()?),
            None => Ok(()),
        }
    }

    /// Does something to the SAN, and waits until its adapters have noticed.
    ///
    /// # Errors
    /// [`ConnectError::Act`]: it was not done. [`ConnectError::State`]: it was, and that could not be written
    /// down.
    pub async fn act(&self, act: &Act) -> Result<(), ConnectError> {
        let command = self.simulation.with(|world| act.command(world))?;
        let refused = |refusal: Refusal| ActError::Refused(refusal.to_string());
        self.simulation.apply(command).map_err(refused)?;
        self.simulation.settled(World::BOOT_LIMIT.elapsed()).await;
        match &self.keeper {
            Some(keeper) => Ok(keeper.keep()?),
            None => Ok(()),
        }
    }

    /// The connection to this host, with the fabrics and arrays of its SAN.
    pub(super) fn connection(self, host: Arc<dyn Host>) -> Connection {
        let fabrics = self.simulation.fabrics().into_iter().map(|f| f as Arc<dyn Fabric>);
        let arrays = self.simulation.arrays().into_iter().map(|a| a as Arc<dyn Array>);
        let mut connection = Connection::of_host(host);
        (connection.fabrics, connection.arrays) = (fabrics.collect(), arrays.collect());
        if let Some(keeper) = &self.keeper {
            connection.host = Arc::new(Layered::around(connection.host, keeper.clone()));
            for fabric in &mut connection.fabrics {
                *fabric = Arc::new(Layered::around(Arc::clone(fabric), keeper.clone()));
            }
            for array in &mut connection.arrays {
                *array = Arc::new(Layered::around(Arc::clone(array), keeper.clone()));
            }
        }
        connection.simulated = Some(self);
        connection
    }
}
