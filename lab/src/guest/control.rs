//! The guest itself: where it is, its devices there, and npivot's port to it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use npivot::pool::Volume;
use npivot::{GuestControl, GuestState};
use npivot_fabric::Simulation;
use npivot_hal::{Error, ErrorKind, LunId, Result, ScsiAddress};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::writer::{self, Audit, Ledger};

/// A guest with its writer. Dropping it stops the writer.
#[derive(Debug)]
pub struct SimGuest {
    pub(super) shared: Arc<Shared>,
    writer: JoinHandle<()>,
}

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) name: String,
    pub(super) simulation: Simulation,
    pub(super) place: Mutex<Place>,
    /// Held during each write: who holds it knows that none is under way.
    pub(super) io: tokio::sync::Mutex<Ledger>,
    pub(super) woken: Notify,
}

/// Where the guest is.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) host: String,
    pub(super) running: bool,
    /// The paths of each volume there, in the order in which they are tried.
    pub(super) devices: Vec<Vec<ScsiAddress>>,
    /// The volumes, in the guest's order.
    pub(super) volumes: Vec<LunId>,
}

impl Shared {
    pub(super) fn place(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unfit(&self, operation: &'static str, reason: impl Into<String>) -> Error {
        Error::new(ErrorKind::InvalidArgument, operation, &*self.name, reason)
    }
}

impl SimGuest {
    /// Starts a guest on a host with these volumes, which it writes to, one block per `write_every`, each
    /// volume in turn.
    ///
    /// # Errors
    /// `InvalidArgument`: a volume without a path, no volume at all, or no such host.
    pub fn start(
        simulation: &Simulation,
        name: &str,
        host: &str,
        volumes: &[Volume],
        write_every: Duration,
    ) -> Result<Self> {
        let ids: Vec<LunId> = volumes.iter().map(|volume| volume.id.clone()).collect();
        let shared = Arc::new(Shared {
            name: name.to_owned(),
            simulation: simulation.clone(),
            place: Mutex::new(Place {
                host: host.to_owned(),
                running: false,
                devices: vec![],
                volumes: ids.clone(),
            }),
            io: tokio::sync::Mutex::new(Ledger::default()),
            woken: Notify::new(),
        });
        if ids.is_empty() {
            return Err(shared.unfit("start guest", "it has no volume"));
        }
        let devices = devices(&shared, host, volumes, &ids)?;
        {
            let mut place = shared.place();
            place.devices = devices;
            place.running = true;
        }
        let writer = tokio::spawn(writer::run(Arc::clone(&shared), write_every));
        Ok(Self { shared, writer })
    }

    /// Reads every acknowledged block back, where the guest is, and compares. The guest is paused for it.
    ///
    /// # Errors
    /// A volume that cannot be read at all.
    pub async fn audit(&self) -> Result<Audit> {
        writer::audit(&self.shared).await
    }
}

impl Drop for SimGuest {
    fn drop(&mut self) {
        self.writer.abort();
    }
}

/// The paths of the guest's volumes among those that a host shows.
fn devices(
    shared: &Shared,
    host: &str,
    shown: &[Volume],
    wanted: &[LunId],
) -> Result<Vec<Vec<ScsiAddress>>> {
    if shared.simulation.host(host).is_none() {
        return Err(shared.unfit("find volumes", format!("there is no host {host}")));
    }
    let by_id: BTreeMap<&LunId, &Volume> = shown.iter().map(|v| (&v.id, v)).collect();
    let paths = |id: &LunId| {
        let paths = by_id.get(id).map(|volume| volume.paths.iter().map(|p| p.address).collect());
        paths.filter(|paths: &Vec<_>| !paths.is_empty()).ok_or_else(|| {
            shared.unfit("find volumes", format!("host {host} shows no path to {id}"))
        })
    };
    wanted.iter().map(paths).collect()
}

#[async_trait]
impl GuestControl for SimGuest {
    fn name(&self) -> &str {
        &self.shared.name
    }

    async fn state(&self) -> Result<GuestState> {
        let place = self.shared.place();
        let host = place.host.clone();
        Ok(if place.running { GuestState::Running(host) } else { GuestState::Paused(host) })
    }

    async fn pause(&self) -> Result<()> {
        // The write that is under way ends first: what the guest was told is on the volume.
        let _none_under_way = self.shared.io.lock().await;
        self.shared.place().running = false;
        Ok(())
    }

    async fn resume(&self) -> Result<()> {
        self.shared.place().running = true;
        self.shared.woken.notify_one();
        Ok(())
    }

    async fn switch_over(&self, host: &str, volumes: &[Volume]) -> Result<()> {
        let _none_under_way = self.shared.io.lock().await;
        let wanted = self.shared.place().volumes.clone();
        let devices = devices(&self.shared, host, volumes, &wanted)?;
        let mut place = self.shared.place();
        if place.running && place.host == host {
            return Ok(());
        }
        if place.running {
            return Err(self.shared.unfit("switch over", "it is not paused"));
        }
        host.clone_into(&mut place.host);
        place.devices = devices;
        place.running = true;
        drop(place);
        self.shared.woken.notify_one();
        Ok(())
    }
}
