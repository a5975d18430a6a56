//! A tree as files in a directory: for programs that can be pointed at another sysfs.
//!
//! `DIR/sys` is the tree: real directories, symbolic links, files with the modes that the kernel gives them
//! (files that can only be written are empty). `DIR/dev/sdX` are text files of `ID_*=` lines, from which
//! `lsblk --sysroot DIR` takes what udev would tell it elsewhere. Works with `lsscsi --sysfsroot=DIR/sys`,
//! `lsblk --sysroot DIR`, and node_exporter's `--path.sysfs=DIR/sys`.

mod error;
mod node;
mod select;
mod write;

use std::path::Path;

pub use error::{ExportError, Failure};
pub use select::Attributes;

use crate::tree::Tree;
use crate::tree::dir::Dir;
use write::Writer;

/// How a tree is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Export {
    /// Which files are written.
    pub attributes: Attributes,
    /// Whether files that are always the same are hard links to one: much faster, and a tenth of the
    /// inodes. A program that writes to one of them writes to all.
    pub hard_links: bool,
}

/// What has been written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// Directories.
    pub dirs: u64,
    /// Files, those that are hard links included.
    pub files: u64,
    /// Files that are hard links to another.
    pub shared: u64,
    /// Symbolic links.
    pub links: u64,
    /// Bytes of content.
    pub bytes: u64,
}

impl Written {
    /// All together.
    pub const fn entries(&self) -> u64 {
        self.dirs + self.files + self.links
    }
}

/// `27 directories, 140 files, 31 links`.
impl std::fmt::Display for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} directories, {} files, {} links", self.dirs, self.files, self.links)
    }
}

impl Export {
    /// Writes a tree to a directory, which is made if there is none. `progress` is told now and then how
    /// far it is.
    ///
    /// # Errors
    /// The directory is not empty, or something cannot be written: with what was written until then, which
    /// is left as it is.
    pub fn write(
        &self,
        tree: &Tree<'_>,
        to: &Path,
        progress: &mut dyn FnMut(&Written),
    ) -> Result<Written, ExportError> {
        let mut writer = Writer::new(*self, progress);
        match Self::write_all(tree, to, &mut writer) {
            Ok(()) => Ok(writer.written()),
            Err(failure) => Err(ExportError::new(failure, to, writer.written())),
        }
    }

    fn write_all(tree: &Tree<'_>, to: &Path, writer: &mut Writer<'_>) -> Result<(), Failure> {
        std::fs::create_dir_all(to).map_err(|error| Failure::write(to, error))?;
        let mut there = std::fs::read_dir(to).map_err(|error| Failure::read(to, error))?;
        if there.next().is_some() {
            return Err(Failure::NotEmpty);
        }
        writer.dir(&to.join("sys"), tree, Dir::Root)?;
        writer.plain_dir(&to.join("dev"))?;
        for (name, text) in node::all(tree) {
            writer.file(&to.join("dev").join(name), 0o644, text.as_bytes())?;
        }
        Ok(())
    }
}
