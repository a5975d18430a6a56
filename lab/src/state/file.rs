//! The log's file: appended to, and believed only as far as it is whole.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};

use super::frame;

/// What records are written to.
pub(super) trait Medium {
    /// Writes at this place, which is the end.
    fn write(&mut self, at: u64, bytes: &[u8]) -> io::Result<()>;
    /// Returns once all that was written outlives a loss of power.
    fn sync(&mut self) -> io::Result<()>;
    /// Cuts off what is behind this place.
    fn cut(&mut self, at: u64) -> io::Result<()>;
}

impl Medium for File {
    fn write(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.seek(SeekFrom::Start(at))?;
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn cut(&mut self, at: u64) -> io::Result<()> {
        self.set_len(at)
    }
}

/// The end of a log, where records are added.
#[derive(Debug)]
pub(super) struct Tail<M> {
    medium: M,
    /// Up to here it is whole.
    bytes: u64,
    checksum: u64,
    /// Why nothing can be added any more.
    failed: Option<String>,
}

/// Why a record was not added.
#[derive(Debug)]
pub(super) enum NotAdded {
    /// It would be too much.
    Full,
    /// The system refused, now or before.
    Refused(String),
}

impl<M: Medium> Tail<M> {
    /// After this many bytes, whose last record has this checksum.
    pub(super) const fn new(medium: M, bytes: u64, checksum: u64) -> Self {
        Self { medium, bytes, checksum, failed: None }
    }

    /// Cuts off what is behind the last whole record.
    pub(super) fn cut(&mut self) -> io::Result<()> {
        self.medium.cut(self.bytes)?;
        self.medium.sync()
    }

    /// Adds a record. Once this has returned, it stays. After a failure nothing is added any more: a record
    /// that is missing in the middle would make the later ones tell of another run.
    pub(super) fn add(&mut self, payload: &str, max_bytes: u64) -> Result<(), NotAdded> {
        if let Some(failed) = &self.failed {
            return Err(NotAdded::Refused(failed.clone()));
        }
        let record = frame::encode(self.checksum, payload);
        let fits = |(record, _): &(Vec<u8>, u64)| self.bytes + record.len() as u64 <= max_bytes;
        let Some((record, checksum)) = record.filter(fits) else {
            self.failed = Some("the log is full".into());
            return Err(NotAdded::Full);
        };
        let written = self.medium.write(self.bytes, &record).and_then(|()| self.medium.sync());
        if let Err(cause) = written {
            // As good as it can be made: what stays of it is unfinished, or a step that was made.
            let _ = self.cut();
            self.failed = Some(cause.to_string());
            return Err(NotAdded::Refused(cause.to_string()));
        }
        self.bytes += record.len() as u64;
        self.checksum = checksum;
        Ok(())
    }
}
