//! Ethernet frames through sockets: one link of the forwarder each.
//!
//! None of them waits: a frame that cannot be sent at once stays with the caller, one that has not come is
//! `None`.
//!
//! | file | what |
//! |---|---|
//! | `packet` | a network interface (AF_PACKET): one end of a veth pair, a real NIC |
//! | `interface` | what the kernel says of a network interface |
//! | `datagram` | one frame a message: Unix datagram, or an inherited file descriptor (User Mode Linux's `vec0`) |
//! | `stream` | four bytes of length, then the frame: QEMU's `-netdev stream` |

mod datagram;
mod interface;
mod packet;
mod stream;

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

pub use datagram::Datagram;
pub use packet::Packet;
pub use stream::{Listening, Stream};

/// The longest Ethernet frame that is taken from a socket: a jumbo frame's.
pub const MAX_BYTES: usize = 9_216;

/// What became of a frame that was to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "it went, or it did not")]
pub enum Sent {
    /// It is on its way.
    Gone,
    /// There is no room now: try again when the file descriptor is writable.
    Later,
}

/// A socket that carries Ethernet frames.
pub trait Transport: AsFd + Send + std::fmt::Debug {
    /// Takes a frame that has come: its length in `into`, or `None` when none has.
    ///
    /// # Errors
    /// The socket's. [`io::ErrorKind::UnexpectedEof`] when the other side is gone for good.
    fn receive(&mut self, into: &mut [u8]) -> io::Result<Option<usize>>;

    /// Sends a frame. A transport that has nobody at the other end loses it.
    ///
    /// # Errors
    /// The socket's.
    fn send(&mut self, frame: &[u8]) -> io::Result<Sent>;

    /// Sends frames in order, with fewer calls of the system where it has such. How many went.
    ///
    /// # Errors
    /// The socket's.
    fn send_all(&mut self, frames: &[&[u8]]) -> io::Result<usize> {
        for (sent, frame) in frames.iter().enumerate() {
            if self.send(frame)? == Sent::Later {
                return Ok(sent);
            }
        }
        Ok(frames.len())
    }

    /// Whether a frame has come that the file descriptor does not tell of any more.
    fn has_received(&self) -> bool {
        false
    }

    /// Whether something that was sent waits for the file descriptor to be writable.
    fn has_unsent(&self) -> bool {
        false
    }

    /// Sends on what waits.
    ///
    /// # Errors
    /// The socket's.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// How many frames that came were lost so far because they were not taken quickly enough, where that is known.
    fn lost(&mut self) -> u64 {
        0
    }

    /// What should be known of it before it is used, if something will not go well.
    fn warning(&self) -> Option<String> {
        None
    }

    /// What to wait on. It may change with each call.
    fn waits_on(&self) -> BorrowedFd<'_> {
        self.as_fd()
    }
}

/// What "not now" looks like.
fn would_block(error: &io::Error) -> bool {
    // A queue that is full is told by ENOBUFS on packet sockets.
    error.kind() == io::ErrorKind::WouldBlock
        || error.raw_os_error() == Some(nix::libc::ENOBUFS)
        || error.kind() == io::ErrorKind::Interrupted
}
