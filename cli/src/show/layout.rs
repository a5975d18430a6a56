//! Where things stand in the picture: hosts left, fabrics in the middle, arrays right.

use super::view::MachineView;
use super::{CableView, SanView};

/// How many machines are drawn on a side; the rest is a count.
const MOST: usize = 48;
const ROW: u32 = 22;
const HEAD: u32 = 34;
const GAP: u32 = 26;
const TOP: u32 = 92;
/// The widths of the three columns and where they begin.
pub(crate) const SIDE_WIDTH: u32 = 250;
pub(crate) const SWITCH_WIDTH: u32 = 240;
pub(crate) const LEFT: u32 = 40;
pub(crate) const MIDDLE: u32 = 480;
pub(crate) const RIGHT: u32 = 910;
pub(crate) const WIDTH: u32 = RIGHT + SIDE_WIDTH + 40;

/// A machine's box.
#[derive(Debug)]
pub(crate) struct Box<'v> {
    pub(crate) machine: &'v MachineView,
    pub(crate) y: u32,
    pub(crate) height: u32,
}

impl Box<'_> {
    /// The middle of the row of a port.
    pub(crate) fn row_y(&self, row: usize) -> u32 {
        self.y + HEAD + ROW * small(row) + ROW / 2
    }
}

/// A switch's box, with the ports that are cabled to each side.
#[derive(Debug)]
pub(crate) struct SwitchBox<'v> {
    pub(crate) name: &'v str,
    pub(crate) domain: u8,
    pub(crate) principal: bool,
    pub(crate) y: u32,
    pub(crate) height: u32,
    pub(crate) left: Vec<u16>,
    pub(crate) right: Vec<u16>,
}

impl SwitchBox<'_> {
    /// The middle of the row of a port on one side.
    pub(crate) fn port_y(&self, port: u16, on_left: bool) -> u32 {
        let side = if on_left { &self.left } else { &self.right };
        let row = side.iter().position(|&p| p == port).unwrap_or(0);
        self.y + HEAD + ROW * small(row) + ROW / 2
    }
}

/// A fabric's lane around its switches.
#[derive(Debug)]
pub(crate) struct Lane<'v> {
    pub(crate) name: &'v str,
    pub(crate) index: usize,
    pub(crate) y: u32,
    pub(crate) height: u32,
    pub(crate) switches: Vec<SwitchBox<'v>>,
}

/// The whole picture.
#[derive(Debug)]
pub(crate) struct Layout<'v> {
    pub(crate) lanes: Vec<Lane<'v>>,
    pub(crate) hosts: Vec<Box<'v>>,
    pub(crate) arrays: Vec<Box<'v>>,
    /// Machines that are not drawn.
    pub(crate) more_hosts: usize,
    pub(crate) more_arrays: usize,
    pub(crate) height: u32,
}

fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX / 1_000)
}

impl<'v> Layout<'v> {
    /// Places everything; the columns are centred on the highest one.
    pub(crate) fn of(view: &'v SanView) -> Self {
        let lanes_height = lanes_height(view);
        let hosts = &view.hosts[..view.hosts.len().min(MOST)];
        let arrays = &view.arrays[..view.arrays.len().min(MOST)];
        let highest = lanes_height.max(stack_height(hosts)).max(stack_height(arrays));
        let centred = |height: u32| TOP + (highest - height) / 2;
        Self {
            lanes: lanes(view, centred(lanes_height)),
            hosts: stack(hosts, centred(stack_height(hosts))),
            arrays: stack(arrays, centred(stack_height(arrays))),
            more_hosts: view.hosts.len() - hosts.len(),
            more_arrays: view.arrays.len() - arrays.len(),
            height: TOP + highest + GAP,
        }
    }

    /// The switch of this name.
    pub(crate) fn switch(&self, name: &str) -> Option<&SwitchBox<'v>> {
        self.lanes.iter().flat_map(|lane| &lane.switches).find(|switch| switch.name == name)
    }

    /// How many switches stand between two.
    pub(crate) fn between(&self, above: &SwitchBox<'_>, below: &SwitchBox<'_>) -> u32 {
        let switches = self.lanes.iter().flat_map(|lane| &lane.switches);
        small(switches.filter(|switch| switch.y > above.y && switch.y < below.y).count())
    }
}

fn box_height(machine: &MachineView) -> u32 {
    HEAD + ROW * small(machine.ports.len()) + 10
}

fn stack_height(machines: &[MachineView]) -> u32 {
    machines.iter().map(|machine| box_height(machine) + GAP).sum()
}

fn stack(machines: &[MachineView], mut y: u32) -> Vec<Box<'_>> {
    let place = |machine| {
        let height = box_height(machine);
        let placed = Box { machine, y, height };
        y += height + GAP;
        placed
    };
    machines.iter().map(place).collect()
}

/// The ports of a switch that machines of one side are cabled to, in order of number.
fn used(machines: &[MachineView], switch: &str) -> Vec<u16> {
    let on_it = |port: &&CableView| port.switch == switch;
    let ports = machines.iter().take(MOST).flat_map(|machine| &machine.ports);
    let mut numbers: Vec<u16> = ports.filter(on_it).map(|port| port.port).collect();
    numbers.sort_unstable();
    numbers
}

fn switch_height(view: &SanView, name: &str) -> u32 {
    let rows = used(&view.hosts, name).len().max(used(&view.arrays, name).len()).max(1);
    HEAD + ROW * small(rows) + 10
}

fn lane_height(view: &SanView, fabric: usize) -> u32 {
    let switches = view.fabrics[fabric].switches.iter();
    44 + switches.map(|switch| switch_height(view, &switch.name) + GAP).sum::<u32>()
}

fn lanes_height(view: &SanView) -> u32 {
    (0..view.fabrics.len()).map(|fabric| lane_height(view, fabric) + GAP).sum()
}

fn lanes(view: &SanView, mut y: u32) -> Vec<Lane<'_>> {
    let mut lanes = vec![];
    for (index, fabric) in view.fabrics.iter().enumerate() {
        let mut inner = y + 44;
        let mut switches = vec![];
        for switch in &fabric.switches {
            let height = switch_height(view, &switch.name);
            switches.push(SwitchBox {
                name: &switch.name,
                domain: switch.domain.get(),
                principal: switch.principal,
                y: inner,
                height,
                left: used(&view.hosts, &switch.name),
                right: used(&view.arrays, &switch.name),
            });
            inner += height + GAP;
        }
        let height = lane_height(view, index);
        lanes.push(Lane { name: &fabric.name, index, y, height, switches });
        y += height + GAP;
    }
    lanes
}
