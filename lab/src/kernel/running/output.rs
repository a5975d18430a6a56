//! What the command prints: a file that grows, passed on piece by piece.

use std::fs::File;
use std::io::{self, Read as _, Write};

use rustix::fs::{FallocateFlags, fallocate};

use crate::kernel::KernelError;
use crate::kernel::room::Room;

/// How much that was passed on is kept before its room is given back, in bytes.
const KEPT_BYTES: u64 = 1 << 20;

/// One of the command's outputs.
#[derive(Debug)]
pub(super) struct Output {
    file: File,
    /// How much was passed on.
    passed: u64,
    /// Of how much of that the room was given back.
    given_back: u64,
}

impl Output {
    /// An empty one, in a file of this name.
    pub(super) fn new(room: &Room, name: &str) -> Result<Self, KernelError> {
        room.create(name)?;
        room.pipe(&format!("{name}.pipe"))?;
        Ok(Self { file: room.open(name)?, passed: 0, given_back: 0 })
    }

    /// Passes on what is there by now and was not passed on yet. What has been is not kept: a command that prints
    /// for ever takes no more room than the reader is behind.
    pub(super) fn pass(&mut self, to: &mut dyn Write) -> io::Result<()> {
        let mut left = self.file.metadata()?.len().saturating_sub(self.passed);
        if left == 0 {
            return Ok(());
        }
        let mut buffer = [0; 16384];
        while left > 0 {
            let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let read = self.file.read(&mut buffer[..most])?;
            if read == 0 {
                break;
            }
            to.write_all(&buffer[..read])?;
            left -= read as u64;
            self.passed += read as u64;
        }
        if self.passed - self.given_back >= KEPT_BYTES {
            let hole = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
            // Where a file system cannot do it, the file just grows.
            let _ = fallocate(&self.file, hole, self.given_back, self.passed - self.given_back);
            self.given_back = self.passed;
        }
        to.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt as _;

    use super::*;

    #[test]
    fn it_passes_everything_once_and_keeps_little() {
        let room = Room::new(1).unwrap();
        let mut output = Output::new(&room, "stdout").unwrap();
        let mut machine = File::options().append(true).open(room.path().join("stdout")).unwrap();
        let (mut passed, mut written) = (vec![], vec![]);
        for round in 0..40_u8 {
            let piece = vec![round; 100_000];
            machine.write_all(&piece).unwrap();
            written.extend(piece);
            output.pass(&mut passed).unwrap();
            output.pass(&mut passed).unwrap();
        }
        assert_eq!(passed, written);
        let facts = machine.metadata().unwrap();
        assert_eq!(facts.len(), 4_000_000);
        assert!(facts.blocks() * 512 < 2 * KEPT_BYTES, "{} blocks", facts.blocks());
    }
}
