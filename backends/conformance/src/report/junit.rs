//! The report as JUnit XML, the form that CI systems read.

use std::fmt::Write as _;

use super::{CaseReport, CaseResult, Report};

pub(super) fn render(report: &Report) -> String {
    let counts = report.counts();
    let seconds: f64 = report.cases.iter().map(|case| case.time.as_secs_f64()).sum();
    let name = escaped(&report.backend);
    // Of all suites and of the one there is: some readers look at the one, some at the other.
    let totals = format!(
        "name=\"{name}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{seconds:.3}\"",
        counts.selected + report.errors.len(),
        counts.failed + counts.unexpected,
        report.errors.len(),
        counts.not_applicable,
    );
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {totals}>\n  <testsuite {totals}>\n"
    );
    for case in &report.cases {
        write_case(&mut xml, case);
    }
    for error in &report.errors {
        let error = escaped(error);
        let _ = writeln!(
            xml,
            "    <testcase classname=\"run\" name=\"{error}\"><error message=\"{error}\"/></testcase>"
        );
    }
    xml.push_str("  </testsuite>\n</testsuites>\n");
    xml
}

fn write_case(xml: &mut String, case: &CaseReport) {
    let mut message = case.message.clone();
    for left in &case.residue {
        let _ = write!(message, "\nleft behind: {left}");
    }
    let message = escaped(message.trim_start());
    let inside = match case.result {
        CaseResult::Passed => String::new(),
        CaseResult::Failed => format!("<failure message=\"{message}\"/>"),
        CaseResult::UnexpectedPass => {
            format!("<failure type=\"unexpected pass\" message=\"{message}\"/>")
        }
        CaseResult::Deviates => format!("<system-out>{message}</system-out>"),
        CaseResult::NotApplicable => format!("<skipped message=\"{message}\"/>"),
    };
    let _ = writeln!(
        xml,
        "    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3}\">{inside}</testcase>",
        case.group,
        escaped(&case.name),
        case.time.as_secs_f64(),
    );
}

/// As text of an attribute or element. What XML 1.0 cannot say at all is shown as U+FFFD.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c < ' ' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
