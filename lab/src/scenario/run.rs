//! The run of a scenario.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use indexmap::IndexMap;
use npivot::migration::{Identities, MemoryJournal, Outcome, Request, Step as Move, migrate};
use npivot::pool::{self, ActivePool, StartOptions, Volume, read_volumes};
use npivot::{GuestControl, GuestState, Site};
use npivot_fabric::san::ids::{ArrayIx, PortIx};
use npivot_fabric::topology::PortRef;
use npivot_fabric::world::{Command, MaskingCommand, random_stream};
use npivot_fabric::{Simulation, Topology};
use npivot_hal::{Array, Fabric, Host, Wwpn};

use super::Scenario;
use super::faults::Faults;
use super::file::{Fault, Migrate, Step};
use super::report::Report;
use super::timeline::{Narrator, Timeline};
use crate::SimGuest;
use crate::footprint::Footprint;

/// A pool that is up, and where.
struct Up {
    host: String,
    pool: ActivePool,
}

/// A migration that was tried.
pub(super) struct Migrated {
    /// How it ended; `Err` when there was no plan.
    pub(super) outcome: Result<Outcome, String>,
    pub(super) before: Footprint,
    pub(super) old_names: Vec<Wwpn>,
}

/// A scenario that is being run.
pub(super) struct Run<'s> {
    scenario: &'s Scenario,
    seed: u64,
    simulation: Simulation,
    timeline: Timeline,
    pools: IndexMap<String, Up>,
    guests: BTreeMap<String, Arc<SimGuest>>,
    pub(super) migrations: Vec<Migrated>,
    /// Where the guests were after the last step: an audit pauses them.
    pub(super) at_end: BTreeMap<String, GuestState>,
}

impl Run<'_> {
    /// What there is on the SAN now.
    pub(super) fn footprint(&self) -> Footprint {
        self.simulation.with(Footprint::of)
    }
}

impl Scenario {
    /// Runs it, in virtual time. `None` takes the file's seed. The same seed gives the same report.
    ///
    /// # Panics
    /// When called from within an async runtime, or when no runtime can be made.
    pub fn run(&self, seed: Option<u64>) -> Report {
        let seed = seed.unwrap_or(self.seed);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime without I/O needs nothing of the machine");
        runtime.block_on(self.run_in(seed))
    }

    async fn run_in(&self, seed: u64) -> Report {
        let simulation = Simulation::booted(&self.topology, seed);
        let timeline = Timeline::default();
        timeline.watch(&simulation);
        timeline.say(&simulation, "scenario", "the SAN is up");
        let mut run = Run {
            scenario: self,
            seed,
            simulation,
            timeline,
            pools: IndexMap::new(),
            guests: BTreeMap::new(),
            migrations: vec![],
            at_end: BTreeMap::new(),
        };
        let mut failed_step = None;
        for step in &self.steps {
            if let Err(why) = run.step(step).await {
                run.say(format!("FAILED: {why}"));
                failed_step = Some(why);
                break;
            }
        }
        run.report(failed_step).await
    }
}

/// An error as text.
fn text(error: impl Display) -> String {
    error.to_string()
}

