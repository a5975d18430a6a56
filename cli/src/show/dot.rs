//! A SAN as a graph for GraphViz: hosts left, switches in the middle, arrays right.

use std::fmt::{self, Write as _};

use super::picture::colour;
use super::{CableView, MachineView, SanView};

/// Text within double quotes, where only `"` and `\` mean something. What cannot be seen is replaced.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push('\u{fffd}'),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// The graph.
pub(crate) fn dot(view: &SanView) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_graph(&mut text, view);
    text
}

fn write_graph(text: &mut String, view: &SanView) -> fmt::Result {
    writeln!(text, "graph san {{")?;
    writeln!(text, "  rankdir=LR; ranksep=3; nodesep=0.4; fontname=\"sans-serif\";")?;
    writeln!(text, "  node [fontname=\"sans-serif\"];")?;
    writeln!(text, "  edge [fontname=\"sans-serif\", fontsize=9];")?;
    for fabric in &view.fabrics {
        writeln!(text, "  subgraph {} {{", quoted(&format!("cluster_{}", fabric.name)))?;
        let label = quoted(&format!("fabric {}", fabric.name));
        writeln!(text, "    label={label}; color=\"{}\"; style=rounded;", colour(fabric.place))?;
        for switch in &fabric.switches {
            let label = quoted(&format!("{}, domain {}", switch.name, switch.domain));
            writeln!(text, "    {} [label={label}, shape=box];", node("switch", &switch.name))?;
        }
        writeln!(text, "  }}")?;
    }
    for isl in &view.isls {
        let (a, b) = (node("switch", &isl.a.switch), node("switch", &isl.b.switch));
        let label = quoted(&format!("{}-{}", isl.a.port, isl.b.port));
        let colour = colour(view.fabric_place(&isl.fabric));
        let style = if isl.online { "bold" } else { "dashed" };
        // Between switches of one column: it must not push one of them to the right.
        writeln!(
            text,
            "  {a} -- {b} [label={label}, color=\"{colour}\", style={style}, constraint=false];"
        )?;
    }
    for host in &view.hosts {
        write_machine(text, view, host, Side::Hosts)?;
    }
    for array in &view.arrays {
        write_machine(text, view, array, Side::Arrays)?;
    }
    writeln!(text, "}}")
}

#[derive(Clone, Copy)]
enum Side {
    Hosts,
    Arrays,
}

fn node(kind: &str, name: &str) -> String {
    quoted(&format!("{kind} {name}"))
}

fn write_machine(
    text: &mut String,
    view: &SanView,
    machine: &MachineView,
    side: Side,
) -> fmt::Result {
    let (kind, shape) = match side {
        Side::Hosts => ("host", "component"),
        Side::Arrays => ("array", "cylinder"),
    };
    let id = node(kind, &machine.name);
    let label = quoted(&format!("{} ({})", machine.name, machine.kind));
    writeln!(text, "  {id} [label={label}, shape={shape}];")?;
    for port in &machine.ports {
        let CableView { name, wwpn, at, .. } = port;
        let colour = colour(view.fabric_place(&port.fabric));
        let style = if port.trouble().is_empty() { "solid" } else { "dashed" };
        let label = quoted(&format!("{name} · {} · {at}", wwpn.with_colons()));
        let switch = node("switch", &at.switch);
        // The order of the ends is the order of the columns.
        let (a, b) = match side {
            Side::Hosts => (&id, &switch),
            Side::Arrays => (&switch, &id),
        };
        writeln!(text, "  {a} -- {b} [label={label}, color=\"{colour}\", style={style}];")?;
    }
    Ok(())
}
