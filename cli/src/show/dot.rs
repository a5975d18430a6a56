//! A SAN as a graph for GraphViz.

use std::fmt::Write as _;

use super::SanView;
use super::svg::colour;
use super::view::MachineView;

/// Text within double quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', " "))
}

/// The graph: hosts left, switches in the middle, arrays right.
pub(crate) fn dot(view: &SanView) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_graph(&mut text, view);
    text
}

fn write_graph(text: &mut String, view: &SanView) -> std::fmt::Result {
    writeln!(text, "graph san {{")?;
    writeln!(
        text,
        "  rankdir=LR; node [fontname=\"sans-serif\"]; edge [fontname=\"sans-serif\", fontsize=9];"
    )?;
    for (i, fabric) in view.fabrics.iter().enumerate() {
        writeln!(text, "  subgraph {} {{", quoted(&format!("cluster_{}", fabric.name)))?;
        let label = quoted(&format!("fabric {}", fabric.name));
        writeln!(text, "    label={label}; color=\"{}\"; style=rounded;", colour(i))?;
        for switch in &fabric.switches {
            let label = quoted(&format!("{}, domain {}", switch.name, switch.domain));
            let id = quoted(&format!("switch {}", switch.name));
            writeln!(text, "    {id} [label={label}, shape=box];")?;
        }
        writeln!(text, "  }}")?;
    }
    for isl in &view.isls {
        let (a, b) = (format!("switch {}", isl.a.0), format!("switch {}", isl.b.0));
        let label = quoted(&format!("{}-{}", isl.a.1, isl.b.1));
        let style = if isl.online { "bold" } else { "dashed" };
        writeln!(text, "  {} -- {} [label={label}, style={style}];", quoted(&a), quoted(&b))?;
    }
    for host in &view.hosts {
        write_machine(text, view, host, "host", true)?;
    }
    for array in &view.arrays {
        write_machine(text, view, array, "array", false)?;
    }
    writeln!(text, "}}")
}

fn write_machine(
    text: &mut String,
    view: &SanView,
    machine: &MachineView,
    kind: &str,
    left: bool,
) -> std::fmt::Result {
    let id = quoted(&format!("{kind} {}", machine.name));
    let shape = if left { "component" } else { "cylinder" };
    let label = quoted(&format!("{} ({})", machine.name, machine.kind));
    writeln!(text, "  {id} [label={label}, shape={shape}];")?;
    for port in &machine.ports {
        let switch = quoted(&format!("switch {}", port.switch));
        let fabric = view.fabrics.iter().position(|fabric| fabric.name == port.fabric);
        let colour = colour(fabric.unwrap_or(0));
        let label = quoted(&format!("{} {} · {}", port.name, port.wwpn, port.port));
        let style = if port.online { "solid" } else { "dashed" };
        let (a, b) = if left { (&id, &switch) } else { (&switch, &id) };
        writeln!(text, "  {a} -- {b} [label={label}, color=\"{colour}\", style={style}];")?;
    }
    Ok(())
}
