//! Ports and transports in words, as a command line has them.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::transport::{self, Transport};

/// How long the path of a Unix socket can be, in bytes (unix(7): 108 with the zero at the end).
const LONGEST_SOCKET_BYTES: usize = 107;

/// A switch port, in words: `a1/3`, or `alpha:0` for where the first adapter of host alpha is plugged in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_enums,
    reason = "a port is named by its switch, or by who is plugged in"
)]
pub enum Place {
    /// By switch and number.
    Port {
        /// The switch's name.
        switch: String,
        /// The port's number, from 0.
        number: u16,
    },
    /// By host and adapter.
    Adapter {
        /// The host's name.
        host: String,
        /// Which of its adapters, from 0, in the order of the topology.
        number: usize,
    },
}

/// A transport, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportSpec {
    /// `packet:v1`: a network interface.
    Packet(String),
    /// `stream:/run/a.sock`: listens on a Unix socket, as QEMU's `-netdev stream,server=off` connects to.
    Listen(PathBuf),
    /// `connect:/run/a.sock`: connects to one on which QEMU listens.
    Connect(PathBuf),
    /// `dgram:/run/own.sock,/run/peer.sock`: a Unix datagram socket and its peer's.
    Datagram(PathBuf, PathBuf),
    /// `fd:3`: an open socket that was inherited.
    Inherited(i32),
}

/// Words that say no place or no transport.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no {what}: expected {expected}", .text.escape_debug())]
pub struct PlugError {
    text: String,
    what: &'static str,
    expected: &'static str,
}

impl FromStr for Place {
    type Err = PlugError;
    fn from_str(text: &str) -> Result<Self, PlugError> {
        let port = |(switch, number): (&str, &str)| {
            let number = number.parse().ok()?;
            (!switch.is_empty()).then(|| Self::Port { switch: switch.into(), number })
        };
        let adapter = |(host, number): (&str, &str)| {
            let number = number.parse().ok()?;
            (!host.is_empty()).then(|| Self::Adapter { host: host.into(), number })
        };
        let found = text.rsplit_once('/').and_then(port);
        found.or_else(|| text.rsplit_once(':').and_then(adapter)).ok_or_else(|| PlugError {
            text: text.into(),
            what: "port",
            expected: "SWITCH/NUMBER, as a1/3, or HOST:NUMBER, as alpha:0",
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Port { switch, number } => write!(f, "{switch}/{number}"),
            Self::Adapter { host, number } => write!(f, "{host}:{number}"),
        }
    }
}

impl FromStr for TransportSpec {
    type Err = PlugError;
    fn from_str(text: &str) -> Result<Self, PlugError> {
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        let path = || Some(PathBuf::from(rest)).filter(|_| !rest.is_empty());
        let found = match kind {
            "packet" => Some(Self::Packet(rest.into())).filter(|_| !rest.is_empty()),
            "stream" => path().map(Self::Listen),
            "connect" => path().map(Self::Connect),
            "dgram" => match rest.split_once(',') {
                Some((own, peer)) if !own.is_empty() && !peer.is_empty() => {
                    Some(Self::Datagram(own.into(), peer.into()))
                }
                _ => None,
            },
            "fd" => rest.parse().ok().filter(|&fd: &i32| fd >= 0).map(Self::Inherited),
            _ => None,
        };
        found.ok_or_else(|| PlugError {
            text: text.into(),
            what: "transport",
            expected: "packet:INTERFACE, stream:PATH, connect:PATH, dgram:OWN,PEER or fd:NUMBER",
        })
    }
}

impl fmt::Display for TransportSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Packet(interface) => write!(f, "packet:{interface}"),
            Self::Listen(path) => write!(f, "stream:{}", path.display()),
            Self::Connect(path) => write!(f, "connect:{}", path.display()),
            Self::Datagram(own, peer) => write!(f, "dgram:{},{}", own.display(), peer.display()),
            Self::Inherited(fd) => write!(f, "fd:{fd}"),
        }
    }
}

impl TransportSpec {
    /// The paths of its sockets.
    fn sockets(&self) -> Vec<&PathBuf> {
        match self {
            Self::Listen(path) | Self::Connect(path) => vec![path],
            Self::Datagram(own, peer) => vec![own, peer],
            Self::Packet(_) | Self::Inherited(_) => vec![],
        }
    }

    /// Opens it.
    ///
    /// # Errors
    /// The system's, with the transport's own words before it.
    pub fn open(&self) -> io::Result<Box<dyn Transport>> {
        let boxed: io::Result<Box<dyn Transport>> = match self {
            Self::Packet(interface) => transport::Packet::open(interface).map(|t| Box::new(t) as _),
            Self::Listen(path) => transport::Listening::bind(path).map(|t| Box::new(t) as _),
            Self::Connect(path) => transport::Stream::connect(path).map(|t| Box::new(t) as _),
            Self::Datagram(own, peer) => {
                transport::Datagram::bind(own, peer).map(|t| Box::new(t) as _)
            }
            Self::Inherited(fd) => transport::Datagram::of_number(*fd).map(|t| Box::new(t) as _),
        };
        boxed.map_err(|cause| {
            io::Error::new(cause.kind(), format!("{self}: {}", advice(self, &cause)))
        })
    }
}

/// What to do about an error.
fn advice(spec: &TransportSpec, cause: &io::Error) -> String {
    let left_behind = |path: &Path| format!("{cause}: remove {} if nobody uses it", path.display());
    let too_long = |path: &&PathBuf| path.as_os_str().len() > LONGEST_SOCKET_BYTES;
    if let Some(path) = spec.sockets().into_iter().find(too_long) {
        let bytes = path.as_os_str().len();
        return format!(
            "the path has {bytes} bytes, a socket's at most {LONGEST_SOCKET_BYTES}: name a shorter one"
        );
    }
    match (spec, cause.kind()) {
        (
            TransportSpec::Listen(path) | TransportSpec::Datagram(path, _),
            io::ErrorKind::AddrInUse,
        ) => left_behind(path),
        _ => cause.to_string(),
    }
}
