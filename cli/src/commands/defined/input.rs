//! Definitions that people hand in: from a file, or from standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use npivot::libvirt::MAX_BYTES;

use crate::outcome::Failure;

/// A document, with its name for errors.
pub(super) struct Input {
    pub(super) name: String,
    pub(super) text: String,
}

impl Input {
    /// Reads a file; `-` is standard input.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
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
