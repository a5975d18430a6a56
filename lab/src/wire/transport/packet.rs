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

use super::{Sent, Transport, interface, would_block};

/// How much of what has come the system keeps until it is read, in bytes. Each disk of Linux's may have 32 commands under
/// way, and each of them a burst: 2 MiB, and 3 more for what the system counts besides.
const QUEUE_BYTES: usize = 16 << 20;
/// The most frames that fit in there: the kernel counts 256 bytes for the smallest.
const MOST_STRAY: usize = QUEUE_BYTES / 256;

/// The least MTU that full FC frames fit in, with their FCoE header and trailer.
const LEAST_MTU: u32 = 2_158;

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
    interface: String,
    index: usize,
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
        // Until now it heard all interfaces: what waits may be another link's.
        let mut frame = [0; 1];
        for _ in 0..MOST_STRAY {
            if recv(socket.as_raw_fd(), &mut frame, MsgFlags::MSG_DONTWAIT).is_err() {
                break;
            }
        }
        let (interface, index) = (interface.to_owned(), address.ifindex());
        Ok(Self { socket, interface, index, lost: 0 })
    }

    /// Nothing passes: because the interface is down, and frames may come again when it is up, or because it is gone.
    fn is_down(&self) -> io::Result<()> {
        if interface::is_there(self.index) {
            return Ok(());
        }
        let text = format!("the network interface `{}` was removed", self.interface);
        Err(io::Error::new(io::ErrorKind::NotFound, text))
    }
}

/// What the kernel answers on an interface that is down, or gone.
fn says_down(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ENETDOWN | libc::ENXIO | libc::ENODEV))
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
            Err(error) if says_down(&error) => self.is_down().map(|()| None),
            Err(error) => Err(error),
        }
    }

    fn send(&mut self, frame: &[u8]) -> io::Result<Sent> {
        let sent = send(self.socket.as_raw_fd(), frame, MsgFlags::MSG_DONTWAIT);
        match sent.map_err(io::Error::from) {
            Ok(_) => Ok(Sent::Gone),
            Err(error) if would_block(&error) => Ok(Sent::Later),
            Err(error) if says_down(&error) => self.is_down().map(|()| Sent::Gone),
            Err(error) => Err(error),
        }
    }

    fn lost(&mut self) -> u64 {
        // Asking sets the kernel's count back to 0.
        let since = getsockopt(&self.socket, PacketStatistics).map_or(0, |told| told.tp_drops);
        self.lost += u64::from(since);
        self.lost
    }

    fn warning(&self) -> Option<String> {
        let mtu = interface::mtu(self.index).filter(|&mtu| mtu < LEAST_MTU)?;
        Some(format!(
            "the MTU of {} is {mtu}: FC frames of full length need {LEAST_MTU}, `ip link set {} mtu 2500` gives them room",
            self.interface, self.interface
        ))
    }
}
