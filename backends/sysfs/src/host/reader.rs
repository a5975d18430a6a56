//! The HAL's methods over the files, without events: what the watch looks through, too.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use npivot_hal::{
    Adapter, Error, ErrorKind, Host, HostCapabilities, HostNo, Links, Lun, LunDetails, LunId,
    LunPath, Luns, Npiv, Outcome, RemotePort, Result, Retry, ScanScope, ScsiAddress, Vport,
    WwnPair,
};

use super::{adapters, change, luns, places, unreadable};
use crate::files::Files;
use crate::passthrough::{self, DeviceRef, Passthrough};
use crate::quirks::VPORT_PATIENCE_MS;

/// How long a device may take to answer one command, in milliseconds: above what the kernel gives its own.
const COMMAND_TIMEOUT_MS: u32 = 30_000;
/// How often a vport that was made is looked for until its attributes are filled.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

#[derive(Debug)]
pub(super) struct Reader {
    pub(super) name: String,
    pub(super) files: Arc<dyn Files>,
    pub(super) passthrough: Option<Arc<dyn Passthrough>>,
    /// Held while a vport is looked for and made: libfc, asked twice at once, makes two of one name.
    pub(super) making: Arc<Mutex<()>>,
}

/// What came of a piece of work, unless the sysfs was lost meanwhile: then nothing of it is known.
fn believed<T>(files: &dyn Files, done: Result<T>) -> Result<T> {
    match files.reachable() {
        Ok(()) => done,
        Err(cause) => {
            let reason = cause.to_string();
            let error = Error::new(ErrorKind::NoAnswer, "use sysfs", files.place(), reason);
            // It is lost for good: to ask again is of no use.
            Err(error.with_retry(Retry::AfterChange))
        }
    }
}

impl Reader {
    /// Does blocking work where that is allowed.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Files) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        if !self.files.may_block() {
            return believed(&*self.files, work(&*self.files));
        }
        let files = Arc::clone(&self.files);
        let done = tokio::task::spawn_blocking(move || believed(&*files, work(&*files))).await;
        done.unwrap_or_else(|cause| {
            let reason = "the work was ended";
            let error = Error::new(ErrorKind::Interrupted, "read sysfs", &*self.name, reason);
            Err(error.with_source(cause))
        })
    }

    /// Asks a device; a lost path is not asked, since the answer would not come.
    async fn ask<T: Send + 'static>(
        &self,
        operation: &'static str,
        find: impl FnOnce(&dyn Files) -> Result<ScsiAddress> + Send + 'static,
        ask: impl FnOnce(&dyn Passthrough, &DeviceRef) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let port = self.passthrough.clone();
        let place = self.files.place();
        self.run(move |files| {
            let address = find(files)?;
            let device = luns::askable(files, operation, address)?;
            let port = port.ok_or_else(|| {
                let reason = format!("devices of {place} cannot be asked: only its files are here");
                Error::new(ErrorKind::Unsupported, operation, address.to_string(), reason)
            })?;
            let answer = ask(&*port, &device)?;
            // Numbers are used again: what has the same nodes still was asked, and nothing else. One that was
            // just found may have got its disk's meanwhile.
            let now = luns::askable(files, operation, address)?;
            if device.nodes.iter().all(|node| now.nodes.contains(node)) {
                return Ok(answer);
            }
            let reason = "it was made anew while it was asked";
            Err(Error::new(ErrorKind::Busy, operation, address.to_string(), reason))
        })
        .await
    }
}

#[async_trait]
impl Host for Reader {
    fn name(&self) -> &str {
        &self.name
    }
    fn capabilities(&self) -> HostCapabilities {
        HostCapabilities::default()
    }
    async fn adapters(&self) -> Result<Vec<Adapter>> {
        self.run(adapters::adapters).await
    }
    async fn remote_ports(&self, adapter: HostNo) -> Result<Vec<RemotePort>> {
        self.run(move |files| {
            let place = places::adapter(files, "list remote ports", adapter)?;
            Ok(adapters::remote_ports(files, &place))
        })
        .await
    }
    async fn unreadable(&self) -> Result<Vec<Error>> {
        self.run(unreadable::all).await
    }
    fn npiv(&self) -> Option<&dyn Npiv> {
        Some(self)
    }
    fn luns(&self) -> Option<&dyn Luns> {
        Some(self)
    }
    fn links(&self) -> Option<&dyn Links> {
        Some(self)
    }
}

