//! Where a backend is tried: the machines, and what the suite may know of them.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use npivot_hal::{Array, Fabric, Host, Lun, LunId, Result, WwnPair, Wwpn};

/// One place to try a backend: a host, the fabrics that it is cabled to, the arrays on them. Any of the
/// three may be missing; cases that need it are not applicable then.
///
/// What there is and what is known is asked once per case, at its beginning.
#[async_trait]
pub trait Fixture: Debug + Send + Sync {
    /// The host.
    fn host(&self) -> Option<Arc<dyn Host>>;

    /// The fabrics.
    fn fabrics(&self) -> Vec<Arc<dyn Fabric>> {
        vec![]
    }

    /// The arrays.
    fn arrays(&self) -> Vec<Arc<dyn Array>> {
        vec![]
    }

    /// Lets this much time pass where the machines are. A simulation runs on tokio's paused time and can
    /// leave this as it is.
    async fn wait(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    /// Names that nothing on the SAN uses and that cases may make vports of; four are enough for all of
    /// them. They need not be zoned or masked.
    fn spare_names(&self) -> Vec<WwnPair> {
        vec![]
    }

    /// What is so on this SAN, from another source than the backend.
    fn known(&self) -> Known {
        Known::default()
    }

    /// Hands at the hardware.
    fn bench(&self) -> Option<&dyn Bench> {
        None
    }

    /// How many calls a case may make for the sake of thoroughness: random walks grow with it, and limits
    /// are filled up where it suffices. A simulation can afford 20,000.
    fn budget(&self) -> u32 {
        200
    }
}

/// What somebody knows of a SAN who did not ask the backend: from its cabling list, its topology file.
/// Without it many cases can only compare the backend's answers with each other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Known {
    /// Port names of the host's physical adapters that are cabled and should be logged in.
    pub adapters: Vec<Wwpn>,
    /// Names that are zoned and masked, and not in use: vports of these see logical units.
    pub guests: Vec<Guest>,
}

/// Names for a vport that will see something.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Guest {
    /// Its names.
    pub names: WwnPair,
    /// The port name of the adapter on whose fabric it is zoned.
    pub parent: Wwpn,
    /// All that its host will list behind it, in any order: one for each target port and LUN.
    pub units: Vec<Unit>,
}

impl Guest {
    /// A guest.
    pub fn new(names: WwnPair, parent: Wwpn, units: Vec<Unit>) -> Self {
        Self { names, parent, units }
    }
}

/// A logical unit that a guest sees through one target port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Unit {
    /// The target port.
    pub target: Wwpn,
    /// Its LUN.
    pub lun: Lun,
    /// Which volume it is.
    pub identity: LunId,
}

impl Unit {
    /// A unit.
    pub fn new(target: Wwpn, lun: Lun, identity: LunId) -> Self {
        Self { target, lun, identity }
    }
}

/// What no HAL call can do, done to the hardware: by a simulation, a relay box, or a person who is asked.
#[async_trait]
pub trait Bench: Debug + Send + Sync {
    /// Plugs in or pulls the cable of a port: that of a host's physical adapter or of an array.
    ///
    /// # Errors
    /// `Unsupported`: nobody can, of this port. `NotFound`: no such port.
    async fn set_light(&self, port: Wwpn, on: bool) -> Result<()>;
}

/// Makes fixtures: a fresh place for each case where that is cheap (a simulation), the same machine again
/// where it is not. What a case leaves behind is cleaned up and, where that fails, reported.
#[async_trait]
pub trait Maker: Debug + Send + Sync {
    /// What the report calls it.
    fn name(&self) -> String;

    /// A place to try the backend.
    ///
    /// # Errors
    /// The place cannot be made: the case fails.
    async fn make(&self) -> Result<Box<dyn Fixture>>;
}
