//! From messages and looks to events.
//!
//! ```text
//!  messages ──► concerned adapters ──(settle)──► look ──► difference ──► bounded queue ──► subscriber
//!     │                                           ▲ │
//!     │   RSCN, unit attention: told at once      │ └─ not settled, or nothing found: again, some times
//!     └──────────────────────────────────────►    └─── slow poll: everything
//! ```
//!
//! A message only says whom to look at, so that an event never comes before the state that it tells of can
//! be read; one that comes too early, before the attributes are filled, is followed by further looks; one
//! that is lost delays its event to the next poll at most.

mod concerned;
mod difference;
mod look;
mod outlet;
mod watcher;

use std::sync::Weak;
use std::time::Duration;

use npivot_hal::{Event, EventStream, Host};
use tokio::sync::mpsc;

use super::Messages;
use outlet::{Outlet, Receiver};
use watcher::Watcher;

/// How patiently a host is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pace {
    /// How long further messages are awaited after a first one, before the adapters that they concern are
    /// looked at.
    pub settle: Duration,
    /// How long after a look that found nothing, or something half made, the next one is; then twice as
    /// long, and so on.
    pub again: Duration,
    /// How many such further looks there are at most.
    pub tries: u32,
    /// How often everything is looked at although no message came.
    pub poll: Duration,
    /// How many events a reader may be behind before it loses some.
    pub backlog: usize,
    /// Whether the first state is read before a subscription is given, with the caller's thread blocked until it
    /// is: then nothing that happens after that is told as a loss. For hosts that are far enough away that
    /// much can happen until they have been read.
    pub first_look_blocks: bool,
}

/// 10 ms, 50 ms, five tries (which is a second and a half), 10 s, 4,096 events; nobody is blocked.
impl Default for Pace {
    fn default() -> Self {
        Self {
            settle: Duration::from_millis(10),
            again: Duration::from_millis(50),
            tries: 5,
            poll: Duration::from_secs(10),
            backlog: 4_096,
            first_look_blocks: false,
        }
    }
}

/// The events of a host, from its messages and from looks through its own HAL methods.
///
/// The order within one look: what went, LUNs first, then remote ports, vports, adapters; then what came or
/// changed, adapters first. An adapter that went is told with the state
/// [`NotPresent`](npivot_hal::PortState::NotPresent). RSCNs and unit attentions are told as they come.
/// A reader that falls behind gets [`Event::Lost`] in place of what it missed.
///
/// The stream ends when it is dropped, and within a poll period after the host went.
///
/// # For backend authors
/// Call it from [`Events::subscribe`](npivot_hal::Events::subscribe), within a tokio runtime that has time
/// enabled (and I/O, for [`NetlinkMessages`](super::NetlinkMessages)); without one the stream is
/// [`Event::Lost`] and its end. The state against which the first differences are found is read before
/// this returns if the host answers without waiting, or [`Pace::first_look_blocks`] says so; else what the messages tell until it is read becomes
/// one [`Event::Lost`]. A host whose messages cannot be had is polled.
pub fn watch(host: Weak<dyn Host>, messages: &dyn Messages, pace: Pace) -> EventStream {
    let (sender, receiver) = mpsc::channel(pace.backlog.max(1));
    let mut outlet = Outlet::new(sender);
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) => {
            // The messages first: what comes while the first state is read is in one or the other.
            let messages = messages.subscribe().ok();
            runtime.spawn(Watcher::new(host, messages, outlet, pace).run());
        }
        Err(_) => outlet.send(Event::Lost),
    }
    Box::pin(Receiver(receiver))
}
