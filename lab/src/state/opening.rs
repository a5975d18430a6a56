//! A world out of its files, or its files for a new one.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use npivot_fabric::topology::source::SourceFile;
use npivot_fabric::world::{LOG_VERSION, LogError};
use npivot_fabric::{Topology, World};

use super::directory::Held;
use super::record::{self, Beginning, Step, Version};
use super::{LOG, MAX_BYTES, StateError, TOPOLOGY, frame, step_of};

/// Boots a world and puts its log there, whole or not at all.
pub(super) fn begin(held: &Held, topology: &Topology, file: &Path) -> Result<(), StateError> {
    let mut world = World::from_topology(topology, 0).map_err(StateError::Build)?;
    world.settle(World::BOOT_LIMIT);
    let cause = || StateError::NotKept {
        path: held.path.join(LOG),
        cause: "the world cannot be written as JSON".into(),
    };
    let log = serde_json::from_str(&world.log_header()).map_err(|_| cause())?;
    let npivot = env!("CARGO_PKG_VERSION").into();
    let beginning = Beginning { npivot_state: record::VERSION, npivot, log };
    let beginning = serde_json::to_string(&beginning).map_err(|_| cause())?;
    let lines = world.log().into_iter().flat_map(|log| log.lines(0));
    let step = step_of(&world, lines).ok_or_else(cause)?;
    let (mut bytes, sum) = frame::encode(0, &beginning).ok_or_else(cause)?;
    let (step, _) = frame::encode(sum, &step).ok_or_else(cause)?;
    bytes.extend(step);
    if bytes.len() as u64 > MAX_BYTES {
        return Err(StateError::Full { path: held.path.join(LOG), max_bytes: MAX_BYTES });
    }
    keep_topology(held, file)?;
    held.put(LOG, &bytes)
}

/// Keeps a copy of the topology's file. What comes through a pipe is gone by now, and is not kept.
fn keep_topology(held: &Held, file: &Path) -> Result<(), StateError> {
    if !std::fs::metadata(file).is_ok_and(|found| found.is_file()) {
        return Ok(());
    }
    let Ok(source) = SourceFile::load(file) else {
        return Ok(());
    };
    let path = held.path.join(TOPOLOGY);
    match std::fs::read(&path) {
        Ok(there) if there == source.text().as_bytes() => Ok(()),
        Ok(_) => {
            let (path, names) = (held.path.clone(), TOPOLOGY.into());
            Err(StateError::Foreign { path, names })
        }
        Err(_) => held.put(TOPOLOGY, source.text().as_bytes()),
    }
}

/// The bytes of a log, which are not more than it may have.
pub(super) fn read(log: &mut File, path: &Path) -> Result<Vec<u8>, StateError> {
    let full = || StateError::Full { path: path.into(), max_bytes: MAX_BYTES };
    if log.metadata().is_ok_and(|found| found.len() > MAX_BYTES) {
        return Err(full());
    }
    let mut bytes = vec![];
    let read = log.take(MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|cause| StateError::reading(path, cause))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(full());
    }
    Ok(bytes)
}

/// The beginning and the steps.
pub(super) fn parse(payloads: &[&str], path: &Path) -> Result<(Beginning, Vec<Step>), StateError> {
    let damaged = |record, what: String| StateError::Damaged { path: path.into(), record, what };
    let [first, steps @ ..] = payloads else {
        return Err(damaged(1, "it is missing, or not whole".into()));
    };
    let no_beginning = |cause| damaged(1, format!("it is not a log's beginning: {cause}"));
    let Version { npivot_state: found } = serde_json::from_str(first).map_err(no_beginning)?;
    if found != record::VERSION {
        let by = serde_json::from_str::<serde_json::Value>(first).ok();
        let by = by.and_then(|first| Some(first.get("npivot")?.as_str()?.to_owned()));
        let (path, by) = (path.into(), by.unwrap_or_else(|| "of another version".into()));
        return Err(StateError::Newer { path, by, found, known: record::VERSION });
    }
    let beginning = serde_json::from_str(first).map_err(no_beginning)?;
    if steps.is_empty() {
        return Err(damaged(2, "it is missing, or not whole".into()));
    }
    let steps = steps.iter().zip(2..).map(|(step, record)| {
        serde_json::from_str(step)
            .map_err(|cause| damaged(record, format!("it is no step: {cause}")))
    });
    Ok((beginning, steps.collect::<Result<_, _>>()?))
}

/// Does it all again: the world as it was after the last step.
pub(super) fn replay(
    beginning: &Beginning,
    steps: &[Step],
    path: &Path,
) -> Result<World, StateError> {
    let (path, by) = (path.to_owned(), beginning.npivot.clone());
    let text = record::command_log(beginning, steps).unwrap_or_default();
    let world = match World::replay(&text) {
        Ok(world) => world,
        Err(LogError::Version(found)) => {
            return Err(StateError::Newer { path, by, found, known: LOG_VERSION });
        }
        Err(cause) => return Err(StateError::Replay { path, by, cause }),
    };
    let fingerprint = world.fingerprint().map(|hash| hash.to_string());
    if fingerprint.as_ref() != steps.last().map(|step| &step.fingerprint) {
        return Err(StateError::Diverged { path, by });
    }
    Ok(world)
}

/// Whether a world, which so many commands built, is what the topology builds.
pub(super) fn is_of(world: &World, built: usize, topology: &Topology) -> Result<bool, StateError> {
    let fresh = World::from_topology(topology, world.seed()).map_err(StateError::Build)?;
    let (Some(own), Some(wanted)) = (world.log(), fresh.log()) else {
        return Ok(false);
    };
    Ok(built == wanted.len()
        && world.latencies() == fresh.latencies()
        && own.lines(0).take(built).zip(wanted.lines(0)).all(|(own, wanted)| {
            // When they were given is the same for all: before anything happened.
            own == wanted
        }))
}
