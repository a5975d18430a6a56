//! One world, shared, with time that passes.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::events::Subscribers;
use super::stage::{Access, Stage, array_of, arrays_of, fabric_of, fabrics_of};
use super::{SimArray, SimFabric, SimHost};
use crate::san::ids::HostIx;
use crate::topology::{Topology, TopologyError};
use crate::world::{Answer, Command, Happening, Refusal, SimTime, World};

/// Sees everything that happens, with its instant, in order.
pub type Watcher = Box<dyn FnMut(SimTime, &Happening, &World) + Send>;

/// Sees everything that happens as a [`Watcher`] does, for as long as it answers `true`.
pub type Listener = Box<dyn FnMut(SimTime, &Happening, &World) -> bool + Send>;

/// A running simulation. Clones share it; its clock stops when the last one goes.
#[derive(Debug, Clone)]
pub struct Simulation {
    shared: Arc<Shared>,
    _driver: Arc<Driver>,
}

struct Shared {
    state: Mutex<State>,
    changed: Notify,
    origin: Instant,
}

struct State {
    world: World,
    subscribers: Subscribers,
    watcher: Option<Watcher>,
    listeners: Vec<Listener>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Driver(JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Simulation {
    /// Lets a world's time pass with tokio's, from now on.
    ///
    /// # Panics
    /// Outside of a tokio runtime with its time enabled.
    pub fn start(mut world: World) -> Self {
        world.watch();
        let shared = Arc::new(Shared {
            // A world that has a past keeps it: its present is the runtime's.
            origin: Instant::now() - world.now().elapsed(),
            state: Mutex::new(State {
                world,
                subscribers: Subscribers::default(),
                watcher: None,
                listeners: vec![],
            }),
            changed: Notify::new(),
        });
        let driver = tokio::spawn(drive(Arc::clone(&shared)));
        Self { shared, _driver: Arc::new(Driver(driver)) }
    }

    /// Starts the SAN of a topology with seed 0, logged in: the state in which a test wants to find it.
    ///
    /// # Errors
    /// [`TopologyError`]: the text is not a topology.
    ///
    /// # Panics
    /// As [`start`](Self::start) does.
    pub fn of_topology(name: &str, text: &str) -> Result<Self, TopologyError> {
        Ok(Self::booted(&Topology::parse(name, text)?, 0))
    }

    /// The same, from a file.
    ///
    /// # Errors
    /// [`TopologyError`]: the file cannot be read or is not a topology.
    ///
    /// # Panics
    /// As [`start`](Self::start) does.
    pub fn of_file(path: impl AsRef<Path>) -> Result<Self, TopologyError> {
        Ok(Self::booted(&Topology::load(path.as_ref())?, 0))
    }

    /// The same, from a checked topology and with a seed.
    ///
    /// # Panics
    /// As [`start`](Self::start) does; or if the topology was changed after it was checked, into one that
    /// cannot be built.
    pub fn booted(topology: &Topology, seed: u64) -> Self {
        let mut world = World::from_topology(topology, seed)
            .expect("a checked topology can be built: what it refuses, its checks refuse first");
        world.settle(World::BOOT_LIMIT);
        Self::start(world)
    }

    /// The host of this name.
    pub fn host(&self, name: &str) -> Option<Arc<SimHost>> {
        let ix = self.with(|world| world.hosts().iter().position(|host| host.name == name))?;
        Some(Arc::new(SimHost::new(self.clone(), HostIx::from_index(ix), name.to_owned())))
    }

    /// The fabric of this name.
    pub fn fabric(&self, name: &str) -> Option<Arc<SimFabric>> {
        fabric_of(&self.stage(), name).map(Arc::new)
    }

    /// The array of this name.
    pub fn array(&self, name: &str) -> Option<Arc<SimArray>> {
        array_of(&self.stage(), name).map(Arc::new)
    }

    /// All fabrics, in order of definition.
    pub fn fabrics(&self) -> Vec<Arc<SimFabric>> {
        fabrics_of(&self.stage()).into_iter().map(Arc::new).collect()
    }

    /// All arrays, in order of definition.
    pub fn arrays(&self) -> Vec<Arc<SimArray>> {
        arrays_of(&self.stage()).into_iter().map(Arc::new).collect()
    }

    fn stage(&self) -> Arc<dyn Stage> {
        Arc::new(self.clone())
    }

    /// Looks at the world as it is at the runtime's present instant.
    pub fn with<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        let mut state = self.shared.lock();
        state.catch_up(self.shared.now());
        look(&state.world)
    }

    /// Asks something of the world, now. For what a HAL call does not reach: cables pulled, block I/O.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn apply(&self, command: Command) -> Answer {
        let mut state = self.shared.lock();
        state.catch_up(self.shared.now());
        let answer = state.world.apply(command);
        state.spread();
        self.shared.changed.notify_one();
        answer
    }

