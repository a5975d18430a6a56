//! A running forwarder.

use std::io;
use std::os::unix::net::UnixDatagram;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use npivot_fabric::World;
use npivot_fabric::backend::Stage;
use npivot_fabric::san::ids::PortIx;
use npivot_fabric::world::SimTime;
use npivot_wire::faults::FaultPlan;
use npivot_wire::fcf::{Forwarder, LinkIx, Settings};

use super::clock::{Alarm, Clock};
use super::driver;
use super::port::Port;
use super::tap::Tap;
use super::transport::Transport;

/// A transport and where it goes.
#[derive(Debug)]
#[allow(clippy::exhaustive_structs, reason = "what a cable is: two ends, and who looks on")]
pub struct Plug {
    /// The switch port.
    pub port: PortIx,
    /// What carries its frames.
    pub transport: Box<dyn Transport>,
    /// Where they are written down.
    pub tap: Option<Tap>,
    /// What befalls them. What is written down is what arrives.
    pub faults: Option<FaultPlan>,
}

impl Plug {
    /// A transport in a port.
    pub fn new(port: PortIx, transport: impl Transport + 'static) -> Self {
        Self::boxed(port, Box::new(transport))
    }

    /// A transport that was opened by its words.
    pub const fn boxed(port: PortIx, transport: Box<dyn Transport>) -> Self {
        Self { port, transport, tap: None, faults: None }
    }

    /// Lets faults befall its frames.
    #[must_use]
    pub const fn faulty(mut self, faults: FaultPlan) -> Self {
        self.faults = Some(faults);
        self
    }

    /// Writes down what it carries.
    #[must_use]
    pub fn tapped(mut self, tap: Tap) -> Self {
        self.tap = Some(tap);
        self
    }
}

/// What the loop and its owner share.
#[derive(Debug)]
pub(super) struct Floor {
    pub(super) world: World,
    pub(super) forwarder: Forwarder,
    pub(super) states: Vec<State>,
    pub(super) stop: bool,
}

/// How a port does.
#[derive(Debug, Default)]
pub(super) struct State {
    /// Frames that were lost because the transport took them too slowly, or held too few of those that came.
    pub(super) overrun: u64,
    /// Why it carries nothing any more, if it is so.
    pub(super) closed: Option<(io::ErrorKind, String)>,
}

#[derive(Debug)]
pub(super) struct Shared {
    floor: Mutex<Floor>,
    pub(super) happened: Condvar,
    clock: Clock,
}

impl Shared {
    pub(super) fn floor(&self) -> MutexGuard<'_, Floor> {
        self.floor.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The present, in the world's time.
    pub(super) fn now(&self) -> SimTime {
        self.clock.now()
    }
}

/// A world with a forwarder in front of it, running in real time until this is dropped.
#[derive(Debug)]
pub struct Plant {
    stage: PlantStage,
    thread: Option<JoinHandle<()>>,
}

impl Plant {
    /// Plugs transports in and begins. The world's present becomes the present.
    ///
    /// # Errors
    /// A port cannot be plugged into ([`io::ErrorKind::InvalidInput`], with the world's words); no thread
    /// or socket can be had.
    pub fn start(mut world: World, plugs: Vec<Plug>, settings: Settings) -> io::Result<Self> {
        let mut forwarder = Forwarder::new(settings);
        let mut ports = vec![];
        for (number, Plug { port, transport, tap, faults }) in plugs.into_iter().enumerate() {
            forwarder
                .attach(&mut world, port)
                .map_err(|refusal| io::Error::new(io::ErrorKind::InvalidInput, refusal))?;
            ports.push(Port::new(transport, tap, faults, number));
        }
        let clock = Clock::showing(world.now());
        let states = ports.iter().map(|_| State::default()).collect();
        let floor = Mutex::new(Floor { world, forwarder, states, stop: false });
        let shared = Arc::new(Shared { floor, happened: Condvar::new(), clock });
        let (waker, woken) = UnixDatagram::pair()?;
        waker.set_nonblocking(true)?;
        woken.set_nonblocking(true)?;
        let alarm = Alarm::new()?;
        let loops = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("forwarder".into());
        let thread = Some(thread.spawn(move || driver::run(&loops, ports, &woken, alarm))?);
        let stage = PlantStage { shared, waker: Arc::new(waker) };
        Ok(Self { stage, thread })
    }

    /// Looks at or acts on the world, at the present instant. What follows from it goes out at once.
    pub fn with<T>(&self, act: impl FnOnce(&mut World, &Forwarder) -> T) -> T {
        self.stage.with(act)
    }

    /// The world, for those who manage its fabrics and arrays. Once the plant is gone its time passes only
    /// while it is looked at.
    pub fn stage(&self) -> Arc<dyn Stage> {
        Arc::new(self.stage.clone())
    }

    /// Waits until something is so: `look` is asked after whatever happens. `None` when it is not so by
    /// then.
    pub fn wait<T>(
        &self,
        patience: Duration,
        mut look: impl FnMut(&World, &Forwarder) -> Option<T>,
    ) -> Option<T> {
        let patience = u64::try_from(patience.as_micros()).unwrap_or(u64::MAX);
        let until = self.stage.shared.now() + patience;
        let mut floor = self.stage.shared.floor();
        loop {
            if let Some(found) = look(&floor.world, &floor.forwarder) {
                return Some(found);
            }
            let left = self.stage.shared.clock.until(until)?;
            let waited = self.stage.shared.happened.wait_timeout(floor, left);
            floor = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Frames of a link that were lost because its transport took them too slowly, or held too few of those that came.
    pub fn overrun(&self, link: LinkIx) -> u64 {
        self.stage.shared.floor().states.get(link.index()).map_or(0, |state| state.overrun)
    }

    /// Why a link's transport carries nothing any more, if it is so.
    pub fn closed(&self, link: LinkIx) -> Option<String> {
        let floor = self.stage.shared.floor();
        floor.states.get(link.index())?.closed.as_ref().map(|(_, why)| why.clone())
    }

    /// Whether a link's transport failed: it carries nothing any more, and not because the other side left.
    pub fn is_broken(&self, link: LinkIx) -> bool {
        let floor = self.stage.shared.floor();
        let closed = floor.states.get(link.index()).and_then(|state| state.closed.as_ref());
        closed.is_some_and(|&(kind, _)| kind != io::ErrorKind::UnexpectedEof)
    }

    /// Whether every transport is closed: there is nobody left to serve.
    pub fn is_deserted(&self) -> bool {
        self.stage.shared.floor().states.iter().all(|state| state.closed.is_some())
    }
}

/// The world of a plant, shared.
#[derive(Debug, Clone)]
struct PlantStage {
    shared: Arc<Shared>,
    waker: Arc<UnixDatagram>,
}

impl PlantStage {
    fn with<T>(&self, act: impl FnOnce(&mut World, &Forwarder) -> T) -> T {
        let done = {
            let mut floor = self.shared.floor();
            let now = self.shared.now();
            let Floor { world, forwarder, .. } = &mut *floor;
            world.advance(now);
            act(world, forwarder)
        };
        self.wake();
        done
    }

    fn wake(&self) {
        // A waker that is full has been woken.
        let _ = self.waker.send(&[0]);
    }
}

impl Stage for PlantStage {
    fn look(&self, look: &mut dyn FnMut(&World)) {
        self.with(|world, _| look(world));
    }

    fn act(&self, act: &mut dyn FnMut(&mut World)) {
        self.with(|world, _| act(world));
    }
}

impl Drop for Plant {
    fn drop(&mut self) {
        self.stage.shared.floor().stop = true;
        self.stage.wake();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
