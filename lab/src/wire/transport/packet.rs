//! A network interface.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use nix::ifaddrs::getifaddrs;
use nix::libc;
use nix::sys::socket::{
    AddressFamily, LinkAddr, MsgFlags, SockFlag, SockProtocol, SockType, bind, getsockopt, recv,
    send, setsockopt, socket, sockopt,
};
use nix::{getsockopt_impl, sockopt_impl};

use super::{Sent, Transport, would_block};

/// How much of what has come the system keeps until it is read, in bytes. Each disk of Linux's may have 32 commands under
/// way, and each of them a burst: 2 MiB, and 3 more for what the system counts besides.
const QUEUE_BYTES: usize = 16 << 20;

sockopt_impl!(
    /// What came and what was lost since the last time that this was asked.
    PacketStatistics,
    GetOnly,
    libc::SOL_PACKET,
    libc::PACKET_STATISTICS,
    libc::tpacket_stats
);

/// All frames of a network interface (`packet(7)`); needs CAP_NET_RAW in its network namespace.
#[derive(Debug)]
pub struct Packet {
    socket: OwnedFd,
    lost: u64,
}

impl Packet {
    /// Opens an interface by its name, as `ip link` lists it.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] when there is none of this name, with those that there are;
    /// [`io::ErrorKind::PermissionDenied`] without CAP_NET_RAW.
    pub fn open(interface: &str) -> io::Result<Self> {
        let socket = socket(
            AddressFamily::Packet,
            SockType::Raw,
            SockFlag::SOCK_NONBLOCK | SockFlag::SOCK_CLOEXEC,
            SockProtocol::EthAll,
        )
        .map_err(io::Error::from)
        .map_err(|error| with_advice(&error))?;
        let address = link_address(interface)?;
        // What is granted without a privilege may be less, and is what a burst is made for.
        if setsockopt(&socket, sockopt::RcvBufForce, &QUEUE_BYTES).is_err() {
            setsockopt(&socket, sockopt::RcvBuf, &QUEUE_BYTES)?;
        }
        bind(socket.as_raw_fd(), &address)?;
        Ok(Self { socket, lost: 0 })
    }
}

fn with_advice(error: &io::Error) -> io::Error {
    let text = match error.kind() {
        io::ErrorKind::PermissionDenied => {
            "opening a packet socket needs CAP_NET_RAW: run as root or in a user namespace (unshare -rn)"
                .to_owned()
        }
        _ => format!("opening a packet socket: {error}"),
    };
    io::Error::new(error.kind(), text)
}

/// Where packets of an interface are bound to.
fn link_address(interface: &str) -> io::Result<LinkAddr> {
    let mut known = vec![];
    for entry in getifaddrs()? {
        let Some(link) = entry.address.and_then(|address| address.as_link_addr().copied()) else {
            continue;
        };
        if entry.interface_name == interface {
            return Ok(link);
        }
        known.push(entry.interface_name);
    }
    let text =
        format!("there is no network interface `{interface}`; there are {}", known.join(", "));
    Err(io::Error::new(io::ErrorKind::NotFound, text))
}

impl AsFd for Packet {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Transport for Packet {
    fn receive(&mut self, into: &mut [u8]) -> io::Result<Option<usize>> {
        match recv(self.socket.as_raw_fd(), into, MsgFlags::MSG_DONTWAIT).map_err(io::Error::from) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if would_block(&error) => Ok(None),
            // The interface is down: frames may come again when it is up.
            Err(error) if error.raw_os_error() == Some(libc::ENETDOWN) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn send(&mut self, frame: &[u8]) -> io::Result<Sent> {
        let sent = send(self.socket.as_raw_fd(), frame, MsgFlags::MSG_DONTWAIT);
        match sent.map_err(io::Error::from) {
            Ok(_) => Ok(Sent::Gone),
            Err(error) if would_block(&error) => Ok(Sent::Later),
            Err(error) if error.raw_os_error() == Some(libc::ENETDOWN) => Ok(Sent::Gone),
            Err(error) => Err(error),
        }
    }

    fn lost(&mut self) -> u64 {
        // Asking sets the kernel's count back to 0.
        let since = getsockopt(&self.socket, PacketStatistics).map_or(0, |told| told.tp_drops);
        self.lost += u64::from(since);
        self.lost
    }
}
