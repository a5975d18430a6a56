//! The directory through which a machine and whoever booted it talk, and which holds the machine's memory.
//!
//! | file | who writes it | what it is |
//! |---|---|---|
//! | `settings.sh`, `fstab.*`, `shares`, `dev/*`, `command.sh`, `beside.sh`, `input` | we, before it boots | see `script` |
//! | `phase` | the machine | what it is doing |
//! | `said` | the machine | what the programs that set it up said |
//! | `stdout.pipe`, `stderr.pipe` | the command | pipes, which carry nothing out of the machine |
//! | `stdout`, `stderr` | the machine | what came through them, as it goes |
//! | `ended` | the machine | the command's exit status, with a newline: only the rest of its output is missing |
//! | `status` | the machine | the same, with a newline: it is over |
//! | `failed` | the machine | what could not be done, with a newline: it is over |
//! | `beside.out` | the program beside | all it prints |
//! | `san/` | whoever asks, and whoever serves | what is to be done to the simulated SAN, see [`crate::act`] |
//! | `console` | the kernel | its messages |

use std::env;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode, StatVfsMountFlags, mknodat, statfs, statvfs};
use tempfile::TempDir;

use super::KernelError;

/// Where a machine asks for what is to be done to the simulated SAN.
pub(crate) const SAN: &str = "san";
/// What statfs calls a file system in memory (linux/magic.h, TMPFS_MAGIC).
const TMPFS: i64 = 0x0102_1994;
/// Room for what is written beside the memory, in bytes.
const SPARE_BYTES: u64 = 16 << 20;
/// How much of the console's end is told.
const LAST_WORDS_BYTES: u64 = 2048;

/// The directory, deleted when it is dropped.
#[derive(Debug)]
pub(super) struct Room {
    folder: TempDir,
}

impl Room {
    /// A new one, where there is room for `memory_mib`.
    pub(super) fn new(memory_mib: u32) -> Result<Self, KernelError> {
        let base = base(memory_mib)?;
        let folder = tempfile::Builder::new().prefix("npivot-kernel-").tempdir_in(&base);
        let doing = || format!("making a directory in {}", base.display());
        let folder = folder.map_err(KernelError::io(doing()))?;
        fs::create_dir(folder.path().join(SAN)).map_err(KernelError::io(doing()))?;
        Ok(Self { folder })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes one of our files.
    pub(super) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<(), KernelError> {
        fs::write(self.path().join(name), bytes).map_err(KernelError::io(format!("writing {name}")))
    }

    /// Makes an empty file that the machine, or its kernel, writes to.
    pub(super) fn create(&self, name: &str) -> Result<File, KernelError> {
        let path = self.path().join(name);
        File::create(path).map_err(KernelError::io(format!("making {name}")))
    }

    /// Makes a symbolic link, for the machine to copy.
    pub(super) fn link(&self, name: &str, target: &str) -> Result<(), KernelError> {
        let link = || {
            fs::create_dir_all(self.path().join("dev"))?;
            symlink(target, self.path().join("dev").join(name))
        };
        link().map_err(KernelError::io(format!("making {name}")))
    }

    /// Makes a pipe, at whose ends are programs of the machine.
    pub(super) fn pipe(&self, name: &str) -> Result<(), KernelError> {
        let path = self.path().join(name);
        let mode = Mode::RUSR | Mode::WUSR;
        mknodat(CWD, path, FileType::Fifo, mode, 0)
            .map_err(KernelError::os(format!("making {name}")))
    }

    /// Opens a file that the machine writes to, to read it and to make it smaller.
    pub(super) fn open(&self, name: &str) -> Result<File, KernelError> {
        let path = self.path().join(name);
        File::options()
            .read(true)
            .write(true)
            .open(path)
            .map_err(KernelError::io(format!("opening {name}")))
    }

    /// All that is in a file; nothing if there is none.
    pub(super) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path().join(name)).unwrap_or_default()
    }

    /// A line that the machine has written to its end.
    pub(super) fn line(&self, name: &str) -> Option<String> {
        let bytes = fs::read(self.path().join(name)).ok()?;
        let text = String::from_utf8_lossy(&bytes);
        text.strip_suffix('\n').map(str::to_owned)
    }

    /// What the machine is doing.
    pub(super) fn phase(&self) -> String {
        self.line("phase").unwrap_or_else(|| "booting".to_owned())
    }

    /// The end of a file of text, whole lines; nothing if there is none.
    pub(super) fn end_of(&self, name: &str) -> String {
        let read = || -> io::Result<String> {
            let mut file = File::open(self.path().join(name))?;
            let length = file.metadata()?.len();
            let from = length.saturating_sub(LAST_WORDS_BYTES);
            file.seek(SeekFrom::Start(from))?;
            let mut bytes = vec![];
            file.take(LAST_WORDS_BYTES).read_to_end(&mut bytes)?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            Ok(match text.split_once('\n') {
                Some((_, whole)) if from > 0 => whole.trim_end().to_owned(),
                _ => text.trim_end().to_owned(),
            })
        };
        read().unwrap_or_default()
    }
}

