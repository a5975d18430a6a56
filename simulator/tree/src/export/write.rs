//! Writing one entry after the other, and keeping count.

use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use super::{Export, Failure, Written};
use crate::tree::Tree;
use crate::tree::attribute::{Attribute, Value};
use crate::tree::class::Object;
use crate::tree::dir::{Dir, Entry};

/// After how many entries progress is told.
const PROGRESS: u64 = 1024;

/// What files that are always the same have in common: their mode and their text.
type Same = (u16, Option<&'static str>);

pub(super) struct Writer<'p> {
    export: Export,
    written: Written,
    progress: &'p mut dyn FnMut(&Written),
    /// The latest file of each kind, to which others are linked.
    same: BTreeMap<Same, PathBuf>,
    /// How many entries there were when progress was told last.
    told: u64,
}

impl<'p> Writer<'p> {
    pub(super) fn new(export: Export, progress: &'p mut dyn FnMut(&Written)) -> Self {
        Self { export, written: Written::default(), progress, same: BTreeMap::new(), told: 0 }
    }

    pub(super) const fn written(&self) -> Written {
        self.written
    }

    /// A directory of the tree with everything in it.
    pub(super) fn dir(&mut self, to: &Path, tree: &Tree<'_>, dir: Dir) -> Result<(), Failure> {
        self.plain_dir(to)?;
        for (name, entry) in dir.entries(tree) {
            if !self.export.attributes.has(&name, &entry) {
                continue;
            }
            let path = to.join(&name);
            match entry {
                Entry::Dir(below) => self.dir(&path, tree, below)?,
                Entry::Link(there) => self.link(&path, &tree.link_text(dir, there))?,
                Entry::File(object, group, file) => {
                    self.attribute(&path, tree, object, group, file)?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn plain_dir(&mut self, path: &Path) -> Result<(), Failure> {
        let made = fs::create_dir(path);
        let made = made.and_then(|()| fs::set_permissions(path, Permissions::from_mode(0o755)));
        made.map_err(|error| Failure::write(path, error))?;
        self.written.dirs += 1;
        self.tell();
        Ok(())
    }

    fn link(&mut self, path: &Path, text: &str) -> Result<(), Failure> {
        symlink(text, path).map_err(|error| Failure::write(path, error))?;
        self.written.links += 1;
        self.tell();
        Ok(())
    }

    fn attribute(
        &mut self,
        path: &Path,
        tree: &Tree<'_>,
        object: Object,
        group: Option<&'static str>,
        file: Attribute,
    ) -> Result<(), Failure> {
        let same = match file.value {
            Value::Fixed(text) => Some((file.mode, Some(text))),
            Value::Empty | Value::WriteOnly => Some((file.mode, None)),
            Value::Shown | Value::Binary(_) => None,
        };
        let same = same.filter(|_| self.export.hard_links);
        if let Some(first) = same.and_then(|same| self.same.get(&same)) {
            match fs::hard_link(first, path) {
                Ok(()) => {
                    self.written.files += 1;
                    self.written.shared += 1;
                    self.tell();
                    return Ok(());
                }
                // It has as many names as the file system allows: go on with another.
                Err(error) if error.kind() == ErrorKind::TooManyLinks => {}
                Err(error) => return Err(Failure::write(path, error)),
            }
        }
        let content = tree.content(object, group, file).unwrap_or_default();
        self.file(path, file.mode, &content)?;
        if let Some(same) = same {
            self.same.insert(same, path.to_owned());
        }
        Ok(())
    }

    pub(super) fn file(&mut self, path: &Path, mode: u16, content: &[u8]) -> Result<(), Failure> {
        let write = || {
            // For its owner to write until it is written.
            let mut file = File::options().write(true).create_new(true).mode(0o600).open(path)?;
            file.write_all(content)?;
            file.set_permissions(Permissions::from_mode(mode.into()))
        };
        write().map_err(|error| Failure::write(path, error))?;
        self.written.files += 1;
        self.written.bytes += content.len() as u64;
        self.tell();
        Ok(())
    }

    fn tell(&mut self) {
        if self.written.entries() >= self.told + PROGRESS {
            self.told = self.written.entries();
            (self.progress)(&self.written);
        }
    }
}
