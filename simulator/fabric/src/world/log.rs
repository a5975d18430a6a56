//! The command log: a run, written down.

use std::fmt;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Answer, Command, Happening, SimTime, World};
use crate::config::Latencies;

/// One command, and when it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    at: SimTime,
    command: Command,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    npivot_command_log: u32,
    seed: u64,
    latencies: Latencies,
    /// When the run ended: what fell due after the last command belongs to it too.
    end: SimTime,
}

/// The version of the format that is written and read.
pub const VERSION: u32 = 1;

/// The longest run that is repeated: a year.
const LONGEST: SimTime = SimTime(365 * 86_400 * 1_000_000);

/// A hash over everything that was asked, answered, and happened: two runs with equal fingerprints took
/// the same course.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0[..16].iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Why a text is not a command log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// A line that cannot be read.
    #[error("line {line} of the command log: {cause}")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        cause: serde_json::Error,
    },
    /// It ends before its header.
    #[error("the command log is empty")]
    Empty,
    /// Written by another version.
    #[error("the command log has version {0}, this program reads version {VERSION}")]
    Version(u32),
    /// Time runs backwards.
    #[error("line {0} of the command log is earlier than the line before it")]
    Backwards(usize),
    /// A command from after the end of the run.
    #[error("line {0} of the command log is later than the end of the run, which line 1 tells")]
    AfterEnd(usize),
    /// A run of more than a year, which none is: the header is damaged.
    #[error("line 1 of the command log tells of a run of {} days", .0.elapsed().as_secs() / 86_400)]
    TooLong(SimTime),
}

/// Everything that was asked of a world, in order.
#[derive(Debug, Default)]
pub struct CommandLog {
    entries: Vec<Entry>,
    hash: Sha256,
    line: String,
}

impl CommandLog {
    pub(super) fn command(&mut self, at: SimTime, command: &Command) {
        self.entries.push(Entry { at, command: command.clone() });
        self.feed(at, format_args!("{command:?}"));
    }

    pub(super) fn answer(&mut self, at: SimTime, answer: &Answer) {
        self.feed(at, format_args!("{answer:?}"));
    }

    pub(super) fn happening(&mut self, at: SimTime, happening: &Happening) {
        self.feed(at, format_args!("{happening:?}"));
    }

    fn feed(&mut self, at: SimTime, what: fmt::Arguments<'_>) {
        self.line.clear();
        // Writing to a string cannot fail.
        let _ = writeln!(self.line, "{} {what}", at.0);
        self.hash.update(self.line.as_bytes());
    }

    pub(super) fn fingerprint(&self) -> Fingerprint {
        Fingerprint(self.hash.clone().finalize().into())
    }

    /// The commands from this place on, in the order given: each as its line of the written log, without the
    /// line's end. A log that is kept while the run goes on is written with it, bit by bit.
    pub fn lines(&self, from: usize) -> impl Iterator<Item = String> {
        let entries = self.entries.iter().skip(from);
        // A command is made of what JSON can say.
        entries.filter_map(|entry| serde_json::to_string(entry).ok())
    }

    /// How many commands there were.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there were none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl World {
    /// The run so far as text: a header, then one JSON object a line. `None` where nothing was recorded.
    pub fn write_log(&self) -> Option<String> {
        let log = self.log.as_ref()?;
        let mut text = self.log_header();
        for line in log.lines(0) {
            text.push('\n');
            text.push_str(&line);
        }
        text.push('\n');
        Some(text)
    }

    /// The first line of the written log, as of now: seed, latencies, and the present as the run's end.
    pub fn log_header(&self) -> String {
        let header = Header {
            npivot_command_log: VERSION,
            seed: self.seed,
            latencies: self.latencies,
            end: self.now,
        };
        serde_json::to_string(&header).unwrap_or_default()
    }

    /// Repeats a written run: the world that results is in the same state and has the same fingerprint.
    ///
    /// # Errors
    /// [`LogError`]. A command that was refused in the run is refused again; that is no error.
    pub fn replay(text: &str) -> Result<Self, LogError> {
        let mut lines = text.lines().enumerate();
        let (_, first) = lines.next().ok_or(LogError::Empty)?;
        let header: Header =
            serde_json::from_str(first).map_err(|cause| LogError::Line { line: 1, cause })?;
        if header.npivot_command_log != VERSION {
            return Err(LogError::Version(header.npivot_command_log));
        }
        if header.end > LONGEST {
            return Err(LogError::TooLong(header.end));
        }
        let mut world = Self::new(header.seed, header.latencies);
        world.record();
        for (i, line) in lines {
            let entry: Entry = serde_json::from_str(line)
                .map_err(|cause| LogError::Line { line: i + 1, cause })?;
            if entry.at < world.now {
                return Err(LogError::Backwards(i + 1));
            }
            if entry.at > header.end {
                return Err(LogError::AfterEnd(i + 1));
            }
            world.advance(entry.at);
            let _ = world.apply(entry.command);
        }
        world.advance(header.end);
        Ok(world)
    }
}
