//! Where what npivot writes down is kept: the port [`Store`], and two stores.
//!
//! | module | what is in it |
//! |---|---|
//! | `contract` | [`Store`]: records by key, changed by compare-and-set, all or nothing; watched |
//! | `watch` | [`Watch`]: what changes, commit by commit; bounded, and says what it has missed |
//! | `lease` | [`grant`], [`renew`], [`release`]: what one holder has at a time, on any store |
//! | `memory` | [`MemoryStore`] |
//! | `file` | [`FileStore`]: a file of redb's, each commit durable when it has answered |
//! | `open` | a file is opened, or made under another name and renamed; who else has it |
//! | `schema` | the versions of what is in a file, and the steps from one to the next |
//! | `seal` | the sum over all records in a file, by which damage is noticed |
//! | `error` | [`OpenError`] |

mod contract;
mod error;
mod file;
mod lease;
mod memory;
mod open;
mod schema;
mod seal;
mod watch;

pub use contract::{Change, Row, Store, StoreError};
pub use error::OpenError;
pub use file::{FileStore, FileStore as FileRecords};
pub use lease::{Lease, LeaseError, expired, grant, granting, release, renew, revoke};
pub use memory::MemoryStore;
pub use watch::{Changed, Watch, WatchError};

pub(crate) use lease::record as lease_record;
pub(crate) use schema::Content;
