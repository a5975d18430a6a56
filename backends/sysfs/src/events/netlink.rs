//! The kernel's own messages, from two netlink sockets.

use std::io::{self, IoSliceMut};
use std::os::fd::{AsRawFd, OwnedFd};
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, bind, recvmsg,
    setsockopt, socket, sockopt,
};
use tokio::io::unix::AsyncFd;

use super::{Message, MessageStream, Messages};

/// The kernel's uevents; group 2 would be udev's.
const UEVENT_GROUP: u32 = 1;
/// `SCSI_NL_GRP_FC_EVENTS`: a bit, not a number.
const FC_GROUP: u32 = 1 << 2;
/// The receive buffer that is asked for, in bytes: the default of some 200 KiB holds a few hundred uevents,
/// and a fabric that comes back sends thousands. Without CAP_NET_ADMIN the kernel gives what it allows.
const RECEIVE_BUFFER: usize = 16 << 20;
/// The longest datagram that is received: above the kernel's longest uevent, and an FC event with the
/// longest ELS payload.
const LONGEST: usize = 16 << 10;

/// The FC transport's socket that a kernel does not have, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this kernel has no SCSI transport socket ({errno}): RSCNs are not told, link changes are found by uevents and polling"
)]
pub struct MissingSocket {
    errno: Errno,
}

impl MissingSocket {
    /// The kernel's errno: EPROTONOSUPPORT for a kernel without the SCSI transport.
    pub const fn errno(self) -> i32 {
        self.errno as i32
    }
}

/// The kernel's messages: NETLINK_KOBJECT_UEVENT and, where the kernel has it, NETLINK_SCSITRANSPORT. Only
/// what the kernel itself sent is believed; other senders are passed over in silence.
#[derive(Debug, Default)]
pub struct NetlinkMessages {
    missing: OnceLock<MissingSocket>,
}

impl NetlinkMessages {
    /// A source that opens its sockets at each subscription.
    pub fn new() -> Self {
        Self::default()
    }

    /// That the FC transport's socket could not be opened, once a subscription has found it so; it is told
    /// here, and not printed. Uevents come all the same.
    pub fn missing_fc_socket(&self) -> Option<MissingSocket> {
        self.missing.get().copied()
    }
}

impl Messages for NetlinkMessages {
    /// Messages from now on, within a tokio runtime that has I/O enabled.
    ///
    /// # Errors
    /// That there is no runtime, or that the socket for uevents cannot be opened.
    fn subscribe(&self) -> io::Result<MessageStream> {
        tokio::runtime::Handle::try_current().map_err(io::Error::other)?;
        let uevents = open(SockProtocol::NetlinkKObjectUEvent, UEVENT_GROUP)?;
        let fc = match open(SockProtocol::NetlinkSCSITransport, FC_GROUP) {
            Ok(socket) => Some(register(socket)?),
            Err(errno) => {
                self.missing.get_or_init(|| MissingSocket { errno });
                None
            }
        };
        let uevents = Some(register(uevents)?);
        Ok(Box::pin(Sockets { uevents, fc, buffer: vec![0; LONGEST], turn: false }))
    }
}

fn open(protocol: SockProtocol, groups: u32) -> Result<OwnedFd, Errno> {
    let flags = SockFlag::SOCK_NONBLOCK | SockFlag::SOCK_CLOEXEC;
    let fd = socket(AddressFamily::Netlink, SockType::Datagram, flags, protocol)?;
    // A small buffer loses messages, which is noticed and mended: no reason to fail.
    if setsockopt(&fd, sockopt::RcvBufForce, &RECEIVE_BUFFER).is_err() {
        let _ = setsockopt(&fd, sockopt::RcvBuf, &RECEIVE_BUFFER);
    }
    bind(fd.as_raw_fd(), &NetlinkAddr::new(0, groups))?;
    Ok(fd)
}

type Socket = AsyncFd<OwnedFd>;

/// Hands a socket to the runtime.
#[allow(
    deprecated,
    reason = "its successor is unsafe, for types whose descriptor may change or close: an OwnedFd's cannot"
)]
fn register(socket: OwnedFd) -> io::Result<Socket> {
    AsyncFd::new(socket)
}

struct Sockets {
    uevents: Option<Socket>,
    fc: Option<Socket>,
    buffer: Vec<u8>,
    /// Which socket is asked first, so that neither starves the other.
    turn: bool,
}

impl Stream for Sockets {
    type Item = Message;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Message>> {
        let this = self.get_mut();
        this.turn = !this.turn;
        let mut ends = 0;
        for fc in [this.turn, !this.turn] {
            let wrap = if fc { Message::Fc } else { Message::Uevent };
            let socket = if fc { &mut this.fc } else { &mut this.uevents };
            match poll_socket(socket, &mut this.buffer, wrap, context) {
                Poll::Ready(Some(message)) => return Poll::Ready(Some(message)),
                Poll::Ready(None) => ends += 1,
                Poll::Pending => {}
            }
        }
        if ends == 2 { Poll::Ready(None) } else { Poll::Pending }
    }
}

/// The next message of a socket; `None` once it is closed.
fn poll_socket(
    slot: &mut Option<Socket>,
    buffer: &mut [u8],
    wrap: fn(Vec<u8>) -> Message,
    context: &mut Context<'_>,
) -> Poll<Option<Message>> {
    while let Some(socket) = slot {
        let received = match ready!(socket.poll_read_ready(context)) {
            Ok(mut ready) => match ready.try_io(|socket| receive(socket.get_ref(), buffer)) {
                Ok(received) => received,
                Err(_would_block) => continue,
            },
            Err(error) => Err(error),
        };
        match received {
            Ok(Received::Message(length)) => {
                return Poll::Ready(Some(wrap(buffer[..length].to_vec())));
            }
            Ok(Received::Foreign) => {}
            Ok(Received::Cut) => return Poll::Ready(Some(Message::Lost)),
            Err(error) if error.raw_os_error() == Some(Errno::ENOBUFS as i32) => {
                return Poll::Ready(Some(Message::Lost));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => {
                // A socket that fails otherwise tells nothing any more.
                *slot = None;
                return Poll::Ready(Some(Message::Lost));
            }
        }
    }
    Poll::Ready(None)
}

enum Received {
    /// A message of the kernel's, of this length.
    Message(usize),
    /// Somebody else's.
    Foreign,
    /// One that did not fit into the buffer.
    Cut,
}

fn receive(socket: &OwnedFd, buffer: &mut [u8]) -> io::Result<Received> {
    let most = buffer.len();
    let mut parts = [IoSliceMut::new(buffer)];
    let message =
        recvmsg::<NetlinkAddr>(socket.as_raw_fd(), &mut parts, None, MsgFlags::MSG_DONTWAIT)?;
    // Only the kernel has the port id 0, and nobody can send in its name.
    if message.address.is_none_or(|from| from.pid() != 0) {
        return Ok(Received::Foreign);
    }
    let cut = message.flags.contains(MsgFlags::MSG_TRUNC) || message.bytes > most;
    Ok(if cut { Received::Cut } else { Received::Message(message.bytes) })
}

#[cfg(test)]
#[path = "netlink_tests.rs"]
mod tests;
