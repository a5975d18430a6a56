//! Why a world cannot be kept in a directory.

use std::io;
use std::path::{Path, PathBuf};

use npivot_fabric::world::{LogError, Refusal};

/// Why a world cannot be kept in a directory, or not be taken from it. Nothing in it was changed then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// There is something else in its place.
    #[error("{}: is not a directory: name one, or one that is to be made", .0.display())]
    NotADirectory(PathBuf),
    /// It is somebody else's.
    #[error(
        "{}: there is no world in it, but {names}: name an empty directory, or one that is to be made",
        path.display()
    )]
    Foreign {
        /// The directory.
        path: PathBuf,
        /// What is in it.
        names: String,
    },
    /// Another command has it.
    #[error("{}: in use by {by}: try again when it has ended, or wait for it with --state-wait", path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
        /// Which process, as people say it.
        by: String,
    },
    /// It must be written to, and cannot be.
    #[error(
        "{}: cannot be written ({cause}): name a directory of yours; a copy of this one will do",
        path.display()
    )]
    ReadOnly {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The system refused something else.
    #[error("{}: cannot be {doing}: {cause}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What was to be done, as `read`.
        doing: &'static str,
        /// What the system said.
        cause: io::Error,
    },
    /// A file of ours is no file.
    #[error("{}: is not a file: move it away, or name another directory", .0.display())]
    NotAFile(PathBuf),
    /// The log has grown beyond what is read.
    #[error("{}: is full ({} MiB): begin another world in another directory", path.display(), max_bytes >> 20)]
    Full {
        /// The log.
        path: PathBuf,
        /// The most bytes of a log.
        max_bytes: u64,
    },
    /// A record is not what was written.
    #[error("{}: record {record} is damaged: {what}; {}", path.display(), way_out(path, *record))]
    Damaged {
        /// The log.
        path: PathBuf,
        /// Which record, from 1; it is also the line.
        record: usize,
        /// What is wrong with it.
        what: String,
    },
    /// Written by a later version.
    #[error(
        "{}: written by npivot {by} in version {found} of its form, this is {} and reads version {known}: \
         use that one, or another directory",
        path.display(),
        env!("CARGO_PKG_VERSION")
    )]
    Newer {
        /// The log.
        path: PathBuf,
        /// The program that wrote it.
        by: String,
        /// The version of its form.
        found: u32,
        /// The version that is read.
        known: u32,
    },
    /// What it says cannot be done again.
    #[error(
        "{}: begun by npivot {by}, cannot be replayed by {}: {cause}; use that one, or another directory",
        path.display(),
        env!("CARGO_PKG_VERSION")
    )]
    Replay {
        /// The log.
        path: PathBuf,
        /// The program that wrote it.
        by: String,
        /// What is wrong.
        cause: LogError,
    },
    /// Done again, it leads to another world.
    #[error(
        "{}: begun by npivot {by}, leads to another world with this program ({}), whose simulation is \
         another: use that one, or another directory",
        path.display(),
        env!("CARGO_PKG_VERSION")
    )]
    Diverged {
        /// The log.
        path: PathBuf,
        /// The program that wrote it.
        by: String,
    },
    /// It is the world of another topology.
    #[error(
        "{}: its world was built from another topology than {} is now: {}begin anew in another directory",
        path.display(), file.display(), begun_with.as_deref().map(go_on).unwrap_or_default()
    )]
    OtherTopology {
        /// The directory.
        path: PathBuf,
        /// The topology file that was named.
        file: PathBuf,
        /// What it was when the world was begun, where that is known.
        begun_with: Option<PathBuf>,
    },
    /// The topology cannot be built, which its checks did not find.
    #[error("the topology cannot be built: {0}")]
    Build(Refusal),
    /// What was done could not be written down.
    #[error("{}: what was done could not be written ({cause}), and the next command will not know of it", path.display())]
    NotKept {
        /// The log.
        path: PathBuf,
        /// What the system said.
        cause: String,
    },
}

fn go_on(file: &Path) -> String {
    format!("go on with {}, which is what it was, or ", file.display())
}

/// Records are lines, so what is before a damaged one can be taken out with the tools of every system.
fn way_out(path: &Path, record: usize) -> String {
    match record.checked_sub(1) {
        Some(good @ 2..) => format!(
            "what was before it can be gone on with in another directory: \
             head -n {good} {} > DIR/{}",
            path.display(),
            super::LOG
        ),
        _ => "nothing of it can be used: name another directory".into(),
    }
}

impl StateError {
    /// The system refused a write.
    pub(super) fn writing(path: impl Into<PathBuf>, cause: io::Error) -> Self {
        let path = path.into();
        match cause.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::ReadOnly { path, cause }
            }
            io::ErrorKind::NotADirectory => Self::NotADirectory(path),
            _ => Self::Io { path, doing: "written", cause },
        }
    }

    /// The system refused a read.
    pub(super) fn reading(path: impl Into<PathBuf>, cause: io::Error) -> Self {
        Self::Io { path: path.into(), doing: "read", cause }
    }
}
