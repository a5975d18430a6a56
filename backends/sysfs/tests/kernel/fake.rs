//! A host and a kernel that do what a test says.

use std::collections::BTreeMap;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use futures_core::Stream;
use npivot_hal::{
    Adapter, AdapterKind, Error, ErrorKind, Event, EventStream, Host, HostCapabilities, HostNo,
    Lun, LunDetails, LunId, LunPath, Luns, Npiv, Outcome, PathState, PortState, RemotePort, Result,
    ScanScope, ScsiAddress, Vport, VportState, WwnPair, Wwpn,
};
use npivot_sysfs::events::{Message, MessageStream, Messages, Pace, watch};
use tokio::sync::mpsc;

/// What an adapter shows.
#[derive(Debug, Default, Clone)]
pub(crate) struct Shown {
    pub(crate) state: Option<PortState>,
    pub(crate) driver: Option<String>,
    pub(crate) vports: BTreeMap<Wwpn, VportState>,
    pub(crate) remotes: BTreeMap<u32, (Wwpn, PortState)>,
    /// A LUN's identity; `None` is one that cannot be read.
    pub(crate) luns: BTreeMap<u64, Option<LunId>>,
}

#[derive(Debug, Default)]
pub(crate) struct FakeHost {
    pub(crate) shown: Mutex<BTreeMap<HostNo, Shown>>,
    /// How long it takes to list the adapters.
    pub(crate) delay: Mutex<Option<Duration>>,
    /// Whether the adapters cannot be listed.
    pub(crate) broken: Mutex<bool>,
    /// How often adapters were listed, and how often an adapter's remote ports.
    pub(crate) lists: AtomicUsize,
    pub(crate) looks: Mutex<BTreeMap<HostNo, usize>>,
}

impl FakeHost {
    pub(crate) fn change(&self, adapter: u32, change: impl FnOnce(&mut Shown)) {
        change(self.shown.lock().unwrap().entry(HostNo(adapter)).or_default());
    }

    pub(crate) fn looks_at(&self, adapter: u32) -> usize {
        self.looks.lock().unwrap().get(&HostNo(adapter)).copied().unwrap_or_default()
    }

    pub(crate) fn lists(&self) -> usize {
        self.lists.load(Ordering::SeqCst)
    }

    fn of(&self, adapter: HostNo) -> Result<Shown> {
        let shown = self.shown.lock().unwrap().get(&adapter).cloned();
        let gone = || Error::new(ErrorKind::NotFound, "look", adapter.to_string(), "gone");
        shown.ok_or_else(gone)
    }
}

pub(crate) fn wwpn(n: u8) -> Wwpn {
    format!("21000000000000{n:02x}").parse().unwrap()
}

pub(crate) fn names(n: u8) -> WwnPair {
    WwnPair::new(wwpn(n), "2000000000000001".parse().unwrap())
}

pub(crate) fn address(adapter: u32, lun: u64) -> ScsiAddress {
    ScsiAddress { host: HostNo(adapter), channel: 0, target: 0, lun }
}

pub(crate) fn identity(n: u8) -> LunId {
    format!("naa.50000000000000{n:02x}").parse().unwrap()
}

#[async_trait]
impl Host for FakeHost {
    fn name(&self) -> &'static str {
        "fake"
    }
    fn capabilities(&self) -> HostCapabilities {
        HostCapabilities::default()
    }
    async fn adapters(&self) -> Result<Vec<Adapter>> {
        self.lists.fetch_add(1, Ordering::SeqCst);
        let delay = *self.delay.lock().unwrap();
        if let Some(delay) = delay {
            pass(delay).await;
        }
        if *self.broken.lock().unwrap() {
            return Err(Error::new(ErrorKind::Busy, "list adapters", "fake", "broken"));
        }
        let shown = self.shown.lock().unwrap();
        if shown.is_empty() {
            let reason = "no Fibre Channel here";
            return Err(Error::new(ErrorKind::Unsupported, "list adapters", "fake", reason));
        }
        let adapters = shown.iter().map(|(no, shown)| {
            let kind = AdapterKind::Physical { npiv: None };
            let mut adapter = Adapter::new(*no, names(0), kind);
            adapter.state = shown.state.unwrap_or(PortState::Online);
            adapter.driver.clone_from(&shown.driver);
            adapter
        });
        Ok(adapters.collect())
    }
    async fn remote_ports(&self, adapter: HostNo) -> Result<Vec<RemotePort>> {
        *self.looks.lock().unwrap().entry(adapter).or_default() += 1;
        let remotes = self.of(adapter)?.remotes.into_iter().map(|(number, (wwpn, state))| {
            let mut remote = RemotePort::new(adapter, number, state);
            remote.wwpn = Some(wwpn);
            remote
        });
        Ok(remotes.collect())
    }
    fn npiv(&self) -> Option<&dyn Npiv> {
        Some(self)
    }
    fn luns(&self) -> Option<&dyn Luns> {
        Some(self)
    }
}

