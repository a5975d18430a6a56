//! Runs cases: each in a place of its own, with a deadline, caught when it panics, cleaned up after.

mod caught;

use std::collections::BTreeSet;

use tokio::time::Instant;

use crate::bed::{Bed, Problem, Verdict};
use crate::{Case, CaseReport, CaseResult, Deviation, Group, Maker, Report, Selection, cases};

use caught::Caught;

/// Runs the selected cases on a backend, one after the other, and tells the progress.
///
/// A deviation that names no case at all, and a selection that selects none, are
/// [errors](Report::errors) of the run. So is a group of which nothing could be tried although the fixture
/// has what its cases need: what is missing is the machine's, such as an adapter that is online. It is not
/// asked for where single cases were selected by name.
pub async fn run(
    maker: &dyn Maker,
    selection: &Selection,
    deviations: &[Deviation],
    progress: &mut dyn FnMut(&CaseReport),
) -> Report {
    let mut report = Report { backend: maker.name(), cases: vec![], errors: vec![] };
    for deviation in deviations {
        if !cases().iter().any(|case| case.name == deviation.case) {
            let text = format!("the deviation `{}` names no case: delete it", deviation.case);
            report.errors.push(text);
        }
    }
    let mut offered = BTreeSet::new();
    for case in selection.select() {
        let deviation = deviations.iter().find(|deviation| deviation.case == case.name);
        let (one, is_offered) = run_case(maker, case).await;
        offered.extend(is_offered.then_some(case.group));
        let one = judge(one, deviation);
        progress(&one);
        report.cases.push(one);
    }
    if report.cases.is_empty() {
        report.errors.push("no case was selected: nothing was tried".into());
    }
    // A limit that a backend does not tell is none: there is nothing to try.
    offered.remove(&Group::Limits);
    for group in offered.into_iter().filter(|_| selection.names.is_empty()) {
        if report.is_untried(group) {
            let reasons = report.reasons_of(group);
            let text = format!(
                "{group}: nothing was tried, although the fixture offers what it is about: {reasons}"
            );
            report.errors.push(text);
        }
    }
    report
}

/// What a case came to, in the light of what is known.
fn judge(mut report: CaseReport, deviation: Option<&Deviation>) -> CaseReport {
    let Some(Deviation { reason, source, .. }) = deviation else {
        return report;
    };
    match report.result {
        CaseResult::Failed => {
            report.result = CaseResult::Deviates;
            report.message = format!("{reason} ({source}): {}", report.message);
        }
        CaseResult::Passed => {
            report.result = CaseResult::UnexpectedPass;
            report.message = format!("a deviation says that it fails: {reason} ({source})");
        }
        _ => {}
    }
    report
}

/// What came of a case, and whether it could be expected to be tried: the fixture has what it needs, and
/// nobody said that this is not supported.
async fn run_case(maker: &dyn Maker, case: &Case) -> (CaseReport, bool) {
    let begun = Instant::now();
    let report = |result, message: String, residue| CaseReport {
        name: case.name.to_owned(),
        group: case.group,
        result,
        time: begun.elapsed(),
        message,
        residue,
    };
    let fixture = match maker.make().await {
        Ok(fixture) => fixture,
        Err(error) => {
            let why = format!("no place to try it: {error}");
            return (report(CaseResult::Failed, why, vec![]), false);
        }
    };
    let bed = Bed::new(fixture);
    let lacking = case.needs.abilities().iter().find(|ability| !bed.has(**ability));
    if let Some(ability) = lacking {
        return (report(CaseResult::NotApplicable, format!("needs {ability}"), vec![]), false);
    }
    let verdict = tried(&bed, case).await;
    let residue = cleaned(&bed).await;
    let offered = !matches!(verdict, Err(Problem::Declined(_)));
    let (result, message) = match verdict {
        Ok(()) => (CaseResult::Passed, String::new()),
        Err(Problem::Lacks(what) | Problem::Declined(what)) => {
            (CaseResult::NotApplicable, format!("needs {what}"))
        }
        Err(Problem::Failed(why)) => (CaseResult::Failed, why),
    };
    (report(result, message, residue), offered)
}

async fn tried(bed: &Bed, case: &Case) -> Verdict {
    tokio::select! {
        biased;
        caught = Caught::new((case.run)(bed)) => match caught {
            Ok(verdict) => verdict,
            Err(panic) => Err(Problem::Failed(format!("panicked: {panic}"))),
        },
        () = bed.fixture.wait(case.deadline) => {
            let secs = case.deadline.as_secs();
            Err(Problem::Failed(format!("not done after {secs} s: a call never returned")))
        }
    }
}

async fn cleaned(bed: &Bed) -> Vec<String> {
    let caught = Caught::new(Box::pin(bed.clean_up())).await;
    caught.unwrap_or_else(|panic| vec![format!("cleaning up panicked: {panic}")])
}

#[cfg(test)]
mod tests;
