//! Waiting: for a host's events with a deadline, and for what says that it may be tried again later.

use std::future::{Future, poll_fn};
use std::time::Duration;

use npivot_hal::{ErrorKind, Event, EventStream, Host, Result, Retry};
use tokio::time::{Instant, sleep, timeout_at};

/// A host's events; where it has none, a tick in their place.
pub(crate) struct Changes(Option<EventStream>);

/// How often a host without events is looked at.
const POLL: Duration = Duration::from_millis(500);

impl Changes {
    /// From now on: subscribe before reading, so that nothing is missed in between.
    pub(crate) fn of(host: &dyn Host) -> Self {
        Self(host.events().map(npivot_hal::Events::subscribe))
    }

    /// Waits for the next change, until the deadline. `None` when it has passed.
    pub(crate) async fn next(&mut self, deadline: Instant) -> Option<Event> {
        // An event that is there already would win over a deadline that has passed, for ever if they
        // keep coming.
        if Instant::now() >= deadline {
            return None;
        }
        if let Some(stream) = &mut self.0 {
            let event = poll_fn(|context| stream.as_mut().poll_next(context));
            match timeout_at(deadline, event).await {
                Ok(Some(event)) => return Some(event),
                Err(_) => return None,
                // The source ended: go on without it.
                Ok(None) => self.0 = None,
            }
        }
        let tick = (Instant::now() + POLL).min(deadline);
        tokio::time::sleep_until(tick).await;
        (tick < deadline).then_some(Event::Lost)
    }
}

/// How often a request that may be repeated is made in all.
const ATTEMPTS: u32 = 4;
/// The first pause between two attempts; it doubles each time. The last attempt comes 35 s after the
/// first: an abandoned zoning transaction has ended by then.
const PAUSE: Duration = Duration::from_secs(5);

/// Asks where something is, patiently: an answer matters more here than time.
pub(crate) async fn find_out<T, F>(mut request: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    for _ in 1..ATTEMPTS {
        match request().await {
            Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
            Err(_) => sleep(PAUSE).await,
            answer => return answer,
        }
    }
    request().await
}

/// Makes a request that is safe to repeat; again, after a pause, when its answer was lost or somebody else
/// is at it.
pub(crate) async fn repeat<T, F>(mut request: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let mut pause = PAUSE;
    for _ in 1..ATTEMPTS {
        match request().await {
            Err(error) if error.retry() == Retry::Later && may_be_repeated(error.kind()) => {
                sleep(pause).await;
                pause *= 2;
            }
            answer => return answer,
        }
    }
    request().await
}

const fn may_be_repeated(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NoAnswer | ErrorKind::Busy | ErrorKind::Conflict)
}
