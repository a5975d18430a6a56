//! What each command does.

mod conform;
mod connected;
mod copies;
mod defined;
mod explain;
mod fabric;
mod fcf;
mod generate;
mod rack;
mod words;

use std::io::Write;
use std::path::Path;

use npivot_fabric::{Topology, World};
use npivot_lab::connection::Clock;
use npivot_lab::line::serve_terminal;
use npivot_lab::state::Kept;
use npivot_lab::{Scenario, load_topology};

use crate::args::{Args, Command, Format, Lab, State};
use crate::outcome::{Answer, Failure};
use crate::progress::Progress;

/// Does what was asked, and writes what it finds.
pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result<Answer, Failure> {
    match &args.command {
        Command::Run { scenario, format, seed } => run_scenario(scenario, *format, *seed, out),
        Command::Fabric(command) => fabric::run(command, &args.state, out),
        Command::Explain { topology, host, volume, array, initiator, format } => {
            let question =
                explain::Question { host, volume, array: array.as_deref(), initiator: *initiator };
            explain::run(topology, &question, *format, &args.state, out)
        }
        Command::Lab(Lab::Run(wanted)) => rack::run(wanted, out),
        Command::Lab(Lab::Act(wanted)) if args.connect.clock() == Clock::Real => rack::act(wanted),
        Command::Lab(Lab::Serve { terminal }) => {
            serve_terminal(terminal).map_err(Failure::Runtime)?;
            Ok(true.into())
        }
        Command::Host(_) | Command::Lun(_) | Command::Vport(_) | Command::Lab(_) => {
            connected::run(&args.command, &args.connect, &args.state, out)
        }
        Command::Fcf(wanted) => fcf::run(wanted, out),
        Command::Vhba(_)
        | Command::Pool(_)
        | Command::Reconcile(_)
        | Command::Autostart(_)
        | Command::Guest(_) => defined::run(args, out),
        Command::Hook(command) => defined::hook(command, args, out),
        Command::Conform(wanted) => conform::run(wanted, &args.connect, out),
        Command::Export(wanted) => copies::export(wanted, &args.state, out),
        Command::Capture(wanted) => copies::capture(wanted, &args.connect, out),
        Command::Completions { shell } => generate::completions(*shell, out),
        Command::Man { directory } => generate::man(directory.as_deref(), out),
    }
}

fn run_scenario(
    path: &Path,
    format: Format,
    seed: Option<u64>,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let scenario = Scenario::load(path)?;
    let report = {
        let _sign_of_life = Progress::spinner("running the scenario");
        scenario.run(seed)
    };
    match format {
        Format::Text => write!(out, "{report}")?,
        Format::Json => json(&report, out)?,
    }
    Ok(report.passed().into())
}

/// Tells what is no answer, but should be known.
fn say(notice: Option<&str>) {
    if let Some(notice) = notice {
        // Who closed it does not want to know.
        let _ = writeln!(std::io::stderr(), "npivot: {notice}");
    }
}

/// Writes a value as JSON, indented, with a line's end.
fn json(value: &impl serde::Serialize, out: &mut impl Write) -> Result<(), Failure> {
    serde_json::to_writer_pretty(&mut *out, value).map_err(|error| {
        match error.io_error_kind() {
            Some(kind) => Failure::Output(kind.into()),
            None => Failure::Json(error),
        }
    })?;
    writeln!(out)?;
    Ok(())
}

/// The world of a topology, before anything has logged in.
fn build(topology: &Topology) -> Result<World, Failure> {
    let _sign_of_life = Progress::spinner("building the SAN");
    World::from_topology(topology, 0).map_err(|refusal| Failure::Word(refusal.to_string()))
}

/// The topology in a file, booted until it is quiet; or as it is kept. What is done to it here is not.
fn boot(path: &Path, state: &State) -> Result<World, Failure> {
    let (file, topology) = load_topology(path)?;
    if let Some(state) = state.directory() {
        let opened = Kept::open(&state, &topology, &file)?;
        say(opened.notice.as_deref());
        return Ok(opened.world);
    }
    let mut world = build(&topology)?;
    let hbas = topology.hosts.iter().map(|host| host.hbas.len());
    let targets = topology.arrays.iter().map(|array| array.ports.len());
    let ports: usize = hbas.chain(targets).sum();
    let progress =
        Progress::bar("booting the SAN, ports logged in", ports.try_into().unwrap_or(u64::MAX));
    while let Some(at) = world.next_due().filter(|&at| at <= World::BOOT_LIMIT) {
        world.advance(at);
        progress.at(world.san().logins().into());
    }
    Ok(world)
}
