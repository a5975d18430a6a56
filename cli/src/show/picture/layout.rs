//! Where things stand in the picture: hosts left, fabrics in the middle, arrays right.

use std::collections::BTreeMap;

use super::cards::{Card, Row, Slot, cards};
use super::trunks::{Trunk, trunks};
use crate::show::{FabricView, SanView};

/// How many switches are drawn in all; the rest is a count in its lane.
const MOST_SWITCHES: usize = 32;
/// Above this many machines on a side, rows are close and names stand in them.
const ROOMY: usize = 14;

const TOP: u32 = 92;
const SWITCH_HEAD: u32 = 34;
/// Between switches, where trunks have their labels.
const SWITCH_GAP: u32 = 30;
const LANE_HEAD: u32 = 44;
const LANE_MARGIN: u32 = 34;
const TRACK: u32 = 13;
pub(super) const SIDE_WIDTH: u32 = 250;
pub(super) const SWITCH_WIDTH: u32 = 240;
pub(super) const LEFT: u32 = 40;
pub(super) const MIDDLE: u32 = 480;

/// The measures that depend on how much there is to draw.
#[derive(Debug, Clone, Copy)]
pub(super) struct Metrics {
    pub(super) row: u32,
    pub(super) gap: u32,
    /// A card has its name in a line of its own.
    pub(super) roomy: bool,
}

impl Metrics {
    fn of(view: &SanView) -> Self {
        let roomy = view.hosts.len().max(view.arrays.len()) <= ROOMY;
        if roomy { Self { row: 22, gap: 26, roomy } } else { Self { row: 17, gap: 9, roomy } }
    }

    fn card_head(self) -> u32 {
        if self.roomy { 34 } else { 5 }
    }

    fn foot(self) -> u32 {
        if self.roomy { 10 } else { 5 }
    }
}

/// A switch's box.
#[derive(Debug)]
pub(super) struct SwitchBox<'v> {
    pub(super) name: &'v str,
    pub(super) domain: u8,
    pub(super) principal: bool,
    pub(super) y: u32,
    pub(super) height: u32,
    /// What is cabled to it on either side, with how many ports each slot stands for.
    pub(super) left: BTreeMap<Slot, usize>,
    pub(super) right: BTreeMap<Slot, usize>,
    /// The trunks that end on its right side, by place among those of the lane: from above, to below.
    from_above: Vec<usize>,
    to_below: Vec<usize>,
}

impl SwitchBox<'_> {
    fn rows(&self) -> usize {
        let trunks = self.from_above.len() + self.to_below.len();
        self.left.len().max(self.right.len() + trunks)
    }
}

/// A fabric's lane around its switches.
#[derive(Debug)]
pub(super) struct Lane<'v> {
    pub(super) fabric: &'v FabricView,
    pub(super) y: u32,
    pub(super) height: u32,
    pub(super) switches: Vec<SwitchBox<'v>>,
    /// Switches that are not drawn.
    pub(super) more: usize,
    pub(super) trunks: Vec<Trunk<'v>>,
}

/// The whole picture.
#[derive(Debug)]
pub(super) struct Layout<'v> {
    pub(super) metrics: Metrics,
    pub(super) lanes: Vec<Lane<'v>>,
    pub(super) hosts: Vec<Card<'v>>,
    pub(super) arrays: Vec<Card<'v>>,
    /// The width of a lane, whose left edge is [`lane_x`](Self::lane_x).
    pub(super) lane_width: u32,
    pub(super) height: u32,
}

pub(super) fn small(n: usize) -> u32 {
    // Counts of what is drawn, which is limited.
    u32::try_from(n).unwrap_or(u32::MAX / 1_000)
}

impl<'v> Layout<'v> {
    /// Places everything. The highest column sets the height; the others spread a little, and are centred.
    pub(super) fn of(view: &'v SanView) -> Self {
        let metrics = Metrics::of(view);
        let (mut hosts, mut arrays) = (cards(view, &view.hosts), cards(view, &view.arrays));
        let mut lanes = lanes(view, &hosts, &arrays);
        let tracks = lanes.iter().flat_map(|lane| &lane.trunks).filter_map(|trunk| trunk.track);
        let tracks = tracks.max().map_or(0, |last| small(last + 1));
        let columns = [
            stack(&mut hosts, metrics, 0, 0),
            stack(&mut arrays, metrics, 0, 0),
            pile(&mut lanes, metrics, 0, 0),
        ];
        let highest = columns.into_iter().max().unwrap_or(0);
        let spread = |height: u32, gaps: usize, most: u32| {
            let room = (highest - height) / 2 / small(gaps.max(1));
            let extra = room.min(most);
            (TOP + (highest - height - extra * small(gaps)) / 2, extra)
        };
        let (y, extra) = spread(columns[0], hosts.len().saturating_sub(1), 24);
        stack(&mut hosts, metrics, y, extra);
        let (y, extra) = spread(columns[1], arrays.len().saturating_sub(1), 60);
        stack(&mut arrays, metrics, y, extra);
        let gaps: usize = lanes.iter().map(|lane| lane.switches.len().saturating_sub(1)).sum();
        let (y, extra) = spread(columns[2], gaps, 60);
        pile(&mut lanes, metrics, y, extra);
        let lane_width = SWITCH_WIDTH + 2 * LANE_MARGIN + TRACK * tracks;
        Self { metrics, lanes, hosts, arrays, lane_width, height: TOP + highest + 20 }
    }

    pub(super) fn lane_x() -> u32 {
        MIDDLE - LANE_MARGIN
    }

