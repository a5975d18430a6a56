//! A machine that runs: what it prints, how it ends, and that nothing of it is left.

mod output;

use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, epoll, poll};
use rustix::fs::inotify;
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};

use super::KernelError;
use super::room::Room;

use output::Output;

/// How long the rest of a command's output may take when the command has ended, but something that it left running
/// could still print.
const REST: Duration = Duration::from_secs(2);

/// A command that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// Its exit status, as a shell tells it: 127 if there was no such program, 126 if it could not be run, and 128 more
    /// than the number of the signal that killed it.
    pub status: u8,
    /// All that it wrote to its standard output.
    pub stdout: Vec<u8>,
    /// All that it wrote to its standard error.
    pub stderr: Vec<u8>,
    /// All that the program [beside](super::Machine::beside) it printed.
    pub beside: Vec<u8>,
}

/// What switches a machine off from elsewhere, while somebody waits for it.
#[derive(Debug)]
pub struct OffSwitch(Arc<Mutex<Group>>);

impl OffSwitch {
    /// Switches it off: whoever waits is told that the kernel went down. Nothing, if it has ended.
    pub fn off(&self) {
        let _ = ended(&self.0);
    }
}

/// A machine that runs. Dropped, it is switched off at once, and nothing of it is left.
///
/// [`Running::wait`] is all that most need. Whoever has an event loop of their own polls the descriptor
/// ([`AsFd`]): it is readable when [`Running::look`] has something to see.
#[derive(Debug)]
pub struct Running {
    group: Held,
    id: Pid,
    /// Becomes readable with each of the two below.
    events: OwnedFd,
    files: OwnedFd,
    process: OwnedFd,
    /// Rings when the rest of a command's output has had its time.
    rest: OwnedFd,
    ended: Option<u8>,
    /// The pipe whose end is the machine's end, too, and what must stay open for its wires.
    _held: Vec<OwnedFd>,
    outputs: [Output; 2],
    room: Room,
    online_secs: u32,
}

impl Running {
    /// Starts the kernel, in a process group of its own.
    pub(super) fn start(
        mut launch: Command,
        room: Room,
        held: Vec<OwnedFd>,
        online_secs: u32,
    ) -> Result<Self, KernelError> {
        let os = || KernelError::os("watching the machine");
        let outputs = [Output::new(&room, "stdout")?, Output::new(&room, "stderr")?];
        let flags = inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK;
        let files = inotify::init(flags).map_err(os())?;
        let wanted = inotify::WatchFlags::CREATE | inotify::WatchFlags::MODIFY;
        inotify::add_watch(&files, room.path(), wanted).map_err(os())?;
        let events = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(os())?;
        let child = launch.process_group(0).spawn();
        let group = Group::of(child.map_err(KernelError::io("starting the kernel"))?);
        let id = group.id;
        let group = Held(Arc::new(Mutex::new(group)));
        let process = pidfd_open(id, PidfdFlags::empty()).map_err(os())?;
        let rest = timer()?;
        for watched in [&files, &process, &rest] {
            let data = epoll::EventData::new_u64(0);
            epoll::add(&events, watched, data, epoll::EventFlags::IN).map_err(os())?;
        }
        let ended = None;
        Ok(Self {
            group,
            id,
            events,
            files,
            process,
            rest,
            ended,
            _held: held,
            outputs,
            room,
            online_secs,
        })
    }

    /// Waits for the command's end, and gives what it printed. Everything it prints is kept until then.
    ///
    /// # Errors
    /// [`KernelError::TimedOut`] after `limit`; else as [`Running::look`].
    pub fn wait(self, limit: Duration) -> Result<Finished, KernelError> {
        let (mut stdout, mut stderr) = (vec![], vec![]);
        let (status, beside) = self.pass(limit, &mut stdout, &mut stderr)?;
        Ok(Finished { status, stdout, stderr, beside })
    }

    /// Waits for the command's end, passing on what it prints as it prints it; gives its exit status.
    ///
    /// # Errors
    /// As [`Running::wait`].
    pub fn wait_with(
        self,
        limit: Duration,
        stdout: &mut dyn Write,
        stderr: &mut dyn Write,
    ) -> Result<u8, KernelError> {
        self.pass(limit, stdout, stderr).map(|(status, _)| status)
    }

    fn pass(
        mut self,
        limit: Duration,
        stdout: &mut dyn Write,
        stderr: &mut dyn Write,
    ) -> Result<(u8, Vec<u8>), KernelError> {
        let alarm = timer()?;
        set(&alarm, limit)?;
        loop {
            if let Some(status) = self.look(stdout, stderr)? {
                return Ok((status, self.room.read("beside.out")));
            }
            let mut fds =
                [PollFd::new(&self.events, PollFlags::IN), PollFd::new(&alarm, PollFlags::IN)];
            match poll(&mut fds, None) {
                Ok(_) if !fds[1].revents().is_empty() => {
                    let (phase, console) = self.last_words();
                    return Err(KernelError::TimedOut { limit, phase, console });
                }
                Ok(_) | Err(Errno::INTR) => {}
                Err(cause) => return Err(KernelError::os("waiting for the machine")(cause)),
            }
        }
    }