impl Run<'_> {
    fn say(&self, text: impl Into<String>) {
        self.timeline.say(&self.simulation, "scenario", text);
    }

    async fn report(mut self, failed_step: Option<String>) -> Report {
        for (name, guest) in &self.guests {
            if let Ok(state) = guest.state().await {
                self.at_end.insert(name.clone(), state);
            }
        }
        let timeline = self.timeline.take();
        let mut expectations = vec![];
        for expectation in &self.scenario.expectations {
            expectations.push(self.hold(expectation).await);
        }
        let fingerprint = self.simulation.with(npivot_fabric::World::fingerprint);
        Report {
            title: self.scenario.title.clone(),
            seed: self.seed,
            timeline,
            failed_step,
            expectations,
            fingerprint: fingerprint.map_or_else(String::new, text),
        }
    }

    pub(super) fn guest(&self, name: &str) -> Result<&Arc<SimGuest>, String> {
        self.guests.get(name).ok_or_else(|| format!("guest {name} was not started"))
    }

    fn host(&self, name: &str) -> Result<Arc<dyn Host>, String> {
        let host = self.simulation.host(name).ok_or_else(|| format!("there is no host {name}"))?;
        Ok(host)
    }

    async fn step(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::StartPool(start) => {
                self.start_pool(start.pool.get_ref(), start.on.get_ref()).await
            }
            Step::StopPool(pool) => self.stop_pool(pool.get_ref()).await,
            Step::StartGuest(guest) => self.start_guest(guest.get_ref()).await,
            Step::RunFor(time) => {
                tokio::time::sleep(time.0).await;
                self.say(format!("{:?} later", time.0));
                Ok(())
            }
            Step::Migrate(wanted) => self.migrate(wanted).await,
            Step::LinkDown(port) => self.light(port.get_ref(), false),
            Step::LinkUp(port) => self.light(port.get_ref(), true),
            Step::Map(map) => {
                let (group, volume, lun) = (map.group.clone(), map.volume.clone(), map.lun);
                self.mask(map.array.get_ref(), MaskingCommand::Map { group, volume, lun })
            }
            Step::Unmap(unmap) => {
                let (group, volume) = (unmap.group.clone(), unmap.volume.clone());
                self.mask(unmap.array.get_ref(), MaskingCommand::Unmap { group, volume })
            }
        }
    }

    fn light(&self, port: &str, on: bool) -> Result<(), String> {
        let port = port_ref(&self.scenario.topology, port);
        let port = port.and_then(|port| find_port(&self.simulation, &self.scenario.topology, port));
        let port = port.ok_or("no such port")?;
        self.simulation.apply(Command::Light { port, on }).map(|_| ()).map_err(text)
    }

    fn mask(&self, array: &str, command: MaskingCommand) -> Result<(), String> {
        let find = |a: &npivot_fabric::world::ArrayNode| a.name() == array;
        let ix = self.simulation.with(|world| world.arrays().iter().position(find));
        let ix = ArrayIx::from_index(ix.ok_or("no such array")?);
        self.simulation.apply(Command::Masking(ix, command)).map(|_| ()).map_err(text)
    }

    async fn start_pool(&mut self, name: &str, on: &str) -> Result<(), String> {
        if let Some(up) = self.pools.get(name) {
            return Err(format!("pool {name} is up on {} already", up.host));
        }
        let host = self.host(on)?;
        let definition = &self.scenario.pools[name];
        let pool = pool::start(&*host, definition, &StartOptions::default()).await.map_err(text)?;
        let count = pool.volumes.volumes.len();
        self.say(format!("pool {name} is up on {on}: {count} volumes ({})", pool.readiness));
        self.pools.insert(name.to_owned(), Up { host: on.to_owned(), pool });
        Ok(())
    }

    async fn stop_pool(&mut self, name: &str) -> Result<(), String> {
        let up = self.pools.get(name).ok_or_else(|| format!("pool {name} is not up"))?;
        pool::stop(&*self.host(&up.host)?, &up.pool).await.map_err(text)?;
        self.say(format!("pool {name} is down on {}", up.host));
        self.pools.shift_remove(name);
        Ok(())
    }

    /// The guest's pools, which must all be up on one host: that host.
    fn home_of(&self, guest: &str) -> Result<(String, Vec<&Up>), String> {
        let mut pools = vec![];
        for name in &self.scenario.guests[guest].pools {
            let name = name.get_ref();
            pools.push(self.pools.get(name).ok_or_else(|| format!("pool {name} is not up"))?);
        }
        let home = pools.first().ok_or_else(|| format!("guest {guest} has no pool"))?.host.clone();
        match pools.iter().find(|up| up.host != home) {
            Some(up) => Err(format!("the pools of {guest} are on {home} and {}", up.host)),
            None => Ok((home, pools)),
        }
    }

    async fn start_guest(&mut self, name: &str) -> Result<(), String> {
        if self.guests.contains_key(name) {
            return Err(format!("guest {name} runs already"));
        }
        let (home, pools) = self.home_of(name)?;
        let adapters: Vec<_> =
            pools.iter().flat_map(|up| up.pool.adapters.iter().copied()).collect();
        let volumes = read_volumes(&*self.host(&home)?, &adapters, true).await.map_err(text)?;
        let volumes: Vec<Volume> = volumes.volumes.into_values().collect();
        let write_every = self.scenario.guests[name].write_every.0;
        let guest = SimGuest::start(&self.simulation, name, &home, &volumes, write_every);
        self.guests.insert(name.to_owned(), Arc::new(guest.map_err(text)?));
        let paths: usize = volumes.iter().map(|volume| volume.paths.len()).sum();
        let text = format!("runs on {home}: {} volumes, {paths} paths", volumes.len());
        self.timeline.say(&self.simulation, name, text);
        Ok(())
    }

    async fn migrate(&mut self, wanted: &Migrate) -> Result<(), String> {
        let guest = Arc::clone(self.guest(wanted.guest.get_ref())?);
        let (home, pools) = self.home_of(wanted.guest.get_ref())?;
        let definitions = pools.iter().map(|up| up.pool.definition.clone());
        let mut request = Request::fresh(definitions.collect());
        if let Some(names) = &wanted.identities {
            request.identities = Identities::Prepared(names.get_ref().clone());
        }
        if let Some(patience) = wanted.patience {
            request.patience = patience.0;
        }
        let old_names =
            request.pools.iter().flat_map(|pool| pool.vhbas().map(|vhba| vhba.wwns.wwpn)).collect();
        let site = self.site(&home, wanted.to.get_ref())?;
        let (narrator, journal) = (self.narrator(&wanted.during), MemoryJournal::default());
        // Each migration of a run draws from a stream of its own.
        let stream = format!("identity {}", self.migrations.len());
        let mut chance = random_stream(self.seed, &stream);
        let before = self.footprint();
        let outcome =
            migrate(&site, &*guest, &request, &mut chance, &journal, &narrator).await.map_err(text);
        self.say(summary(&outcome));
        let moved = matches!(outcome, Ok(Outcome::Done { .. }));
        self.migrations.push(Migrated { outcome, before, old_names });
        if let (true, Some(plan)) = (moved, last_plan(&journal).await) {
            self.pools_moved(&plan, wanted.to.get_ref()).await?;
        }
        match narrator.faults.unfired() {
            Some(fault) => {
                Err(format!("the fault at {fault} never happened: it has shown nothing"))
            }
            None => Ok(()),
        }
    }

    /// Takes note of the pools' new place: they are up there, so starting adopts them.
    async fn pools_moved(
        &mut self,
        plan: &npivot::migration::Plan,
        to: &str,
    ) -> Result<(), String> {
        let host = self.host(to)?;
        for step in &plan.steps {
            let Move::StartPool { definition, expected, .. } = step else {
                continue;
            };
            let rule = pool::Rule::Expected(expected.clone());
            let options = StartOptions { rule, ..StartOptions::default() };
            let pool = pool::start(&*host, definition, &options).await.map_err(text)?;
            self.pools.insert(definition.name.to_string(), Up { host: to.to_owned(), pool });
        }
        Ok(())
    }

    fn site(&self, from: &str, to: &str) -> Result<Site, String> {
        let fabrics = self.simulation.fabrics().into_iter().map(|f| f as Arc<dyn Fabric>);
        let arrays = self.simulation.arrays().into_iter().map(|a| a as Arc<dyn Array>);
        Ok(Site {
            source: self.host(from)?,
            destination: self.host(to)?,
            fabrics: fabrics.collect(),
            arrays: arrays.collect(),
        })
    }

    /// Tells the migration's progress, and lets its faults happen.
    fn narrator(&self, faults: &[Fault]) -> Narrator {
        Narrator {
            timeline: self.timeline.clone(),
            simulation: self.simulation.clone(),
            faults: Faults::new(&self.simulation, &self.scenario.topology, faults),
        }
    }
}

