//! The steps in order; roll-back up to the hand-over, tidying up after it; exact residue.

use std::collections::BTreeSet;
use std::fmt;

use npivot_hal::Error;

use super::{Entry, Finding, Journal, JournalError, Plan, Step};
use crate::pool::PoolError;
use crate::vhba::VhbaError;
use crate::wait::{find_out, repeat};
use crate::{GuestControl, GuestState, Site};

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StepFailure {
    /// A call failed.
    #[error(transparent)]
    Hal(#[from] Error),
    /// A pool could not be started.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// A vHBA could not be made or deleted.
    #[error(transparent)]
    Vhba(#[from] VhbaError),
    /// The storage on the destination is not what the guest needs.
    #[error("{0}")]
    Storage(String),
    /// The journal could not be written: without it no step is begun.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Something that a migration left behind, because it could not be removed.
#[derive(Debug)]
pub struct Residue {
    /// The step whose effect is still there, or may be.
    pub step: Step,
    /// Whether its undo failed (else it is a tidying step that failed).
    pub from_undo: bool,
    /// Why.
    pub failure: StepFailure,
}

impl fmt::Display for Residue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.from_undo { "not undone" } else { "not done" };
        write!(f, "{what}: {}: {}", self.step, self.failure)
    }
}

/// How a migration ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// The guest runs on the destination. Residue is what could not be tidied up on the source.
    Done {
        /// What is left behind; empty when nothing is.
        residue: Vec<Residue>,
    },
    /// The guest runs on the source, as before. Residue is what could not be undone: all of it, when nobody
    /// could say where the guest is.
    RolledBack {
        /// The step that failed.
        step: Step,
        /// Why.
        failure: StepFailure,
        /// What is left behind; empty when nothing is.
        residue: Vec<Residue>,
    },
    /// A check spoke against it; nothing has changed.
    Refused {
        /// All findings, worst first.
        findings: Vec<Finding>,
    },
    /// There was nothing to recover.
    Nothing,
}

impl Outcome {
    /// What is left behind.
    pub fn residue(&self) -> &[Residue] {
        match self {
            Self::Done { residue } | Self::RolledBack { residue, .. } => residue,
            Self::Refused { .. } | Self::Nothing => &[],
        }
    }
}

