//! A tree as files.

use std::io;

use npivot_sysfs::files::{Entry, Files, Kind, joined};
use npivot_tree::{Node, SimTree};

/// A simulated host's tree behind the port of the Linux backend.
#[derive(Debug, Clone)]
pub struct TreeFiles(SimTree);

impl TreeFiles {
    /// The files of a tree.
    pub const fn new(tree: SimTree) -> Self {
        Self(tree)
    }
}

impl Files for TreeFiles {
    fn place(&self) -> String {
        "the simulated /sys".into()
    }

    fn list(&self, dir: &str) -> io::Result<Vec<Entry>> {
        let entries = self.0.with(|tree| {
            let names = tree.list(dir)?;
            names
                .into_iter()
                .map(|name| {
                    let kind = match tree.look(&joined(dir, &name))? {
                        Node::Dir => Kind::Dir,
                        Node::File { .. } => Kind::File,
                        Node::Link { .. } => Kind::Link,
                    };
                    Ok(Entry { name, kind })
                })
                .collect()
        });
        Ok(entries?)
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        Ok(self.0.read(path)?)
    }

    fn link(&self, path: &str) -> io::Result<String> {
        Ok(self.0.link(path)?)
    }

    fn mode(&self, path: &str) -> io::Result<u32> {
        Ok(match self.0.look(path)? {
            Node::Dir => 0o755,
            Node::Link { .. } => 0o777,
            Node::File { mode, .. } => mode.into(),
        })
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<usize> {
        Ok(self.0.write(path, bytes)?)
    }

    fn may_block(&self) -> bool {
        false
    }
}
