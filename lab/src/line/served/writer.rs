//! A guest that writes to this machine's block devices: one block after the other, each acknowledged by the
//! kernel before the next.
//!
//! It is what a hypervisor with multipath under it would be: a write goes through the first path that works; with
//! none it is held and tried again. Its memory is one number: which block is next. All before have been
//! acknowledged, so whoever has the number knows what must be on the volumes.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use npivot_sysfs::files::is_plain;
use rustix::fs::OFlags;

use crate::guest::{BLOCK_BYTES, Block};
use crate::line::words::{GuestOrder, GuestReport};

/// How long a write that no path takes is held before the paths are tried again.
const HOLD: Duration = Duration::from_millis(20);

/// How long a report may wait for the writer.
const REPORT: Duration = Duration::from_secs(30);

/// The writer's desk: orders come here.
#[derive(Debug)]
pub(super) struct Writer {
    block_devices: PathBuf,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Held during each write: who holds it knows that none is under way.
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    guest: Option<Guest>,
    /// Nobody gives orders any more.
    over: bool,
    thread: bool,
}

#[derive(Debug)]
struct Guest {
    name: String,
    /// Each volume's paths, open: a name can stand for another device later, an open one cannot.
    volumes: Vec<Vec<File>>,
    running: bool,
    next: u64,
    held: u64,
    write_every: Duration,
    trouble: Option<String>,
}

/// A buffer as direct I/O wants it.
#[repr(align(512))]
struct Aligned([u8; BLOCK_BYTES]);

impl Writer {
    pub(super) fn new(block_devices: PathBuf) -> Self {
        Self { block_devices, shared: Arc::default() }
    }

    /// Does what the guest is told.
    ///
    /// # Errors
    /// Devices that cannot be opened; no guest is there to be paused.
    pub(super) fn obey(&self, order: GuestOrder) -> io::Result<GuestReport> {
        let mut state = self.shared.state();
        match order {
            GuestOrder::Begin { name, volumes, next, write_every_ms } => {
                let volumes = self.open_all(&volumes)?;
                let write_every = Duration::from_millis(write_every_ms.into());
                self.start(&mut state)?;
                let (running, held, trouble) = (true, 0, None);
                state.guest =
                    Some(Guest { name, volumes, running, next, held, write_every, trouble });
            }
            GuestOrder::Pause => guest(&mut state)?.running = false,
            GuestOrder::Resume => guest(&mut state)?.running = true,
            GuestOrder::End => state.guest = None,
            GuestOrder::Report { reached } => {
                let short = |state: &mut State| {
                    state.guest.as_ref().is_some_and(|guest| guest.running && guest.next < reached)
                };
                let waited = self.shared.changed.wait_timeout_while(state, REPORT, short);
                state = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
        }
        let report = state.guest.as_ref().map(Guest::report).unwrap_or_default();
        drop(state);
        self.shared.changed.notify_all();
        Ok(report)
    }

    fn open_all(&self, volumes: &[Vec<String>]) -> io::Result<Vec<Vec<File>>> {
        if volumes.is_empty() || volumes.iter().any(Vec::is_empty) {
            return Err(io::Error::other("a guest needs a volume, and each volume a path"));
        }
        let open = |name: &String| open(&self.block_devices, name);
        volumes.iter().map(|paths| paths.iter().map(open).collect()).collect()
    }

    /// Starts the thread that writes, once.
    fn start(&self, state: &mut State) -> io::Result<()> {
        if !state.thread {
            let shared = Arc::clone(&self.shared);
            let thread = std::thread::Builder::new().name("guest".into());
            thread.spawn(move || run(&shared))?;
            state.thread = true;
        }
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.state().over = true;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn guest(state: &mut State) -> io::Result<&mut Guest> {
    state.guest.as_mut().ok_or_else(|| io::Error::other("there is no guest here"))
}

/// Opens a block device for writes that have reached it when they return.
fn open(folder: &Path, name: &str) -> io::Result<File> {
    let told = |cause: io::Error| io::Error::other(format!("block device {name}: {cause}"));
    if !is_plain(name) {
        return Err(told(io::ErrorKind::InvalidInput.into()));
    }
    let flags = |flags: OFlags| flags.bits().cast_signed();
    let open = |custom| {
        let mut options = File::options();
        options.read(true).write(true).custom_flags(custom).open(folder.join(name))
    };
    match open(flags(OFlags::DIRECT | OFlags::DSYNC)) {
        // A file on a file system that does not do it.
        Err(cause) if cause.kind() == io::ErrorKind::InvalidInput => open(flags(OFlags::DSYNC)),
        opened => opened,
    }
    .map_err(told)
}

/// Writes for as long as there is somebody to give orders.
fn run(shared: &Shared) {
    let mut state = shared.state();
    while !state.over {
        let pause = match &mut state.guest {
            Some(guest) if guest.running => Some(guest.write_next()),
            _ => None,
        };
        shared.changed.notify_all();
        // Orders come in between two writes, and only then.
        state = match pause {
            Some(pause) => {
                let waited = shared.changed.wait_timeout(state, pause);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
            None => shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
        };
    }
}

impl Guest {
    /// Writes the next block of the next volume, and says how long to wait then.
    fn write_next(&mut self) -> Duration {
        let block = Block::of(&self.name, self.next, self.volumes.len());
        let mut bytes = Box::new(Aligned([0; BLOCK_BYTES]));
        bytes.0.copy_from_slice(&block.encode());
        let at = Block::lba(self.next) * BLOCK_BYTES as u64;
        for path in &self.volumes[block.volume as usize] {
            match path.write_all_at(&bytes.0, at) {
                Ok(()) => {
                    self.next += 1;
                    return self.write_every;
                }
                Err(cause) => self.trouble = Some(cause.to_string()),
            }
        }
        self.held += 1;
        HOLD
    }

    fn report(&self) -> GuestReport {
        GuestReport {
            there: true,
            running: self.running,
            next: self.next,
            held: self.held,
            trouble: self.trouble.clone(),
        }
    }
}
