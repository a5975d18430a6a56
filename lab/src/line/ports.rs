//! The Linux backend's ports over a line.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use npivot_sysfs::events::{Message, MessageStream, Messages};
use npivot_sysfs::files::{Entry, Files};
use npivot_sysfs::passthrough::{DeviceRef, Passthrough, PassthroughError};
use tokio::sync::mpsc;

use super::call::{Failed, Line};
use super::words::{Answer, Ask, Fault};

/// How many paths are asked for in one frame.
const PATHS_AT_ONCE: usize = 256;
/// The status of a transport that is gone (`DID_NO_CONNECT`, `include/scsi/scsi_status.h`).
const NO_CONNECT: u16 = 0x01;

fn other(what: &str) -> io::Error {
    io::Error::other(format!("the other end of the line answered {what} with something else"))
}

/// The sysfs at the other end.
#[derive(Debug, Clone)]
pub struct LineFiles(Arc<Line>);

impl LineFiles {
    /// The files of the machine at the other end of this line.
    pub fn new(line: &Arc<Line>) -> Self {
        Self(Arc::clone(line))
    }

    fn ask(&self, ask: Ask) -> io::Result<Answer> {
        Ok(self.0.ask(ask, Duration::ZERO)?)
    }

    /// Asks for all of these, as often as it takes: an answer can hold fewer.
    fn each<T>(
        &self,
        dir: &str,
        paths: &[&str],
        ask: impl Fn(String, Vec<String>) -> Ask,
        take: impl Fn(Answer) -> Option<Vec<Result<T, Fault>>>,
    ) -> Vec<io::Result<T>> {
        let mut found: Vec<io::Result<T>> = vec![];
        while found.len() < paths.len() {
            let left = &paths[found.len()..];
            let now = &left[..left.len().min(PATHS_AT_ONCE)];
            let wanted = now.iter().map(|path| (*path).to_owned()).collect();
            let answer = self.ask(ask(dir.to_owned(), wanted));
            match answer.map(|answer| take(answer).filter(|some| !some.is_empty())) {
                Ok(Some(some)) => {
                    let some = some.into_iter().take(now.len());
                    found.extend(some.map(|one| one.map_err(io::Error::from)));
                }
                Ok(None) => found.extend(now.iter().map(|path| Err(other(path)))),
                Err(cause) => {
                    let (kind, text) = (cause.kind(), cause.to_string());
                    found.extend(now.iter().map(|_| Err(io::Error::new(kind, text.clone()))));
                }
            }
        }
        found
    }
}

/// The only one of several.
fn only<T>(mut several: Vec<io::Result<T>>) -> io::Result<T> {
    several.pop().unwrap_or_else(|| Err(other("a question")))
}

impl Files for LineFiles {
    fn place(&self) -> String {
        self.0.place()
    }

    fn list(&self, dir: &str) -> io::Result<Vec<Entry>> {
        only(self.list_each("", &[dir]))
    }

    fn list_each(&self, dir: &str, dirs: &[&str]) -> Vec<io::Result<Vec<Entry>>> {
        let listed = self.each(
            dir,
            dirs,
            |dir, dirs| Ask::List { dir, dirs },
            |answer| if let Answer::Listed(listed) = answer { Some(listed) } else { None },
        );
        let entries = |names: Vec<_>| names.into_iter().map(Entry::from).collect();
        listed.into_iter().map(|one| one.map(entries)).collect()
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        only(self.read_each("", &[path]))
    }

    fn read_each(&self, dir: &str, paths: &[&str]) -> Vec<io::Result<Vec<u8>>> {
        self.each(
            dir,
            paths,
            |dir, paths| Ask::Read { dir, paths },
            |answer| if let Answer::Content(content) = answer { Some(content) } else { None },
        )
    }

    fn link(&self, path: &str) -> io::Result<String> {
        match self.ask(Ask::Link(path.to_owned()))? {
            Answer::Text(text) => Ok(text),
            _ => Err(other(path)),
        }
    }

    fn mode(&self, path: &str) -> io::Result<u32> {
        match self.ask(Ask::Mode(path.to_owned()))? {
            Answer::Number(mode) => u32::try_from(mode).map_err(|_| other(path)),
            _ => Err(other(path)),
        }
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<usize> {
        match self.ask(Ask::Write(path.to_owned(), bytes.to_vec()))? {
            Answer::Number(taken) => usize::try_from(taken).map_err(|_| other(path)),
            _ => Err(other(path)),
        }
    }

    fn reachable(&self) -> io::Result<()> {
        Ok(self.0.is_whole()?)
    }

    fn passed_over(&self) -> u64 {
        match self.ask(Ask::PassedOver) {
            Ok(Answer::Number(count)) => count,
            _ => 0,
        }
    }
}

/// The devices at the other end.
#[derive(Debug, Clone)]
pub struct LineDevices(Arc<Line>);

impl LineDevices {
    /// The devices of the machine at the other end of this line.
    pub fn new(line: &Arc<Line>) -> Self {
        Self(Arc::clone(line))
    }
}

impl Passthrough for LineDevices {
    fn send(
        &self,
        device: &DeviceRef,
        cdb: &[u8],
        allocation: usize,
        timeout_ms: u32,
    ) -> Result<Vec<u8>, PassthroughError> {
        let wide = u32::try_from(allocation).map_err(|_| PassthroughError::Invalid {
            cdb: cdb.len(),
            allocation,
            expected: "an answer below 4 GiB",
        })?;
        let ask =
            Ask::Send { device: device.into(), cdb: cdb.to_vec(), allocation: wide, timeout_ms };
        match self.0.ask(ask, Duration::from_millis(timeout_ms.into())) {
            Ok(Answer::Sent(sent)) => Ok(sent?),
            Err(Failed::There(cause)) => Err(PassthroughError::Refused {
                path: device.address.to_string(),
                errno: cause.raw_os_error().unwrap_or(0),
            }),
            Ok(_) | Err(Failed::Line(_)) => {
                Err(PassthroughError::Transport { host: NO_CONNECT, driver: 0 })
            }
        }
    }
}

/// The kernel's messages at the other end.
#[derive(Debug, Clone)]
pub struct LineMessages(Arc<Line>);

impl LineMessages {
    /// The messages of the kernel at the other end of this line.
    pub fn new(line: &Arc<Line>) -> Self {
        Self(Arc::clone(line))
    }
}

struct Receiver(mpsc::Receiver<Message>);

impl Stream for Receiver {
    type Item = Message;
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Message>> {
        self.0.poll_recv(context)
    }
}

impl Messages for LineMessages {
    fn subscribe(&self) -> io::Result<MessageStream> {
        Ok(Box::pin(Receiver(self.0.subscribe()?)))
    }
}