    /// Passes on what the command has printed since the last look, and gives its exit status if it has ended. Never
    /// blocks, but as long as the writers do.
    ///
    /// # Errors
    /// [`KernelError::Setup`] or [`KernelError::Offline`] if the command was not run, [`KernelError::Died`] if the
    /// kernel went down, [`KernelError::Io`] if the output cannot be passed on.
    pub fn look(
        &mut self,
        stdout: &mut dyn Write,
        stderr: &mut dyn Write,
    ) -> Result<Option<u8>, KernelError> {
        self.clear_events();
        // In this order: what is there when the kernel is gone is all there will ever be, and what is there when
        // there is a status is all that the command printed.
        let gone = self.gone()?;
        let over = self.status("status")?;
        let late = self.ended.is_some() && is_readable(&self.rest)?;
        let [out, err] = &mut self.outputs;
        out.pass(stdout)
            .and_then(|()| err.pass(stderr))
            .map_err(KernelError::io("passing on what the command prints"))?;
        if over.is_some() {
            return Ok(over);
        }
        if self.ended.is_none() {
            self.ended = self.status("ended")?;
            if self.ended.is_some() {
                set(&self.rest, REST)?;
            }
        }
        if late || gone.is_some() && self.ended.is_some() {
            return Ok(self.ended);
        }
        if let Some(failed) = self.room.line("failed") {
            return Err(self.failure(&failed));
        }
        match gone {
            Some(how) => {
                let (phase, console) = self.last_words();
                Err(KernelError::Died { how, phase, console })
            }
            None => Ok(None),
        }
    }

    /// How the kernel's process ended, if it has.
    fn gone(&mut self) -> Result<Option<ExitStatus>, KernelError> {
        if !is_readable(&self.process)? {
            return Ok(None);
        }
        ended(&self.group.0).map(Some).map_err(KernelError::io("waiting for the kernel"))
    }

    /// An exit status in one of the room's files, once it is there.
    fn status(&self, name: &str) -> Result<Option<u8>, KernelError> {
        let Some(line) = self.room.line(name) else { return Ok(None) };
        line.parse().map(Some).map_err(|_| KernelError::Setup {
            phase: "ending".to_owned(),
            said: format!("its status is `{line}`"),
        })
    }

    /// What switches it off from elsewhere.
    pub fn off_switch(&self) -> OffSwitch {
        OffSwitch(Arc::clone(&self.group.0))
    }

    /// The number of the kernel's process, which is also that of its process group.
    pub fn process_id(&self) -> u32 {
        self.id.as_raw_nonzero().get().unsigned_abs()
    }

    /// What the machine is doing, for a person: `running the command` once all is set up.
    pub fn phase(&self) -> String {
        self.room.phase()
    }

    /// The directory that it shares with its machine, and that goes with it. What the kernel prints is in `console`.
    pub fn room(&self) -> &Path {
        self.room.path()
    }

    fn failure(&self, failed: &str) -> KernelError {
        match failed.strip_prefix("offline: ").and_then(|rest| rest.split_once(' ')) {
            Some((host, state)) => KernelError::Offline {
                host: host.to_owned(),
                state: state.to_owned(),
                secs: self.online_secs,
            },
            None => KernelError::Setup { phase: failed.to_owned(), said: self.room.end_of("said") },
        }
    }

    /// What it was doing, and the end of what the kernel printed.
    fn last_words(&self) -> (String, String) {
        (self.room.phase(), self.room.end_of("console"))
    }

    /// Takes the news out of the queue; what happened is seen in the files.
    fn clear_events(&self) {
        let mut buffer = [0; 4096];
        while rustix::io::read(&self.files, &mut buffer).is_ok_and(|read| read > 0) {}
    }
}

impl AsFd for Running {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.events.as_fd()
    }
}

/// A process that leads a group, none of which outlives it.
#[derive(Debug)]
struct Group {
    child: Child,
    id: Pid,
    ended: Option<ExitStatus>,
}

impl Group {
    fn of(child: Child) -> Self {
        Self { id: Pid::from_child(&child), child, ended: None }
    }

    /// Ends all of it, unless that was done.
    ///
    /// The kernel holds its programs by ptrace, and without it they would go on, on this machine: so all at once,
    /// and before the leader is waited for, after which its number may be somebody else's.
    fn end(&mut self) -> io::Result<ExitStatus> {
        if let Some(how) = self.ended {
            return Ok(how);
        }
        let _ = kill_process_group(self.id, Signal::KILL);
        let how = self.child.wait()?;
        self.ended = Some(how);
        Ok(how)
    }
}

/// Ends a group, unless that was done, and tells how it ended.
fn ended(group: &Mutex<Group>) -> io::Result<ExitStatus> {
    group.lock().unwrap_or_else(PoisonError::into_inner).end()
}

/// A group that ends with whoever holds it.
#[derive(Debug)]
struct Held(Arc<Mutex<Group>>);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = ended(&self.0);
    }
}

/// A descriptor that becomes readable at a time that is [`set`].
fn timer() -> Result<OwnedFd, KernelError> {
    let flags = TimerfdFlags::CLOEXEC;
    timerfd_create(TimerfdClockId::Monotonic, flags).map_err(KernelError::os("making a timer"))
}

fn set(timer: &OwnedFd, after: Duration) -> Result<(), KernelError> {
    let tv_sec = i64::try_from(after.as_secs()).unwrap_or(i64::MAX);
    // A time of nothing at all would never come.
    let tv_nsec = i64::from(after.subsec_nanos()).max(i64::from(tv_sec == 0));
    let it_interval = Timespec { tv_sec: 0, tv_nsec: 0 };
    let time = Itimerspec { it_interval, it_value: Timespec { tv_sec, tv_nsec } };
    let set = timerfd_settime(timer, TimerfdTimerFlags::empty(), &time);
    set.map(drop).map_err(KernelError::os("setting a timer"))
}

/// Whether a descriptor is readable now.
fn is_readable(fd: &OwnedFd) -> Result<bool, KernelError> {
    let mut fds = [PollFd::new(fd, PollFlags::IN)];
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    let ready = poll(&mut fds, Some(&now));
    ready.map(|ready| ready > 0).map_err(KernelError::os("looking at the machine"))
}
