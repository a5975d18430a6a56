//! Who uses which LUN.

use std::collections::BTreeMap;
use std::fmt::{self, Debug};

use async_trait::async_trait;
use npivot_hal::{LunId, Outcome, Result};

use crate::libvirt::{Access, Uuid};

/// Which guest: by UUID where both sides have one, else by name.
#[derive(Debug, Clone)]
pub struct GuestId {
    /// Its name. It may be changed, also by a migration.
    pub name: String,
    /// Its UUID.
    pub uuid: Option<Uuid>,
}

impl GuestId {
    /// Whether both are the same guest.
    pub fn is(&self, other: &Self) -> bool {
        match (self.uuid, other.uuid) {
            (Some(one), Some(other)) => one == other,
            _ => self.name == other.name,
        }
    }
}

impl fmt::Display for GuestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}

/// That a guest on a host uses a LUN.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The guest.
    pub guest: GuestId,
    /// The host on which it is, by the name that it has in the HAL.
    pub host: String,
    /// How it may share.
    pub access: Access,
}

impl Claim {
    /// Whether this claim and a new one of `guest` on `host` cannot both be.
    ///
    /// `arriving`: the guest is known to be on its way to `host`. Without that, a claim of the same guest
    /// from elsewhere means that it runs there, and would run twice.
    pub fn excludes(&self, guest: &GuestId, host: &str, access: Access, arriving: bool) -> bool {
        if self.guest.is(guest) {
            return self.host != host && !arriving;
        }
        !self.access.allows(access)
    }
}

/// What a guest wants of LUNs, by their identity: two names of one LUN are one entry.
pub type Wanted = BTreeMap<LunId, Access>;

/// Why nothing was claimed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClaimError {
    /// Others have these.
    #[error("in use: {}", list(.0))]
    InUse(Vec<(LunId, Claim)>),
    /// The claims cannot be read or written.
    #[error(transparent)]
    Hal(#[from] npivot_hal::Error),
}

fn list(conflicts: &[(LunId, Claim)]) -> String {
    let one = |(id, claim): &(LunId, Claim)| format!("{id} by {} on {}", claim.guest, claim.host);
    conflicts.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Who uses which LUN: on this host, or on all hosts that share a store.
///
/// # For backend authors
/// Claims outlive the process that makes them. [`claim`](Self::claim) is one transaction: two guests that
/// ask at the same time cannot both have a LUN. What excludes what is [`Claim::excludes`].
#[async_trait]
pub trait Claims: Debug + Send + Sync {
    /// Who uses a LUN now, on whichever host.
    ///
    /// # Errors
    /// Any: nobody can say, and it must not be handed out.
    async fn users(&self, id: &LunId) -> Result<Vec<Claim>>;

    /// Claims all of these for a guest on a host, or none. What the guest has there already stays. A claim
    /// that a guest has already is `Unchanged`. This ends the guest's [announcement](Self::announce).
    ///
    /// # Errors
    /// [`ClaimError::InUse`] with all conflicts; [`ClaimError::Hal`].
    async fn claim(
        &self,
        guest: &GuestId,
        host: &str,
        wanted: &Wanted,
    ) -> Result<Outcome, ClaimError>;

    /// Gives up all that a guest has claimed on a host, and its announcement there.
    ///
    /// # Errors
    /// Any: it may have its claims still.
    async fn release(&self, guest: &GuestId, host: &str) -> Result<Outcome>;

    /// A guest is on its way to a host, so that its next claim there does not conflict with those that it
    /// has elsewhere. It is forgotten after some minutes: an arrival may be given up without a word.
    ///
    /// # Errors
    /// Any: its claim may be refused.
    async fn announce(&self, guest: &GuestId, host: &str) -> Result<Outcome>;

    /// Whether it is on its way there.
    ///
    /// # Errors
    /// Any.
    async fn is_announced(&self, guest: &GuestId, host: &str) -> Result<bool>;

    /// Which LUN a device of a guest was when the guest last ran. The device is given with its source, as
    /// [`GuestDevice::as_written`](crate::libvirt::GuestDevice::as_written): one that has been given another
    /// source since is another device.
    ///
    /// # Errors
    /// Any.
    async fn recorded(&self, guest: &GuestId, device: &str) -> Result<Option<LunId>>;

    /// Notes which LUN each device of a guest is, in place of what was noted before.
    ///
    /// # Errors
    /// Any.
    async fn record(&self, guest: &GuestId, luns: &BTreeMap<String, LunId>) -> Result<Outcome>;
}