fn not_here<T>() -> Result<T> {
    Err(Error::new(ErrorKind::Unsupported, "change", "fake", "tests change it themselves"))
}

#[async_trait]
impl Npiv for FakeHost {
    async fn create_vport(&self, _: HostNo, _: WwnPair) -> Result<(Vport, Outcome)> {
        not_here()
    }
    async fn delete_vport(&self, _: HostNo, _: WwnPair) -> Result<Outcome> {
        not_here()
    }
    async fn vports(&self, parent: HostNo) -> Result<Vec<Vport>> {
        let node = names(0).wwnn;
        let vports = self.of(parent)?.vports.into_iter();
        Ok(vports
            .map(|(wwpn, state)| Vport::new(parent, WwnPair::new(wwpn, node), state))
            .collect())
    }
}

#[async_trait]
impl Luns for FakeHost {
    async fn paths(&self, adapter: HostNo) -> Result<Vec<LunPath>> {
        let paths = self.of(adapter)?.luns.into_iter().map(|(lun, identity)| {
            let unreadable = || Error::new(ErrorKind::Malformed, "identify", "it", "empty");
            let identity = identity.ok_or_else(unreadable);
            LunPath::new(address(adapter.0, lun), identity, PathState::Running)
        });
        Ok(paths.collect())
    }
    async fn identify(&self, _: ScsiAddress) -> Result<LunId> {
        not_here()
    }
    async fn inspect(&self, _: ScsiAddress) -> Result<LunDetails> {
        not_here()
    }
    async fn reported(&self, _: HostNo, _: u32) -> Result<Vec<Lun>> {
        not_here()
    }
    async fn scan(&self, _: HostNo, _: ScanScope) -> Result<Outcome> {
        not_here()
    }
    async fn remove(&self, _: ScsiAddress) -> Result<Outcome> {
        not_here()
    }
}

/// A kernel that sends what a test sends.
#[derive(Debug, Default)]
pub(crate) struct FakeKernel(Mutex<Vec<mpsc::UnboundedSender<Message>>>);

struct Sent(mpsc::UnboundedReceiver<Message>);

impl Stream for Sent {
    type Item = Message;
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Message>> {
        self.0.poll_recv(context)
    }
}

impl Messages for FakeKernel {
    fn subscribe(&self) -> io::Result<MessageStream> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.0.lock().unwrap().push(sender);
        Ok(Box::pin(Sent(receiver)))
    }
}

impl FakeKernel {
    pub(crate) fn send(&self, message: &Message) {
        self.0.lock().unwrap().retain(|sender| sender.send(message.clone()).is_ok());
    }

    /// Sends a uevent of an object behind an adapter.
    pub(crate) fn uevent(&self, adapter: u32, action: &str) {
        let devpath = format!("/devices/pci0/host{adapter}/rport-{adapter}:0-1");
        self.send(&Message::Uevent(crate::bytes::uevent(action, &devpath, &[])));
    }

    /// No message comes any more.
    pub(crate) fn end(&self) {
        self.0.lock().unwrap().clear();
    }

    /// How many still listen.
    pub(crate) fn listeners(&self) -> usize {
        self.0.lock().unwrap().iter().filter(|sender| !sender.is_closed()).count()
    }
}

/// A watched host with adapters 0 and 1.
pub(crate) struct Bed {
    pub(crate) host: Option<Arc<FakeHost>>,
    pub(crate) kernel: FakeKernel,
    pub(crate) events: EventStream,
}

impl Bed {
    pub(crate) fn new(prepare: impl FnOnce(&FakeHost, &mut Pace)) -> Self {
        let host = Arc::new(FakeHost::default());
        host.change(0, |_| ());
        host.change(1, |_| ());
        let mut pace = Pace::default();
        prepare(&host, &mut pace);
        let kernel = FakeKernel::default();
        let weak: Weak<FakeHost> = Arc::downgrade(&host);
        let events = watch(weak, &kernel, pace);
        Self { host: Some(host), kernel, events }
    }

    pub(crate) fn host(&self) -> &FakeHost {
        self.host.as_deref().unwrap()
    }

    /// The next event, `None` at the end of the stream.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        std::future::poll_fn(|context| self.events.as_mut().poll_next(context)).await
    }

    /// All events within this time.
    pub(crate) async fn within(&mut self, time: Duration) -> Vec<Event> {
        let mut events = vec![];
        let deadline = tokio::time::Instant::now() + time;
        while let Ok(Some(event)) = tokio::time::timeout_at(deadline, self.next()).await {
            events.push(event);
        }
        events
    }

    /// All events within a tenth of a second.
    pub(crate) async fn soon(&mut self) -> Vec<Event> {
        self.within(Duration::from_millis(100)).await
    }
}

/// Lets virtual time pass, with everything that is due in it: these tests run on a paused clock.
pub(crate) async fn pass(time: std::time::Duration) {
    tokio::time::sleep_until(tokio::time::Instant::now() + time).await;
}
