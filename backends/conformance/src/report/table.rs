//! The report as a table.

use std::fmt::Write as _;
use std::time::Duration;

use super::{CaseReport, CaseResult, Report};

pub(super) fn render(report: &Report) -> String {
    let mut text = format!("{}\n\n", report.backend);
    let rows: Vec<[String; 5]> = report.cases.iter().map(row).collect();
    let header = ["group", "case", "result", "time", "message"].map(str::to_owned);
    let all = || std::iter::once(&header).chain(&rows);
    let width = |column: usize| all().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let [group, case, result, time] = [0, 1, 2, 3].map(width);
    for [a, b, c, d, message] in all() {
        let line = format!("{a:group$}  {b:case$}  {c:result$}  {d:>time$}  {message}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.push('\n');
    for error in &report.errors {
        let _ = writeln!(text, "error: {error}");
    }
    text.push_str(&summary(report));
    text
}

fn row(case: &CaseReport) -> [String; 5] {
    let mut message = case.message.replace('\n', " ");
    for left in &case.residue {
        let _ =
            write!(message, "{}left behind: {left}", if message.is_empty() { "" } else { "; " });
    }
    let ran = case.result != CaseResult::NotApplicable;
    let time = if ran { span(case.time) } else { "-".into() };
    [case.group.to_string(), case.name.clone(), case.result.to_string(), time, message]
}

/// Milliseconds below ten seconds, seconds above.
fn span(time: Duration) -> String {
    match time.as_millis() {
        ms @ ..10_000 => format!("{ms} ms"),
        _ => format!("{} s", time.as_secs()),
    }
}

fn summary(report: &Report) -> String {
    let counts = report.counts();
    let mut text = format!("{} cases: {} passed", counts.selected, counts.passed);
    for (count, word) in [
        (counts.failed, "FAILED"),
        (counts.unexpected, "passed UNEXPECTEDLY"),
        (counts.deviates, "deviate as known"),
        (counts.not_applicable, "not applicable"),
    ] {
        if count > 0 {
            let _ = write!(text, ", {count} {word}");
        }
    }
    let verdict = if report.passed() { "conforms" } else { "DOES NOT CONFORM" };
    let _ = writeln!(text, ": {} {verdict}", report.backend);
    text
}
