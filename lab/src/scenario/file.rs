//! The shape of a scenario file.

use std::fmt;
use std::time::Duration;

use indexmap::IndexMap;
use npivot_hal::WwnPair;
use serde::{Deserialize, Deserializer};
use toml::Spanned;

pub(super) type Text = Spanned<String>;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RawScenario {
    pub(super) title: String,
    pub(super) topology: Text,
    #[serde(default)]
    pub(super) seed: u64,
    #[serde(default)]
    pub(super) pool: IndexMap<String, Text>,
    #[serde(default)]
    pub(super) guest: IndexMap<String, Guest>,
    #[serde(default)]
    pub(super) step: Vec<Step>,
    #[serde(default)]
    pub(super) expect: Vec<Expectation>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Guest {
    pub(super) pools: Vec<Text>,
    #[serde(default = "two_milliseconds")]
    pub(super) write_every: Time,
}

fn two_milliseconds() -> Time {
    Time(Duration::from_millis(2))
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Step {
    StartPool(PoolOn),
    StopPool(Text),
    StartGuest(Text),
    RunFor(Time),
    Migrate(Migrate),
    LinkDown(Text),
    LinkUp(Text),
    Map(Map),
    Unmap(Unmap),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct PoolOn {
    pub(super) pool: Text,
    pub(super) on: Text,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Migrate {
    pub(super) guest: Text,
    pub(super) to: Text,
    #[serde(default)]
    pub(super) patience: Option<Time>,
    #[serde(default)]
    pub(super) identities: Option<Spanned<Vec<WwnPair>>>,
    #[serde(default)]
    pub(super) during: Vec<Fault>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Fault {
    pub(super) step: Text,
    #[serde(default = "first")]
    pub(super) nth: u32,
    #[serde(default)]
    pub(super) after: Time,
    #[serde(default)]
    pub(super) link_down: Option<Text>,
    #[serde(default)]
    pub(super) link_up: Option<Text>,
}

const fn first() -> u32 {
    1
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Map {
    pub(super) array: Text,
    pub(super) group: String,
    pub(super) volume: String,
    pub(super) lun: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Unmap {
    pub(super) array: Text,
    pub(super) group: String,
    pub(super) volume: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Ending {
    Done,
    Refused,
    RolledBack,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::RolledBack => "rolled back",
        })
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Expectation {
    Migration(Ending),
    Reason(String),
    GuestRuns(GuestOn),
    NoWriteLost(Text),
    NothingLeftBehind(bool),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct GuestOn {
    pub(super) guest: Text,
    pub(super) on: Text,
}

/// A length of time as people write it: an integer and `us`, `ms`, `s` or `min`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Time(pub(super) Duration);

/// The longest: a run of more than a day is a mistake.
const MAX_US: u64 = 24 * 3600 * 1_000_000;

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let time = text.trim();
        let at = time.find(|c: char| !c.is_ascii_digit()).unwrap_or(time.len());
        let scale = match time[at..].trim_start() {
            "us" => 1,
            "ms" => 1_000,
            "s" => 1_000_000,
            "min" => 60_000_000,
            _ => 0,
        };
        let number = time[..at].parse::<u64>().ok().filter(|_| scale > 0);
        let micros = number.and_then(|n| n.checked_mul(scale)).filter(|&us| us <= MAX_US);
        let refused = || {
            serde::de::Error::custom(format!(
                "`{text}` is not a time: expected an integer and `us`, `ms`, `s` or `min`, to one day, \
                 as in \"500 ms\""
            ))
        };
        micros.map(|us| Self(Duration::from_micros(us))).ok_or_else(refused)
    }
}
