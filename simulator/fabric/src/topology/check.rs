//! What every part of the check shares: the problems so far, and who has taken which name and port.

use std::collections::BTreeMap;

use npivot_hal::Wwpn;
use toml::Value;

use super::model::{PortRef, Topology};
use super::raw::{self, Settings, Text};
use super::source::{Problem, Problems, SourceFile, Span, quoted};
use super::{fabrics, machines, words};
use crate::config::Latencies;

/// The longest that anything may take, in microseconds: an hour.
const LONGEST_US: i64 = 3_600_000_000;

/// A switch that can be named.
struct KnownSwitch {
    fabric: usize,
    switch: usize,
    /// `None` if the file's number of ports is wrong: then no port is told to be beyond it.
    ports: Option<u16>,
    span: Span,
}

/// The check in progress.
pub(super) struct Check {
    pub(super) problems: Problems,
    fabrics: Vec<String>,
    switches: BTreeMap<String, KnownSwitch>,
    ports: BTreeMap<PortRef, (Span, String)>,
    wwpns: BTreeMap<Wwpn, (Span, String)>,
}

/// Reads a file and checks it.
pub(super) fn check(source: &SourceFile) -> Result<Topology, Problems> {
    let file = raw::read(source)?;
    let mut check = Check {
        problems: Problems::new(source.clone()),
        fabrics: file.fabrics.iter().map(|(name, _)| name.get_ref().clone()).collect(),
        switches: BTreeMap::new(),
        ports: BTreeMap::new(),
        wwpns: BTreeMap::new(),
    };
    let topology = Topology {
        fabrics: fabrics::check(&mut check, &file.fabrics),
        hosts: machines::hosts(&mut check, &file.hosts),
        arrays: machines::arrays(&mut check, &file.arrays),
        latencies: check.latencies(&file.latency),
    };
    check.problems.into_result(topology)
}

impl Check {
    /// Reports a problem, if that is what it is.
    pub(super) fn accept<T>(&mut self, read: Result<T, Problem>) -> Option<T> {
        read.map_err(|problem| self.problems.push(problem)).ok()
    }

    /// Reports that this word names nothing, with what to write instead among `right`.
    pub(super) fn unknown<'a>(
        &mut self,
        word: &Text,
        why: &str,
        what: &str,
        right: impl Iterator<Item = &'a str> + Clone,
    ) {
        let mut problem = Problem::new(word.span(), why);
        if !self.problems.is_full() {
            problem = problem.with_help(words::instead(word.get_ref(), what, right));
        }
        self.problems.push(problem);
    }

    /// Makes a switch known under its name.
    pub(super) fn name_switch(
        &mut self,
        name: &Text,
        fabric: usize,
        switch: usize,
        ports: Option<u16>,
    ) {
        if let Some(first) = self.switches.get(name.get_ref()) {
            let shown = quoted(name.get_ref());
            self.problems.push(
                Problem::new(name.span(), format!("a second switch is called {shown}"))
                    .with_place(first.span.clone(), "the first one")
                    .with_help("switch names are unique over all fabrics"),
            );
            return;
        }
        let span = name.span();
        let known = KnownSwitch { fabric, switch, ports, span };
        self.switches.insert(name.get_ref().clone(), known);
    }

    /// The port that a word names. Whatever its use, it is taken afterwards, by `user`.
    pub(super) fn take_port(&mut self, word: &Text, user: &str) -> Option<PortRef> {
        let (name, number) = self.accept(words::port(word))?;
        let Some(known) = self.switches.get(name) else {
            let why = format!("{user} is cabled to switch {}, which no fabric has", quoted(name));
            let mut problem = Problem::new(word.span(), why);
            if !self.problems.is_full() {
                let names = self.switches.keys().map(String::as_str);
                problem = problem.with_help(words::instead(name, "switch", names));
            }
            self.problems.push(problem);
            return None;
        };
        if let Some(ports) = known.ports.filter(|ports| number >= *ports) {
            let shown = quoted(word.get_ref());
            let why =
                format!("there is no port {shown}: switch `{name}` has ports 0 to {}", ports - 1);
            let help = "a switch's number of ports is its `ports`, 48 if that is not given";
            self.problems.push(Problem::new(word.span(), why).with_help(help));
            return None;
        }
        let port = PortRef { fabric: known.fabric, switch: known.switch, port: number };
        if let Some((first, first_user)) = self.ports.get(&port) {
            let why = format!("port {} is taken by {first_user}", quoted(word.get_ref()));
            let problem = Problem::new(word.span(), why).with_place(first.clone(), "here");
            self.problems.push(problem);
            return None;
        }
        self.ports.insert(port, (word.span(), user.to_owned()));
        Some(port)
    }

    /// The port name that a word is, which nobody else has; from then on `owner` has it.
    pub(super) fn take_wwpn(&mut self, word: &Text, owner: &str) -> Option<Wwpn> {
        let wwpn: Wwpn = self.accept(words::wwn(word))?;
        if let Some((first, first_owner)) = self.wwpns.get(&wwpn) {
            let why = format!("WWPN {} is taken by {first_owner}", wwpn.with_colons());
            let problem = Problem::new(word.span(), why).with_place(first.clone(), "here");
            self.problems.push(problem);
            return None;
        }
        self.wwpns.insert(wwpn, (word.span(), owner.to_owned()));
        Some(wwpn)
    }

    /// The name of a fabric.
    pub(super) fn fabric_name(&self, fabric: usize) -> &str {
        self.fabrics.get(fabric).map_or("?", String::as_str)
    }

    /// The settings of `[latency]`, each of which is a range of microseconds.
    fn latencies(&mut self, table: &Settings) -> Latencies {
        for (key, value) in table {
            // What is not a pair of integers is refused when it is read as one.
            let Value::Array(pair) = value.get_ref() else {
                continue;
            };
            let [Value::Integer(least), Value::Integer(most)] = pair[..] else {
                continue;
            };
            let key = quoted(key.get_ref());
            let problem = if least > most {
                Problem::new(
                    value.span(),
                    format!("{key} is {least} to {most} µs, which is no range"),
                )
                .with_help(format!("the smaller number comes first: [{most}, {least}]"))
            } else if most > LONGEST_US {
                Problem::new(
                    value.span(),
                    format!("{key} is up to {most} µs, which is over an hour"),
                )
                .with_help(format!("the largest is {LONGEST_US}"))
            } else {
                continue;
            };
            self.problems.push(problem);
        }
        raw::read_settings(table, &[], &mut self.problems).unwrap_or_default()
    }
}
