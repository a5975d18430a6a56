//! From happenings to a host's events, and to those who subscribed.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use npivot_hal::{Event, EventStream};
use tokio::sync::mpsc;

use crate::san::ids::HostIx;
use crate::world::Happening;

/// How many events a slow reader may be behind before it loses some.
const BACKLOG: usize = 4_096;

#[derive(Debug)]
struct Subscriber {
    host: HostIx,
    sender: mpsc::Sender<Event>,
    /// Whether it has missed events and must be told so first.
    lost: bool,
}

/// Those who subscribed to a host's events.
#[derive(Debug, Default)]
pub(super) struct Subscribers(Vec<Subscriber>);

struct Receiver(mpsc::Receiver<Event>);

impl Stream for Receiver {
    type Item = Event;
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        self.0.poll_recv(context)
    }
}

impl Subscribers {
    pub(super) fn add(&mut self, host: HostIx) -> EventStream {
        let (sender, receiver) = mpsc::channel(BACKLOG);
        self.0.push(Subscriber { host, sender, lost: false });
        Box::pin(Receiver(receiver))
    }

    pub(super) fn pass_on(&mut self, happening: &Happening) {
        let Some((host, event)) = event_of(happening) else {
            return;
        };
        self.0.retain_mut(|subscriber| subscriber.host != host || subscriber.send(event.clone()));
    }
}

impl Subscriber {
    /// Whether it still listens.
    fn send(&mut self, event: Event) -> bool {
        if self.lost {
            // The first room is for the news of the loss: what follows is complete again.
            match self.sender.try_send(Event::Lost) {
                Ok(()) => self.lost = false,
                Err(mpsc::error::TrySendError::Full(_)) => return true,
                Err(mpsc::error::TrySendError::Closed(_)) => return false,
            }
        }
        match self.sender.try_send(event) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.lost = true;
                true
            }
            Err(mpsc::error::TrySendError::Closed(_)) => false,
        }
    }
}

/// What a host's kernel would tell of it.
fn event_of(happening: &Happening) -> Option<(HostIx, Event)> {
    let told = match happening {
        Happening::Adapter { host, no, state } => {
            (*host, Event::Adapter { no: *no, state: *state })
        }
        Happening::Vport { host, parent, wwpn, state } => {
            (*host, Event::Vport { parent: *parent, wwpn: *wwpn, state: *state })
        }
        Happening::RemotePort { host, adapter, wwpn, state } => {
            (*host, Event::RemotePort { adapter: *adapter, wwpn: Some(*wwpn), state: *state })
        }
        Happening::Lun { host, address, present, .. } => {
            (*host, Event::Lun { address: *address, present: *present })
        }
        Happening::LunsChanged { host, address } => {
            (*host, Event::LunsChanged { address: *address })
        }
        Happening::Rscn { host, adapter, page } => {
            (*host, Event::Rscn { adapter: *adapter, port_id: *page })
        }
        _ => return None,
    };
    Some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use npivot_hal::{HostNo, PortState};
    use std::future::poll_fn;

    #[tokio::test]
    async fn a_slow_reader_learns_that_it_missed_something() {
        let mut all = Subscribers::default();
        let mut stream = all.add(HostIx(0));
        let up = Happening::Adapter { host: HostIx(0), no: HostNo(0), state: PortState::Online };
        for _ in 0..BACKLOG + 5 {
            all.pass_on(&up);
        }
        let mut next = async || poll_fn(|context| stream.as_mut().poll_next(context)).await;
        for _ in 0..BACKLOG {
            assert!(matches!(next().await, Some(Event::Adapter { .. })));
        }
        all.pass_on(&up);
        assert_eq!(next().await, Some(Event::Lost));
        assert!(matches!(next().await, Some(Event::Adapter { .. })));
        drop(stream);
        all.pass_on(&up);
        assert!(all.0.is_empty(), "who listens no more is forgotten");
    }
}
