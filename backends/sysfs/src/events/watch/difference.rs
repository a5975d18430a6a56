//! What differs between two looks, as events.

use std::collections::{BTreeMap, BTreeSet};

use npivot_hal::{Event, HostNo, PortState, Wwpn};

use super::look::{Luns, Port, Reading, Remote, Remotes, Seen, View, Vports};

/// The events of one look, by kind: adapters, vports, remote ports, LUNs.
#[derive(Debug, Default)]
pub(super) struct Changes {
    gone: [Vec<Event>; 4],
    came: [Vec<Event>; 4],
}

const ADAPTER: usize = 0;
const VPORT: usize = 1;
const REMOTE: usize = 2;
const LUN: usize = 3;

impl Changes {
    pub(super) fn is_empty(&self) -> bool {
        self.gone.iter().chain(&self.came).all(Vec::is_empty)
    }

    /// What went in reverse order of kind, then what came or changed.
    pub(super) fn into_events(self) -> impl Iterator<Item = Event> {
        self.gone.into_iter().rev().chain(self.came).flatten()
    }

    /// Tells of an adapter whose state is what it was, unless it is told of already: what it is said to have
    /// been meanwhile, and what it is.
    pub(super) fn tell_adapter(
        &mut self,
        no: HostNo,
        meanwhile: Option<PortState>,
        state: PortState,
    ) {
        let told =
            |event: &Event| matches!(event, Event::Adapter { no: other, .. } if *other == no);
        if !self.came[ADAPTER].iter().any(told) {
            let states = meanwhile.filter(|before| *before != state).into_iter().chain([state]);
            self.came[ADAPTER].extend(states.map(|state| Event::Adapter { no, state }));
        }
    }

    fn port(&mut self, no: HostNo, old: Option<&Port>, new: Option<&Port>) {
        match new {
            Some(port) if old != new => {
                self.came[ADAPTER].push(Event::Adapter { no, state: port.state });
            }
            None if old.is_some() => {
                self.gone[ADAPTER].push(Event::Adapter { no, state: PortState::NotPresent });
            }
            _ => {}
        }
    }

    fn vports(&mut self, parent: HostNo, old: &Vports, new: &Vports) {
        let event = |wwpn: Wwpn, state| Event::Vport { parent, wwpn, state };
        let gone = old.keys().filter(|wwpn| !new.contains_key(wwpn));
        self.gone[VPORT].extend(gone.map(|wwpn| event(*wwpn, None)));
        let came = differing(old, new);
        self.came[VPORT].extend(came.map(|(wwpn, state)| event(*wwpn, Some(*state))));
    }

    fn remotes(&mut self, adapter: HostNo, old: &Remotes, new: &Remotes) {
        let event = |remote: &Remote, state| {
            let wwpn = remote.wwpn;
            Event::RemotePort { adapter, wwpn, state }
        };
        let gone = old.iter().filter(|(number, _)| !new.contains_key(number));
        self.gone[REMOTE].extend(gone.map(|(_, remote)| event(remote, PortState::NotPresent)));
        let came = differing(old, new);
        self.came[REMOTE].extend(came.map(|(_, remote)| event(remote, remote.state)));
    }

    fn luns(&mut self, old: &Luns, new: &Luns) {
        // At the same address another identity is another device: deleted and found between two looks.
        let same = |address, identity: &Option<_>| match old.get(address) {
            Some(Some(before)) => identity.as_ref().is_none_or(|now| now == before),
            there => there.is_some(),
        };
        let stay = |address| new.get(address).is_some_and(|identity| same(address, identity));
        let gone = old.keys().filter(|address| !stay(address));
        self.gone[LUN].extend(gone.map(|&address| Event::Lun { address, present: false }));
        // One that was found before its identity could be read is told again when it can.
        let late = |address, identity: &Option<_>| {
            identity.is_some() && matches!(old.get(address), Some(None))
        };
        let came = new
            .iter()
            .filter(|(address, identity)| !same(address, identity) || late(address, identity));
        self.came[LUN].extend(came.map(|(&address, _)| Event::Lun { address, present: true }));
    }
}

/// What is new, or other than it was.
fn differing<'a, K: Ord, V: PartialEq>(
    old: &'a BTreeMap<K, V>,
    new: &'a BTreeMap<K, V>,
) -> impl Iterator<Item = (&'a K, &'a V)> {
    new.iter().filter(|(key, value)| old.get(key) != Some(value))
}

/// Brings a view up to date and tells what changed. What was not read stays as it was.
pub(super) fn update(view: &mut View, readings: Vec<Reading>) -> Changes {
    let mut changes = Changes::default();
    let there: BTreeSet<HostNo> = readings.iter().map(|reading| reading.no).collect();
    let gone: Vec<HostNo> = view.keys().filter(|no| !there.contains(no)).copied().collect();
    for no in gone {
        if let Some(seen) = view.remove(&no) {
            changes.luns(&seen.luns, &Luns::new());
            changes.remotes(no, &seen.remotes, &Remotes::new());
            changes.vports(no, &seen.vports, &Vports::new());
            changes.port(no, Some(&seen.port), None);
        }
    }
    for Reading { no, port, vports, remotes, luns } in readings {
        let old = view.remove(&no);
        changes.port(no, old.as_ref().map(|seen| &seen.port), Some(&port));
        let (before_vports, before_remotes, mut before_luns) = match old {
            Some(Seen { vports, remotes, luns, .. }) => (vports, remotes, luns),
            None => (Vports::new(), Remotes::new(), Luns::new()),
        };
        if let Some(vports) = &vports {
            changes.vports(no, &before_vports, vports);
        }
        if let Some(remotes) = &remotes {
            changes.remotes(no, &before_remotes, remotes);
        }
        let luns = luns.map(|mut luns| {
            changes.luns(&before_luns, &luns);
            // An identity that cannot be read now is still the one that was.
            for (address, identity) in &mut luns {
                if identity.is_none() {
                    *identity = before_luns.remove(address).flatten();
                }
            }
            luns
        });
        let (vports, remotes) =
            (vports.unwrap_or(before_vports), remotes.unwrap_or(before_remotes));
        let luns = luns.unwrap_or(before_luns);
        view.insert(no, Seen { port, vports, remotes, luns });
    }
    changes
}
