//! Where the content of a volume is kept: in memory, sparse, or in what the caller gives.
//!
//! This crate does no I/O. A volume that is backed by a file is one whose [`Storage`] the caller wrote:
//! the array asks it for bytes and tells its initiators what it answers.

mod sparse;

use std::fmt;

pub(super) use sparse::Sparse;

/// The size of a logical block, in bytes, as SCSI carries it.
pub const BLOCK_LENGTH: u32 = 512;
/// The same, to count bytes in memory.
pub const BLOCK_BYTES: usize = BLOCK_LENGTH as usize;

/// A place for the content of one volume.
///
/// # For users
/// Give one to [`Array::set_storage`](super::Array::set_storage). Positions are bytes from the volume's
/// start; they and all lengths are multiples of 512.
///
/// # For authors
/// The array has checked every range against the volume's size. What was never written reads as zeros.
/// A run is repeatable only as long as the answers follow from what was asked: the same writes, the same
/// reads. Nothing here may wait for long; the whole world stands still meanwhile.
///
/// ```
/// use npivot_fabric::array::{Storage, StorageError};
///
/// /// One megabyte, at once.
/// #[derive(Debug)]
/// struct Plain(Vec<u8>);
///
/// impl Storage for Plain {
///     fn read(&mut self, at: u64, into: &mut [u8]) -> Result<(), StorageError> {
///         let at = usize::try_from(at).map_err(|_| StorageError::Failed { at })?;
///         into.copy_from_slice(&self.0[at..at + into.len()]);
///         Ok(())
///     }
///     fn write(&mut self, at: u64, data: &[u8]) -> Result<(), StorageError> {
///         let at = usize::try_from(at).map_err(|_| StorageError::Failed { at })?;
///         self.0[at..at + data.len()].copy_from_slice(data);
///         Ok(())
///     }
///     fn flush(&mut self) -> Result<(), StorageError> {
///         Ok(())
///     }
/// }
/// let mut plain = Plain(vec![7; 1 << 20]);
/// plain.zero(512, 1024)?;
/// assert_eq!(plain.0[511..513], [7, 0]);
/// # Ok::<(), StorageError>(())
/// ```
pub trait Storage: fmt::Debug + Send + Sync {
    /// Fills `into` from byte `at` on.
    ///
    /// # Errors
    /// `Failed`: the initiator gets MEDIUM ERROR, UNRECOVERED READ ERROR with the block.
    fn read(&mut self, at: u64, into: &mut [u8]) -> Result<(), StorageError>;

    /// Puts `data` at byte `at`.
    ///
    /// # Errors
    /// `Full`: DATA PROTECT, SPACE ALLOCATION FAILED WRITE PROTECT. `Failed`: MEDIUM ERROR, WRITE ERROR.
    fn write(&mut self, at: u64, data: &[u8]) -> Result<(), StorageError>;

    /// Brings what was written to where it stays: SYNCHRONIZE CACHE, a write with FUA, and every write
    /// while the initiator has turned the write cache off.
    ///
    /// # Errors
    /// As of [`write`](Self::write).
    fn flush(&mut self) -> Result<(), StorageError>;

    /// Makes `bytes` bytes from `at` on read as zeros, and gives their space back if it can (a hole in a
    /// file): UNMAP, WRITE SAME. By default they are written, 64 KiB at a time.
    ///
    /// # Errors
    /// As of [`write`](Self::write).
    fn zero(&mut self, at: u64, bytes: u64) -> Result<(), StorageError> {
        static ZEROS: [u8; 65_536] = [0; 65_536];
        let mut done = 0;
        while done < bytes {
            let piece = usize::try_from(bytes - done).map_or(ZEROS.len(), |n| n.min(ZEROS.len()));
            self.write(at + done, &ZEROS[..piece])?;
            done += piece as u64;
        }
        Ok(())
    }

    /// The volume has another size now; what is beyond it is of no use any more.
    ///
    /// # Errors
    /// The volume keeps its size then.
    fn resize(&mut self, bytes: u64) -> Result<(), StorageError> {
        let _ = bytes;
        Ok(())
    }

    /// How much the content takes, in bytes, if that is known.
    fn used_bytes(&self) -> u64 {
        0
    }
}

/// Why content could not be read or kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// There is no space left.
    #[error("no space is left for the volume's content")]
    Full,
    /// It failed.
    #[error("the volume's content at byte {at} could not be read or written")]
    Failed {
        /// Where, in bytes from the start of the volume.
        at: u64,
    },
}

/// The content of a volume.
#[derive(Debug)]
pub(super) enum Content {
    /// In memory.
    Memory(Sparse),
    /// Wherever the caller keeps it.
    Given(Box<dyn Storage>),
}

impl Content {
    pub(super) fn read(&mut self, at: u64, into: &mut [u8]) -> Result<(), StorageError> {
        match self {
            Self::Memory(sparse) => {
                sparse.read(at, into);
                Ok(())
            }
            Self::Given(given) => given.read(at, into),
        }
    }

    /// Writes; content in memory may grow by `room` bytes.
    pub(super) fn write(&mut self, at: u64, data: &[u8], room: u64) -> Result<(), StorageError> {
        match self {
            Self::Memory(sparse) => sparse.write_within(at, data, room),
            Self::Given(given) => given.write(at, data),
        }
    }

    pub(super) fn zero(&mut self, at: u64, bytes: u64) -> Result<(), StorageError> {
        match self {
            Self::Memory(sparse) => {
                sparse.zero(at, bytes);
                Ok(())
            }
            Self::Given(given) => given.zero(at, bytes),
        }
    }

    pub(super) fn flush(&mut self) -> Result<(), StorageError> {
        match self {
            Self::Memory(_) => Ok(()),
            Self::Given(given) => given.flush(),
        }
    }

    pub(super) fn resize(&mut self, from: u64, to: u64) -> Result<(), StorageError> {
        match self {
            Self::Memory(sparse) => {
                sparse.zero(to, from.saturating_sub(to));
                Ok(())
            }
            Self::Given(given) => given.resize(to),
        }
    }

    pub(super) fn used_bytes(&self) -> u64 {
        match self {
            Self::Memory(sparse) => sparse.used_bytes(),
            Self::Given(given) => given.used_bytes(),
        }
    }

    /// What it takes of the array's memory.
    pub(super) fn memory_bytes(&self) -> u64 {
        match self {
            Self::Memory(sparse) => sparse.used_bytes(),
            Self::Given(_) => 0,
        }
    }
}
