//! Expectations, held against what came of a run.

use npivot::migration::Outcome;
use npivot::{GuestControl, GuestState};

use super::file::{Ending, Expectation, GuestOn};
use super::report::Result as CheckResult;
use super::run::{Migrated, Run};

impl Run<'_> {
    /// What became of an expectation.
    pub(super) async fn hold(&self, expectation: &Expectation) -> CheckResult {
        let (expected, answer) = match expectation {
            Expectation::Migration(ending) => {
                (format!("the migration is {ending}"), self.ended(*ending))
            }
            Expectation::Reason(text) => (format!("the reason says \"{text}\""), self.says(text)),
            Expectation::GuestRuns(GuestOn { guest, on }) => (
                format!("{} runs on {}", guest.get_ref(), on.get_ref()),
                self.runs(guest.get_ref(), on.get_ref()).await,
            ),
            Expectation::NoWriteLost(guest) => (
                format!("{} has lost no write", guest.get_ref()),
                self.lost_nothing(guest.get_ref()).await,
            ),
            Expectation::NothingLeftBehind(wanted) => {
                let clean = self.left_nothing();
                // Without a migration neither has been shown.
                let as_it_is = *wanted || self.migrations.is_empty();
                let answer = if as_it_is { clean } else { swap(clean) };
                let expected =
                    if *wanted { "nothing is left behind" } else { "something is left behind" };
                (expected.to_owned(), answer)
            }
        };
        let held = answer.is_ok();
        let (Ok(found) | Err(found)) = answer;
        CheckResult { expected, held, found }
    }

    fn last(&self) -> Result<&Migrated, String> {
        self.migrations.last().ok_or_else(|| "there was no migration".to_owned())
    }

    fn ended(&self, wanted: Ending) -> Result<String, String> {
        let migrated = self.last()?;
        let ending = ending_of(&migrated.outcome);
        let text = ending.map_or_else(|| "it did not begin".to_owned(), |e| format!("it is {e}"));
        if ending == Some(wanted) { Ok(text) } else { Err(text) }
    }

    fn says(&self, wanted: &str) -> Result<String, String> {
        let said = reasons(&self.last()?.outcome);
        let found = said.iter().find(|reason| reason.contains(wanted));
        match found {
            Some(reason) => Ok(reason.clone()),
            None if said.is_empty() => Err("there is no reason".into()),
            None => Err(said.join("; ")),
        }
    }

    async fn runs(&self, guest: &str, on: &str) -> Result<String, String> {
        let guest = self.guest(guest)?;
        let state = match self.at_end.get(guest.name()) {
            Some(state) => state.clone(),
            None => guest.state().await.map_err(|error| error.to_string())?,
        };
        match state {
            GuestState::Running(host) if host == on => Ok("it does".into()),
            GuestState::Running(host) => Err(format!("it runs on {host}")),
            GuestState::Paused(host) => Err(format!("it is paused on {host}")),
        }
    }

    async fn lost_nothing(&self, guest: &str) -> Result<String, String> {
        let audit = self.guest(guest)?.audit().await.map_err(|error| error.to_string())?;
        let text = format!(
            "{} writes acknowledged, {} blocks read back, {} lost; longest gap {}.{:03} ms",
            audit.acknowledged,
            audit.compared,
            audit.lost,
            audit.longest_gap_us / 1_000,
            audit.longest_gap_us % 1_000
        );
        // A guest that wrote nothing has shown nothing.
        if audit.lost == 0 && audit.acknowledged > 0 { Ok(text) } else { Err(text) }
    }

    fn left_nothing(&self) -> Result<String, String> {
        let migrated = self.last()?;
        let now = self.footprint();
        let residue: Vec<String> = match &migrated.outcome {
            Ok(outcome) => outcome.residue().iter().map(ToString::to_string).collect(),
            Err(_) => vec![],
        };
        if !residue.is_empty() {
            return Err(residue.join("; "));
        }
        if !matches!(migrated.outcome, Ok(Outcome::Done { .. })) {
            let differs = now.difference(&migrated.before);
            return if differs.is_empty() {
                Ok("all is as before".into())
            } else {
                Err(format!("not as before: {}", differs.join(", ")))
            };
        }
        let traces = migrated.old_names.iter().flat_map(|old| {
            let traces = now.traces_of(*old);
            traces.into_iter().map(move |trace| format!("{old} is in {trace}"))
        });
        let traces: Vec<String> = traces.collect();
        if !traces.is_empty() {
            return Err(traces.join("; "));
        }
        let (sizes, before) = (now.sizes(), migrated.before.sizes());
        if sizes == before {
            Ok("the old names are nowhere, and there is as much of everything as before".into())
        } else {
            Err(format!("zones, zones in force, masks, vHBAs, logins: {before:?} became {sizes:?}"))
        }
    }
}

fn swap(answer: Result<String, String>) -> Result<String, String> {
    match answer {
        Ok(text) => Err(text),
        Err(text) => Ok(text),
    }
}

fn ending_of(outcome: &Result<Outcome, String>) -> Option<Ending> {
    match outcome {
        Ok(Outcome::Done { .. }) => Some(Ending::Done),
        // No plan is a refusal too: nothing has changed.
        Ok(Outcome::Refused { .. }) | Err(_) => Some(Ending::Refused),
        Ok(Outcome::RolledBack { .. }) => Some(Ending::RolledBack),
        Ok(_) => None,
    }
}

/// What an outcome gives as its reasons.
fn reasons(outcome: &Result<Outcome, String>) -> Vec<String> {
    match outcome {
        Ok(Outcome::Refused { findings }) => findings.iter().map(ToString::to_string).collect(),
        Ok(Outcome::RolledBack { failure, .. }) => vec![failure.to_string()],
        Ok(_) => vec![],
        Err(no_plan) => vec![no_plan.clone()],
    }
}
