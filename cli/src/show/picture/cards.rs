//! Hosts and arrays as cards: rows of ports, and to which switch port each is cabled.

use std::fmt::Write as _;

use npivot_hal::Wwpn;

use crate::show::{CableView, MachineView, SanView};

/// How many machines are drawn on a side; the rest is one card with counts.
const MOST_MACHINES: usize = 48;
/// How many ports of a machine have a row; the rest is a row per switch with a count.
const MOST_PORTS: usize = 24;

/// A place on a side of a switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    /// A port, by number.
    Port(u16),
    /// All the ports that are not drawn one by one.
    More,
}

/// A row of a card: a port, or some that are counted.
#[derive(Debug)]
pub(super) struct Row<'v> {
    pub(super) label: String,
    /// `None`: it stands for several.
    pub(super) wwpn: Option<Wwpn>,
    pub(super) switch: &'v str,
    pub(super) slot: Slot,
    pub(super) fabric: usize,
    /// What is wrong with it; empty: nothing. Of several: with all of them.
    pub(super) trouble: &'static str,
    /// For how many ports it stands.
    pub(super) count: usize,
}

/// A machine, or the rest of them.
#[derive(Debug)]
pub(super) struct Card<'v> {
    pub(super) name: &'v str,
    pub(super) kind: &'v str,
    pub(super) rows: Vec<Row<'v>>,
    /// It stands for this many machines that are not drawn; 0: it is a machine.
    pub(super) stands_for: usize,
    pub(super) y: u32,
    pub(super) height: u32,
}

/// The cards of a side, not yet placed.
pub(super) fn cards<'v>(view: &'v SanView, machines: &'v [MachineView]) -> Vec<Card<'v>> {
    let (drawn, rest) = machines.split_at(machines.len().min(MOST_MACHINES));
    let mut cards: Vec<Card<'v>> = drawn.iter().map(|machine| card(view, machine)).collect();
    if !rest.is_empty() {
        let ports = rest.iter().flat_map(|machine| &machine.ports);
        let rows = counted(view, ports);
        cards.push(Card { name: "", kind: "", rows, stands_for: rest.len(), y: 0, height: 0 });
    }
    cards
}

fn card<'v>(view: &'v SanView, machine: &'v MachineView) -> Card<'v> {
    let (drawn, rest) = machine.ports.split_at(machine.ports.len().min(MOST_PORTS));
    let row = |port: &'v CableView| Row {
        label: port.name.clone(),
        wwpn: Some(port.wwpn),
        switch: &port.at.switch,
        slot: Slot::Port(port.at.port),
        fabric: view.fabric_place(&port.fabric),
        trouble: port.trouble(),
        count: 1,
    };
    let rows = drawn.iter().map(row).chain(counted(view, rest.iter())).collect();
    Card { name: &machine.name, kind: &machine.kind, rows, stands_for: 0, y: 0, height: 0 }
}

/// A row for each switch that these ports are cabled to, in the order in which they are met.
fn counted<'v>(view: &'v SanView, ports: impl Iterator<Item = &'v CableView>) -> Vec<Row<'v>> {
    let mut rows: Vec<Row<'v>> = vec![];
    for port in ports {
        let known = rows.iter_mut().find(|row| row.switch == port.at.switch);
        if let Some(row) = known {
            row.count += 1;
            if port.trouble().is_empty() {
                row.trouble = "";
            }
            continue;
        }
        rows.push(Row {
            label: String::new(),
            wwpn: None,
            switch: &port.at.switch,
            slot: Slot::More,
            fabric: view.fabric_place(&port.fabric),
            trouble: port.trouble(),
            count: 1,
        });
    }
    for row in &mut rows {
        let s = if row.count == 1 { "" } else { "s" };
        // Writing to a string cannot fail.
        let _ = write!(row.label, "{} port{s} on {}", row.count, row.switch);
    }
    rows
}
