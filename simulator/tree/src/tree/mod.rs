//! The tree: finding, listing and reading its files.
//!
//! A path is walked name by name through typed directories ([`dir`]); each is a fixed one, a list of links
//! ([`listing`]), or an object: a [`device`] of the kernel or its interface in a [`class`]. What is in an
//! object, [`contents`] asks the modules of its kind.

pub(crate) mod attribute;
pub(crate) mod class;
mod contents;
pub(crate) mod device;
pub(crate) mod dir;
mod family;
mod listing;

mod view;

use npivot_fabric::World;
use npivot_fabric::san::ids::HostIx;

use crate::Errno;
use attribute::Attribute;
use class::Object;
use dir::{Dir, Entry};

/// How many links a path may lead over (`MAXSYMLINKS`, `include/linux/namei.h`).
const MAX_LINKS: u32 = 40;

/// What a path stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A directory; its mode is 0755.
    Dir,
    /// A file.
    File {
        /// Its permission bits, as `0o444`.
        mode: u16,
        /// Its size as `stat` tells it: 4096 for text, zero or its own for bytes.
        size: u32,
    },
    /// A symbolic link; its mode is 0777.
    Link {
        /// What it says, relative to the directory that it is in.
        text: String,
    },
}

/// The sysfs of a simulated host, as it is now: a read-only view that keeps nothing of its own.
///
/// Paths are relative to where sysfs is mounted, as `class/fc_host/host0/port_name`; a leading or trailing
/// slash, empty names and `.` do no harm, `..` goes up. Links on the way are followed as a file system
/// does. [`look`](Self::look) and [`link`](Self::link) do not follow the last one, all others do.
#[derive(Debug, Clone, Copy)]
pub struct Tree<'w> {
    world: &'w World,
    host: HostIx,
}

impl<'w> Tree<'w> {
    /// The tree of a host; `None` where the world has no such host.
    pub fn new(world: &'w World, host: HostIx) -> Option<Self> {
        world.hosts().get(host.index()).map(|_| Self { world, host })
    }

    /// What a path stands for: `lstat`.
    ///
    /// # Errors
    /// ENOENT, ENOTDIR, ELOOP.
    pub fn look(&self, path: &str) -> Result<Node, Errno> {
        Ok(match self.walk(path, false)? {
            (_, Entry::Dir(_)) => Node::Dir,
            (_, Entry::File(_, _, file)) => Node::File { mode: file.mode, size: file.size() },
            (dir, Entry::Link(to)) => Node::Link { text: self.link_text(dir, to) },
        })
    }

    /// The names in a directory, sorted.
    ///
    /// # Errors
    /// ENOENT, ENOTDIR, ELOOP.
    pub fn list(&self, path: &str) -> Result<Vec<String>, Errno> {
        let (_, Entry::Dir(dir)) = self.walk(path, true)? else {
            return Err(Errno::ENOTDIR);
        };
        let mut names: Vec<String> = dir.entries(self).into_iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        Ok(names)
    }

    /// What is in a file.
    ///
    /// # Errors
    /// ENOENT, ENOTDIR, ELOOP; EISDIR; EACCES for what can only be written.
    pub fn read(&self, path: &str) -> Result<Vec<u8>, Errno> {
        match self.walk(path, true)? {
            (_, Entry::File(object, group, file)) => {
                self.content(object, group, file).ok_or(Errno::EACCES)
            }
            _ => Err(Errno::EISDIR),
        }
    }

    /// What a link says.
    ///
    /// # Errors
    /// ENOENT, ENOTDIR, ELOOP; EINVAL for what is no link.
    pub fn link(&self, path: &str) -> Result<String, Errno> {
        match self.walk(path, false)? {
            (dir, Entry::Link(to)) => Ok(self.link_text(dir, to)),
            _ => Err(Errno::EINVAL),
        }
    }

    /// The same place by its path without links: `devices/…`.
    ///
    /// # Errors
    /// ENOENT, ENOTDIR, ELOOP.
    pub fn canonical(&self, path: &str) -> Result<String, Errno> {
        Ok(match self.walk(path, true)? {
            (_, Entry::Dir(dir) | Entry::Link(dir)) => dir.path(self),
            (dir, Entry::File(_, _, file)) => format!("{}/{}", dir.path(self), file.name),
        })
    }

    /// Goes along a path; the directory of what it ends at, and that.
    pub(crate) fn walk(&self, path: &str, follow_last: bool) -> Result<(Dir, Entry), Errno> {
        let mut names = path.split('/').filter(|name| !matches!(*name, "" | ".")).peekable();
        let mut links = 0;
        let mut at = Dir::Root;
        while let Some(name) = names.next() {
            if name == ".." {
                at = at.parent(self);
                continue;
            }
            let entry = at.find(self, name).ok_or(Errno::ENOENT)?;
            let is_last = names.peek().is_none();
            match entry {
                Entry::Dir(dir) => at = dir,
                // What is linked to is a directory, which is found without a walk of its own.
                Entry::Link(to) if follow_last || !is_last || path.ends_with('/') => {
                    links += 1;
                    if links > MAX_LINKS {
                        return Err(Errno::ELOOP);
                    }
                    at = to;
                }
                Entry::File(..) if !is_last || path.ends_with('/') => return Err(Errno::ENOTDIR),
                Entry::Link(_) | Entry::File(..) => return Ok((at, entry)),
            }
        }
        Ok((at.parent(self), Entry::Dir(at)))
    }

    /// What a file says; `None` for one that can only be written.
    pub(crate) fn content(
        &self,
        object: Object,
        group: Option<&'static str>,
        file: Attribute,
    ) -> Option<Vec<u8>> {
        contents::read(self, object, group, file)
    }

    /// What a uevent says of an object.
    pub(crate) fn uevent(&self, object: Object) -> String {
        contents::uevent(self, object)
    }

    /// The text of a link in one directory to another, as kernfs makes it: up to the nearest directory
    /// above both that is not the target itself, and down (`kernfs_get_target_path`, `fs/kernfs/symlink.c`).
    pub(crate) fn link_text(&self, from: Dir, to: Dir) -> String {
        relative(&from.names(self), &to.names(self))
    }
}

fn relative(from: &[String], to: &[String]) -> String {
    let above = to.len().saturating_sub(1);
    let same = from.iter().zip(&to[..above]).take_while(|(a, b)| a == b).count();
    let ups = std::iter::repeat_n("..", from.len() - same);
    ups.chain(to[same..].iter().map(String::as_str)).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::relative;

    #[test]
    fn links_are_relative_as_kernfs_writes_them() {
        let text = |from: &str, to: &str| {
            let names = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
            relative(&names(from), &names(to))
        };
        assert_eq!(
            text("class/fc_host", "devices/a/fc_host/host0"),
            "../../devices/a/fc_host/host0"
        );
        // Up to above the target, never to the target itself.
        assert_eq!(text("d/0:0:0:0/block/sda", "d/0:0:0:0"), "../../../0:0:0:0");
        assert_eq!(text("d/0:0:0:0", "d/0:0:0:0/scsi_generic/sg0"), "scsi_generic/sg0");
    }
}
