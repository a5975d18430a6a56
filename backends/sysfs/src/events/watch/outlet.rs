//! The bounded queue to a subscriber.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use npivot_hal::Event;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

/// The watcher's end.
#[derive(Debug)]
pub(super) struct Outlet {
    sender: mpsc::Sender<Event>,
    /// Whether the reader has missed events and must be told so first.
    lost: bool,
}

/// The subscriber's end.
pub(super) struct Receiver(pub(super) mpsc::Receiver<Event>);

impl Stream for Receiver {
    type Item = Event;
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        self.0.poll_recv(context)
    }
}

impl Outlet {
    pub(super) const fn new(sender: mpsc::Sender<Event>) -> Self {
        Self { sender, lost: false }
    }

    /// Queues an event. Without room it is lost, which the reader learns when there is room again: what
    /// follows then is complete.
    pub(super) fn send(&mut self, event: Event) {
        if self.lost {
            self.lost = self.sender.try_send(Event::Lost).is_err();
            if self.lost || event == Event::Lost {
                return;
            }
        }
        if let Err(TrySendError::Full(_)) = self.sender.try_send(event) {
            self.lost = true;
        }
    }

    /// Ready once a loss is to be told and there is room for it.
    pub(super) async fn can_tell_loss(&self) {
        if !self.lost || self.sender.reserve().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Tells a loss, if there is one and room for it.
    pub(super) fn tell_loss(&mut self) {
        if self.lost {
            self.lost = self.sender.try_send(Event::Lost).is_err();
        }
    }

    /// Ready once nobody listens any more.
    pub(super) async fn closed(&self) {
        self.sender.closed().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use npivot_hal::{HostNo, PortState};

    #[test]
    fn one_loss_is_told_once_and_what_follows_is_complete() {
        let (sender, mut receiver) = mpsc::channel(2);
        let mut outlet = Outlet::new(sender);
        let event = |no| Event::Adapter { no: HostNo(no), state: PortState::Online };
        (0..5).for_each(|no| outlet.send(event(no)));
        assert_eq!(receiver.try_recv(), Ok(event(0)));
        outlet.send(Event::Lost);
        assert_eq!(receiver.try_recv(), Ok(event(1)));
        assert_eq!(receiver.try_recv(), Ok(Event::Lost));
        outlet.send(event(9));
        assert_eq!(receiver.try_recv(), Ok(event(9)));
        assert!(receiver.try_recv().is_err());
    }
}
