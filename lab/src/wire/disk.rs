//! Volumes whose content is a file.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use nix::fcntl::{FallocateFlags, fallocate};
use npivot_fabric::World;
use npivot_fabric::array::{Storage, StorageError};

/// Bytes of a block as `stat` counts them.
const STAT_BLOCK_BYTES: u64 = 512;

/// A volume and the file that is to be its content, in words: `vault/scratch=disk.img`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct VolumeFile {
    /// The array's name.
    pub array: String,
    /// The volume's name.
    pub volume: String,
    /// The file.
    pub file: PathBuf,
}

/// Why a volume cannot be kept in a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiskError {
    /// The words do not name one.
    #[error("`{}` names no volume and file: expected ARRAY/VOLUME=FILE, as vault/scratch=disk.img", .0.escape_debug())]
    Words(String),
    /// There is no such volume.
    #[error("there is no volume `{volume}` on an array `{array}` in the topology")]
    NoVolume {
        /// The array's name.
        array: String,
        /// The volume's name.
        volume: String,
    },
    /// Two files were named for it.
    #[error("the volume {array}/{volume} is given twice: it can have one file")]
    Twice {
        /// The array's name.
        array: String,
        /// The volume's name.
        volume: String,
    },
    /// It is another volume's, in this process or another.
    #[error("{}: in use: it is kept by another npivot, or another volume is kept in it", .0.display())]
    InUse(PathBuf),
    /// The file has another size.
    #[error(
        "{}: the file has {found} bytes, the volume {expected}: give the volume that size, or name another file",
        .file.display()
    )]
    Size {
        /// The file.
        file: PathBuf,
        /// The volume's size, in bytes.
        expected: u64,
        /// The file's.
        found: u64,
    },
    /// The file cannot be used.
    #[error("{}: {cause}", .file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
}

impl FromStr for VolumeFile {
    type Err = DiskError;
    fn from_str(text: &str) -> Result<Self, DiskError> {
        let words = || {
            let (name, file) = text.split_once('=')?;
            let (array, volume) = name.split_once('/')?;
            let whole = !array.is_empty() && !volume.is_empty() && !file.is_empty();
            let (array, volume) = (array.to_owned(), volume.to_owned());
            whole.then(|| Self { array, volume, file: file.into() })
        };
        words().ok_or_else(|| DiskError::Words(text.into()))
    }
}

impl VolumeFile {
    /// Does what [`attach`](Self::attach) does for each of them.
    ///
    /// # Errors
    /// [`DiskError::Twice`], before anything is done; as of `attach`, at the first that cannot be.
    pub fn attach_all(all: &[Self], world: &mut World) -> Result<(), DiskError> {
        for (before, one) in all.iter().enumerate() {
            let same = |other: &Self| (&other.array, &other.volume) == (&one.array, &one.volume);
            if all[..before].iter().any(same) {
                let (array, volume) = (one.array.clone(), one.volume.clone());
                return Err(DiskError::Twice { array, volume });
            }
        }
        all.iter().try_for_each(|one| one.attach(world))
    }

    /// Keeps the volume's content in the file from now on. A file that is not there is made, sparse and as
    /// large as the volume; one that is there must have its size, and what it holds is what the volume holds.
    ///
    /// # Errors
    /// [`DiskError`]; the volume is as before then.
    pub fn attach(&self, world: &mut World) -> Result<(), DiskError> {
        let no_volume =
            || DiskError::NoVolume { array: self.array.clone(), volume: self.volume.clone() };
        let array = world.arrays().iter().position(|node| node.name() == self.array);
        let array = array.ok_or_else(no_volume)?;
        let node = &world.arrays()[array].array;
        let ix = node.volume_named(&self.volume).ok_or_else(no_volume)?;
        let disk = FileDisk::open(&self.file, node.volume(ix).size_bytes())?;
        let array = npivot_fabric::san::ids::ArrayIx::from_index(array);
        world.keep_volume_in(array, &self.volume, Box::new(disk)).map_err(|_| no_volume())
    }
}

/// The content of a volume in a file: sparse, and punched where the initiator frees blocks.
#[derive(Debug)]
pub struct FileDisk {
    file: File,
}

impl FileDisk {
    /// Opens a file of this size, or makes one. It is this disk's alone, as long as there is one.
    ///
    /// # Errors
    /// [`DiskError::InUse`], [`DiskError::Size`], [`DiskError::Io`].
    pub fn open(path: &Path, bytes: u64) -> Result<Self, DiskError> {
        let io = |cause| DiskError::Io { file: path.into(), cause };
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true);
        match options.clone().create_new(true).open(path) {
            Ok(file) => {
                let made = lock(&file, path).and_then(|()| file.set_len(bytes).map_err(io));
                if made.as_ref().is_err_and(|error| !matches!(error, DiskError::InUse(_))) {
                    // An empty one would be in the way of the next attempt.
                    let _ = std::fs::remove_file(path);
                }
                made.map(|()| Self { file })
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let file = options.open(path).map_err(io)?;
                lock(&file, path)?;
                let found = file.metadata().map_err(io)?.len();
                if found != bytes {
                    return Err(DiskError::Size { file: path.into(), expected: bytes, found });
                }
                Ok(Self { file })
            }
            Err(error) => Err(io(error)),
        }
    }
}

/// Takes the file for its own until it is closed. Two who write to one would each spoil the other's.
fn lock(file: &File, path: &Path) -> Result<(), DiskError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(DiskError::InUse(path.into())),
        // Not every file system has locks.
        Err(TryLockError::Error(cause))
            if cause.kind() == io::ErrorKind::Unsupported
                || cause.raw_os_error() == Some(nix::libc::ENOLCK) =>
        {
            Ok(())
        }
        Err(TryLockError::Error(cause)) => Err(DiskError::Io { file: path.into(), cause }),
    }
}

fn failed(at: u64) -> impl Fn(io::Error) -> StorageError {
    move |error| match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StorageError::Full,
        _ => StorageError::Failed { at },
    }
}

impl Storage for FileDisk {
    fn read(&mut self, at: u64, into: &mut [u8]) -> Result<(), StorageError> {
        self.file.read_exact_at(into, at).map_err(failed(at))
    }

    fn write(&mut self, at: u64, data: &[u8]) -> Result<(), StorageError> {
        self.file.write_all_at(data, at).map_err(failed(at))
    }

    fn flush(&mut self) -> Result<(), StorageError> {
        self.file.sync_data().map_err(failed(0))
    }

    fn zero(&mut self, at: u64, bytes: u64) -> Result<(), StorageError> {
        let hole = FallocateFlags::FALLOC_FL_PUNCH_HOLE | FallocateFlags::FALLOC_FL_KEEP_SIZE;
        let range = i64::try_from(at).ok().zip(i64::try_from(bytes).ok());
        let punched =
            range.is_some_and(|(at, bytes)| fallocate(&self.file, hole, at, bytes).is_ok());
        if punched {
            return Ok(());
        }
        // Not every file system has holes.
        let zeros = vec![0; 65_536];
        let mut done = 0;
        while done < bytes {
            let piece = usize::try_from(bytes - done).map_or(zeros.len(), |n| n.min(zeros.len()));
            self.write(at + done, &zeros[..piece])?;
            done += piece as u64;
        }
        Ok(())
    }

    fn resize(&mut self, bytes: u64) -> Result<(), StorageError> {
        self.file.set_len(bytes).map_err(failed(bytes))
    }

    fn used_bytes(&self) -> u64 {
        self.file.metadata().map_or(0, |metadata| metadata.blocks() * STAT_BLOCK_BYTES)
    }
}
