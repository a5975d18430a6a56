//! Where what npivot writes down is kept: the port [`Store`], and two stores.
//!
//! | module | what is in it |
//! |---|---|
//! | `contract` | [`Store`]: records by key, changed by compare-and-set, all or nothing; watched |
//! | `watch` | [`Watch`]: what changes, commit by commit; bounded, and says what it has missed |
//! | `lease` | [`grant`], [`renew`], [`release`]: what one holder has at a time, on any store |
//! | `memory` | [`MemoryStore`] |
//! | `file` | [`FileStore`]: a file of redb's, each commit durable when it has answered |

mod contract;
mod file;
mod lease;
mod memory;
mod watch;

pub use contract::{Change, Row, Store, StoreError};
pub use file::{FileStore, OpenError};
pub use lease::{Lease, LeaseError, expired, grant, granting, release, renew, revoke};
pub use memory::MemoryStore;
pub use watch::{Changed, Watch, WatchError};

pub(crate) use file::Content;
pub(crate) use lease::record as lease_record;
