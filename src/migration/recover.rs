//! After a crash: forward or back, never sideways.

use npivot_hal::Error;

use super::execute::{Run, split};
use super::{Entry, Journal, Outcome, Plan, Progress, Residue, StepFailure};
use crate::{GuestControl, GuestState, Site};

/// Ends a migration that was cut off. The guest says on which side of the point of no return it was: if it
/// runs on the destination, the rest is tidied up; else all that was begun is undone, and it runs on its
/// source again. Recovery can itself be cut off and repeated.
///
/// # Errors
/// [`StepFailure`]: the journal cannot be read, or nobody can say where the guest is. Nothing was done.
pub async fn recover(
    site: &Site,
    guest: &dyn GuestControl,
    journal: &dyn Journal,
    progress: &dyn Progress,
) -> Result<Outcome, StepFailure> {
    let entries = journal.entries().await?;
    let Some(plan) = unfinished(&entries) else {
        return Ok(Outcome::Nothing);
    };
    let run = Run { site, guest, journal, progress };
    let (forward, tidying) = split(&plan.steps);
    let state = crate::wait::repeat(|| guest.state()).await?;
    let outcome = if state == GuestState::Running(plan.destination.clone()) {
        Outcome::Done { residue: run.tidy_up(forward.len(), tidying).await }
    } else {
        // Only what was begun can have left anything; what was not is not touched.
        let begun = entries.iter().filter(|entry| matches!(entry, Entry::Starting(_))).count();
        let begun = &forward[..begun.min(forward.len())];
        let residue = run.roll_back(begun).await;
        let Some(step) = begun.last().cloned() else {
            return Ok(Outcome::Nothing);
        };
        let failure = StepFailure::Hal(cut_off(site));
        Outcome::RolledBack { step, failure, residue }
    };
    journal.append(Entry::Ended).await?;
    Ok(outcome)
}

/// Tries again to remove what a migration has left behind. What is still left is returned; doing it again
/// is safe.
pub async fn clear_residue(
    site: &Site,
    guest: &dyn GuestControl,
    residue: Vec<Residue>,
) -> Vec<Residue> {
    let mut left = vec![];
    for Residue { step, from_undo, .. } in residue {
        let answer =
            if from_undo { step.undo(site, guest).await } else { step.apply(site, guest).await };
        if let Err(failure) = answer {
            left.push(Residue { step, from_undo, failure });
        }
    }
    left
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

fn cut_off(site: &Site) -> Error {
    let reason = "the migration was cut off and has been recovered";
    Error::new(npivot_hal::ErrorKind::Interrupted, "migrate", site.source.name(), reason)
}
