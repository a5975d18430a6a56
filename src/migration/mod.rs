//! Live migration in which the storage identity moves with the guest.
//!
//! The strategy is *fresh identity*: for each pool of the guest a new pair of world wide names is drawn,
//! zoned and masked for the destination, and the pool is started there with the same name and UUID, while
//! the guest still runs on its source with the old names. When the destination sees the same volumes, the
//! guest is handed over; then the old vHBAs, zones and masks go. 99 % of the time there is one vHBA per
//! pool on the SAN; two exist only while the guest moves.
//!
//! ```text
//!  survey ──► plan ──► check ──► zone ► mask ► start ► compare ► hand over │ stop ► unmask ► unzone
//!  (reads)    (pure)   (pure)    ◄──────────── undo on failure ───────────┘ ───── forward only ────►
//! ```
//!
//! Up to and with the hand-over every failure is rolled back; after it the guest runs on the destination,
//! and what remains is tidying up: a failure there is reported as exact residue, and the journal stays open
//! until [`recover`] has removed it. Which side of the line a migration was on when it failed or crashed is
//! told by the guest itself ([`GuestControl::state`]): before anything is undone it must be back on its
//! source, and while nobody can say where it is, nothing is done to its storage.
//!
//! [`GuestControl::state`]: crate::GuestControl::state
//!
//! | file | what |
//! |---|---|
//! | `request` | what is asked for |
//! | `survey` | what the machines say: read once, then only looked at |
//! | `plan` | from the survey to steps: pure |
//! | `check` | findings with severities: pure |
//! | `step` | what each step does and how it is undone: the only part that changes anything |
//! | `execute` | the steps in order, roll-back, residue |
//! | `journal` | what was begun and done, kept outside of the process |
//! | `recover` | after a crash |

mod check;
mod execute;
mod journal;
mod plan;
mod recover;
mod request;
mod step;
mod survey;

pub use check::{Finding, Severity, check};
pub use execute::{Outcome, Progress, Quiet, Residue, StepEvent, StepFailure, execute};
pub use journal::{Entry, Journal, JournalError, MemoryJournal};
pub use plan::{Plan, PlanError, PoolMove};
pub use recover::{clear_residue, recover};
pub use request::{Identities, Request};
pub use step::Step;
pub use survey::{PoolSurvey, Survey};

use rand::Rng;

use crate::{GuestControl, Site};

/// A whole migration: survey, plan, check, execute. What [`Request`] leaves open is drawn from `chance`.
///
/// The outcome is done, refused before anything changed, or as before; or exactly what it says is left.
///
/// # Errors
/// Only when the machines cannot be read or no plan exists: nothing has changed then.
pub async fn migrate(
    site: &Site,
    guest: &dyn GuestControl,
    request: &Request,
    chance: &mut (impl Rng + Send),
    journal: &dyn Journal,
    progress: &dyn Progress,
) -> Result<Outcome, PlanError> {
    if recover::is_unfinished(&journal.entries().await?) {
        return Err(PlanError::Unfinished);
    }
    let survey = Survey::take(site, guest, request).await?;
    let plan = Plan::draw(&survey, request, chance)?;
    progress.on(&StepEvent::Planned(&plan));
    let findings = check(&survey, &plan);
    for finding in &findings {
        progress.on(&StepEvent::Found(finding));
    }
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return Ok(Outcome::Refused { findings });
    }
    Ok(execute(site, guest, &plan, journal, progress).await)
}