/// Whether a path can be written on a kernel's command line and in an fstab as it is.
pub(super) fn is_plain(path: &Path) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._+-".contains(byte);
    path.is_absolute() && path.as_os_str().as_bytes().iter().all(plain)
}

/// The directory for a machine's memory: in memory itself if there is one, for a disk would write all of it down.
fn base(memory_mib: u32) -> Result<PathBuf, KernelError> {
    let named = env::var_os("TMPDIR").map(PathBuf::from).filter(|path| path.is_absolute());
    let usual = ["/dev/shm", "/tmp", "/var/tmp"].map(PathBuf::from);
    let candidates: Vec<PathBuf> = named.into_iter().chain(usual).collect();
    let bytes = (u64::from(memory_mib) << 20) + SPARE_BYTES;
    let judged: Vec<_> = candidates.iter().map(|path| (path, judge(path, bytes))).collect();
    let fit =
        |memory: bool| judged.iter().find(|(_, fit)| *fit == Ok(memory)).map(|(path, _)| *path);
    fit(true).or_else(|| fit(false)).cloned().ok_or_else(|| {
        let looked = judged
            .iter()
            .filter_map(|(path, fit)| Some(format!("{} {}", path.display(), fit.as_ref().err()?)));
        KernelError::NoRoom { memory_mib, looked: looked.collect::<Vec<_>>().join(", ") }
    })
}

/// Whether a directory is in memory, or why it cannot be used.
fn judge(path: &Path, bytes: u64) -> Result<bool, String> {
    if !is_plain(path) {
        return Err("has a name that a kernel's command line cannot hold".to_owned());
    }
    let facts = statvfs(path).map_err(|cause| format!("is not usable ({cause})"))?;
    if facts.f_flag.contains(StatVfsMountFlags::NOEXEC) {
        return Err("is mounted noexec".to_owned());
    }
    let free = facts.f_bavail.saturating_mul(facts.f_frsize);
    if free < bytes {
        return Err(format!("has {} MiB free", free >> 20));
    }
    if let Err(cause) = rustix::fs::access(path, rustix::fs::Access::WRITE_OK) {
        return Err(format!("is not ours to write to ({cause})"));
    }
    Ok(statfs(path).is_ok_and(|facts| facts.f_type == TMPFS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_paths_reach_a_command_line() {
        for plain in ["/", "/dev/shm/npivot-kernel-aB3", "/srv/a_b+c.d"] {
            assert!(is_plain(Path::new(plain)), "{plain}");
        }
        for other in ["", "a", "/a b", "/a,b", "/a\"b", "/a\nb", "/ä"] {
            assert!(!is_plain(Path::new(other)), "{other}");
        }
    }

    #[test]
    fn without_room_each_directory_says_why() {
        let error = base(u32::MAX).unwrap_err().to_string();
        for part in ["/tmp", "MiB free", "TMPDIR"] {
            assert!(error.contains(part), "{error}");
        }
        assert!(judge(Path::new("/no/such"), 1).unwrap_err().contains("not usable"));
        assert!(judge(Path::new("/no such"), 1).unwrap_err().contains("command line"));
    }

    #[test]
    fn a_line_counts_when_it_is_whole() {
        let room = Room::new(1).unwrap();
        assert_eq!((room.line("status"), room.phase()), (None, "booting".to_owned()));
        room.write("status", "1").unwrap();
        assert_eq!(room.line("status"), None);
        room.write("status", "17\n").unwrap();
        assert_eq!(room.line("status").as_deref(), Some("17"));
        let path = room.path().to_owned();
        drop(room);
        assert!(!path.exists());
    }

    #[test]
    fn the_end_of_a_long_text_is_whole_lines() {
        let room = Room::new(1).unwrap();
        assert_eq!(room.end_of("console"), "");
        room.write("console", "one\ntwo\n").unwrap();
        assert_eq!(room.end_of("console"), "one\ntwo");
        room.write("console", "a line\n".repeat(1000)).unwrap();
        let end = room.end_of("console");
        assert!(end.lines().all(|line| line == "a line") && end.len() > 1024, "{end}");
    }
}