    /// Where the arrays stand: as far from their fabrics as the hosts from theirs.
    pub(super) fn right(&self) -> u32 {
        MIDDLE + self.lane_width - 2 * LANE_MARGIN + (MIDDLE - LEFT - SIDE_WIDTH)
    }

    pub(super) fn width(&self) -> u32 {
        self.right() + SIDE_WIDTH + LEFT
    }

    /// The middle of a row of a card.
    pub(super) fn row_y(&self, card: &Card<'_>, row: usize) -> u32 {
        let head = if card.stands_for > 0 { 34 } else { self.metrics.card_head() };
        card.y + head + self.metrics.row * small(row) + self.metrics.row / 2
    }

    /// Where a row's cable goes: the middle of its slot. `None`: its switch is not drawn.
    pub(super) fn end(&self, row: &Row<'_>, on_left: bool) -> Option<u32> {
        let switches = self.lanes.iter().flat_map(|lane| &lane.switches);
        let switch = switches.into_iter().find(|switch| switch.name == row.switch)?;
        Some(self.slot_y(switch, row.slot, on_left))
    }

    /// The middle of a slot.
    pub(super) fn slot_y(&self, switch: &SwitchBox<'_>, slot: Slot, on_left: bool) -> u32 {
        let (side, above) =
            if on_left { (&switch.left, 0) } else { (&switch.right, switch.from_above.len()) };
        self.switch_row_y(switch, above + side.range(..slot).count())
    }

    /// The middle of the row where a trunk on a track ends at a switch, which is its upper or lower end.
    pub(super) fn trunk_y(&self, switch: &SwitchBox<'_>, trunk: usize, upper: bool) -> u32 {
        let side = if upper { &switch.to_below } else { &switch.from_above };
        let place = side.iter().position(|&t| t == trunk).unwrap_or(0);
        let before = if upper { switch.from_above.len() + switch.right.len() } else { 0 };
        self.switch_row_y(switch, before + place)
    }

    fn switch_row_y(&self, switch: &SwitchBox<'_>, row: usize) -> u32 {
        let Metrics { row: height, .. } = self.metrics;
        switch.y + SWITCH_HEAD + height * small(row) + height / 2
    }

    /// Where a track runs.
    pub(super) fn track_x(track: usize) -> u32 {
        MIDDLE + SWITCH_WIDTH + 18 + TRACK * small(track)
    }
}

/// Places cards from above; answers with their height.
fn stack(cards: &mut [Card<'_>], metrics: Metrics, top: u32, extra: u32) -> u32 {
    let mut y = top;
    for card in cards.iter_mut() {
        let head = if card.stands_for > 0 { 34 } else { metrics.card_head() };
        card.y = y;
        card.height = head + metrics.row * small(card.rows.len().max(1)) + metrics.foot();
        y += card.height + metrics.gap + extra;
    }
    (y - top).saturating_sub(metrics.gap + extra)
}

/// Places lanes and their switches from above; answers with their height.
fn pile(lanes: &mut [Lane<'_>], metrics: Metrics, top: u32, extra: u32) -> u32 {
    const LANE_GAP: u32 = 26;
    let mut y = top;
    for lane in lanes.iter_mut() {
        lane.y = y;
        y += LANE_HEAD;
        let last = lane.switches.len().saturating_sub(1);
        for (i, switch) in lane.switches.iter_mut().enumerate() {
            switch.y = y;
            let rows = metrics.row * small(switch.rows().max(1));
            switch.height = SWITCH_HEAD + rows + metrics.foot();
            y += switch.height + if i < last { SWITCH_GAP + extra } else { 26 };
        }
        y += if lane.more > 0 { 22 } else { 0 };
        lane.height = y - lane.y;
        y += LANE_GAP;
    }
    (y - top).saturating_sub(LANE_GAP)
}

fn lanes<'v>(view: &'v SanView, hosts: &[Card<'v>], arrays: &[Card<'v>]) -> Vec<Lane<'v>> {
    let share = (MOST_SWITCHES / view.fabrics.len().max(1)).max(1);
    let lane = |fabric: &'v FabricView| {
        let drawn = &fabric.switches[..fabric.switches.len().min(share)];
        let names: Vec<&str> = drawn.iter().map(|switch| switch.name.as_str()).collect();
        let trunks = trunks(view, &names);
        let ends = |at: usize, upper: bool| {
            let here = |t: &Trunk<'_>| if upper { t.upper == at } else { t.lower == at };
            let ending = trunks.iter().enumerate().filter(|(_, t)| t.track.is_some() && here(t));
            ending.map(|(place, _)| place).collect()
        };
        let switches = drawn.iter().enumerate().map(|(i, switch)| SwitchBox {
            name: &switch.name,
            domain: switch.domain.get(),
            principal: switch.principal,
            y: 0,
            height: 0,
            left: slots(hosts, &switch.name),
            right: slots(arrays, &switch.name),
            from_above: ends(i, false),
            to_below: ends(i, true),
        });
        let switches = switches.collect();
        let more = fabric.switches.len() - drawn.len();
        Lane { fabric, y: 0, height: 0, switches, more, trunks }
    };
    view.fabrics.iter().map(lane).collect()
}

/// The slots of a switch that the cards of one side lead to.
fn slots(cards: &[Card<'_>], switch: &str) -> BTreeMap<Slot, usize> {
    let mut slots = BTreeMap::new();
    for row in cards.iter().flat_map(|card| &card.rows).filter(|row| row.switch == switch) {
        *slots.entry(row.slot).or_default() += row.count;
    }
    slots
}
