//! `npivot conform`: the conformance suite on a connection.

use std::io::Write;

use npivot_conformance::{Access, Report, Selection, cases, run as run_cases};
use npivot_lab::connection::{Clock, Uri};

use super::connected::runtime;
use super::json;
use crate::args::{Allow, Conform, ReportFormat};
use crate::outcome::{Answer, Failure};
use crate::progress::Progress;
use crate::show::table::{lines, table};

pub(super) fn run(wanted: &Conform, uri: &Uri, out: &mut impl Write) -> Result<Answer, Failure> {
    if wanted.list {
        return list(wanted, out);
    }
    let selection = selection(wanted, uri.clock());
    let report = {
        let selected = selection.select().count();
        let progress = Progress::bar("running cases", selected.try_into().unwrap_or(u64::MAX));
        let maker = uri.maker(&wanted.spare)?;
        let mut done = 0;
        let mut count = |_: &npivot_conformance::CaseReport| {
            done += 1;
            progress.at(done);
        };
        runtime(uri.clock())?.block_on(async {
            let deviations = uri.deviations().await?;
            Ok::<_, Failure>(run_cases(&*maker, &selection, &deviations, &mut count).await)
        })?
    };
    match wanted.format {
        ReportFormat::Text => write!(out, "{}", report.text())?,
        ReportFormat::Json => json(&report, out)?,
        ReportFormat::Junit => write!(out, "{}", report.junit())?,
    }
    verdict(&report)
}

fn verdict(report: &Report) -> Result<Answer, Failure> {
    if report.is_empty() {
        return Err(Failure::Word("no case was selected: `npivot conform --list` has them".into()));
    }
    Ok(report.passed().into())
}

fn selection(wanted: &Conform, clock: Clock) -> Selection {
    let usual = if clock == Clock::Virtual { Allow::Disturbs } else { Allow::Reads };
    let access = match wanted.allow.unwrap_or(usual) {
        Allow::Reads => Access::ReadOnly,
        Allow::Changes => Access::Changes,
        Allow::Disturbs => Access::Disturbs,
    };
    let mut selection = Selection::all(access);
    selection.groups.clone_from(&wanted.groups);
    selection.names.clone_from(&wanted.cases);
    selection
}

fn list(wanted: &Conform, out: &mut impl Write) -> Result<Answer, Failure> {
    let selection = selection(wanted, Clock::Virtual);
    let mut rows = table(&["GROUP", "CASE", "PROVES"]);
    for case in selection.select() {
        rows.add_row([case.group.to_string(), case.name.to_owned(), case.doc.to_owned()]);
    }
    write!(out, "{}", lines(&rows))?;
    writeln!(out, "{} of {} cases", selection.select().count(), cases().len())?;
    Ok(Answer::Yes)
}
