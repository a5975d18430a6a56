//! A SAN as a picture.

use std::fmt::{self, Write as _};

use super::layout::{
    Box, LEFT, Lane, Layout, MIDDLE, RIGHT, SIDE_WIDTH, SWITCH_WIDTH, SwitchBox, WIDTH,
};
use super::{CableView, SanView};

/// The colour of the nth fabric: apart from one another for most eyes, and readable on light and dark.
pub(crate) fn colour(fabric: usize) -> &'static str {
    const COLOURS: [&str; 6] = ["#2f7fd1", "#e07b28", "#2e9e6b", "#b25bc4", "#c94f5d", "#7a8b1f"];
    COLOURS[fabric % COLOURS.len()]
}

/// Plain classes with a dark variant: custom properties are unknown to many that draw SVG.
const STYLE: &str = "\
  text { font: 13px system-ui, 'Helvetica Neue', Arial, sans-serif; fill: #1d2733 }
  .paper { fill: #ffffff }
  .title { font-size: 20px; font-weight: 600 }
  .name { font-size: 14px; font-weight: 600 }
  .soft { fill: #66737f; font-size: 12px; font-weight: 400 }
  .mono { fill: #66737f; font-size: 11px; font-family: ui-monospace, 'DejaVu Sans Mono', monospace }
  .card { fill: #f6f8fa; stroke: #c9d2da }
  .plug { fill: #66737f }
  .cable { fill: none; stroke-width: 2.2 }
  .trunk { fill: none; stroke-width: 4.5 }
  .dark { stroke-dasharray: 5 5; opacity: .55 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e4e9ee }
    .paper { fill: #14191f }
    .soft, .mono, .plug { fill: #93a1ad }
    .card { fill: #1e262e; stroke: #3b4853 }
  }
";

/// Text that is safe between tags and in attributes.
struct Safe<'t>(&'t str);

impl fmt::Display for Safe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&apos;")?,
                // XML has no way to write most of these.
                c if c.is_control() => f.write_char('\u{fffd}')?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// The picture: hosts left, each fabric a lane of its colour with its switches, arrays right.
pub(crate) fn svg(view: &SanView) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_picture(&mut text, view);
    text
}

fn write_picture(text: &mut String, view: &SanView) -> fmt::Result {
    let layout = Layout::of(view);
    let legend = layout.height + 8;
    let height = legend + legend_height(view);
    writeln!(
        text,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\" role=\"img\">\n<title>SAN</title>\n<style>\n{STYLE}</style>"
    )?;
    writeln!(text, "<rect width=\"{WIDTH}\" height=\"{height}\" class=\"paper\"/>")?;
    write_headings(text, view)?;
    for lane in &layout.lanes {
        write_lane(text, lane)?;
    }
    write_isls(text, view, &layout)?;
    for (boxes, on_left) in [(&layout.hosts, true), (&layout.arrays, false)] {
        for machine in boxes {
            write_cables(text, view, &layout, machine, on_left)?;
        }
    }
    for switch in layout.lanes.iter().flat_map(|lane| &lane.switches) {
        write_switch(text, switch)?;
    }
    for (boxes, x) in [(&layout.hosts, LEFT), (&layout.arrays, RIGHT)] {
        for machine in boxes {
            write_machine(text, machine, x)?;
        }
    }
    for (more, x) in [(layout.more_hosts, LEFT), (layout.more_arrays, RIGHT)] {
        if more > 0 {
            let y = layout.height - 4;
            writeln!(text, "<text class=\"soft\" x=\"{x}\" y=\"{y}\">and {more} more</text>")?;
        }
    }
    write_legend(text, view, legend)?;
    writeln!(text, "</svg>")
}

fn write_headings(text: &mut String, view: &SanView) -> fmt::Result {
    let middle = MIDDLE + SWITCH_WIDTH / 2;
    let (hosts, fabrics, arrays) = (view.hosts.len(), view.fabrics.len(), view.arrays.len());
    writeln!(text, "<text class=\"title\" x=\"{LEFT}\" y=\"50\">Hosts · {hosts}</text>")?;
    writeln!(
        text,
        "<text class=\"title\" x=\"{middle}\" y=\"50\" text-anchor=\"middle\">Fabrics · {fabrics}</text>"
    )?;
    writeln!(text, "<text class=\"title\" x=\"{RIGHT}\" y=\"50\">Arrays · {arrays}</text>")
}

fn write_lane(text: &mut String, lane: &Lane<'_>) -> fmt::Result {
    let (x, width, colour) = (MIDDLE - 34, SWITCH_WIDTH + 68, colour(lane.index));
    let Lane { name, y, height, .. } = lane;
    writeln!(
        text,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"18\" fill=\"{colour}\" \
         fill-opacity=\".10\" stroke=\"{colour}\" stroke-opacity=\".45\"/>"
    )?;
    writeln!(
        text,
        "<text class=\"name\" x=\"{}\" y=\"{}\" style=\"fill: {colour}\">fabric {}</text>",
        x + 18,
        y + 27,
        Safe(name)
    )
}

fn write_switch(text: &mut String, switch: &SwitchBox<'_>) -> fmt::Result {
    let SwitchBox { name, domain, principal, y, height, left, right } = switch;
    writeln!(
        text,
        "<rect class=\"card\" x=\"{MIDDLE}\" y=\"{y}\" width=\"{SWITCH_WIDTH}\" height=\"{height}\" rx=\"9\"/>"
    )?;
    let role = if *principal { " · principal" } else { "" };
    writeln!(
        text,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\"><tspan class=\"name\">{}</tspan>\
         <tspan class=\"soft\" dx=\"8\">domain {domain}{role}</tspan></text>",
        MIDDLE + SWITCH_WIDTH / 2,
        y + 22,
        Safe(name)
    )?;
    for (side, on_left) in [(left, true), (right, false)] {
        for &port in side {
            let row = switch.port_y(port, on_left);
            let (x, label, anchor) = if on_left {
                (MIDDLE, MIDDLE + 12, "start")
            } else {
                (MIDDLE + SWITCH_WIDTH, MIDDLE + SWITCH_WIDTH - 12, "end")
            };
            writeln!(text, "<circle cx=\"{x}\" cy=\"{row}\" r=\"3.5\" class=\"plug\"/>")?;
            writeln!(
                text,
                "<text class=\"mono\" x=\"{label}\" y=\"{}\" text-anchor=\"{anchor}\">{port}</text>",
                row + 4
            )?;
        }
    }
    Ok(())
}

fn write_machine(text: &mut String, placed: &Box<'_>, x: u32) -> fmt::Result {
    let Box { machine, y, height } = placed;
    writeln!(
        text,
        "<rect class=\"card\" x=\"{x}\" y=\"{y}\" width=\"{SIDE_WIDTH}\" height=\"{height}\" rx=\"9\"/>"
    )?;
    writeln!(
        text,
        "<text x=\"{}\" y=\"{}\"><tspan class=\"name\">{}</tspan><tspan class=\"soft\" dx=\"8\">{}</tspan></text>",
        x + 14,
        y + 22,
        Safe(&machine.name),
        Safe(&machine.kind)
    )?;
    for (row, port) in machine.ports.iter().enumerate() {
        let y = placed.row_y(row) + 4;
        writeln!(
            text,
            "<text class=\"soft\" x=\"{}\" y=\"{y}\">{}</text><text class=\"mono\" x=\"{}\" y=\"{y}\" \
             text-anchor=\"end\">{}</text>",
            x + 14,
            Safe(&port.name),
            x + SIDE_WIDTH - 14,
            port.wwpn.with_colons()
        )?;
    }
    Ok(())
}

fn write_cables(
    text: &mut String,
    view: &SanView,
    layout: &Layout<'_>,
    placed: &Box<'_>,
    on_left: bool,
) -> fmt::Result {
    for (row, port) in placed.machine.ports.iter().enumerate() {
        let Some(switch) = layout.switch(&port.switch) else { continue };
        let (from, to) = (placed.row_y(row), switch.port_y(port.port, on_left));
        let (x1, x2) =
            if on_left { (LEFT + SIDE_WIDTH, MIDDLE) } else { (RIGHT, MIDDLE + SWITCH_WIDTH) };
        let bend = x1.midpoint(x2);
        writeln!(
            text,
            "<path class=\"{}\" stroke=\"{}\" d=\"M{x1} {from} C{bend} {from} {bend} {to} {x2} {to}\">\
             <title>{} {} to {}/{}</title></path>",
            if port.online { "cable" } else { "cable dark" },
            colour_of(view, port),
            Safe(&placed.machine.name),
            Safe(&port.name),
            Safe(&port.switch),
            port.port
        )?;
    }
    Ok(())
}

fn colour_of(view: &SanView, port: &CableView) -> &'static str {
    let fabric = view.fabrics.iter().position(|fabric| fabric.name == port.fabric);
    colour(fabric.unwrap_or(0))
}

/// A link to the next switch of the lane is a straight line; others bow out on the right, where fewer
/// cables are, the further the wider.
fn write_isls(text: &mut String, view: &SanView, layout: &Layout<'_>) -> fmt::Result {
    for isl in &view.isls {
        let (Some(a), Some(b)) = (layout.switch(&isl.a.0), layout.switch(&isl.b.0)) else {
            continue;
        };
        let (above, below) = if a.y < b.y { (a, b) } else { (b, a) };
        let fabric = view.fabrics.iter().position(|fabric| fabric.name == isl.fabric);
        let between = layout.between(above, below);
        let way = if between == 0 {
            let (x, from) = (MIDDLE + SWITCH_WIDTH / 2, above.y + above.height);
            format!("M{x} {from} V{}", below.y)
        } else {
            let (x, from, to) = (MIDDLE + SWITCH_WIDTH, above.y + above.height - 10, below.y + 14);
            let bow = x + 22 + 8 * between.min(3);
            format!("M{x} {from} C{bow} {from} {bow} {to} {x} {to}")
        };
        writeln!(
            text,
            "<path class=\"{}\" stroke=\"{}\" d=\"{way}\"><title>{}/{} to {}/{}</title></path>",
            if isl.online { "trunk" } else { "trunk dark" },
            colour(fabric.unwrap_or(0)),
            Safe(&isl.a.0),
            isl.a.1,
            Safe(&isl.b.0),
            isl.b.1
        )?;
    }
    Ok(())
}

/// How many zones of a fabric the legend names.
const ZONES: usize = 12;

fn legend_height(view: &SanView) -> u32 {
    let rows = |zones: usize| u32::try_from(zones.min(ZONES + 1)).unwrap_or(0);
    let most = view.fabrics.iter().map(|fabric| rows(fabric.zones.len())).sum::<u32>();
    let heads = u32::try_from(view.fabrics.len()).unwrap_or(0);
    20 + most * 20 + heads * 34
}

fn write_legend(text: &mut String, view: &SanView, top: u32) -> fmt::Result {
    let mut y = top + 20;
    for (i, fabric) in view.fabrics.iter().enumerate() {
        let set = fabric.zone_set.as_deref().unwrap_or("no zone set in force");
        writeln!(
            text,
            "<text class=\"name\" x=\"{LEFT}\" y=\"{y}\" style=\"fill: {}\">fabric {}<tspan class=\"soft\" \
             dx=\"8\">zones, {}</tspan></text>",
            colour(i),
            Safe(&fabric.name),
            Safe(set)
        )?;
        y += 22;
        for zone in fabric.zones.iter().take(ZONES) {
            let members: Vec<&str> = zone
                .members
                .iter()
                .map(|member| member.who.as_deref().unwrap_or(&member.member))
                .collect();
            writeln!(
                text,
                "<text x=\"{}\" y=\"{y}\"><tspan>{}</tspan><tspan class=\"soft\" dx=\"10\">{}</tspan></text>",
                LEFT + 14,
                Safe(&zone.name),
                Safe(&members.join(" · "))
            )?;
            y += 20;
        }
        if let Some(more) = fabric.zones.len().checked_sub(ZONES).filter(|&more| more > 0) {
            writeln!(
                text,
                "<text class=\"soft\" x=\"{}\" y=\"{y}\">and {more} more</text>",
                LEFT + 14
            )?;
            y += 20;
        }
        y += 12;
    }
    Ok(())
}
