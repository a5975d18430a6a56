//! What is said on a line.

use std::io;

use npivot_hal::ScsiAddress;
use npivot_hal::scsi::{Sense, SenseKey};
use npivot_sysfs::events::Message;
use npivot_sysfs::files::{Entry, Kind};
use npivot_sysfs::passthrough::{DeviceNode, DeviceRef, PassthroughError};
use serde::{Deserialize, Serialize};

/// A question with its number, by which the answer is known.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) number: u64,
    pub(super) ask: Ask,
}

/// A question.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Ask {
    /// [`Files::list_each`](npivot_sysfs::Files::list_each).
    List {
        dir: String,
        dirs: Vec<String>,
    },
    /// [`Files::read_each`](npivot_sysfs::Files::read_each).
    Read {
        dir: String,
        paths: Vec<String>,
    },
    Link(String),
    Mode(String),
    Write(String, Vec<u8>),
    PassedOver,
    /// [`Passthrough::send`](npivot_sysfs::passthrough::Passthrough::send).
    Send {
        device: Device,
        cdb: Vec<u8>,
        allocation: u32,
        timeout_ms: u32,
    },
    /// Messages from now on.
    Subscribe,
    Guest(GuestOrder),
}

/// What the other end says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Said {
    /// It listens: the first word.
    Ready { place: String },
    /// The answer to a question.
    Answer { number: u64, answer: Result<Answer, Fault> },
    /// A message of its kernel's.
    Message(Told),
}

/// An answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Answer {
    /// As many as were asked for, or fewer where the rest would be too long: to be asked for again.
    Listed(Vec<Result<Vec<Name>, Fault>>),
    /// As many as were asked for, or fewer.
    Content(Vec<Result<Vec<u8>, Fault>>),
    Text(String),
    Number(u64),
    Sent(Result<Vec<u8>, Refusal>),
    Done,
    Guest(GuestReport),
}

/// An error of the other end's system.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Fault {
    errno: Option<i32>,
    text: String,
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self { errno: error.raw_os_error(), text: error.to_string() }
    }
}

impl From<Fault> for io::Error {
    fn from(Fault { errno, text }: Fault) -> Self {
        errno.map_or_else(|| Self::other(text), Self::from_raw_os_error)
    }
}

/// A name in a directory.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Name(String, u8);

const KINDS: [Kind; 4] = [Kind::Dir, Kind::File, Kind::Link, Kind::Other];

impl From<Entry> for Name {
    fn from(entry: Entry) -> Self {
        let kind = (0..).zip(KINDS).find(|(_, kind)| *kind == entry.kind);
        Self(entry.name, kind.map_or(3, |(number, _)| number))
    }
}

impl From<Name> for Entry {
    fn from(Name(name, kind): Name) -> Self {
        Self { name, kind: KINDS.get(usize::from(kind)).copied().unwrap_or(Kind::Other) }
    }
}

/// A device that a command is for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Device {
    address: String,
    nodes: Vec<(String, u32, u32)>,
}

impl From<&DeviceRef> for Device {
    fn from(device: &DeviceRef) -> Self {
        let node = |node: &DeviceNode| (node.name.clone(), node.number.0, node.number.1);
        Self { address: device.address.to_string(), nodes: device.nodes.iter().map(node).collect() }
    }
}

impl Device {
    /// The device; `None` for an address that is none.
    pub(super) fn found(self) -> Option<DeviceRef> {
        let address: ScsiAddress = self.address.parse().ok()?;
        let node = |(name, major, minor)| DeviceNode { name, number: (major, minor) };
        Some(DeviceRef { address, nodes: self.nodes.into_iter().map(node).collect() })
    }
}

/// Why a command was not done: [`PassthroughError`] on the line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Refusal {
    NoNode(String),
    NotADevice(String),
    AnotherDevice { path: String, expected: (u32, u32), found: (u32, u32) },
    PermissionDenied(String, i32),
    Gone,
    Offline,
    Refused(String, i32),
    Transport(u16, u16),
    Check(u8, u8, u8),
    Status(u8),
    TimedOut,
    Invalid(u32, u32),
}

