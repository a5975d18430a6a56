//! A Linux host: the HAL's [`Host`] over a sysfs.
//!
//! | file | what is in it |
//! |---|---|
//! | `places` | where things are in the tree |
//! | `adapters` | adapters, vports and remote ports, read |
//! | `unreadable` | what is there and cannot be read |
//! | `luns` | devices with their identities |
//! | `change` | writes: each a look, a write and another look |
//! | `reader` | the HAL's methods over them |

mod adapters;
mod change;
mod luns;
mod places;
mod reader;
mod unreadable;

use std::sync::Arc;

use async_trait::async_trait;
use npivot_hal::{
    Adapter, Error, EventStream, Events, Host, HostCapabilities, HostNo, Links, Luns, Npiv,
    RemotePort, Result,
};

use crate::events::{Messages, Pace, Silent, watch};
use crate::files::Files;
use crate::passthrough::Passthrough;
use reader::Reader;

/// A Linux host, through its sysfs.
///
/// Files alone tell everything but what devices are *now*: give it a
/// [`Passthrough`] for that, and [`Messages`] so that events come at once and not only with the next look.
///
/// ```
/// use std::sync::Arc;
/// use npivot_hal::{Host, Luns};
/// use npivot_sysfs::{ArchiveFiles, SysfsHost};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let archive = "phase now\n\
///     link /sys/class/fc_host/host0 -> ../../devices/x/host0/fc_host/host0\n\
///     file 0444 /sys/devices/x/host0/fc_host/host0/port_name \"0x2100001b32a9da4e\\n\"\n\
///     file 0444 /sys/devices/x/host0/fc_host/host0/node_name \"0x2000001b32a9da4e\\n\"\n";
/// let host = SysfsHost::new("web", Arc::new(ArchiveFiles::read(archive, None)?));
/// let adapters = host.adapters().await?;
/// assert_eq!(adapters[0].names.wwpn.to_string(), "2100001b32a9da4e");
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct SysfsHost {
    reader: Arc<Reader>,
    messages: Arc<dyn Messages>,
    pace: Pace,
}

impl SysfsHost {
    /// A host of this name, of which only the files are at hand.
    pub fn new(name: impl Into<String>, files: Arc<dyn Files>) -> Self {
        let reader = Reader { name: name.into(), files, passthrough: None, making: Arc::default() };
        Self { reader: Arc::new(reader), messages: Arc::new(Silent), pace: Pace::default() }
    }

    /// The same host, whose devices can be asked.
    #[must_use]
    pub fn with_passthrough(mut self, passthrough: Arc<dyn Passthrough>) -> Self {
        let Reader { name, files, making, .. } = &*self.reader;
        let (name, files, making) = (name.clone(), Arc::clone(files), Arc::clone(making));
        self.reader = Arc::new(Reader { name, files, passthrough: Some(passthrough), making });
        self
    }

    /// The same host, whose kernel tells what happens.
    #[must_use]
    pub fn with_messages(mut self, messages: Arc<dyn Messages>) -> Self {
        self.messages = messages;
        self
    }

    /// The same host, watched with this patience.
    #[must_use]
    pub fn with_pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }
}

#[async_trait]
impl Host for SysfsHost {
    fn name(&self) -> &str {
        self.reader.name()
    }
    fn capabilities(&self) -> HostCapabilities {
        self.reader.capabilities()
    }
    async fn adapters(&self) -> Result<Vec<Adapter>> {
        self.reader.adapters().await
    }
    async fn remote_ports(&self, adapter: HostNo) -> Result<Vec<RemotePort>> {
        self.reader.remote_ports(adapter).await
    }
    async fn unreadable(&self) -> Result<Vec<Error>> {
        self.reader.unreadable().await
    }
    fn npiv(&self) -> Option<&dyn Npiv> {
        self.reader.npiv()
    }
    fn luns(&self) -> Option<&dyn Luns> {
        self.reader.luns()
    }
    fn links(&self) -> Option<&dyn Links> {
        self.reader.links()
    }
    fn events(&self) -> Option<&dyn Events> {
        Some(self)
    }
}

impl Events for SysfsHost {
    fn subscribe(&self) -> EventStream {
        let host: Arc<dyn Host> = Arc::clone(&self.reader) as _;
        watch(Arc::downgrade(&host), &*self.messages, self.pace.clone())
    }
}
