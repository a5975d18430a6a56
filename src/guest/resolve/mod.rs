//! From a guest's definition to this host's devices, or to all reasons why not.
//!
//! ```text
//!  source ──► meaning ──► number or identity ──► paths ──► each asked ──► who else? ──► device
//!             (scope)            (pick)        (survey)     (survey)       (uses)
//! ```
//!
//! A LUN is handed out only if a device has said, just now, that it is that LUN. What it must be is told
//! by its name where that is an identity; where it is a number (`unit:0:0:1`, a SCSI address, `/dev/sdb`),
//! by the record in the guest's metadata, else by what the guest's last run left in the [`Claims`]. On a
//! first start with nothing recorded the number is believed, and said to be. On arrival from another host
//! it is not: numbers of one host mean other LUNs on the next.
//!
//! | module | what is in it |
//! |---|---|
//! | `finding` | [`Finding`]: severity, place, what was expected, what to do |
//! | `resolver`, `resolution` | one device after the other; what came of them: all or nothing |
//! | `scope` | what a source means: behind which adapters to look, for which number or identity |
//! | `survey` | the host's paths, and what the devices answer |
//! | `pick` | the LUN and its usable paths |
//! | `uses` | other guests, other names |
//! | `names` | the kernel's and udev's names of block devices |

mod finding;
mod names;
mod pick;
mod resolution;
mod resolver;
mod scope;
mod survey;
mod uses;

use npivot_hal::Host;

use self::resolver::Resolver;
use super::ports::{Claims, Pools};
use crate::libvirt::Domain;

pub use finding::Finding;
pub use resolution::{HostDevice, Refused, Resolution, ResolvedDevice};

/// Why a guest is resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It is to start from nothing.
    Start,
    /// It comes with its memory: from another host, or from a file.
    Arrival,
    /// It runs already.
    Running,
}

/// What resolving a guest needs.
#[derive(Debug, Clone, Copy)]
pub struct Ports<'a> {
    /// This host.
    pub host: &'a dyn Host,
    /// Its pools.
    pub pools: &'a dyn Pools,
    /// Who uses what.
    pub claims: &'a dyn Claims,
}

/// Resolves a guest's storage on this host. It asks and changes nothing; what cannot be asked is a finding.
pub async fn resolve(domain: &Domain, purpose: Purpose, ports: &Ports<'_>) -> Resolution {
    Resolver::of(domain, purpose, ports).await.resolve().await
}

/// What stands in the way of a guest, and what else there is to say: one finding for each, all of them.
/// Nothing is changed.
pub async fn check(domain: &Domain, purpose: Purpose, ports: &Ports<'_>) -> Vec<Finding> {
    resolve(domain, purpose, ports).await.findings().to_vec()
}
