//! A capture file of what a port carries, as Wireshark and tcpdump open it: pcap, Ethernet, microseconds.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use npivot_fabric::world::SimTime;

const MAGIC: u32 = 0xa1b2_c3d4;
const ETHERNET: u32 = 1;
const SNAP_BYTES: u32 = 65_535;

/// Writes every frame, with the world's time: the beginning of the world is the beginning of 1970. Clones
/// write to the same file.
#[derive(Clone)]
pub struct Tap(Arc<Mutex<Inner>>);

struct Inner {
    out: Box<dyn Write + Send>,
    /// The first error; nothing is written after it.
    failed: Option<(io::ErrorKind, String)>,
}

impl std::fmt::Debug for Tap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tap").finish_non_exhaustive()
    }
}

impl Tap {
    /// Begins a capture in a file, which is made or overwritten.
    ///
    /// # Errors
    /// The file system's.
    pub fn create(path: &Path) -> io::Result<Self> {
        Self::to(BufWriter::new(File::create(path)?))
    }

    /// Begins a capture anywhere else.
    ///
    /// # Errors
    /// The writer's.
    pub fn to(mut out: impl Write + Send + 'static) -> io::Result<Self> {
        let mut header = vec![];
        header.extend(MAGIC.to_ne_bytes());
        header.extend(2_u16.to_ne_bytes());
        header.extend(4_u16.to_ne_bytes());
        header.extend([0; 8]);
        header.extend(SNAP_BYTES.to_ne_bytes());
        header.extend(ETHERNET.to_ne_bytes());
        out.write_all(&header)?;
        Ok(Self(Arc::new(Mutex::new(Inner { out: Box::new(out), failed: None }))))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a frame. What goes wrong is kept for [`flush`](Self::flush): a full disk is no reason to lose a
    /// frame on the wire.
    pub fn frame(&self, at: SimTime, frame: &[u8]) {
        let mut inner = self.inner();
        if inner.failed.is_none() {
            let written = inner.write(at, frame);
            inner.keep(written);
        }
    }

    /// Brings what was captured so far to where it is read.
    ///
    /// # Errors
    /// The first that there was while it was written, each time.
    pub fn flush(&self) -> io::Result<()> {
        let mut inner = self.inner();
        if inner.failed.is_none() {
            let flushed = inner.out.flush();
            inner.keep(flushed);
        }
        match &inner.failed {
            Some((kind, why)) => Err(io::Error::new(*kind, why.clone())),
            None => Ok(()),
        }
    }
}

impl Inner {
    fn keep(&mut self, done: io::Result<()>) {
        self.failed = done.err().map(|error| (error.kind(), error.to_string()));
    }

    fn write(&mut self, at: SimTime, frame: &[u8]) -> io::Result<()> {
        let number = |value: u64| u32::try_from(value).unwrap_or(u32::MAX).to_ne_bytes();
        let length = number(frame.len() as u64);
        self.out.write_all(&number(at.0 / 1_000_000))?;
        self.out.write_all(&number(at.0 % 1_000_000))?;
        self.out.write_all(&length)?;
        self.out.write_all(&length)?;
        self.out.write_all(frame)
    }
}
