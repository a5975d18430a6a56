//! The tree of a host in a running simulation, to read and to write.

use npivot_fabric::Simulation;
use npivot_fabric::san::ids::HostIx;
use npivot_fabric::world::Command;

use super::{PAGE, errno_of};
use crate::Errno;
use crate::tree::{Node, Tree};

/// The sysfs of a host in a running simulation. Each call sees the world of its own instant. Clones are
/// the same tree.
#[derive(Debug, Clone)]
pub struct SimTree {
    simulation: Simulation,
    host: HostIx,
}

impl SimTree {
    /// The tree of the host of this name; `None` where there is none.
    pub fn new(simulation: &Simulation, host: &str) -> Option<Self> {
        let ix = simulation.host(host)?.ix();
        Some(Self { simulation: simulation.clone(), host: ix })
    }

    /// The tree of a host by its id, which this simulation gave out.
    pub fn of(simulation: &Simulation, host: HostIx) -> Self {
        Self { simulation: simulation.clone(), host }
    }

    /// What a path stands for: [`Tree::look`].
    ///
    /// # Errors
    /// As there.
    pub fn look(&self, path: &str) -> Result<Node, Errno> {
        self.with(|tree| tree.look(path))
    }

    /// The names in a directory, sorted: [`Tree::list`].
    ///
    /// # Errors
    /// As there.
    pub fn list(&self, path: &str) -> Result<Vec<String>, Errno> {
        self.with(|tree| tree.list(path))
    }

    /// What is in a file: [`Tree::read`].
    ///
    /// # Errors
    /// As there.
    pub fn read(&self, path: &str) -> Result<Vec<u8>, Errno> {
        self.with(|tree| tree.read(path))
    }

    /// What a link says: [`Tree::link`].
    ///
    /// # Errors
    /// As there.
    pub fn link(&self, path: &str) -> Result<String, Errno> {
        self.with(|tree| tree.link(path))
    }

    /// The same place by its path without links: [`Tree::canonical`].
    ///
    /// # Errors
    /// As there.
    pub fn canonical(&self, path: &str) -> Result<String, Errno> {
        self.with(|tree| tree.canonical(path))
    }

    /// Writes to a file, and says how many bytes it took: all, or 4096 of more.
    ///
    /// The write takes no time of the world: what it asks for is done when it returns, or begun, where the
    /// kernel answers before the work is done.
    ///
    /// # Errors
    /// Those of [`Tree::ask`], and those with which the kernel and the host's driver refuse:
    /// [`errno_of`](super::errno_of).
    pub fn write(&self, path: &str, bytes: &[u8]) -> Result<usize, Errno> {
        for command in self.with(|tree| tree.ask(path, bytes))? {
            let answer = self.simulation.apply(Command::Host(self.host, command));
            answer.map_err(|refusal| errno_of(&refusal))?;
        }
        Ok(bytes.len().min(PAGE))
    }

    /// Looks at the tree as it is now, for more than one question.
    ///
    /// # Errors
    /// What `look` returns.
    pub fn with<T>(&self, look: impl FnOnce(Tree<'_>) -> Result<T, Errno>) -> Result<T, Errno> {
        self.simulation.with(|world| look(Tree::new(world, self.host).ok_or(Errno::ENODEV)?))
    }
}
