//! `npivot conform`: the conformance suite on a connection.

use std::io::Write;

use npivot_conformance::{Access, Maker, Report, Selection, cases, run as run_cases};
use npivot_hal::ErrorKind;
use npivot_lab::connection::{Clock, Uri};

use super::connected::{runtime, whole};
use crate::args::{Allow, Conform, ReportFormat};
use crate::outcome::{Answer, Failure};
use crate::progress::Progress;
use crate::show::table::{lines, table};

pub(super) fn run(wanted: &Conform, uri: &Uri, out: &mut impl Write) -> Result<Answer, Failure> {
    if wanted.list {
        return list(wanted, out);
    }
    let selection = selection(wanted, uri.clock());
    let maker = uri.maker(&wanted.spare)?;
    let runtime = runtime(uri.clock())?;
    runtime.block_on(something_to_prove_on(&*maker, uri))?;
    let report = {
        let selected = selection.select().count();
        let progress = Progress::bar("running cases", selected.try_into().unwrap_or(u64::MAX));
        let mut done = 0;
        let mut count = |_: &npivot_conformance::CaseReport| {
            done += 1;
            progress.at(done);
        };
        runtime.block_on(async {
            let deviations = uri.deviations().await?;
            Ok::<_, Failure>(run_cases(&*maker, &selection, &deviations, &mut count).await)
        })?
    };
    match wanted.format {
        ReportFormat::Text => write!(out, "{}", report.text())?,
        ReportFormat::Json => write!(out, "{}", report.json())?,
        ReportFormat::Junit => write!(out, "{}", report.junit())?,
    }
    verdict(&report)
}

/// That there is a machine which cases can be tried on. One without Fibre Channel would fail most of them, or
/// pass some with nothing in its lists, and neither says anything of a backend.
async fn something_to_prove_on(maker: &dyn Maker, uri: &Uri) -> Result<(), Failure> {
    let fixture = maker.make().await?;
    if !fixture.fabrics().is_empty() || !fixture.arrays().is_empty() {
        return Ok(());
    }
    let Some(host) = fixture.host() else { return Ok(()) };
    let why = match host.adapters().await {
        Err(error) if error.kind() == ErrorKind::Unsupported => error.to_string(),
        Ok(adapters) if adapters.is_empty() => {
            whole(&*host, None).await?;
            format!("{} has no Fibre Channel adapter that can be read", host.name())
        }
        _ => return Ok(()),
    };
    let uri = uri.to_string();
    let uri = uri.trim_end_matches(':');
    Err(Failure::NotThere(format!(
        "{uri}: {why}; nothing can be proved on it, and no case was run"
    )))
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