    /// Asks something that takes its time: it is done after a time drawn from this range, if the caller
    /// still waits by then.
    pub(super) async fn apply_after(&self, range: (u64, u64), command: Command) -> Answer {
        Access(self.stage()).apply_after(range, command).await
    }

    /// Asks something that must answer with `T`; another answer is a defect of the world.
    pub(super) fn expect<T>(
        answer: Answer,
        pick: impl FnOnce(crate::world::Reply) -> Option<T>,
    ) -> Result<T, Refusal> {
        Ok(pick(answer?).expect("each command has one kind of reply"))
    }

    /// Shows everything that happens from now on to a watcher; one at a time.
    pub fn set_watcher(&self, watcher: Watcher) {
        let mut state = self.shared.lock();
        state.catch_up(self.shared.now());
        state.watcher = Some(watcher);
    }

    /// Shows everything that happens from now on to one more listener.
    pub fn listen(&self, listener: Listener) {
        let mut state = self.shared.lock();
        state.catch_up(self.shared.now());
        state.listeners.push(listener);
    }

    pub(super) fn subscribe(&self, host: HostIx) -> npivot_hal::EventStream {
        let mut state = self.shared.lock();
        state.catch_up(self.shared.now());
        state.subscribers.add(host)
    }

    /// Lets this much of the runtime's time pass: none at all of a person's on a paused one.
    pub async fn run_for(&self, time: std::time::Duration) {
        tokio::time::sleep(time).await;
        self.with(|_| ());
    }

    /// Waits until nothing happens by itself any more, or until this much time has passed. Whether all is
    /// quiet.
    pub async fn settled(&self, limit: std::time::Duration) -> bool {
        let deadline = Instant::now() + limit;
        loop {
            let Some(due) = self.with(World::next_due) else {
                return true;
            };
            let due = self.shared.origin + due.elapsed();
            if due > deadline {
                return false;
            }
            tokio::time::sleep_until(due).await;
        }
    }
}

impl Stage for Simulation {
    fn look(&self, look: &mut dyn FnMut(&World)) {
        self.with(look);
    }

    fn act(&self, act: &mut dyn FnMut(&mut World)) {
        let mut state = self.shared.lock();
        state.catch_up(self.shared.now());
        act(&mut state.world);
        state.spread();
        self.shared.changed.notify_one();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic in the world is a defect that the panicking task reports; others may go on looking.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> SimTime {
        SimTime::since_start(self.origin.elapsed())
    }
}

impl State {
    fn catch_up(&mut self, now: SimTime) {
        self.world.advance(now);
        self.spread();
    }

    /// Passes on what happened.
    fn spread(&mut self) {
        for (at, happening) in self.world.take_happenings() {
            if let Some(watcher) = &mut self.watcher {
                watcher(at, &happening, &self.world);
            }
            self.listeners.retain_mut(|listener| listener(at, &happening, &self.world));
            self.subscribers.pass_on(&happening);
        }
    }
}

/// Advances the world to each instant at which something is due.
async fn drive(shared: Arc<Shared>) {
    loop {
        let next = {
            let mut state = shared.lock();
            state.catch_up(shared.now());
            state.world.next_due()
        };
        let changed = shared.changed.notified();
        match next {
            None => changed.await,
            Some(due) => {
                let due = shared.origin + due.elapsed();
                tokio::select! {
                    biased;
                    () = changed => {}
                    () = tokio::time::sleep_until(due) => {}
                }
            }
        }
    }
}
