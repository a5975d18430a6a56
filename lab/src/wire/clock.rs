//! Real time, as the world counts it. Nowhere else here is the time looked at.

use std::time::{Duration, Instant};

use npivot_fabric::world::SimTime;

/// A clock that shows the world's time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    started: Instant,
    at: SimTime,
}

impl Clock {
    /// A clock that shows this time now.
    #[allow(clippy::disallowed_methods, reason = "frames from outside come in real time")]
    pub(super) fn showing(at: SimTime) -> Self {
        Self { started: Instant::now(), at }
    }

    /// The present.
    pub(super) fn now(&self) -> SimTime {
        let since = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        SimTime(self.at.0.saturating_add(since))
    }

    /// How long it is until then.
    pub(super) fn until(&self, then: SimTime) -> Option<Duration> {
        then.0.checked_sub(self.now().0).map(Duration::from_micros)
    }
}
