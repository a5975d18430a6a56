//! The world: everything simulated, behind one door.
//!
//! [`World::apply`] asks something of it at its present instant, [`World::advance`] lets time pass. It is
//! synchronous, single-threaded and deterministic: one queue ordered by (time, order of arrival), one
//! seed with a stream per purpose, and no iteration over anything unordered. A run is its
//! [`CommandLog`]: it can be written, hashed and replayed.
//!
//! One request's way through it, a vport being made: [`Command::Host`] with `CreateVport` →
//! `host::vport` checks what the transport and the driver check, adds an adapter, queues its login →
//! `advance` → `host::login` sends FDISC to [`San`] → accepted: discovery is queued, other members of its
//! zones get an RSCN → the name server is asked → a login to each target → REPORT LUNS → devices.

mod chance;
mod command;
mod happening;
mod log;
mod machines;
mod queue;
mod refusal;
mod time;

pub use chance::child as random_stream;
pub use command::{
    Answer, Build, Command, HostCommand, MaskingCommand, NPortCommand, Reply, ZoningCommand,
};
pub use happening::Happening;
pub use log::{CommandLog, Fingerprint, LogError, VERSION as LOG_VERSION};
pub use machines::{ArrayNode, Notice, Path, TargetPort, Unit};
pub use queue::Stamp;
pub use refusal::Refusal;
pub use time::SimTime;

use std::collections::BTreeMap;

use crate::config::Latencies;
use crate::host::{Adapter, Host};
use crate::san::San;
use crate::san::ids::{AdapterIx, FabricIx, PortIx};
use chance::Chance;
use machines::Node;
pub(crate) use queue::Due;
use queue::Queue;

/// The simulated SAN with its hosts and arrays.
#[derive(Debug)]
pub struct World {
    now: SimTime,
    seed: u64,
    latencies: Latencies,
    chance: Chance,
    queue: Queue,
    stamps: u64,
    pub(crate) san: San,
    pub(crate) hosts: Vec<Host>,
    pub(crate) adapters: Vec<Option<Box<Adapter>>>,
    pub(crate) free_adapters: Vec<AdapterIx>,
    pub(crate) arrays: Vec<ArrayNode>,
    pub(crate) targets: Vec<TargetPort>,
    nodes: BTreeMap<PortIx, Node>,
    /// What happened since it was last taken; `None` while nobody watches.
    happenings: Option<Vec<(SimTime, Happening)>>,
    /// What is to be told to N_Ports from outside; `None` while nobody carries it.
    notices: Option<Vec<Notice>>,
    log: Option<CommandLog>,
    /// When the open zoning transaction of a fabric was begun or last edited.
    zone_edits: BTreeMap<FabricIx, SimTime>,
}

impl World {
    /// An empty world. The same seed and the same commands at the same instants give the same run.
    pub fn new(seed: u64, latencies: Latencies) -> Self {
        Self {
            now: SimTime::ZERO,
            seed,
            latencies,
            chance: Chance::new(seed),
            queue: Queue::default(),
            stamps: 0,
            san: San::default(),
            hosts: vec![],
            adapters: vec![],
            free_adapters: vec![],
            arrays: vec![],
            targets: vec![],
            nodes: BTreeMap::new(),
            happenings: None,
            notices: None,
            log: None,
            zone_edits: BTreeMap::new(),
        }
    }

    /// Begins to record commands and to hash what happens. Costs memory per command: off by default.
    pub fn record(&mut self) {
        self.log.get_or_insert_default();
    }

    /// Ends what [`record`](Self::record) began, and forgets what was recorded: for a world that serves
    /// block I/O for days.
    pub fn stop_recording(&mut self) {
        self.log = None;
    }

    /// Begins to keep what happens for [`take_happenings`](Self::take_happenings): off by default.
    pub fn watch(&mut self) {
        self.happenings.get_or_insert_default();
    }

    /// What happened since the last time, in order. Empty while nobody [`watch`](Self::watch)es.
    pub fn take_happenings(&mut self) -> Vec<(SimTime, Happening)> {
        self.happenings.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// The hash of the run so far; `None` while nothing is recorded.
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        self.log.as_ref().map(CommandLog::fingerprint)
    }

    /// The recorded commands.
    pub fn log(&self) -> Option<&CommandLog> {
        self.log.as_ref()
    }

    /// The present instant.
    pub const fn now(&self) -> SimTime {
        self.now
    }

    /// The seed of the run.
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// How long things take.
    pub const fn latencies(&self) -> &Latencies {
        &self.latencies
    }

    /// The network.
    pub const fn san(&self) -> &San {
        &self.san
    }