/// Something that a migration does, for whoever watches.
#[derive(Debug)]
#[non_exhaustive]
pub enum StepEvent<'a> {
    /// There is a plan.
    Planned(&'a Plan),
    /// A check found something.
    Found(&'a Finding),
    /// A step begins.
    Starting(&'a Step),
    /// It is done.
    Done(&'a Step),
    /// It failed.
    Failed(&'a Step, &'a StepFailure),
    /// A step was undone.
    Undone(&'a Step),
    /// A step could not be undone.
    NotUndone(&'a Step, &'a StepFailure),
}

/// Watches a migration. Called between the steps, never during one.
pub trait Progress: Send + Sync {
    /// Something happened.
    fn on(&self, event: &StepEvent<'_>);
}

/// Watches nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn on(&self, _: &StepEvent<'_>) {}
}

/// What the steps are done to, and who is told.
pub(super) struct Run<'a> {
    pub(super) site: &'a Site,
    pub(super) guest: &'a dyn GuestControl,
    pub(super) journal: &'a dyn Journal,
    pub(super) progress: &'a dyn Progress,
}

/// Executes a plan whose checks have passed. The journal is closed when nothing is left behind; else it
/// stays open for [`recover`](super::recover).
pub async fn execute(
    site: &Site,
    guest: &dyn GuestControl,
    plan: &Plan,
    journal: &dyn Journal,
    progress: &dyn Progress,
) -> Outcome {
    let run = Run { site, guest, journal, progress };
    let outcome = run.all(plan).await;
    run.close(&outcome).await;
    outcome
}

/// Where the guest is, seen from a plan.
enum Side {
    Source,
    Destination,
    /// Nobody can say, or it is where the plan knows nothing of.
    Unknown(StepFailure),
}

impl Run<'_> {
    /// An entry that is missing here makes a later recovery find everything done: no harm.
    pub(super) async fn close(&self, outcome: &Outcome) {
        if outcome.residue().is_empty() {
            let _ = self.journal.append(Entry::Ended).await;
        }
    }

    async fn all(&self, plan: &Plan) -> Outcome {
        if let Err(error) = self.journal.append(Entry::Begun(Box::new(plan.clone()))).await {
            let step = plan.steps[0].clone();
            return Outcome::RolledBack { step, failure: error.into(), residue: vec![] };
        }
        let (forward, tidying) = split(&plan.steps);
        for (index, step) in forward.iter().enumerate() {
            if let Err(failure) = self.step(index, step).await {
                return self.turn_back(plan, index + 1, failure).await;
            }
        }
        Outcome::Done { residue: self.tidy_up(forward.len(), tidying).await }
    }

    /// Undoes the first `begun` steps, if the guest is on its source or can be brought to run there. If it is
    /// on the destination, the hand-over has succeeded after all; while nobody can say, nothing is touched.
    pub(super) async fn turn_back(
        &self,
        plan: &Plan,
        begun: usize,
        failure: StepFailure,
    ) -> Outcome {
        let (forward, tidying) = split(&plan.steps);
        let begun = &forward[..begun];
        let Some(step) = begun.last().cloned() else { return Outcome::Nothing };
        match self.bring_back(plan).await {
            Side::Source => {
                let residue = self.roll_back(begun).await;
                Outcome::RolledBack { step, failure, residue }
            }
            Side::Destination => {
                Outcome::Done { residue: self.tidy_up(forward.len(), tidying).await }
            }
            Side::Unknown(why) => {
                let text = format!("not begun: {why}");
                let left = |step: &Step| Residue {
                    step: step.clone(),
                    from_undo: true,
                    failure: StepFailure::Storage(text.clone()),
                };
                let residue = begun.iter().rev().map(left).collect();
                Outcome::RolledBack { step, failure, residue }
            }
        }
    }

    /// Lets the guest run on its source, if it is there; where it is in the end.
    async fn bring_back(&self, plan: &Plan) -> Side {
        match bring_back(self.guest, &plan.source).await {
            Ok(host) if host == plan.source => Side::Source,
            Ok(host) if host == plan.destination => Side::Destination,
            Ok(host) => {
                let text = format!("the guest is on {host}, of which the plan knows nothing");
                Side::Unknown(StepFailure::Storage(text))
            }
            Err(failure) => Side::Unknown(failure),
        }
    }

    async fn step(&self, index: usize, step: &Step) -> Result<(), StepFailure> {
        self.journal.append(Entry::Starting(index)).await?;
        self.progress.on(&StepEvent::Starting(step));
        match step.apply(self.site, self.guest).await {
            Ok(()) => {
                self.progress.on(&StepEvent::Done(step));
                // That it is done is also what the machines say; a recovery asks them.
                let _ = self.journal.append(Entry::Done(index)).await;
                Ok(())
            }
            Err(failure) => {
                self.progress.on(&StepEvent::Failed(step, &failure));
                Err(failure)
            }
        }
    }

    /// Undoes steps, the last one first; the very last may be half done. Each is tried, whatever became of
    /// the others.
    async fn roll_back(&self, steps: &[Step]) -> Vec<Residue> {
        let _ = self.journal.append(Entry::RollingBack).await;
        let mut residue = vec![];
        for step in steps.iter().rev() {
            match step.undo(self.site).await {
                Ok(()) => self.progress.on(&StepEvent::Undone(step)),
                Err(failure) => {
                    self.progress.on(&StepEvent::NotUndone(step, &failure));
                    residue.push(Residue { step: step.clone(), from_undo: true, failure });
                }
            }
        }
        residue
    }

    /// Does the steps after the point of no return; each is tried, whatever became of the others. Only what
    /// a vHBA sees through is not taken away while it is still there: whoever holds it would lose his paths.
    pub(super) async fn tidy_up(&self, first_index: usize, steps: &[Step]) -> Vec<Residue> {
        let mut residue = vec![];
        let mut held = BTreeSet::new();
        for (i, step) in steps.iter().enumerate() {
            let done = match step.leaves() {
                Some(name) if held.contains(&name) => {
                    let text = format!("not begun, because vHBA {name} is still there");
                    Err(StepFailure::Storage(text))
                }
                _ => self.step(first_index + i, step).await,
            };
            if let Err(failure) = done {
                held.extend(step.leaves());
                residue.push(Residue { step: step.clone(), from_undo: false, failure });
            }
        }
        residue
    }
}

/// Lets a guest that is paused on its source run there; the host that it is on after that.
pub(super) async fn bring_back(
    guest: &dyn GuestControl,
    source: &str,
) -> Result<String, StepFailure> {
    let state = find_out(|| guest.state()).await?;
    if state != GuestState::Paused(source.to_owned()) {
        return Ok(state.host().to_owned());
    }
    repeat(|| guest.resume()).await?;
    // A switch-over that was still under way may have won: what is true now counts.
    match find_out(|| guest.state()).await? {
        GuestState::Paused(host) if host == source => {
            Err(StepFailure::Storage(format!("the guest stays paused on {source}")))
        }
        state => Ok(state.host().to_owned()),
    }
}

/// The steps up to the point of no return, and those after it.
pub(super) fn split(steps: &[Step]) -> (&[Step], &[Step]) {
    let line = steps.iter().position(Step::is_tidying).unwrap_or(steps.len());
    steps.split_at(line)
}
