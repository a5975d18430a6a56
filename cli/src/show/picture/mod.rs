//! A SAN as a picture in SVG: hosts left, each fabric a lane of its colour with its switches, arrays right.
//!
//! | file | what |
//! |---|---|
//! | `paint` | colours, style, escaping |
//! | `cards`, `trunks` | what is drawn of machines and of inter-switch links, and what is only counted |
//! | `layout` | where it stands |
//! | `links` | cables and trunks |
//! | `legend` | the zones in force |

mod cards;
mod layout;
mod legend;
mod links;
mod paint;
mod trunks;

use std::fmt::{self, Write as _};

use super::SanView;
use cards::{Card, Slot};
use layout::{LEFT, Lane, Layout, MIDDLE, SIDE_WIDTH, SWITCH_WIDTH, SwitchBox};
pub(crate) use paint::colour;
use paint::{STYLE, Safe, fit, fit_name};

/// The picture.
pub(crate) fn svg(view: &SanView) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_picture(&mut text, view);
    text
}

fn write_picture(text: &mut String, view: &SanView) -> fmt::Result {
    let layout = Layout::of(view);
    let width = layout.width();
    let height = layout.height + legend::height(view);
    writeln!(
        text,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\">\n<title>SAN</title>\n<style>\n{STYLE}</style>"
    )?;
    writeln!(text, "<rect width=\"{width}\" height=\"{height}\" class=\"paper\"/>")?;
    write_headings(text, view, &layout)?;
    for lane in &layout.lanes {
        write_lane(text, &layout, lane)?;
        links::write_trunks(text, &layout, lane)?;
    }
    for card in &layout.hosts {
        links::write_cables(text, &layout, card, true)?;
    }
    for card in &layout.arrays {
        links::write_cables(text, &layout, card, false)?;
    }
    for switch in layout.lanes.iter().flat_map(|lane| &lane.switches) {
        write_switch(text, &layout, switch)?;
    }
    for lane in &layout.lanes {
        links::write_trunk_ends(text, &layout, lane)?;
    }
    for (cards, x) in [(&layout.hosts, LEFT), (&layout.arrays, layout.right())] {
        for card in cards {
            write_card(text, &layout, card, x)?;
        }
    }
    legend::write(text, view, layout.height, width)?;
    writeln!(text, "</svg>")
}

fn write_headings(text: &mut String, view: &SanView, layout: &Layout<'_>) -> fmt::Result {
    let middle = Layout::lane_x() + layout.lane_width / 2;
    let (hosts, fabrics, arrays) = (view.hosts.len(), view.fabrics.len(), view.arrays.len());
    let right = layout.right();
    writeln!(text, "<text class=\"title\" x=\"{LEFT}\" y=\"50\">Hosts · {hosts}</text>")?;
    writeln!(
        text,
        "<text class=\"title\" x=\"{middle}\" y=\"50\" text-anchor=\"middle\">Fabrics · {fabrics}</text>"
    )?;
    writeln!(text, "<text class=\"title\" x=\"{right}\" y=\"50\">Arrays · {arrays}</text>")
}

fn write_lane(text: &mut String, layout: &Layout<'_>, lane: &Lane<'_>) -> fmt::Result {
    let (x, width, colour) = (Layout::lane_x(), layout.lane_width, colour(lane.fabric.place));
    let Lane { y, height, more, .. } = lane;
    writeln!(
        text,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"18\" fill=\"{colour}\" \
         fill-opacity=\".10\" stroke=\"{colour}\" stroke-opacity=\".45\"/>"
    )?;
    let name = fit_name(&lane.fabric.name, 30);
    writeln!(
        text,
        "<text class=\"name\" x=\"{}\" y=\"{}\" style=\"fill: {colour}\">fabric {}</text>",
        x + 18,
        y + 27,
        Safe(&name)
    )?;
    if *more > 0 {
        let (x, y) = (MIDDLE + SWITCH_WIDTH / 2, y + height - 16);
        writeln!(
            text,
            "<text class=\"soft\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">and {more} more switches</text>"
        )?;
    }
    Ok(())
}