    /// The network, to make room in it: [`San::reserve_logins`].
    pub const fn san_mut(&mut self) -> &mut San {
        &mut self.san
    }

    /// The hosts, by id.
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// The arrays, by id.
    pub fn arrays(&self) -> &[ArrayNode] {
        &self.arrays
    }

    /// The ports of all arrays, by id.
    pub fn targets(&self) -> &[TargetPort] {
        &self.targets
    }

    /// An adapter, while it exists.
    pub fn adapter(&self, ix: AdapterIx) -> Option<&Adapter> {
        self.adapters.get(ix.index())?.as_deref()
    }

    /// Asks something of the world, now.
    ///
    /// # Errors
    /// [`Refusal`]: why not. Nothing has changed then.
    pub fn apply(&mut self, command: Command) -> Answer {
        if let Some(log) = &mut self.log {
            log.command(self.now, &command);
        }
        let answer = match command {
            Command::Build(build) => self.build(build),
            Command::NPort(command) => self.act_on_nport(command),
            Command::Host(host, command) => self.act_on_host(host, command),
            Command::Zoning(fabric, command) => self.act_on_zoning(fabric, command),
            Command::Masking(array, command) => self.act_on_masking(array, command),
            Command::Light { port, on } => self.set_light(port, on),
        };
        if let Some(log) = &mut self.log {
            log.answer(self.now, &answer);
        }
        self.drop_what_is_over();
        answer
    }

    /// Lets time pass until this instant, which must not lie in the past (it is then the present).
    pub fn advance(&mut self, until: SimTime) {
        while let Some((at, due)) = self.queue.pop_until(until) {
            self.now = at;
            if !self.is_over(&due) {
                self.happen(due);
            }
        }
        self.now = self.now.max(until);
        self.drop_what_is_over();
    }

    /// When something happens next by itself, if anything does. What is over by now (a time-out for a
    /// remote port that is back) does not count.
    pub fn next_due(&self) -> Option<SimTime> {
        self.queue.next_at()
    }

    /// Lets time pass until nothing happens by itself any more, or until this instant. Whether all is
    /// quiet: a driver that retries for ever never is.
    pub fn settle(&mut self, until: SimTime) -> bool {
        while let Some(at) = self.queue.next_at().filter(|&at| at <= until) {
            self.advance(at);
        }
        self.queue.next_at().is_none()
    }

    fn happen(&mut self, due: Due) {
        match due {
            Due::Login(adapter, _) => self.login_is_due(adapter),
            Due::Discover(adapter, stamp) => self.discovery_is_due(adapter, stamp),
            Due::PortLogin(adapter, stamp, target) => {
                self.port_login_is_due(adapter, stamp, target);
            }
            Due::Probe(adapter, _, rport) => self.probe_is_due(adapter, rport),
            Due::FastIoFail(adapter, _, rport) => self.fast_io_fail_is_due(adapter, rport),
            Due::DevLoss(adapter, _, rport) => self.dev_loss_is_due(adapter, rport),
            Due::Rscn(adapter, _, page) => self.rscn_is_due(adapter, page),
            Due::StateChange(to, _, page) => self.state_change_is_due(to, page),
            Due::TargetLogin(target) => self.target_login_is_due(target),
            Due::ZoneExpiry(fabric, token) => self.zone_expiry_is_due(fabric, token),
        }
    }

    /// A stamp that none had before.
    pub(crate) fn stamp(&mut self) -> Stamp {
        self.stamps += 1;
        Stamp(self.stamps)
    }

    /// Queues something for after a time drawn from this range.
    pub(crate) fn queue_after(&mut self, range: (u64, u64), due: Due) {
        let wait = self.chance.between("latency", range);
        self.queue_at(self.now + wait, due);
    }

    /// Queues something for an instant.
    pub(crate) fn queue_at(&mut self, at: SimTime, due: Due) {
        self.make_room_in_queue();
        self.queue.push(at, due);
    }

    /// How long a request to a machine's management takes: for callers that stand for the outside.
    pub(crate) fn draw_service_time(&mut self, range: (u64, u64)) -> u64 {
        self.chance.between("service", range)
    }

    /// Puts things into an order drawn from this stream.
    pub(crate) fn shuffle<T>(&mut self, stream: &'static str, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            let other = self.chance.between(stream, (0, last as u64));
            things.swap(last, usize::try_from(other).unwrap_or(last));
        }
    }

    /// Tells what happened to whoever watches and records.
    pub(crate) fn tell(&mut self, happening: Happening) {
        if let Some(log) = &mut self.log {
            log.happening(self.now, &happening);
        }
        if let Some(kept) = &mut self.happenings {
            kept.push((self.now, happening));
        }
    }
}

#[cfg(test)]
mod tests;
