//! One frame a message.

use std::io::{self, IoSlice};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};

use nix::sys::socket::{
    AddressFamily, MsgFlags, MultiHeaders, SockFlag, SockType, UnixAddr, recv, send, sendmmsg,
    sendto, socketpair,
};

use super::{Sent, Transport, would_block};

/// A socket that keeps messages apart: of a pair (SOCK_SEQPACKET or SOCK_DGRAM), inherited, or a Unix
/// datagram socket with a peer.
#[derive(Debug)]
pub struct Datagram {
    socket: OwnedFd,
    /// Where frames go, if the socket is not connected.
    peer: Option<UnixAddr>,
    /// What to remove when it is over.
    bound: Option<PathBuf>,
}

impl Datagram {
    /// A connected socket, as a parent process passes it.
    pub const fn inherited(socket: OwnedFd) -> Self {
        Self { socket, peer: None, bound: None }
    }

    /// The inherited socket with this number.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`]: there is none, or it is no socket.
    pub fn of_number(number: i32) -> io::Result<Self> {
        let invalid = |text: String| io::Error::new(io::ErrorKind::InvalidInput, text);
        // A copy, so that nothing that others own is closed here.
        let own = rustix::process::pidfd_open(
            rustix::process::getpid(),
            rustix::process::PidfdFlags::empty(),
        )?;
        let socket =
            rustix::process::pidfd_getfd(own, number, rustix::process::PidfdGetfdFlags::empty())
                .map_err(|cause| invalid(format!("there is no open file {number}: {cause}")))?;
        nix::sys::socket::getsockopt(&socket, nix::sys::socket::sockopt::SockType)
            .map_err(|cause| invalid(format!("file {number} is no socket: {cause}")))?;
        Ok(Self::inherited(socket))
    }

    /// Two connected ends: one for the forwarder, one for a kernel.
    ///
    /// # Errors
    /// The kernel's: too many open files.
    pub fn pair() -> io::Result<(Self, OwnedFd)> {
        // Messages of a seqpacket socket are limited by bytes, not by `net.unix.max_dgram_qlen`.
        let (ours, theirs) =
            socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)?;
        Ok((Self::inherited(ours), theirs))
    }

    /// Listens at `own` and sends to `peer`, which may come later (QEMU's `-netdev dgram`).
    ///
    /// # Errors
    /// The path is taken, too long, or may not be written.
    pub fn bind(own: &Path, peer: &Path) -> io::Result<Self> {
        // What can fail is first: a socket that is bound leaves a file.
        let peer = Some(UnixAddr::new(peer)?);
        let socket = UnixDatagram::bind(own)?;
        Ok(Self { socket: socket.into(), peer, bound: Some(own.to_owned()) })
    }
}

impl Drop for Datagram {
    fn drop(&mut self) {
        if let Some(bound) = &self.bound {
            let _ = std::fs::remove_file(bound);
        }
    }
}

impl AsFd for Datagram {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Transport for Datagram {
    fn receive(&mut self, into: &mut [u8]) -> io::Result<Option<usize>> {
        match recv(self.socket.as_raw_fd(), into, MsgFlags::MSG_DONTWAIT).map_err(io::Error::from) {
            Ok(0) if self.peer.is_none() => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if would_block(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn send_all(&mut self, frames: &[&[u8]]) -> io::Result<usize> {
        if frames.len() < 2 {
            let Some(frame) = frames.first() else { return Ok(0) };
            return self.send(frame).map(|sent| usize::from(sent == Sent::Gone));
        }
        let slices: Vec<[IoSlice<'_>; 1]> = frames.iter().map(|f| [IoSlice::new(f)]).collect();
        let mut headers = MultiHeaders::<UnixAddr>::preallocate(frames.len(), None);
        let peers = vec![self.peer; frames.len()];
        let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_NOSIGNAL;
        let sent = sendmmsg(self.socket.as_raw_fd(), &mut headers, &slices, peers, [], flags);
        match sent.map_err(io::Error::from) {
            Ok(sent) => Ok(sent.count()),
            Err(error) if would_block(&error) => Ok(0),
            Err(error) if nobody_there(&error) => Ok(frames.len()),
            Err(error) => Err(error),
        }
    }

    fn send(&mut self, frame: &[u8]) -> io::Result<Sent> {
        let (fd, flags) =
            (self.socket.as_raw_fd(), MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_NOSIGNAL);
        let sent = match &self.peer {
            None => send(fd, frame, flags),
            Some(peer) => sendto(fd, frame, peer, flags),
        };
        match sent.map_err(io::Error::from) {
            Ok(_) => Ok(Sent::Gone),
            Err(error) if would_block(&error) => Ok(Sent::Later),
            Err(error) if nobody_there(&error) => Ok(Sent::Gone),
            Err(error) => Err(error),
        }
    }
}

/// Nobody is at the other end yet, or no more: as with a cable that is not plugged in.
fn nobody_there(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionReset
    )
}
