//! Each question's answer.

use std::io;

use npivot_sysfs::files::joined;

use super::Ground;
use super::writer::Writer;
use crate::line::words::{Answer, Ask, Fault, Name};

/// How much one answer holds before the rest is left to another, in bytes.
const ANSWER_BYTES: usize = 1 << 20;
/// What an entry takes beside its name, in bytes, at the most.
const ENTRY_BYTES: usize = 16;

/// Who knows the answers.
#[derive(Debug)]
pub(super) struct Answers {
    ground: Ground,
    writer: Writer,
}

impl Answers {
    pub(super) fn new(ground: Ground) -> Self {
        let writer = Writer::new(ground.block_devices.clone());
        Self { ground, writer }
    }

    pub(super) fn answer(
        &self,
        ask: Ask,
        subscribe: &dyn Fn() -> Result<(), Fault>,
    ) -> Result<Answer, Fault> {
        let files = &*self.ground.files;
        Ok(match ask {
            Ask::List { dir, dirs } => Answer::Listed(self.listed(&dir, &dirs)),
            Ask::Read { dir, paths } => Answer::Content(self.content(&dir, &paths)),
            Ask::Link(path) => Answer::Text(files.link(&path)?),
            Ask::Mode(path) => Answer::Number(files.mode(&path)?.into()),
            Ask::Write(path, bytes) => Answer::Number(files.write(&path, &bytes)? as u64),
            Ask::PassedOver => Answer::Number(files.passed_over()),
            Ask::Send { device, cdb, allocation, timeout_ms } => {
                let device = device.found().ok_or_else(|| io::Error::other("no SCSI address"))?;
                let allocation = allocation as usize;
                let sent = self.ground.devices.send(&device, &cdb, allocation, timeout_ms);
                Answer::Sent(sent.map_err(Into::into))
            }
            Ask::Subscribe => subscribe().map(|()| Answer::Done)?,
            Ask::Guest(order) => Answer::Guest(self.writer.obey(order)?),
        })
    }

    fn listed(&self, dir: &str, dirs: &[String]) -> Vec<Result<Vec<Name>, Fault>> {
        let list = |path: &String| self.ground.files.list(&joined(dir, path));
        up_to(dirs.iter().map(list), |entries| {
            entries.iter().map(|entry| entry.name.len() + ENTRY_BYTES).sum()
        })
        .map(|one| Ok(one?.into_iter().map(Name::from).collect()))
        .collect()
    }

    fn content(&self, dir: &str, paths: &[String]) -> Vec<Result<Vec<u8>, Fault>> {
        // All in one question to the files: they do it with fewer system calls.
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let read = self.ground.files.read_each(dir, &paths);
        up_to(read, Vec::len).map(|one| one.map_err(Fault::from)).collect()
    }
}

/// As many of these as one answer holds, and one at least.
fn up_to<T>(
    all: impl IntoIterator<Item = io::Result<T>>,
    bytes: impl Fn(&T) -> usize,
) -> impl Iterator<Item = io::Result<T>> {
    let mut sum = 0;
    all.into_iter().take_while(move |one| {
        let fits = sum < ANSWER_BYTES;
        sum += ENTRY_BYTES + one.as_ref().map_or(0, &bytes);
        fits
    })
}