async fn last_plan(journal: &MemoryJournal) -> Option<npivot::migration::Plan> {
    use npivot::migration::{Entry, Journal};
    journal.entries().await.ok()?.into_iter().find_map(|entry| match entry {
        Entry::Begun(plan) => Some(*plan),
        _ => None,
    })
}

fn summary(outcome: &Result<Outcome, String>) -> String {
    let with = |text: &str, residue: usize| match residue {
        0 => text.to_owned(),
        1 => format!("{text}, 1 thing left behind"),
        n => format!("{text}, {n} things left behind"),
    };
    match outcome {
        Ok(Outcome::Done { residue }) => with("the migration is done", residue.len()),
        Ok(Outcome::RolledBack { residue, .. }) => {
            with("the migration was rolled back", residue.len())
        }
        Ok(_) => "the migration was refused: nothing has changed".into(),
        Err(why) => format!("the migration was refused: {why}"),
    }
}

/// The switch port that a text names, if something is plugged in there.
pub(super) fn port_ref(topology: &Topology, text: &str) -> Option<PortRef> {
    let (switch, port) = text.rsplit_once('/')?;
    let number: u16 = port.parse().ok()?;
    let found = (0..).zip(&topology.fabrics).find_map(|(fabric, spec)| {
        let switch = spec.switches.iter().position(|s| s.name == switch)?;
        Some(PortRef { fabric, switch, port: number })
    })?;
    let isls = topology.fabrics.iter().flat_map(|fabric| &fabric.isls);
    let cabled = isls.flat_map(|(a, b)| [*a, *b]);
    let cabled =
        cabled.chain(topology.hosts.iter().flat_map(|h| h.hbas.iter().map(|hba| hba.port)));
    let mut cabled =
        cabled.chain(topology.arrays.iter().flat_map(|a| a.ports.iter().map(|port| port.port)));
    cabled.any(|port| port == found).then_some(found)
}

pub(super) fn find_port(
    simulation: &Simulation,
    topology: &Topology,
    at: PortRef,
) -> Option<PortIx> {
    let name = &topology.fabrics.get(at.fabric)?.switches.get(at.switch)?.name;
    simulation.with(|world| {
        world.san().switches.iter().find(|switch| switch.name == *name)?.port(at.port)
    })
}
