//! Cables from machines to switches, and trunks between switches.

use std::fmt::{self, Write as _};

use super::cards::{Card, Slot};
use super::layout::{LEFT, Lane, Layout, MIDDLE, SIDE_WIDTH, SWITCH_WIDTH};
use super::paint::{Safe, colour};
use super::write_plug;

pub(super) fn write_cables(
    text: &mut String,
    layout: &Layout<'_>,
    card: &Card<'_>,
    on_left: bool,
) -> fmt::Result {
    let (x1, x2) =
        if on_left { (LEFT + SIDE_WIDTH, MIDDLE) } else { (layout.right(), MIDDLE + SWITCH_WIDTH) };
    let bend = x1.midpoint(x2);
    for (i, row) in card.rows.iter().enumerate() {
        let Some(to) = layout.end(row, on_left) else { continue };
        let from = layout.row_y(card, i);
        let class = match (row.slot, row.trouble.is_empty()) {
            (Slot::Port(_), true) => "cable",
            (Slot::Port(_), false) => "cable dark",
            (Slot::More, true) => "bundle",
            (Slot::More, false) => "bundle dark",
        };
        write!(
            text,
            "<path class=\"{class}\" stroke=\"{}\" \
             d=\"M{x1} {from} C{bend} {from} {bend} {to} {x2} {to}\"><title>{} {}",
            colour(row.fabric),
            Safe(card.name),
            Safe(&row.label)
        )?;
        if let (Some(wwpn), Slot::Port(port)) = (row.wwpn, row.slot) {
            write!(text, ", {}, to {}/{port}", wwpn.with_colons(), Safe(row.switch))?;
        }
        if !row.trouble.is_empty() {
            write!(text, ": {}", row.trouble)?;
        }
        writeln!(text, "</title></path>")?;
    }
    Ok(())
}

/// Between neighbours a straight line, between others a way around on a track of its own.
pub(super) fn write_trunks(text: &mut String, layout: &Layout<'_>, lane: &Lane<'_>) -> fmt::Result {
    let colour = colour(lane.fabric.place);
    for (place, trunk) in lane.trunks.iter().enumerate() {
        let (upper, lower) = (&lane.switches[trunk.upper], &lane.switches[trunk.lower]);
        let way = match trunk.track {
            None => {
                let (x, from) = (MIDDLE + SWITCH_WIDTH / 2, upper.y + upper.height);
                let (label_x, label_y) = (x + 10, from.midpoint(lower.y) + 4);
                let label = trunk.label();
                writeln!(
                    text,
                    "<text class=\"mono\" x=\"{label_x}\" y=\"{label_y}\">{label}</text>"
                )?;
                format!("M{x} {from} V{}", lower.y)
            }
            Some(track) => {
                let (from, to) =
                    (layout.trunk_y(upper, place, true), layout.trunk_y(lower, place, false));
                let (x, turn) = (MIDDLE + SWITCH_WIDTH, Layout::track_x(track));
                let (corner, after, before) = (turn - 8, from + 8, to - 8);
                format!(
                    "M{x} {from} H{corner} Q{turn} {from} {turn} {after} V{before} \
                     Q{turn} {to} {corner} {to} H{x}"
                )
            }
        };
        let class = if trunk.online() { "trunk" } else { "trunk dark" };
        write!(text, "<path class=\"{class}\" stroke=\"{colour}\" d=\"{way}\"><title>")?;
        for (i, link) in trunk.links.iter().enumerate() {
            let (comma, dark) =
                (if i == 0 { "" } else { ", " }, if link.isl.online { "" } else { " (no light)" });
            let (a, b) = (&link.isl.a, &link.isl.b);
            let (a, b) = (a.to_string(), b.to_string());
            write!(text, "{comma}{} to {}{dark}", Safe(&a), Safe(&b))?;
        }
        writeln!(text, "</title></path>")?;
    }
    Ok(())
}

/// The port numbers where trunks on tracks end.
pub(super) fn write_trunk_ends(
    text: &mut String,
    layout: &Layout<'_>,
    lane: &Lane<'_>,
) -> fmt::Result {
    for (place, trunk) in lane.trunks.iter().enumerate().filter(|(_, t)| t.track.is_some()) {
        for (switch, upper) in [(trunk.upper, true), (trunk.lower, false)] {
            let y = layout.trunk_y(&lane.switches[switch], place, upper);
            write_plug(text, &format!("ISL {}", trunk.ports(upper)), y, false)?;
        }
    }
    Ok(())
}