#[async_trait]
impl Npiv for Reader {
    async fn create_vport(&self, parent: HostNo, names: WwnPair) -> Result<(Vport, Outcome)> {
        let making = Arc::clone(&self.making);
        let create = move |files: &dyn Files| {
            let _one_at_a_time = making.lock().unwrap_or_else(PoisonError::into_inner);
            change::create_vport(files, parent, names)
        };
        if let Some(there) = self.run(create).await? {
            return Ok((there, Outcome::Unchanged));
        }
        let deadline = tokio::time::Instant::now() + Duration::from_millis(VPORT_PATIENCE_MS);
        loop {
            let operation = "create vport";
            let found =
                self.run(move |files| change::find_vport(files, operation, parent, names)).await?;
            if let Some(vport) = found {
                return Ok((vport, Outcome::Changed));
            }
            if tokio::time::Instant::now() >= deadline {
                let reason = "the kernel took the names, and no vport has shown up";
                let object = parent.to_string();
                return Err(Error::new(ErrorKind::NoAnswer, "create vport", object, reason));
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
    async fn delete_vport(&self, parent: HostNo, names: WwnPair) -> Result<Outcome> {
        let operation = "delete vport";
        let asked = self.run(move |files| change::delete_vport(files, parent, names)).await?;
        if !asked.changed() {
            return Ok(asked);
        }
        let deadline = tokio::time::Instant::now() + Duration::from_millis(VPORT_PATIENCE_MS);
        loop {
            let found =
                self.run(move |files| change::find_vport(files, operation, parent, names)).await?;
            if found.is_none() {
                return Ok(Outcome::Changed);
            }
            if tokio::time::Instant::now() >= deadline {
                let reason = "the kernel took the names, and the vport is still there";
                return Err(Error::new(ErrorKind::Busy, operation, parent.to_string(), reason));
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
    async fn vports(&self, parent: HostNo) -> Result<Vec<Vport>> {
        self.run(move |files| {
            let place = places::adapter(files, "list vports", parent)?;
            Ok(adapters::vports(files, &place))
        })
        .await
    }
}

#[async_trait]
impl Luns for Reader {
    async fn paths(&self, adapter: HostNo) -> Result<Vec<LunPath>> {
        self.run(move |files| {
            let place = places::adapter(files, "list paths", adapter)?;
            Ok(luns::paths(files, &place))
        })
        .await
    }
    async fn identify(&self, address: ScsiAddress) -> Result<LunId> {
        let ask = |port: &dyn Passthrough, device: &DeviceRef| {
            passthrough::identify(port, device, COMMAND_TIMEOUT_MS)
        };
        self.ask("identify", move |_| Ok(address), ask).await
    }
    async fn inspect(&self, address: ScsiAddress) -> Result<LunDetails> {
        let ask = |port: &dyn Passthrough, device: &DeviceRef| {
            passthrough::inspect(port, device, COMMAND_TIMEOUT_MS)
        };
        self.ask("inspect", move |_| Ok(address), ask).await
    }
    async fn reported(&self, adapter: HostNo, target: u32) -> Result<Vec<Lun>> {
        let find = move |files: &dyn Files| change::asked_through(files, adapter, target);
        let ask = |port: &dyn Passthrough, device: &DeviceRef| {
            passthrough::reported(port, device, COMMAND_TIMEOUT_MS)
        };
        self.ask("report LUNs", find, ask).await
    }
    async fn scan(&self, adapter: HostNo, scope: ScanScope) -> Result<Outcome> {
        self.run(move |files| change::scan(files, adapter, scope)).await
    }
    async fn remove(&self, address: ScsiAddress) -> Result<Outcome> {
        self.run(move |files| change::remove(files, address)).await
    }
}

#[async_trait]
impl Links for Reader {
    async fn reset(&self, adapter: HostNo) -> Result<()> {
        self.run(move |files| change::reset(files, adapter)).await
    }
    async fn set_dev_loss_secs(&self, adapter: HostNo, secs: u32) -> Result<Outcome> {
        self.run(move |files| change::set_dev_loss(files, adapter, secs)).await
    }
}