fn write_switch(text: &mut String, layout: &Layout<'_>, switch: &SwitchBox<'_>) -> fmt::Result {
    let SwitchBox { name, domain, principal, y, height, left, right, .. } = switch;
    writeln!(
        text,
        "<rect class=\"card\" x=\"{MIDDLE}\" y=\"{y}\" width=\"{SWITCH_WIDTH}\" height=\"{height}\" rx=\"9\">\
         <title>switch {}</title></rect>",
        Safe(name)
    )?;
    let role = if *principal { " · principal" } else { "" };
    writeln!(
        text,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\"><tspan class=\"name\">{}</tspan>\
         <tspan class=\"soft\" dx=\"8\">domain {domain}{role}</tspan></text>",
        MIDDLE + SWITCH_WIDTH / 2,
        y + 22,
        Safe(&fit_name(name, 12))
    )?;
    for (side, on_left) in [(left, true), (right, false)] {
        for (&slot, count) in side {
            let y = layout.slot_y(switch, slot, on_left);
            let label = match slot {
                Slot::Port(number) => number.to_string(),
                Slot::More => format!("{count} more"),
            };
            write_plug(text, &label, y, on_left)?;
        }
    }
    Ok(())
}

/// A switch port: its number within the box, its plug on the edge.
fn write_plug(text: &mut String, label: &str, y: u32, on_left: bool) -> fmt::Result {
    let (x, inside, anchor) = if on_left {
        (MIDDLE, MIDDLE + 12, "start")
    } else {
        (MIDDLE + SWITCH_WIDTH, MIDDLE + SWITCH_WIDTH - 12, "end")
    };
    writeln!(text, "<circle cx=\"{x}\" cy=\"{y}\" r=\"3.5\" class=\"plug\"/>")?;
    let y = y + 4;
    writeln!(
        text,
        "<text class=\"mono\" x=\"{inside}\" y=\"{y}\" text-anchor=\"{anchor}\">{label}</text>"
    )
}

fn write_card(text: &mut String, layout: &Layout<'_>, card: &Card<'_>, x: u32) -> fmt::Result {
    let Card { name, kind, y, height, stands_for, .. } = card;
    let class = if *stands_for > 0 { "ghost" } else { "card" };
    writeln!(
        text,
        "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{SIDE_WIDTH}\" height=\"{height}\" rx=\"9\">\
         <title>{}</title></rect>",
        Safe(name)
    )?;
    if *stands_for > 0 {
        let (x, y) = (x + 14, y + 22);
        writeln!(text, "<text class=\"soft\" x=\"{x}\" y=\"{y}\">and {stands_for} more</text>")?;
    } else if layout.metrics.roomy {
        writeln!(
            text,
            "<text x=\"{}\" y=\"{}\"><tspan class=\"name\">{}</tspan>\
             <tspan class=\"soft\" dx=\"8\">{}</tspan></text>",
            x + 14,
            y + 22,
            Safe(&fit_name(name, 18)),
            Safe(&fit(kind, 12))
        )?;
    } else {
        let y = layout.row_y(card, 0) + 4;
        let name = fit_name(name, 13);
        let x = x + 12;
        writeln!(text, "<text class=\"name\" x=\"{x}\" y=\"{y}\">{}</text>", Safe(&name))?;
    }
    write_rows(text, layout, card, x)
}

fn write_rows(text: &mut String, layout: &Layout<'_>, card: &Card<'_>, x: u32) -> fmt::Result {
    let inline = !layout.metrics.roomy && card.stands_for == 0;
    for (i, row) in card.rows.iter().enumerate() {
        let y = layout.row_y(card, i) + 4;
        let label_x = x + if inline { 122 } else { 14 };
        let label = fit(&row.label, if inline { 16 } else { 32 });
        writeln!(text, "<text class=\"soft\" x=\"{label_x}\" y=\"{y}\">{}</text>", Safe(&label))?;
        let Some(wwpn) = row.wwpn else { continue };
        let full = wwpn.with_colons().to_string();
        // The last bytes tell the ports of a vendor apart; the tip of the cable has all of them.
        let short = if inline { format!("…{}", &full[full.len() - 8..]) } else { full };
        writeln!(
            text,
            "<text class=\"mono\" x=\"{}\" y=\"{y}\" text-anchor=\"end\">{short}</text>",
            x + SIDE_WIDTH - 14
        )?;
    }
    Ok(())
}
