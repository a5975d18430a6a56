//! A phase of an archive, as a sysfs that cannot be written to.

use std::collections::BTreeSet;
use std::io;

use nix::errno::Errno;

use super::read::{ArchiveError, Content, Node, Phase, parse};
use crate::files::{Entry, Files, Kind, beside, joined};

/// How many links a path may lead over (`MAXSYMLINKS`, `include/linux/namei.h`).
const MAX_LINKS: u32 = 40;

/// How many phases an error names.
const MAX_NAMED: usize = 20;

/// The errno of a symbol.
fn errno_named(name: &str) -> Option<Errno> {
    /// `EHWPOISON`, the highest that programs get (`include/uapi/asm-generic/errno.h`).
    const HIGHEST: i32 = 133;
    (1..=HIGHEST).map(Errno::from_raw).find(|errno| format!("{errno:?}") == name)
}

/// A phase of a capture archive.
#[derive(Debug, Clone)]
pub struct ArchiveFiles {
    phase: Phase,
    /// Directories that are there through what is in them.
    implied: BTreeSet<String>,
}

impl ArchiveFiles {
    /// A phase of an archive; without a name, the only one in it.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn read(text: &str, phase: Option<&str>) -> Result<Self, ArchiveError> {
        let mut phases = parse(text)?;
        let known = || {
            let names = phases.iter().map(|phase| format!("`{}`", phase.name));
            let known = names.take(MAX_NAMED).collect::<Vec<_>>().join(", ");
            match phases.len().saturating_sub(MAX_NAMED) {
                0 => known,
                more => known + &format!(" and {more} more"),
            }
        };
        let place = match phase {
            Some(name) => phases.iter().position(|phase| phase.name == name).ok_or_else(|| {
                ArchiveError::NoSuchPhase { wanted: name.to_owned(), known: known() }
            })?,
            None if phases.len() == 1 => 0,
            None => return Err(ArchiveError::WhichPhase { known: known() }),
        };
        Ok(Self::new(phases.swap_remove(place)))
    }

    /// A phase.
    pub fn new(phase: Phase) -> Self {
        let mut implied = BTreeSet::new();
        for path in phase.nodes.keys() {
            let mut above = path.as_str();
            while let Some((dir, _)) = above.rsplit_once('/') {
                if !implied.insert(dir.to_owned()) {
                    break;
                }
                above = dir;
            }
        }
        Self { phase, implied }
    }

    /// The path without links, as a file system resolves it.
    fn resolved(&self, path: &str, follow_last: bool) -> io::Result<String> {
        let mut rest: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
        let mut at = String::new();
        let mut links = 0;
        while let Some(name) = rest.pop() {
            let next = match name.as_str() {
                "" | "." => continue,
                ".." => {
                    at.truncate(at.rfind('/').unwrap_or(0));
                    continue;
                }
                name => joined(&at, name),
            };
            match self.phase.nodes.get(&next) {
                Some(Node::Link(text)) if follow_last || !rest.is_empty() => {
                    links += 1;
                    if links > MAX_LINKS {
                        return Err(Errno::ELOOP.into());
                    }
                    let target = beside(&next, text);
                    rest.extend(target.split('/').rev().map(str::to_owned));
                    at.clear();
                }
                Some(Node::File(..)) if !rest.is_empty() => return Err(Errno::ENOTDIR.into()),
                Some(_) => at = next,
                None if self.implied.contains(&next) => at = next,
                None => return Err(Errno::ENOENT.into()),
            }
        }
        Ok(at)
    }
}

impl Files for ArchiveFiles {
    fn place(&self) -> String {
        format!("phase {}", self.phase.name)
    }

    fn list(&self, dir: &str) -> io::Result<Vec<Entry>> {
        let dir = self.resolved(dir, true)?;
        if matches!(self.phase.nodes.get(&dir), Some(Node::File(..))) {
            return Err(Errno::ENOTDIR.into());
        }
        let prefix = if dir.is_empty() { dir } else { dir + "/" };
        let mut entries = BTreeSet::new();
        for (path, node) in self.phase.nodes.range(prefix.clone()..) {
            let Some(below) = path.strip_prefix(&prefix) else { break };
            let (name, kind) = match (below.split_once('/'), node) {
                (Some((name, _)), _) => (name, Kind::Dir),
                (None, Node::Dir(_)) => (below, Kind::Dir),
                (None, Node::Link(_)) => (below, Kind::Link),
                (None, Node::File(..)) => (below, Kind::File),
            };
            entries.insert(Entry { name: name.to_owned(), kind });
        }
        Ok(entries.into_iter().collect())
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        match self.phase.nodes.get(&self.resolved(path, true)?) {
            Some(Node::File(_, Content::Bytes(bytes))) => Ok(bytes.clone()),
            Some(Node::File(_, Content::WriteOnly)) => Err(Errno::EACCES.into()),
            Some(Node::File(_, Content::Error(name))) => Err(errno_named(name).map_or_else(
                || io::Error::other(format!("it could not be read when it was captured: {name}")),
                io::Error::from,
            )),
            _ => Err(Errno::EISDIR.into()),
        }
    }

    fn link(&self, path: &str) -> io::Result<String> {
        match self.phase.nodes.get(&self.resolved(path, false)?) {
            Some(Node::Link(text)) => Ok(text.clone()),
            _ => Err(Errno::EINVAL.into()),
        }
    }

    fn mode(&self, path: &str) -> io::Result<u32> {
        Ok(match self.phase.nodes.get(&self.resolved(path, false)?) {
            Some(Node::Dir(mode) | Node::File(mode, _)) => *mode,
            Some(Node::Link(_)) => 0o777,
            None => 0o755,
        })
    }

    fn write(&self, _: &str, _: &[u8]) -> io::Result<usize> {
        Err(Errno::EROFS.into())
    }

    fn may_block(&self) -> bool {
        false
    }
}
