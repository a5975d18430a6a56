//! The steps in order; roll-back up to the hand-over, tidying up after it; exact residue.

use std::fmt;

use npivot_hal::Error;

use super::{Entry, Finding, Journal, JournalError, Plan, Step};
use crate::pool::PoolError;
use crate::vhba::VhbaError;
use crate::{GuestControl, Site};

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
    /// The guest runs on the source, as before. Residue is what could not be undone.
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

/// Executes a plan whose checks have passed.
pub async fn execute(
    site: &Site,
    guest: &dyn GuestControl,
    plan: &Plan,
    journal: &dyn Journal,
    progress: &dyn Progress,
) -> Outcome {
    let run = Run { site, guest, journal, progress };
    let outcome = run.all(plan).await;
    // An entry that is missing here makes a later recovery find everything done: no harm.
    let _ = journal.append(Entry::Ended).await;
    outcome
}

impl Run<'_> {
    async fn all(&self, plan: &Plan) -> Outcome {
        if let Err(error) = self.journal.append(Entry::Begun(Box::new(plan.clone()))).await {
            let step = plan.steps[0].clone();
            return Outcome::RolledBack { step, failure: error.into(), residue: vec![] };
        }
        let (forward, tidying) = split(&plan.steps);
        for (index, step) in forward.iter().enumerate() {
            if let Err(failure) = self.step(index, step).await {
                let residue = self.roll_back(&forward[..=index]).await;
                return Outcome::RolledBack { step: step.clone(), failure, residue };
            }
        }
        Outcome::Done { residue: self.tidy_up(forward.len(), tidying).await }
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
    pub(super) async fn roll_back(&self, steps: &[Step]) -> Vec<Residue> {
        let _ = self.journal.append(Entry::RollingBack).await;
        let mut residue = vec![];
        for step in steps.iter().rev() {
            match step.undo(self.site, self.guest).await {
                Ok(()) => self.progress.on(&StepEvent::Undone(step)),
                Err(failure) => {
                    self.progress.on(&StepEvent::NotUndone(step, &failure));
                    residue.push(Residue { step: step.clone(), from_undo: true, failure });
                }
            }
        }
        residue
    }

    /// Does the steps after the point of no return; each is tried, whatever became of the others.
    pub(super) async fn tidy_up(&self, first_index: usize, steps: &[Step]) -> Vec<Residue> {
        let mut residue = vec![];
        for (i, step) in steps.iter().enumerate() {
            if let Err(failure) = self.step(first_index + i, step).await {
                residue.push(Residue { step: step.clone(), from_undo: false, failure });
            }
        }
        residue
    }
}

/// The steps up to the point of no return, and those after it.
pub(super) fn split(steps: &[Step]) -> (&[Step], &[Step]) {
    let line = steps.iter().position(Step::is_tidying).unwrap_or(steps.len());
    steps.split_at(line)
}
