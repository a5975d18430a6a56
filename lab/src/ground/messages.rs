//! What a simulated kernel sends, as the bytes that a real one sends.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use npivot_fabric::Simulation;
use npivot_fabric::san::ids::HostIx;
use npivot_sysfs::events::{Message, MessageStream, Messages};
use npivot_tree::messages::{Announcer, Message as TreeMessage};
use tokio::sync::mpsc;

/// How many messages a reader may be behind, as with a socket whose buffer is full.
const BACKLOG: usize = 16_384;

/// The messages of a simulated host's kernel.
#[derive(Debug, Clone)]
pub struct TreeMessages {
    simulation: Simulation,
    host: HostIx,
}

impl TreeMessages {
    /// The messages of this host.
    pub fn new(simulation: &Simulation, host: HostIx) -> Self {
        Self { simulation: simulation.clone(), host }
    }
}

struct Receiver(mpsc::Receiver<Message>);

impl Stream for Receiver {
    type Item = Message;
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Message>> {
        self.0.poll_recv(context)
    }
}

impl Messages for TreeMessages {
    fn subscribe(&self) -> io::Result<MessageStream> {
        let announcer = self.simulation.with(|world| Announcer::new(world, self.host));
        let mut announcer = announcer.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        let (sender, receiver) = mpsc::channel(BACKLOG);
        let mut lost = false;
        self.simulation.listen(Box::new(move |at, happening, world| {
            for message in announcer.announce(at, happening, world) {
                let message = match message {
                    TreeMessage::Uevent(uevent) => Message::Uevent(uevent.to_bytes()),
                    TreeMessage::Fc(event) => Message::Fc(event.to_bytes()),
                };
                if lost && sender.try_send(Message::Lost).is_ok() {
                    lost = false;
                }
                lost |= sender.try_send(message).is_err();
            }
            !sender.is_closed()
        }));
        Ok(Box::pin(Receiver(receiver)))
    }
}
