//! Which calls a verdict is for.

use std::fmt;

use crate::layer::{Call, Verdict};

/// Which calls a [`Line`] is for: those of a method, on a machine, whose words have a text in them. What
/// is not said matches everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct When {
    method: Option<String>,
    machine: Option<String>,
    words: Option<String>,
    changes: bool,
}

impl When {
    /// Any call.
    pub fn any() -> Self {
        Self::default()
    }

    /// Any call that changes something.
    pub fn changing() -> Self {
        Self { changes: true, ..Self::default() }
    }

    /// A call of this method, as `create_vport`.
    pub fn method(method: impl Into<String>) -> Self {
        Self { method: Some(method.into()), ..Self::default() }
    }

    /// The same, on the machine of this name alone.
    #[must_use]
    pub fn on(mut self, machine: impl Into<String>) -> Self {
        self.machine = Some(machine.into());
        self
    }

    /// The same, where the request in words ([`Request`](crate::layer::Request)'s `Display`) has this
    /// text in it: a WWPN, a group's name in backquotes, `on host0`.
    #[must_use]
    pub fn saying(mut self, words: impl Into<String>) -> Self {
        self.words = Some(words.into());
        self
    }

    /// Whether it is for this call.
    pub fn matches(&self, call: &Call<'_>) -> bool {
        self.method.as_deref().is_none_or(|method| method == call.method)
            && self.machine.as_deref().is_none_or(|machine| machine == call.machine)
            && (call.changes || !self.changes)
            && self.words.as_deref().is_none_or(|words| call.request.to_string().contains(words))
    }

    /// This verdict for the nth call that matches, counted from 0, alone.
    pub fn nth(self, nth: u64, verdict: Verdict) -> Line {
        Line { when: self, nth, onwards: false, verdict }
    }

    /// This verdict for the nth call that matches, counted from 0, and all after it.
    pub fn from_nth(self, nth: u64, verdict: Verdict) -> Line {
        Line { when: self, nth, onwards: true, verdict }
    }

    /// This verdict for every call that matches.
    pub fn always(self, verdict: Verdict) -> Line {
        self.from_nth(0, verdict)
    }
}

/// As it is said: `create_vport on alpha saying "host0"`.
impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let any = if self.changes { "any change" } else { "any call" };
        f.write_str(self.method.as_deref().unwrap_or(any))?;
        if let Some(machine) = &self.machine {
            write!(f, " on {}", machine.escape_debug())?;
        }
        match &self.words {
            Some(words) => write!(f, " saying {words:?}"),
            None => Ok(()),
        }
    }
}

/// Which calls get which verdict: a line of a [`Script`](crate::layer::Script).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    when: When,
    nth: u64,
    onwards: bool,
    verdict: Verdict,
}

/// As it is said: `create_vport on alpha, number 2: Fail`.
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = if self.onwards { "from number" } else { "number" };
        write!(f, "{}, {from} {}: {:?}", self.when, self.nth, self.verdict)
    }
}

/// A line and what it has seen.
#[derive(Debug)]
pub(super) struct Counting {
    line: Line,
    matched: u64,
    pub(super) fired: u64,
}

impl Counting {
    pub(super) const fn new(line: Line) -> Self {
        Self { line, matched: 0, fired: 0 }
    }

    pub(super) const fn line(&self) -> &Line {
        &self.line
    }

    /// Counts the call if it matches; the verdict if it is its turn.
    pub(super) fn due(&mut self, call: &Call<'_>) -> Option<Verdict> {
        if !self.line.when.matches(call) {
            return None;
        }
        let nth = self.matched;
        self.matched += 1;
        let due = nth == self.line.nth || (self.line.onwards && nth > self.line.nth);
        due.then_some(self.line.verdict)
    }
}

/// The verdict of the first line whose turn it is. Every line counts the call, fired or not, so that what
/// one line is for does not depend on the others.
pub(super) fn first_due<'a>(
    lines: impl Iterator<Item = &'a mut Counting>,
    call: &Call<'_>,
) -> Option<Verdict> {
    let mut first = None;
    for line in lines {
        if let (Some(verdict), None) = (line.due(call), first) {
            line.fired += 1;
            first = Some(verdict);
        }
    }
    first
}
