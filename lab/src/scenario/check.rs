//! What a scenario file must mean: every word in it names something.

use indexmap::IndexMap;
use npivot::libvirt::PoolDefinition;
use npivot_fabric::Topology;
use npivot_fabric::topology::source::{Problem, Problems, ReadError, SourceFile};

use super::Scenario;
use super::file::{Expectation, Fault, Migrate, RawScenario, Step, Text};

/// The kinds of step that a fault can name.
const KINDS: [&str; 8] =
    ["zone", "mask", "start-pool", "compare", "hand-over", "stop-pool", "unmask", "unzone"];

/// A file that is named here cannot be read.
pub(super) fn unreadable(source: SourceFile, named: &Text, cause: &ReadError) -> Problems {
    let mut problems = Problems::new(source);
    let help = "paths are relative to the scenario file";
    let reason = std::error::Error::source(cause).map(|source| format!(": {source}"));
    let text = format!("{cause}{}", reason.unwrap_or_default());
    problems.push(Problem::new(named.span(), text).with_help(help));
    problems
}

/// Checks the whole, and says everything that is wrong.
pub(super) fn check(
    raw: RawScenario,
    source: SourceFile,
    topology: Topology,
    pools: IndexMap<String, PoolDefinition>,
) -> Result<Scenario, Problems> {
    let names = Names {
        pools: pools.keys().cloned().collect(),
        guests: raw.guest.keys().cloned().collect(),
        hosts: topology.hosts.iter().map(|host| host.name.clone()).collect(),
        arrays: topology.arrays.iter().map(|array| array.name.clone()).collect(),
        topology: &topology,
    };
    let mut problems = Problems::new(source);
    Names::check_pools(&raw, &pools, &mut problems);
    for guest in raw.guest.values() {
        for pool in &guest.pools {
            Names::word("pool", pool, &names.pools, &mut problems);
        }
    }
    for step in &raw.step {
        names.check_step(&raw, step, &mut problems);
    }
    for expectation in &raw.expect {
        names.check_expectation(expectation, &mut problems);
    }
    if raw.expect.is_empty() {
        let help = "add at least one [[expect]]: a run that nothing is expected of shows nothing";
        problems.push(Problem::new(0..0, "the scenario expects nothing").with_help(help));
    }
    problems.into_result(()).map(|()| Scenario {
        title: raw.title,
        seed: raw.seed,
        topology,
        pools,
        guests: raw.guest,
        steps: raw.step,
        expectations: raw.expect,
    })
}

/// What words may name.
struct Names<'t> {
    pools: Vec<String>,
    guests: Vec<String>,
    hosts: Vec<String>,
    arrays: Vec<String>,
    topology: &'t Topology,
}

impl Names<'_> {
    fn word(what: &str, word: &Text, right: &[String], problems: &mut Problems) {
        if right.iter().any(|r| r == word.get_ref()) {
            return;
        }
        let right: Vec<&str> = right.iter().map(String::as_str).collect();
        problems.push(Problem::unknown_word(word.span(), what, word.get_ref(), &right));
    }

    fn check_pools(
        raw: &RawScenario,
        pools: &IndexMap<String, PoolDefinition>,
        problems: &mut Problems,
    ) {
        for ((name, file), definition) in raw.pool.iter().zip(pools.values()) {
            if definition.name.as_str() != name {
                let text = format!("this file defines pool `{}`, not `{name}`", definition.name);
                let help = format!("write `{} = …` instead", definition.name);
                problems.push(Problem::new(file.span(), text).with_help(help));
            }
        }
    }

    fn check_step(&self, raw: &RawScenario, step: &Step, problems: &mut Problems) {
        match step {
            Step::StartPool(start) => {
                Self::word("pool", &start.pool, &self.pools, problems);
                Self::word("host", &start.on, &self.hosts, problems);
            }
            Step::StopPool(pool) => Self::word("pool", pool, &self.pools, problems),
            Step::StartGuest(guest) => Self::word("guest", guest, &self.guests, problems),
            Step::RunFor(_) => {}
            Step::Migrate(migrate) => self.check_migrate(raw, migrate, problems),
            Step::LinkDown(port) | Step::LinkUp(port) => self.check_port(port, problems),
            Step::Map(map) => Self::word("array", &map.array, &self.arrays, problems),
            Step::Unmap(unmap) => Self::word("array", &unmap.array, &self.arrays, problems),
        }
    }

    fn check_migrate(&self, raw: &RawScenario, migrate: &Migrate, problems: &mut Problems) {
        Self::word("guest", &migrate.guest, &self.guests, problems);
        Self::word("host", &migrate.to, &self.hosts, problems);
        if let (Some(given), Some(guest)) =
            (&migrate.identities, raw.guest.get(migrate.guest.get_ref()))
            && given.get_ref().len() != guest.pools.len()
        {
            let (pools, given_count) = (guest.pools.len(), given.get_ref().len());
            let text = format!("guest has {pools} pools, here are {given_count} identities");
            let help = "one per pool, in the order of the guest's `pools`";
            problems.push(Problem::new(given.span(), text).with_help(help));
        }
        for fault in &migrate.during {
            self.check_fault(fault, problems);
        }
    }

    fn check_fault(&self, fault: &Fault, problems: &mut Problems) {
        let kinds = KINDS.map(str::to_owned);
        Self::word("kind of step", &fault.step, &kinds, problems);
        if fault.nth == 0 {
            let text = "`nth` counts from 1";
            problems.push(Problem::new(fault.step.span(), text));
        }
        let ports = [&fault.link_down, &fault.link_up];
        for port in ports.into_iter().flatten() {
            self.check_port(port, problems);
        }
        if ports.iter().filter(|port| port.is_some()).count() != 1 {
            let text = "a fault is either `link-down` or `link-up`";
            problems.push(Problem::new(fault.step.span(), text));
        }
    }

    fn check_port(&self, port: &Text, problems: &mut Problems) {
        if super::run::port_ref(self.topology, port.get_ref()).is_none() {
            let text = format!("`{}` is not a switch port with a cable", port.get_ref());
            let help = "write it as `SWITCH/PORT`, as the topology does";
            problems.push(Problem::new(port.span(), text).with_help(help));
        }
    }

    fn check_expectation(&self, expectation: &Expectation, problems: &mut Problems) {
        match expectation {
            Expectation::GuestRuns(runs) => {
                Self::word("guest", &runs.guest, &self.guests, problems);
                Self::word("host", &runs.on, &self.hosts, problems);
            }
            Expectation::NoWriteLost(guest) => Self::word("guest", guest, &self.guests, problems),
            Expectation::Migration(_)
            | Expectation::Reason(_)
            | Expectation::NothingLeftBehind(_) => {}
        }
    }
}
