//! Documents: definitions that people hand in, and those that they get.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
use std::path::Path;

use npivot::libvirt::MAX_BYTES;

use crate::args::{Command, Guest, Pool, Vhba};
use crate::outcome::Failure;

/// A document, with its name for errors.
pub(super) struct Input {
    pub(super) name: String,
    pub(super) text: String,
}

impl Input {
    /// What a command is handed, read before anything is taken hold of: whoever writes it may need that.
    pub(super) fn of(command: &Command) -> Result<Option<Self>, Failure> {
        let file = match command {
            Command::Vhba(Vhba::Define { file, .. } | Vhba::Create { file, .. }) => file.as_deref(),
            Command::Pool(Pool::Define { file }) => Some(&**file),
            Command::Guest(Guest::Resolve { guest, .. }) => Some(&**guest),
            _ => None,
        };
        file.map(Self::read).transpose()
    }

    /// Reads a file; `-` is standard input.
    fn read(path: &Path) -> Result<Self, Failure> {
        let unread = |cause| Failure::Unread(path.into(), cause);
        let (name, bytes) = if path == Path::new("-") {
            ("<stdin>".into(), bounded(io::stdin().lock()))
        } else {
            let file = File::open(path).map_err(unread)?;
            (path.display().to_string(), bounded(file))
        };
        let bytes = bytes.map_err(unread)?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            Failure::Word(format!("{name}: is not UTF-8 from byte {at} on: convert it to UTF-8"))
        })?;
        Ok(Self { name, text })
    }
}

/// Reads it, up to a byte more than any document may have: who reads the document says that it is too long.
pub(super) fn bounded(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = vec![];
    from.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a document: to a file whole or not at all, which keeps its owner, its mode and the symbolic links to it; to
/// what is no file (a pipe, a terminal, `/dev/null`) as it is; to `out` for `-`.
pub(super) fn put(path: &Path, text: &str, out: &mut impl Write) -> Result<(), Failure> {
    if path == Path::new("-") {
        out.write_all(text.as_bytes())?;
        return Ok(());
    }
    let written = match fs::metadata(path) {
        Ok(there) if there.is_file() => {
            fs::canonicalize(path).and_then(|path| replace(&path, there.permissions(), text))
        }
        Err(cause) if cause.kind() == io::ErrorKind::NotFound && !path.is_symlink() => {
            replace(path, Permissions::from_mode(0o666), text)
        }
        Ok(_) => OpenOptions::new()
            .write(true)
            .open(path)
            .and_then(|mut to| to.write_all(text.as_bytes())),
        Err(cause) => Err(cause),
    };
    written.map_err(|cause| Failure::Directory(path.into(), cause))
}

/// Puts a file in the place of another, or none.
fn replace(path: &Path, mode: Permissions, text: &str) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let mut file = tempfile::Builder::new()
        .prefix(".npivot-")
        .permissions(mode.clone())
        .tempfile_in(directory.unwrap_or(Path::new(".")))?;
    if path.exists() {
        // The umask is for new files.
        file.as_file().set_permissions(mode)?;
    }
    if let Ok(there) = fs::metadata(path) {
        let own = file.as_file().metadata()?;
        if (own.uid(), own.gid()) != (there.uid(), there.gid()) {
            fchown(file.as_file(), Some(there.uid()), Some(there.gid()))?;
        }
    }
    file.write_all(text.as_bytes())?;
    // Else a loss of power may leave the name without the text.
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
