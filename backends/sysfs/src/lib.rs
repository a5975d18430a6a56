//! Fibre Channel on real Linux: sysfs, uevents, FC netlink, SG_IO.
//!
//! **Start here**: [`SysfsHost`], the HAL's `Host` over a sysfs; [`files`] for the port through which it
//! reads one: the machine's own, a copy in a directory, an archive, a simulated tree.
//!
//! | module | what is in it |
//! |---|---|
//! | `host` | [`SysfsHost`] |
//! | [`files`] | the port to a sysfs, and the real file system |
//! | [`archive`] | captures: a sysfs as lines of text, written and read |
//! | [`attribute`] | what attributes say: pure readers |
//! | `quirks` | where kernels and drivers differ, each with its source |
//! | [`events`] | the kernel's messages, and events made of them |
//! | [`passthrough`] | commands to devices |

pub mod archive;
pub mod attribute;
pub mod events;
pub mod files;
mod host;
pub mod passthrough;
mod quirks;

pub use archive::ArchiveFiles;
pub use files::{Files, RootFiles};
pub use host::SysfsHost;
