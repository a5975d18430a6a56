//! The outside end of a line: asks, and waits for the answer.

use std::collections::BTreeMap;
use std::io;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use npivot_sysfs::events::Message;
use tokio::sync::mpsc;

use super::frame;
use super::words::{Answer, Ask, Asked, GuestOrder, GuestReport, Said};

/// How long a call may take beyond what it asks for itself.
const PATIENCE: Duration = Duration::from_mins(1);
/// How many messages a reader may be behind, as with a socket whose buffer is full.
const BACKLOG: usize = 16_384;

/// Why a line carries nothing any more, or a call was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineError {
    /// It is broken: whether what was asked last is done cannot be known.
    #[error("the line to the machine is broken: {0}")]
    Broken(String),
    /// The other end refused it.
    #[error("{0}")]
    Refused(String),
}

impl From<LineError> for io::Error {
    fn from(error: LineError) -> Self {
        Self::new(io::ErrorKind::BrokenPipe, error)
    }
}

/// The outside end of a line. Dropped, it hangs up.
#[derive(Debug)]
pub struct Line {
    shared: Arc<Shared>,
    stream: UnixStream,
    listener: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    out: Mutex<UnixStream>,
    desk: Mutex<Desk>,
    changed: Condvar,
}

type Waiting = SyncSender<Result<Answer, super::words::Fault>>;

/// Who waits for what.
#[derive(Debug, Default)]
struct Desk {
    asked: u64,
    waiting: BTreeMap<u64, Waiting>,
    readers: Vec<Reader>,
    /// What the other end calls its sysfs, once it listens.
    place: Option<String>,
    broken: Option<String>,
}

#[derive(Debug)]
struct Reader {
    sender: mpsc::Sender<Message>,
    lost: bool,
}

impl Line {
    /// A line over this stream.
    ///
    /// # Errors
    /// The system has no more descriptors or threads.
    pub fn over(stream: UnixStream) -> io::Result<Self> {
        let out = stream.try_clone()?;
        // A machine that takes nothing any more is as good as none.
        out.set_write_timeout(Some(PATIENCE))?;
        let from = stream.try_clone()?;
        let shared = Arc::new(Shared {
            out: Mutex::new(out),
            desk: Mutex::default(),
            changed: Condvar::new(),
        });
        let listens = Arc::clone(&shared);
        let listener = std::thread::Builder::new().name("line".into());
        let listener = listener.spawn(move || listens.listen(from))?;
        Ok(Self { shared, stream, listener: Some(listener) })
    }

    /// Waits until the other end listens. Whether it does.
    ///
    /// # Errors
    /// [`LineError::Broken`].
    pub fn ready(&self, patience: Duration) -> Result<bool, LineError> {
        let desk = self.shared.desk();
        let quiet = |desk: &mut Desk| desk.place.is_none() && desk.broken.is_none();
        let waited = self.shared.changed.wait_timeout_while(desk, patience, quiet);
        let desk = waited.unwrap_or_else(PoisonError::into_inner).0;
        match &desk.broken {
            Some(why) => Err(LineError::Broken(why.clone())),
            None => Ok(desk.place.is_some()),
        }
    }

    /// That it is not broken.
    ///
    /// # Errors
    /// [`LineError::Broken`].
    pub fn is_whole(&self) -> Result<(), LineError> {
        match &self.shared.desk().broken {
            Some(why) => Err(LineError::Broken(why.clone())),
            None => Ok(()),
        }
    }

    /// Gives an order to the guest at the other end. Blocks until it has been carried out.
    ///
    /// # Errors
    /// [`LineError`]: an order that was refused has changed nothing.
    pub fn guest(&self, order: GuestOrder) -> Result<GuestReport, LineError> {
        match self.ask(Ask::Guest(order), Duration::ZERO) {
            Ok(Answer::Guest(report)) => Ok(report),
            Ok(_) => Err(self.shared.give_up("it answered something else")),
            Err(Failed::Line(error)) => Err(error),
            Err(Failed::There(error)) => Err(LineError::Refused(error.to_string())),
        }
    }