impl From<PassthroughError> for Refusal {
    fn from(error: PassthroughError) -> Self {
        use PassthroughError as E;
        let small = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        match error {
            E::NoNode { tried } => Self::NoNode(tried),
            E::NotADevice { path } => Self::NotADevice(path),
            E::AnotherDevice { path, expected, found } => {
                Self::AnotherDevice { path, expected, found }
            }
            E::PermissionDenied { path, errno } => Self::PermissionDenied(path, errno),
            E::Gone => Self::Gone,
            E::Offline => Self::Offline,
            E::Refused { path, errno } => Self::Refused(path, errno),
            E::Transport { host, driver } => Self::Transport(host, driver),
            E::Check(Sense { key, asc, ascq }) => {
                let code = (0..16).find(|&code| SenseKey::from_code(code) == key);
                Self::Check(code.unwrap_or(0x0f), asc, ascq)
            }
            E::Status { status } => Self::Status(status),
            E::Invalid { cdb, allocation, .. } => Self::Invalid(small(cdb), small(allocation)),
            // Of what a later version knows, only that it was not done can be said.
            _ => Self::TimedOut,
        }
    }
}

impl From<Refusal> for PassthroughError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoNode(tried) => Self::NoNode { tried },
            Refusal::NotADevice(path) => Self::NotADevice { path },
            Refusal::AnotherDevice { path, expected, found } => {
                Self::AnotherDevice { path, expected, found }
            }
            Refusal::PermissionDenied(path, errno) => Self::PermissionDenied { path, errno },
            Refusal::Gone => Self::Gone,
            Refusal::Offline => Self::Offline,
            Refusal::Refused(path, errno) => Self::Refused { path, errno },
            Refusal::Transport(host, driver) => Self::Transport { host, driver },
            Refusal::Check(key, asc, ascq) => {
                Self::Check(Sense { key: SenseKey::from_code(key), asc, ascq })
            }
            Refusal::Status(status) => Self::Status { status },
            Refusal::TimedOut => Self::TimedOut,
            Refusal::Invalid(cdb, allocation) => Self::Invalid {
                cdb: cdb as usize,
                allocation: allocation as usize,
                expected: "one that the kernel at the other end of the line takes",
            },
        }
    }
}

/// A message of the kernel's.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Told {
    Uevent(Vec<u8>),
    Fc(Vec<u8>),
    Lost,
}

impl From<Message> for Told {
    fn from(message: Message) -> Self {
        match message {
            Message::Uevent(bytes) => Self::Uevent(bytes),
            Message::Fc(bytes) => Self::Fc(bytes),
            // What cannot be passed on is lost.
            _ => Self::Lost,
        }
    }
}

impl From<Told> for Message {
    fn from(told: Told) -> Self {
        match told {
            Told::Uevent(bytes) => Self::Uevent(bytes),
            Told::Fc(bytes) => Self::Fc(bytes),
            Told::Lost => Self::Lost,
        }
    }
}

/// An order to the guest's writer in a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::exhaustive_enums, reason = "what a guest can be told is these")]
pub enum GuestOrder {
    /// Runs a guest there, in the place of any other.
    Begin {
        /// Its name.
        name: String,
        /// Its volumes in its own order: for each the block devices that lead to it, as `sdb`, in the order in
        /// which they are tried.
        volumes: Vec<Vec<String>>,
        /// The sequence number of the block that it writes next: all before have been acknowledged to it.
        next: u64,
        /// Milliseconds between two writes.
        write_every_ms: u32,
    },
    /// Stops it, once the write that is under way has ended.
    Pause,
    /// Lets it go on.
    Resume,
    /// Ends it. Its devices are closed.
    End,
    /// Asks how it does: once the block that it writes next has this number or a later one, it does not write, or
    /// half a minute has passed.
    Report {
        /// The number; 0 asks at once.
        reached: u64,
    },
}

/// How a guest does in a machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs, reason = "a record of what its writer counts")]
pub struct GuestReport {
    /// Whether there is one.
    pub there: bool,
    /// Whether it writes.
    pub running: bool,
    /// The sequence number of the block that it writes next: all before have been acknowledged to it.
    pub next: u64,
    /// Attempts at which no path took a write, so that it was held.
    pub held: u64,
    /// What the system said to the last write that was held.
    pub trouble: Option<String>,
}
