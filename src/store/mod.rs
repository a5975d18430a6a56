//! Where the records of a [`Node`](crate::node::Node) are kept: a file of redb's.
//!
//! | module | what is in it |
//! |---|---|
//! | `file` | [`FileRecords`]: the store, each commit durable when it has answered |
//! | `open` | a file is opened, or made under another name and renamed; who else has it |
//! | `error` | [`OpenError`] |

mod error;
mod file;
mod open;

pub use error::OpenError;
pub use file::FileRecords;
