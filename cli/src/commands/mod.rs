//! What each command does.

mod explain;
mod fabric;
mod generate;

use std::io::Write;
use std::path::Path;

use npivot_fabric::topology::source::nearest;
use npivot_fabric::{Topology, World};
use npivot_lab::{Scenario, load_topology};

use crate::args::{Args, Command, Format};
use crate::outcome::{Answer, Failure};

/// Does what was asked, and writes what it finds.
pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result<Answer, Failure> {
    match &args.command {
        Command::Run { scenario, format, seed } => run_scenario(scenario, *format, *seed, out),
        Command::Fabric(command) => fabric::run(command, out),
        Command::Explain { topology, host, volume, array, initiator, format } => {
            let question =
                explain::Question { host, volume, array: array.as_deref(), initiator: *initiator };
            explain::run(topology, &question, *format, out)
        }
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
    let report = Scenario::load(path)?.run(seed);
    match format {
        Format::Text => write!(out, "{report}")?,
        Format::Json => json(&report, out)?,
    }
    Ok(report.passed().into())
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

/// The topology in a file, booted until it is quiet.
fn boot(path: &Path) -> Result<(Topology, World), Failure> {
    let (_, topology) = load_topology(path)?;
    let world = World::from_topology(&topology, 0);
    let mut world = world.map_err(|refusal| Failure::Word(refusal.to_string()))?;
    world.settle(World::BOOT_LIMIT);
    Ok((topology, world))
}

/// The place of a word among those that there are.
fn find<'a>(
    what: &str,
    word: &str,
    right: impl Iterator<Item = &'a str> + Clone,
) -> Result<usize, Failure> {
    if let Some(place) = right.clone().position(|r| r == word) {
        return Ok(place);
    }
    let all: Vec<&str> = right.clone().collect();
    let help = match nearest(word, right) {
        Some(near) => format!("; did you mean `{near}`?"),
        None if all.is_empty() => "; there is none".into(),
        None => format!("; there are: {}", all.join(", ")),
    };
    Err(Failure::Word(format!("there is no {what} `{word}`{help}")))
}
