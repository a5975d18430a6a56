//! After a crash, or when something was left behind: forward or back, never sideways.

use npivot_hal::{Error, ErrorKind};

use super::execute::{Run, bring_back, split};
use super::{Entry, Journal, Outcome, Plan, Progress, Residue, StepFailure};
use crate::{GuestControl, Site};

/// Ends a migration that was cut off, or that left something behind. The guest says on which side of the point
/// of no return it is: if it is on the destination, the rest is tidied up; else all that was begun is undone,
/// and it runs on its source again. Recovery can itself be cut off and repeated.
///
/// # Errors
/// [`StepFailure`]: the journal cannot be read, it is about other hosts, nobody can say where the guest is, or it
/// is on the destination although the way back was begun. Nothing was done.
pub async fn recover(
    site: &Site,
    guest: &dyn GuestControl,
    journal: &dyn Journal,
    progress: &dyn Progress,
) -> Result<Outcome, StepFailure> {
    let entries = journal.entries().await?;
    let Some(plan) = unfinished(&entries) else { return Ok(Outcome::Nothing) };
    must_be_about(plan, site)?;
    let run = Run { site, guest, journal, progress };
    let (forward, tidying) = split(&plan.steps);
    let host = bring_back(guest, &plan.source).await?;
    let outcome = if host == plan.destination {
        if entries.contains(&Entry::RollingBack) {
            let text = format!(
                "the guest is on {host}, although the way back was begun: look there first"
            );
            return Err(StepFailure::Storage(text));
        }
        Outcome::Done { residue: run.tidy_up(forward.len(), tidying).await }
    } else {
        // Only what was begun can have left anything; what was not is not touched.
        let begun = entries.iter().filter(|entry| matches!(entry, Entry::Starting(_))).count();
        let failure = StepFailure::Hal(cut_off(site));
        run.turn_back(plan, begun.min(forward.len()), failure).await
    };
    run.close(&outcome).await;
    Ok(outcome)
}

/// Tries again to remove what a migration has left behind. What is still left is returned; doing it again is
/// safe. What is to be undone is undone only while the guest is on its source.
pub async fn clear_residue(
    site: &Site,
    guest: &dyn GuestControl,
    residue: Vec<Residue>,
) -> Vec<Residue> {
    let source = site.source.name();
    let home = if residue.iter().any(|left| left.from_undo) {
        match bring_back(guest, source).await {
            Ok(host) if host == source => Ok(()),
            Ok(host) => Err(format!("not begun: the guest is on {host}")),
            Err(failure) => Err(format!("not begun: {failure}")),
        }
    } else {
        Ok(())
    };
    let mut left = vec![];
    for Residue { step, from_undo, .. } in residue {
        let answer = match (&home, from_undo) {
            (Err(why), true) => Err(StepFailure::Storage(why.clone())),
            (Ok(()), true) => step.undo(site).await,
            (_, false) => step.apply(site, guest).await,
        };
        if let Err(failure) = answer {
            left.push(Residue { step, from_undo, failure });
        }
    }
    left
}

fn must_be_about(plan: &Plan, site: &Site) -> Result<(), StepFailure> {
    let (source, destination) = (site.source.name(), site.destination.name());
    if plan.source == source && plan.destination == destination {
        return Ok(());
    }
    Err(StepFailure::Storage(format!(
        "the journal's migration is from {} to {}, not from {source} to {destination}",
        plan.source, plan.destination
    )))
}

/// The plan of a migration that has not ended.
fn unfinished(entries: &[Entry]) -> Option<&Plan> {
    if entries.contains(&Entry::Ended) {
        return None;
    }
    entries.iter().find_map(|entry| match entry {
        Entry::Begun(plan) => Some(&**plan),
        _ => None,
    })
}

/// Whether these entries are of a migration that has not ended.
pub(super) fn is_unfinished(entries: &[Entry]) -> bool {
    unfinished(entries).is_some()
}

fn cut_off(site: &Site) -> Error {
    let reason = "the migration was cut off and has been recovered";
    Error::new(ErrorKind::Interrupted, "migrate", site.source.name(), reason)
}
