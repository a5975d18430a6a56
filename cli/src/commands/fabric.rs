//! `npivot fabric check` and `npivot fabric show`.

use std::io::Write;
use std::path::Path;

use npivot_lab::load_topology;

use super::words::find;
use super::{boot, build, json};
use crate::args::{Fabric, Picture, State};
use crate::ink::Ink;
use crate::outcome::{Answer, Failure};
use crate::show::{SanView, dot, picture, text};

pub(super) fn run(
    command: &Fabric,
    state: &State,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    match command {
        Fabric::Check { topology } => check(topology, out),
        Fabric::Show { topology, format, fabric } => {
            show(topology, *format, fabric.as_deref(), state, out)
        }
    }
}

fn check(path: &Path, out: &mut impl Write) -> Result<Answer, Failure> {
    let (path, topology) = load_topology(path)?;
    // Limits of machines are theirs to know: what is ok here can be booted.
    build(&topology)?;
    let count = |n: usize, what: &str, plural: &str| match n {
        1 => format!("1 {what}"),
        n => format!("{n} {plural}"),
    };
    let switches = topology.fabrics.iter().map(|fabric| fabric.switches.len()).sum();
    let hbas = topology.hosts.iter().map(|host| host.hbas.len()).sum();
    let ports = topology.arrays.iter().map(|array| array.ports.len()).sum();
    let volumes = topology.arrays.iter().map(|array| array.volumes.len()).sum();
    writeln!(
        out,
        "{}: ok: {}, {}, {} with {}, {} with {} and {}",
        path.display(),
        count(topology.fabrics.len(), "fabric", "fabrics"),
        count(switches, "switch", "switches"),
        count(topology.hosts.len(), "host", "hosts"),
        count(hbas, "HBA port", "HBA ports"),
        count(topology.arrays.len(), "array", "arrays"),
        count(ports, "target port", "target ports"),
        count(volumes, "volume", "volumes"),
    )?;
    Ok(Answer::Yes)
}

fn show(
    path: &Path,
    format: Picture,
    only: Option<&str>,
    state: &State,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let world = boot(path, state)?;
    let mut view = SanView::of(&world);
    if let Some(name) = only {
        find("fabric", name, view.fabrics.iter().map(|fabric| fabric.name.as_str()))?;
        view.keep_fabric(name);
    }
    match format {
        Picture::Text => write!(out, "{}", text::text(&view, Ink::of_stdout()))?,
        Picture::Json => json(&view, out)?,
        Picture::Dot => write!(out, "{}", dot::dot(&view))?,
        Picture::Svg => write!(out, "{}", picture::svg(&view))?,
    }
    Ok(Answer::Yes)
}
