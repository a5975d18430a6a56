//! A running simulation whose world is kept.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use npivot_fabric::Simulation;
use npivot_hal::layer::{Answer, Call, Layer};
use npivot_hal::{Error, ErrorKind, Result};

use super::{Kept, StateError};

/// Keeps the world of a running simulation: each call that changes something, before it is answered, and
/// at the end what happened by itself. As a [`Layer`] it goes around the machines of that simulation.
#[derive(Debug, Clone)]
pub struct Keeper {
    simulation: Simulation,
    kept: Arc<Mutex<Kept>>,
}

impl Keeper {
    /// How long the world is given at the end to become quiet: logins, discovery and scans take fractions
    /// of it, and the time-outs of a host that has lost something are longer.
    pub const QUIET_LIMIT: Duration = Duration::from_secs(1);

    /// Keeps the world of this simulation there, from which it was opened.
    pub fn new(simulation: &Simulation, kept: Kept) -> Self {
        Self { simulation: simulation.clone(), kept: Arc::new(Mutex::new(kept)) }
    }

    /// Writes down what was done up to now.
    ///
    /// # Errors
    /// As [`Kept::keep`].
    pub fn keep(&self) -> std::result::Result<(), StateError> {
        // One that panicked while it wrote left an unfinished record, or a whole one.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        self.simulation.with(|world| kept.keep(world)).map(|_| ())
    }

    /// Ends a step: lets the world become quiet, for [`QUIET_LIMIT`](Self::QUIET_LIMIT) at most, and writes
    /// it down. What the next one finds is a world in which the news have arrived.
    ///
    /// # Errors
    /// As [`Kept::keep`].
    pub async fn finish(&self) -> std::result::Result<(), StateError> {
        self.simulation.settled(Self::QUIET_LIMIT).await;
        self.keep()
    }
}

impl<M: ?Sized + Send + Sync> Layer<M> for Keeper {
    async fn around<T: Answer>(
        &self,
        _machine: &Arc<M>,
        call: &Call<'_>,
        inner: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        let answer = inner.await;
        if call.changes {
            // One that failed may have done a part of it.
            self.keep().map_err(|cause| {
                let reason = "it is done, and could not be written down";
                Error::new(ErrorKind::NoAnswer, call.request.operation(), call.machine, reason)
                    .with_source(cause)
            })?;
        }
        answer
    }
}
