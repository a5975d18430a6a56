//! Writes: what a file takes, and what it makes the world do.
//!
//! [`Tree::ask`] reads a write as the kernel's `store` functions do and says what it asks of the world; the
//! world refuses or does it, and [`errno_of`] says with which number
//! the write returns. What the kernel takes
//! and the world does not model:
//!
//! | files | answer |
//! |---|---|
//! | `tgtid_bind_type`: anything but `wwpn` | EOPNOTSUPP: the binding is by WWPN |
//! | `system_hostname`, `host_reset`, the `state` and `eh_deadline` of a `scsi_host` | EOPNOTSUPP |
//! | the device's `state`, `timeout`, `eh_timeout`, `queue_*`, all of `scsi_disk`, `queue/`, `bdi` | EOPNOTSUPP |
//! | `enabled` and the time-outs of an FCoE controller, `enable`, `remove`, `rescan`, `config` of a PCI function | EOPNOTSUPP |
//! | `reset_statistics`, `uevent` with an action | taken, and nothing follows: nothing is counted, and nobody listens here |
//! | a name of all zeros or all ones in `vport_create` | EINVAL, where the kernel leaves it to the driver |

mod live;
mod objects;
mod parse;
mod refusal;

use npivot_fabric::world::HostCommand;

pub use live::SimTree;
pub use refusal::errno_of;

use crate::Errno;
use crate::tree::Tree;
use crate::tree::dir::Entry;

/// The most of a write that a file takes: a page (`kernfs_fop_write_iter`, `fs/kernfs/file.c`).
pub(crate) const PAGE: usize = 4096;

impl Tree<'_> {
    /// What a write of these bytes asks of the world, in order; nothing at all where the kernel takes it
    /// and nothing follows. It changes nothing itself. Of more than 4096 bytes, the first are meant.
    ///
    /// # Errors
    /// ENOENT, ENOTDIR, ELOOP; EISDIR; EACCES for what cannot be written; EINVAL, EALREADY and EBUSY as the
    /// kernel answers them before it asks the driver; EOPNOTSUPP for what the world does not model.
    pub fn ask(&self, path: &str, bytes: &[u8]) -> Result<Vec<HostCommand>, Errno> {
        let (_, Entry::File(object, group, file)) = self.walk(path, true)? else {
            return Err(Errno::EISDIR);
        };
        if file.mode & 0o200 == 0 {
            return Err(Errno::EACCES);
        }
        let bytes = &bytes[..bytes.len().min(PAGE)];
        // No file is even asked about nothing (`kernfs_fop_write_iter`).
        if bytes.is_empty() {
            return Ok(vec![]);
        }
        objects::store(self, object, group, file.name, bytes)
    }
}