    /// What the other end calls its sysfs; nothing before it listens.
    pub(super) fn place(&self) -> String {
        self.shared.desk().place.clone().unwrap_or_default()
    }

    /// Messages from now on.
    pub(super) fn subscribe(&self) -> io::Result<mpsc::Receiver<Message>> {
        let (sender, receiver) = mpsc::channel(BACKLOG);
        self.shared.desk().readers.push(Reader { sender, lost: false });
        self.ask(Ask::Subscribe, Duration::ZERO)?;
        Ok(receiver)
    }

    /// Asks, and waits: for as long as it takes, and some more for the way.
    pub(super) fn ask(&self, ask: Ask, takes: Duration) -> Result<Answer, Failed> {
        let (sender, answer) = sync_channel(1);
        let number = {
            let mut desk = self.shared.desk();
            if let Some(why) = &desk.broken {
                return Err(Failed::Line(LineError::Broken(why.clone())));
            }
            desk.asked += 1;
            let number = desk.asked;
            desk.waiting.insert(number, sender);
            number
        };
        let frame = match frame::encode(&Asked { number, ask }) {
            Ok(frame) => frame,
            Err(cause) => {
                self.shared.desk().waiting.remove(&number);
                return Err(Failed::There(cause));
            }
        };
        let sent = {
            let mut out = self.shared.out.lock().unwrap_or_else(PoisonError::into_inner);
            io::Write::write_all(&mut *out, &frame)
        };
        if let Err(cause) = sent {
            return Err(Failed::Line(
                self.shared.give_up(&format!("it cannot be written to ({cause})")),
            ));
        }
        match answer.recv_timeout(takes + PATIENCE) {
            Ok(answer) => answer.map_err(|fault| Failed::There(fault.into())),
            Err(RecvTimeoutError::Timeout) => {
                let why = format!("no answer within {} s", (takes + PATIENCE).as_secs());
                Err(Failed::Line(self.shared.give_up(&why)))
            }
            Err(RecvTimeoutError::Disconnected) => {
                Err(Failed::Line(self.shared.give_up("it ended")))
            }
        }
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failed {
    /// The line is broken.
    Line(LineError),
    /// The other end's system refused.
    There(io::Error),
}

impl From<Failed> for io::Error {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Line(error) => error.into(),
            Failed::There(error) => error,
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        // One that has been closed from the other end is closed.
        let _ = self.stream.shutdown(Shutdown::Both);
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
    }
}

impl Shared {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The line is broken, for the first reason that there was.
    fn give_up(&self, why: &str) -> LineError {
        let mut desk = self.desk();
        let why = desk.broken.get_or_insert_with(|| why.to_owned()).clone();
        desk.waiting.clear();
        desk.readers.clear();
        drop(desk);
        self.changed.notify_all();
        LineError::Broken(why)
    }

    /// Hands out what comes, until the stream ends.
    fn listen(&self, from: UnixStream) {
        let mut from = io::BufReader::new(from);
        let why = loop {
            match frame::receive(&mut from) {
                Ok(Some(said)) => self.hand_out(said),
                Ok(None) => break "the other end hung up".to_owned(),
                Err(cause) => break cause.to_string(),
            }
        };
        self.give_up(&why);
    }

    fn hand_out(&self, said: Said) {
        let mut desk = self.desk();
        match said {
            Said::Ready { place } => {
                desk.place = Some(place);
                drop(desk);
                self.changed.notify_all();
            }
            Said::Answer { number, answer } => {
                // Nobody waits for one that came too late.
                if let Some(waiting) = desk.waiting.remove(&number) {
                    let _ = waiting.try_send(answer);
                }
            }
            Said::Message(told) => {
                let message: Message = told.into();
                desk.readers.retain_mut(|reader| reader.pass(&message));
            }
        }
    }
}

impl Reader {
    /// Whether it still listens.
    fn pass(&mut self, message: &Message) -> bool {
        if self.lost && self.sender.try_send(Message::Lost).is_ok() {
            self.lost = false;
        }
        self.lost |= self.sender.try_send(message.clone()).is_err();
        !self.sender.is_closed()
    }
}
