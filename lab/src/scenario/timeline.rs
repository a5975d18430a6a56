//! The timeline: what the world, the migration and the script say, in one column of time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use npivot::migration::{Progress, StepEvent};
use npivot_fabric::Simulation;
use npivot_fabric::world::SimTime;

use super::faults::Faults;
use super::report::Line;

/// Lines in order of time, shared by all who write them.
#[derive(Debug, Clone, Default)]
pub(super) struct Timeline(Arc<Mutex<Vec<Line>>>);

impl Timeline {
    fn lines(&self) -> MutexGuard<'_, Vec<Line>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes down everything that happens in the simulation from now on.
    pub(super) fn watch(&self, simulation: &Simulation) {
        let timeline = self.clone();
        simulation.set_watcher(Box::new(move |at, happening, world| {
            timeline.add(at, happening.place(world), happening.text());
        }));
    }

    pub(super) fn add(&self, at: SimTime, place: &str, text: impl Into<String>) {
        self.lines().push(Line { at_us: at.0, place: place.to_owned(), text: text.into() });
    }

    /// Adds a line at the present instant.
    pub(super) fn say(&self, simulation: &Simulation, place: &str, text: impl Into<String>) {
        // What has happened before is told first: looking lets the world catch up.
        let now = simulation.with(npivot_fabric::World::now);
        self.add(now, place, text);
    }

    pub(super) fn take(&self) -> Vec<Line> {
        std::mem::take(&mut self.lines())
    }
}

/// Writes a migration's progress into the timeline, and lets faults happen.
pub(super) struct Narrator {
    pub(super) timeline: Timeline,
    pub(super) simulation: Simulation,
    pub(super) faults: Faults,
}

impl Narrator {
    fn say(&self, text: String) {
        self.timeline.say(&self.simulation, "migration", text);
    }
}

impl Progress for Narrator {
    fn on(&self, event: &StepEvent<'_>) {
        match event {
            StepEvent::Planned(plan) => {
                for line in plan.to_string().lines() {
                    self.say(format!("plan: {line}"));
                }
            }
            StepEvent::Found(finding) => self.say(format!("check: {finding}")),
            StepEvent::Starting(step) => {
                self.say(format!("{step} …"));
                self.faults.step_begins(step.kind());
            }
            StepEvent::Done(step) => self.say(format!("{step}: done")),
            StepEvent::Failed(step, failure) => self.say(format!("{step}: FAILED: {failure}")),
            StepEvent::Undone(step) => self.say(format!("undone: {step}")),
            StepEvent::NotUndone(step, failure) => {
                self.say(format!("NOT UNDONE: {step}: {failure}"));
            }
            _ => {}
        }
    }
}
