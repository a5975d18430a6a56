//! A call as a log keeps it: owned, and of bounded size.

use std::fmt;

use crate::ErrorKind;
use crate::layer::Call;

use super::End;

/// The longest text of a record that is kept, in characters.
const MAX_TEXT: usize = 1000;

/// A call that a log has seen.
///
/// `Display` prints it on one line, indented by its [`depth`](Record::depth): number, read or write,
/// machine, what was asked, what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// Its number: calls are counted from 0 in the order in which they began.
    pub number: u64,
    /// How many calls had begun and not ended when this one began. Where calls follow one another, those
    /// are the calls that it was made inside of; where they overlap, some may be strangers.
    pub depth: u32,
    /// When it began: beginnings and ends of all calls are counted together, from 0.
    pub began_at: u64,
    /// When it ended, in the same count; `None` while it has not.
    pub ended_at: Option<u64>,
    /// The machine.
    pub machine: String,
    /// The method, as `create_vport`.
    pub method: &'static str,
    /// What was asked, in words; a text longer than 1000 characters is cut.
    pub asked: String,
    /// Whether it changes anything.
    pub changes: bool,
    /// What came of it; `None` while it has not ended.
    pub finish: Option<Finish>,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finish {
    /// It was answered so.
    Answered(String),
    /// It failed.
    Failed {
        /// As what.
        kind: ErrorKind,
        /// The error's line, which says so where a fault layer made it up.
        text: String,
    },
    /// The caller dropped its future before there was an answer.
    Dropped,
}

impl Record {
    pub(super) fn new(call: &Call<'_>, number: u64, began_at: u64, depth: u32) -> Self {
        Self {
            number,
            depth,
            began_at,
            ended_at: None,
            machine: one_line(call.machine),
            method: call.method,
            asked: one_line(&call.request.to_string()),
            changes: call.changes,
            finish: None,
        }
    }
}

impl From<End<'_>> for Finish {
    fn from(end: End<'_>) -> Self {
        match end {
            End::Answered(told) => Self::Answered(one_line(&told.to_string())),
            End::Failed(error) => {
                Self::Failed { kind: error.kind(), text: one_line(&error.to_string()) }
            }
            End::Dropped => Self::Dropped,
        }
    }
}

/// The text without control characters, cut where it is too long.
fn one_line(text: &str) -> String {
    let mut line = String::new();
    for (i, c) in text.chars().enumerate() {
        if i == MAX_TEXT {
            line.push('…');
            break;
        }
        if c.is_control() {
            line.extend(c.escape_debug());
        } else {
            line.push(c);
        }
    }
    line
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, machine, asked, .. } = self;
        let access = if self.changes { "write" } else { "read " };
        // As deep as a line of a terminal bears.
        let indent = self.depth.min(20) as usize * 2;
        write!(f, "{number:>3} {access} {:indent$}{machine}: {asked} -> ", "")?;
        match &self.finish {
            None => f.write_str("not ended"),
            Some(Finish::Answered(text)) => f.write_str(text),
            Some(Finish::Failed { kind, text }) => write!(f, "{kind:?}: {text}"),
            Some(Finish::Dropped) => f.write_str("dropped by the caller"),
        }
    }
}
