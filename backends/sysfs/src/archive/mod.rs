//! Captures: a machine's sysfs as lines of text, to be read in its place.
//!
//! ```text
//! # comment
//! phase NAME
//! dir MODE PATH
//! link PATH -> TARGET
//! file MODE PATH "TEXT" | hex:BYTES | (write-only) | (error NAME)
//! ```
//!
//! Paths begin with `/sys/`. TEXT is the whole content with `\n`, `\t`, `\\` and `\"` escaped; BYTES is
//! hexadecimal. Directories exist through what is in them, too. NAME is the symbol of the errno: EACCES of what
//! may not be read or has the mode 0000, EINVAL of what is neither attribute, directory nor link (a pipe, a
//! device), EFBIG of what is longer than an attribute can be. A directory that could not be listed has a comment
//! below it.

mod capture;
mod files;
mod read;
mod redact;

pub use capture::{CaptureOptions, capture};
pub use files::ArchiveFiles;
pub use read::{ArchiveError, Content, MAX_ARCHIVE, Node, Phase, is_phase_name, parse};
