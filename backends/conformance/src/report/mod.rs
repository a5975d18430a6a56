//! What came of a run: records, and three renderings of them.

mod groups;
mod junit;
mod table;

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Group;

/// What became of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseResult {
    /// The backend does what the contract says.
    Passed,
    /// It does not.
    Failed,
    /// It does not, and that is known: a [`Deviation`](crate::Deviation) says so.
    Deviates,
    /// It does, although a deviation says that it does not: delete the deviation.
    UnexpectedPass,
    /// The case cannot be tried here, and the message says what is missing. Nothing is proved.
    NotApplicable,
}

impl CaseResult {
    /// Whether it makes a run fail.
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Failed | Self::UnexpectedPass)
    }

    /// The word for it in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "FAILED",
            Self::Deviates => "deviates",
            Self::UnexpectedPass => "UNEXPECTED PASS",
            Self::NotApplicable => "not applicable",
        }
    }
}

impl fmt::Display for CaseResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What came of one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CaseReport {
    /// Its name.
    pub name: String,
    /// Its group.
    pub group: Group,
    /// What became of it.
    pub result: CaseResult,
    /// How long it took, in the fixture's time.
    #[serde(rename = "milliseconds", with = "milliseconds")]
    pub time: Duration,
    /// Why: what was found and what was expected, what is missing, which deviation. Empty when passed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// What it left behind on the machine and could not be cleaned up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub residue: Vec<String>,
}

mod milliseconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }
}

/// How many cases had which result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Counts {
    /// How many were selected.
    pub selected: usize,
    /// [`CaseResult::Passed`].
    pub passed: usize,
    /// [`CaseResult::Failed`].
    pub failed: usize,
    /// [`CaseResult::Deviates`].
    pub deviates: usize,
    /// [`CaseResult::UnexpectedPass`].
    pub unexpected: usize,
    /// [`CaseResult::NotApplicable`].
    pub not_applicable: usize,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// What was tried.
    pub backend: String,
    /// The cases, in the order in which they ran.
    pub cases: Vec<CaseReport>,
    /// What is wrong with the run itself: no case was selected, a deviation names no case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
}

impl Report {
    /// How many cases had which result.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts { selected: self.cases.len(), ..Counts::default() };
        for case in &self.cases {
            *match case.result {
                CaseResult::Passed => &mut counts.passed,
                CaseResult::Failed => &mut counts.failed,
                CaseResult::Deviates => &mut counts.deviates,
                CaseResult::UnexpectedPass => &mut counts.unexpected,
                CaseResult::NotApplicable => &mut counts.not_applicable,
            } += 1;
        }
        counts
    }

    /// The cases that make the run fail.
    pub fn bad(&self) -> impl Iterator<Item = &CaseReport> {
        self.cases.iter().filter(|case| case.result.is_bad())
    }

    /// Whether no case was selected.
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// What was left behind on the machine: case and thing.
    pub fn residue(&self) -> impl Iterator<Item = (&CaseReport, &str)> {
        self.cases.iter().flat_map(|case| case.residue.iter().map(move |left| (case, &**left)))
    }

    /// Whether the backend does what the contract says, as far as was tried, and something was: no case
    /// is bad, nothing is wrong with the run, nothing was left behind, and at least one case passed or
    /// failed as it is known to.
    pub fn passed(&self) -> bool {
        let counts = self.counts();
        let clean = self.errors.is_empty() && self.residue().next().is_none();
        clean && self.bad().next().is_none() && counts.passed + counts.deviates > 0
    }

    /// As JSON, indented, with a final line feed.
    pub fn json(&self) -> String {
        let whole = Whole { conforms: self.passed(), counts: self.counts(), report: self };
        // Records of texts and numbers always have a JSON form.
        serde_json::to_string_pretty(&whole).map_or_else(|e| e.to_string(), |json| json + "\n")
    }

    /// As JUnit XML: one suite, a test case for each case with its group as class.
    pub fn junit(&self) -> String {
        junit::render(self)
    }

    /// As a table for people, and a summary line.
    pub fn text(&self) -> String {
        table::render(self)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

/// The report with what follows from it.
#[derive(Serialize)]
struct Whole<'a> {
    conforms: bool,
    counts: Counts,
    #[serde(flatten)]
    report: &'a Report,
}

#[cfg(test)]
mod tests;
