//! The port through which a kernel's messages come, as the bytes that the kernel sends.

use std::fmt::Debug;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Message {
    /// A datagram of NETLINK_KOBJECT_UEVENT: [`uevent::parse`](super::uevent::parse) reads it.
    Uevent(Vec<u8>),
    /// A datagram of NETLINK_SCSITRANSPORT: [`fc::parse`](super::fc::parse) reads it.
    Fc(Vec<u8>),
    /// Messages were lost: the receiver's buffer overflowed.
    Lost,
}

/// Messages from the moment of subscription on. It ends when its source does.
pub type MessageStream = Pin<Box<dyn Stream<Item = Message> + Send>>;

/// A source of messages: the kernel's sockets, or a simulated kernel.
pub trait Messages: Debug + Send + Sync {
    /// Messages from now on.
    ///
    /// # Errors
    /// That the source cannot be opened.
    fn subscribe(&self) -> io::Result<MessageStream>;
}

/// A source from which nothing ever comes, for what has no kernel: a tree in a directory. Changes are
/// found by the slow poll alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

struct Never;

impl Stream for Never {
    type Item = Message;
    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Message>> {
        Poll::Pending
    }
}

impl Messages for Silent {
    fn subscribe(&self) -> io::Result<MessageStream> {
        Ok(Box::pin(Never))
    }
}
