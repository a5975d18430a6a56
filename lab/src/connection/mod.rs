//! Connections: from a URI to a host, and where there is one, to its SAN.
//!
//! | URI | what it is |
//! |---|---|
//! | `sysfs:` | this machine |
//! | `sysfs:DIR` | a directory with a `/sys` in it, or a copy of one |
//! | `sysfs:ARCHIVE#PHASE` | a capture of another machine |
//! | `sim:TOPOLOGY#HOST` | a host of a simulated SAN, with its fabrics and arrays |
//! | `tree:TOPOLOGY#HOST` | the same host, seen by the Linux backend through its sysfs tree |
//! | `kernel:TOPOLOGY#HOST` | a real Linux kernel in its place, booted for it, seen by the Linux backend |
//!
//! **Adding a backend**: one row in [`SCHEMES`], nothing else.

mod error;
mod kernel;
mod sim;
mod simulated;
mod sysfs;
mod uri;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use npivot_conformance::{Deviation, Maker};
use npivot_hal::{Array, Fabric, Host, WwnPair};

use crate::proving::{deviations_of, deviations_of_kernel};
use crate::state::StateDir;

pub use error::ConnectError;
pub use simulated::Simulated;
pub use uri::Uri;

/// What a URI leads to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Connection {
    /// The host.
    pub host: Arc<dyn Host>,
    /// The fabrics that can be asked along with it.
    pub fabrics: Vec<Arc<dyn Fabric>>,
    /// The arrays that can be asked along with it.
    pub arrays: Vec<Arc<dyn Array>>,
    /// The simulation behind it, where there is one.
    pub simulated: Option<Simulated>,
}

impl Connection {
    /// A host alone.
    pub fn of_host(host: Arc<dyn Host>) -> Self {
        Self { host, fabrics: vec![], arrays: vec![], simulated: None }
    }
}

impl Connection {
    /// Ends the work on it: what is kept is kept now, and as it is once it is quiet. Without a world that
    /// is kept it does nothing.
    ///
    /// # Errors
    /// [`ConnectError::State`]: what was done is not kept.
    pub async fn finish(&self) -> Result<(), ConnectError> {
        match self.simulated.as_ref().and_then(|simulated| simulated.keeper.as_ref()) {
            Some(keeper) => Ok(keeper.finish().await?),
            None => Ok(()),
        }
    }
}

/// Whose time passes behind a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// Everybody's.
    Real,
    /// The simulation's: connect on a paused tokio runtime, and waiting takes no time.
    Virtual,
}

/// A connection that is being made.
pub type Connecting<'a> =
    Pin<Box<dyn Future<Output = Result<Connection, ConnectError>> + Send + 'a>>;

/// Makes what makes fixtures.
type Making = fn(&Uri, &[WwnPair]) -> Result<Box<dyn Maker>, ConnectError>;

/// A kind of connection.
#[derive(Debug, Clone, Copy)]
pub struct Scheme {
    /// What stands before the colon.
    pub name: &'static str,
    /// What may stand after it.
    pub forms: &'static [&'static str],
    /// Whose time passes.
    pub clock: Clock,
    open: for<'a> fn(&'a Uri, Option<&'a StateDir>) -> Connecting<'a>,
    maker: Making,
}

/// The kinds of connections that there are.
pub const SCHEMES: &[Scheme] = &[
    Scheme {
        name: "sysfs",
        forms: &["sysfs:", "sysfs:DIR", "sysfs:ARCHIVE#PHASE"],
        clock: Clock::Real,
        open: |uri, _| Box::pin(async move { sysfs::open(uri) }),
        maker: sysfs::maker,
    },
    Scheme {
        name: "sim",
        forms: &["sim:TOPOLOGY#HOST"],
        clock: Clock::Virtual,
        open: |uri, state| Box::pin(async move { sim::open(uri, state) }),
        maker: sim::maker,
    },
    Scheme {
        name: "tree",
        forms: &["tree:TOPOLOGY#HOST"],
        clock: Clock::Virtual,
        open: |uri, state| Box::pin(async move { sim::open_tree(uri, state) }),
        maker: sim::tree_maker,
    },
    Scheme {
        name: "kernel",
        forms: &["kernel:TOPOLOGY#HOST"],
        clock: Clock::Real,
        open: |uri, state| Box::pin(async move { kernel::open(uri, state) }),
        maker: kernel::maker,
    },
];

impl Uri {
    /// Whose time passes behind it.
    pub fn clock(&self) -> Clock {
        self.scheme().clock
    }

    /// Connects. A simulated SAN is booted for it and ends with it.
    ///
    /// # Errors
    /// [`ConnectError`]: what it names is not there, or is wrong.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn connect(&self) -> Result<Connection, ConnectError> {
        (self.scheme().open)(self, None).await
    }

    /// Connects, with a simulated world that is kept in a directory: it is as the last one left it who had
    /// it there, and each call that changes it is durable before it is answered. At the end,
    /// [`Connection::finish`] keeps the rest. What is not simulated keeps its state itself, and the
    /// directory is not looked at.
    ///
    /// # Errors
    /// As for [`connect`](Self::connect), and [`ConnectError::State`]; [`ConnectError::NotKept`] for the SAN of a real
    /// kernel, which goes with it.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn connect_keeping(&self, state: &StateDir) -> Result<Connection, ConnectError> {
        (self.scheme().open)(self, Some(state)).await
    }

    /// Where what it leads to is known to differ from the contract.
    ///
    /// # Errors
    /// As for [`connect`](Self::connect).
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn deviations(&self) -> Result<Vec<Deviation>, ConnectError> {
        match self.scheme().name {
            "sim" => return Ok(vec![]),
            "kernel" => return Ok(deviations_of_kernel()),
            _ => {}
        }
        let adapters = self.connect().await?.host.adapters().await.unwrap_or_default();
        let is_libfc = adapters.iter().any(|adapter| adapter.driver.as_deref() == Some("fcoe"));
        Ok(match (is_libfc, self.scheme().name, self.path()) {
            (false, ..) => vec![],
            // This machine's own kernel.
            (true, "sysfs", None) => deviations_of_kernel(),
            (true, ..) => deviations_of("libfc"),
        })
    }

    /// What makes fixtures of it for the conformance suite. On a machine that is not simulated, cases may
    /// make vports of the spare names, which nothing on its SAN uses.
    ///
    /// # Errors
    /// As for [`connect`](Self::connect).
    pub fn maker(&self, spare: &[WwnPair]) -> Result<Box<dyn Maker>, ConnectError> {
        (self.scheme().maker)(self, spare)
    }
}
