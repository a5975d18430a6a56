//! What became of a group, on one line.

use std::fmt::Write as _;

use super::{CaseReport, CaseResult, Report};
use crate::Group;

impl Report {
    /// What became of a group, on one line: `npiv: 0 tried, 24 not applicable: needs Host::npiv (24)`.
    pub fn group_line(&self, group: Group) -> String {
        let cases = || self.cases.iter().filter(|case| case.group == group);
        let left_out = cases().filter(|case| case.result == CaseResult::NotApplicable).count();
        let mut line = format!("{group}: {} tried", cases().count() - left_out);
        if left_out > 0 {
            let _ = write!(line, ", {left_out} not applicable: {}", reasons(cases()));
        }
        line
    }

    /// Whether cases of this group were selected and none could be tried.
    pub(crate) fn is_untried(&self, group: Group) -> bool {
        let mut cases = self.cases.iter().filter(|case| case.group == group).peekable();
        cases.peek().is_some() && cases.all(|case| case.result == CaseResult::NotApplicable)
    }

    /// Why cases of this group could not be tried.
    pub(crate) fn reasons_of(&self, group: Group) -> String {
        reasons(self.cases.iter().filter(|case| case.group == group))
    }
}

/// Why cases could not be tried, each reason once, with how many have it.
fn reasons<'a>(cases: impl Iterator<Item = &'a CaseReport>) -> String {
    let mut reasons: Vec<(&str, usize)> = vec![];
    for case in cases.filter(|case| case.result == CaseResult::NotApplicable) {
        match reasons.iter_mut().find(|(reason, _)| *reason == case.message) {
            Some((_, count)) => *count += 1,
            None => reasons.push((&case.message, 1)),
        }
    }
    let texts: Vec<String> =
        reasons.into_iter().map(|(reason, count)| format!("{reason} ({count})")).collect();
    texts.join("; ")
}
