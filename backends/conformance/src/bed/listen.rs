//! Listening to a host's events.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use npivot_hal::{Event, EventStream};

use super::{Bed, PATIENCE, Problem, Verdict};

/// A subscription.
pub(crate) struct Listener(EventStream);

impl Bed {
    /// Subscribes.
    pub(crate) fn listen(&self) -> Verdict<Listener> {
        Ok(Listener(self.events()?.subscribe()))
    }
}

impl Listener {
    /// The next event, if one comes within this time.
    pub(crate) async fn next_within(
        &mut self,
        bed: &Bed,
        limit: Duration,
    ) -> Verdict<Option<Event>> {
        let next = poll_fn(|context| self.0.as_mut().poll_next(context));
        tokio::select! {
            biased;
            event = next => match event {
                Some(event) => Ok(Some(event)),
                None => Err(Problem::failed("the stream of events ended while the backend lives")),
            },
            () = bed.fixture.wait(limit) => Ok(None),
        }
    }

    /// All events up to the first that is wanted, and that one.
    pub(crate) async fn until(
        &mut self,
        bed: &Bed,
        what: &str,
        mut wanted: impl FnMut(&Event) -> bool,
    ) -> Verdict<Vec<Event>> {
        let mut seen = vec![];
        while let Some(event) = self.next_within(bed, PATIENCE).await? {
            let found = wanted(&event);
            seen.push(event);
            if found {
                return Ok(seen);
            }
        }
        Err(Problem::failed(format!("no event tells that {what}; what came: {seen:?}")))
    }

    /// All events until none comes any more for a while.
    pub(crate) async fn until_quiet(&mut self, bed: &Bed) -> Verdict<Vec<Event>> {
        let mut seen = vec![];
        while let Some(event) = self.next_within(bed, super::QUIET).await? {
            seen.push(event);
        }
        Ok(seen)
    }

    /// The events that are there already.
    pub(crate) async fn drain(&mut self) -> Vec<Event> {
        let mut seen = vec![];
        loop {
            let ready = poll_fn(|context| match self.0.as_mut().poll_next(context) {
                Poll::Ready(event) => Poll::Ready(event),
                Poll::Pending => Poll::Ready(None),
            });
            // Out of its budget tokio's own channels would seem to be empty.
            match tokio::task::unconstrained(ready).await {
                Some(event) => seen.push(event),
                None => return seen,
            }
        }
    }
}
