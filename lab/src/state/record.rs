//! What the records say: who began the log, then what each step added to the run.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The version of the directory's layout that is written and read.
pub(super) const VERSION: u32 = 1;

/// The first record.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Beginning {
    /// The layout's version.
    pub(super) npivot_state: u32,
    /// The program that began it.
    #[serde(default)]
    pub(super) npivot: String,
    /// The header of the command log, whose `end` is that of the last step.
    pub(super) log: serde_json::Map<String, serde_json::Value>,
}

/// Just the version: what a later one may be read as.
#[derive(Debug, Deserialize)]
pub(super) struct Version {
    pub(super) npivot_state: u32,
}

/// Each further record: what was asked, and when and how the world was after it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    /// The instant at which it ended, in microseconds.
    pub(super) end: u64,
    /// The hash of the whole run up to here.
    pub(super) fingerprint: String,
    /// The lines of the command log.
    pub(super) commands: Vec<Box<RawValue>>,
}

impl Step {
    /// A step of these lines; `None` if one of them is no JSON.
    pub(super) fn of(
        end: u64,
        fingerprint: String,
        lines: impl Iterator<Item = String>,
    ) -> Option<Self> {
        let commands = lines.map(|line| RawValue::from_string(line).ok());
        Some(Self { end, fingerprint, commands: commands.collect::<Option<_>>()? })
    }
}

/// The command log that a beginning and its steps make; the run ends with the last of them.
pub(super) fn command_log(beginning: &Beginning, steps: &[Step]) -> Option<String> {
    let mut header = beginning.log.clone();
    header.insert("end".into(), steps.last()?.end.into());
    let mut text = serde_json::to_string(&header).ok()?;
    for command in steps.iter().flat_map(|step| &step.commands) {
        text.push('\n');
        text.push_str(command.get());
    }
    text.push('\n');
    Some(text)
}
