//! What resolving a guest needs beside its host: which pools are up, who uses what, and links.
//!
//! | port | on a host | in memory, for tests |
//! |---|---|---|
//! | [`Pools`] | [`Node`](crate::node::Node) | [`MemoryPools`] |
//! | [`Claims`] | [`RecordedClaims`] | [`MemoryClaims`] |
//! | [`Links`] | [`DirectoryLinks`] | [`MemoryLinks`] |

mod claims;
mod directory;
mod entries;
mod memory;
mod node;
mod records;

use std::fmt::Debug;

use async_trait::async_trait;
use npivot_hal::{HostNo, Outcome, Result};

use super::DeviceLink;
use crate::libvirt::{PoolName, Uuid};

pub use claims::{Claim, ClaimError, Claims, GuestId, Wanted};
pub use directory::DirectoryLinks;
pub use memory::{MemoryClaims, MemoryLinks, MemoryPools};
pub use records::{Clock, RecordedClaims};

/// A pool as far as a guest is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPool {
    /// Its name.
    pub name: PoolName,
    /// Its UUID.
    pub uuid: Option<Uuid>,
    /// The adapters of its vHBAs as this host numbers them now; `None` while it is not active. Its volumes
    /// are what is behind them at the moment of asking, and are read then: a list that somebody kept may
    /// name devices that have become other LUNs.
    pub adapters: Option<Vec<HostNo>>,
}

/// The pools of this host.
#[async_trait]
pub trait Pools: Debug + Send + Sync {
    /// The pool of this name, or if there is none, of this UUID in any notation. `None`: nobody has
    /// defined one here.
    ///
    /// # Errors
    /// Any: whether there is one cannot be told.
    async fn find(&self, name_or_uuid: &str) -> Result<Option<FoundPool>>;
}

/// The links of this host by which guests open block devices.
///
/// # For backend authors
/// A change is atomic: at any instant a link points to the old place or to the new one. Directories are made
/// as needed. Links outside of [`DeviceLink::DIRECTORY`] are never touched.
#[async_trait]
pub trait Links: Debug + Send + Sync {
    /// Makes a link point to the first of these nodes (`/dev/sda`), all of which are checked paths of one
    /// LUN, best first; where a multipath map has taken them, to that map: a path under a map must not be
    /// opened beside it.
    ///
    /// # Errors
    /// Any: where it points is unknown, and the guest must not start.
    async fn point(&self, link: &DeviceLink, nodes: &[String]) -> Result<Outcome>;

    /// Removes a link. One that is not there is `Unchanged`.
    ///
    /// # Errors
    /// Any: it may be there still.
    async fn remove(&self, link: &DeviceLink) -> Result<Outcome>;
}
