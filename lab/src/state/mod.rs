//! A world that is kept in a directory, from one command to the next.
//!
//! A run is its command log, so that is what is kept. Who opens the directory replays it, goes on, and adds
//! what it did:
//!
//! ```text
//!          Kept::open                        Kept::keep                       Kept::keep
//!  none ──────────────► boot, log begun ───────────────► + a step, durable ──────────────► …
//!  there ─────────────► lock, check, replay, compare ─────────┘
//! ```
//!
//! | file | what it is |
//! |---|---|
//! | `world.log` | the command log, a record a line, each with its length and a checksum that depends on those before |
//! | `world.toml` | what the topology file was when the world was begun; for people, and to go on with |
//! | `world.lock` | whose the directory is now (`flock`), with the number of the process |
//! | `store.*` | left alone: others may keep their things beside the world |
//!
//! The first record says who began the log, with which seed and latencies. Each further one is a step: the
//! commands that were given, the instant at which it ended, and the fingerprint of the whole run up to
//! there. A step is durable before it is acknowledged. One that was not finished (a process was killed,
//! power was lost) is cut off by the next who opens it, who says so; anything else that is not as it was
//! written is an error, and nothing is changed.
//!
//! **Start here**: [`Kept::open`] for a world, [`Uri::connect_keeping`](crate::connection::Uri) for a
//! connection, which uses a [`Keeper`].
//!
//! | module | what is in it |
//! |---|---|
//! | `directory` | whose the directory is, who has it, files that come whole or not at all |
//! | `opening` | beginning a log, reading and replaying one, comparing it with the topology |
//! | `record` | what the records say |
//! | `frame` | records as bytes: what is whole, what was not finished, what is damaged |
//! | `file` | adding to the file, and what if that fails |
//! | `keeper` | a running simulation whose world is kept, as a layer around its machines |
//!
//! **Time** is the world's own. A step begins at the instant at which the one before it ended, however long
//! ago that was for people. The same steps make the same files, byte by byte.

mod directory;
mod error;
mod file;
mod frame;
mod keeper;
mod opening;
mod record;

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use npivot_fabric::world::CommandLog;
use npivot_fabric::{Topology, World};

use directory::{Held, must_be_a_file};
use file::{NotAdded, Tail};
use opening::{begin, is_of, parse, read, replay};
use record::Step;

pub use error::StateError;
pub use keeper::Keeper;

const LOG: &str = "world.log";
const LOCK: &str = "world.lock";
const TOPOLOGY: &str = "world.toml";

/// The most bytes of a log: it is read into memory.
const MAX_BYTES: u64 = 256 << 20;

/// Where a world is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateDir {
    path: PathBuf,
    wait: bool,
}

impl StateDir {
    /// This directory, which is made when it is missing.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), wait: false }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The same; where another process has it, its end is waited for.
    #[must_use]
    pub const fn waiting(mut self, wait: bool) -> Self {
        self.wait = wait;
        self
    }
}

/// Where a world is kept, while this process has it.
#[derive(Debug)]
pub struct Kept {
    held: Held,
    tail: Tail<File>,
    /// How many commands are written.
    commands: usize,
    /// Up to when the run is written, in microseconds.
    end: u64,
}

/// A world that was kept, or begun to be.
#[derive(Debug)]
pub struct Opened {
    /// The world, at the instant at which the last step ended.
    pub world: World,
    /// Where it is kept.
    pub kept: Kept,
    /// What its user should be told.
    pub notice: Option<String>,
}

impl Kept {
    /// Opens the world of a topology that was read from this file; begins it, booted with seed 0, where
    /// there is none yet.
    ///
    /// # Errors
    /// [`StateError`]: whatever is there is not changed then.
    pub fn open(state: &StateDir, topology: &Topology, file: &Path) -> Result<Opened, StateError> {
        let held = Held::take(state)?;
        let path = held.path.join(LOG);
        if !must_be_a_file(&path)? {
            begin(&held, topology, file)?;
        }
        let mut options = OpenOptions::new();
        let log = options.read(true).write(true).open(&path);
        let mut log = log.map_err(|cause| StateError::writing(&path, cause))?;
        let bytes = read(&mut log, &path)?;
        let records = frame::decode(&bytes).map_err(|damage| StateError::Damaged {
            path: path.clone(),
            record: damage.record,
            what: damage.what.into(),
        })?;
        let (beginning, steps) = parse(&records.payloads, &path)?;
        let world = replay(&beginning, &steps, &path)?;
        let first = steps.first().map_or(0, |step| step.commands.len());
        if !is_of(&world, first, topology)? {
            let begun_with = Some(held.path.join(TOPOLOGY)).filter(|copy| copy.is_file());
            let (path, file) = (held.path.clone(), file.into());
            return Err(StateError::OtherTopology { path, file, begun_with });
        }
        let (commands, end) = (world.log().map_or(0, CommandLog::len), world.now().0);
        let mut tail = Tail::new(log, records.bytes as u64, records.checksum);
        let notice = (records.torn_bytes > 0).then(|| {
            format!(
                "{}: a command was killed while it wrote its last step: {} bytes of it are cut off, and \
                 what it did then is not in this world",
                path.display(),
                records.torn_bytes
            )
        });
        if notice.is_some() {
            tail.cut().map_err(|cause| StateError::writing(&path, cause))?;
        }
        Ok(Opened { world, kept: Self { held, tail, commands, end }, notice })
    }

    /// Writes down what was asked of the world since the last time, and that time has passed. Whether there
    /// was anything. Once it has returned, that is durable.
    ///
    /// # Errors
    /// [`StateError::NotKept`] and [`StateError::Full`]: the directory is as before, and nothing can be
    /// added by this process any more.
    pub fn keep(&mut self, world: &World) -> Result<bool, StateError> {
        let Some(log) =
            world.log().filter(|log| log.len() != self.commands || world.now().0 != self.end)
        else {
            return Ok(false);
        };
        let path = || self.held.path.join(LOG);
        let lines = log.lines(self.commands);
        let payload = step_of(world, lines).ok_or_else(|| StateError::NotKept {
            path: path(),
            cause: "a command cannot be written as JSON".into(),
        })?;
        let (commands, end) = (log.len(), world.now().0);
        self.tail.add(&payload, MAX_BYTES).map_err(|refused| match refused {
            NotAdded::Full => StateError::Full { path: path(), max_bytes: MAX_BYTES },
            NotAdded::Refused(cause) => StateError::NotKept { path: path(), cause },
        })?;
        (self.commands, self.end) = (commands, end);
        Ok(true)
    }
}

/// A step as the payload of its record.
fn step_of(world: &World, lines: impl Iterator<Item = String>) -> Option<String> {
    let step = Step::of(world.now().0, world.fingerprint()?.to_string(), lines)?;
    serde_json::to_string(&step).ok()
}

#[cfg(test)]
mod tests;
