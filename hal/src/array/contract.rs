//! The contract of an array.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::{Outcome, Result, Wwpn};

use super::{ArrayCapabilities, HostGroup, TargetPort, Volume};

/// A storage array, seen by its administrator.
///
/// # For users
/// As for [`Host`](crate::Host): read anew at each call, abilities by accessor. An array whose masking is
/// another team's has no [`masking`](Array::masking) ability.
///
/// # For backend authors
/// Lists are in ascending order of name (ports: of WWPN).
#[async_trait]
pub trait Array: Debug + Send + Sync {
    /// What people call this array.
    fn name(&self) -> &str;

    /// Its limits.
    fn capabilities(&self) -> ArrayCapabilities;

    /// Its ports.
    ///
    /// # Errors
    /// `Unreachable`: the array's management does not answer.
    async fn target_ports(&self) -> Result<Vec<TargetPort>>;

    /// Its volumes.
    ///
    /// # Errors
    /// `Unreachable`.
    async fn volumes(&self) -> Result<Vec<Volume>>;

    /// The ability to read and change who sees which volume.
    fn masking(&self) -> Option<&dyn Masking> {
        None
    }
}

/// Who sees which volume, at which LUN: host groups.
#[async_trait]
pub trait Masking: Debug + Send + Sync {
    /// All host groups.
    ///
    /// # Errors
    /// `Unreachable`.
    async fn groups(&self) -> Result<Vec<HostGroup>>;

    /// Makes an empty group. One of that name is `Unchanged`, whatever is in it.
    ///
    /// # Errors
    /// `LimitReached`; `Unreachable`.
    async fn create_group(&self, group: &str) -> Result<Outcome>;

    /// Deletes a group with its mappings. One that does not exist is `Unchanged`.
    ///
    /// # Errors
    /// `Unreachable`.
    async fn delete_group(&self, group: &str) -> Result<Outcome>;

    /// Lets an initiator see what the group sees, at the same LUNs. One that is in the group is `Unchanged`.
    ///
    /// # Errors
    /// `NotFound`: no such group. `AlreadyExists`: the initiator is in another group. `LimitReached`.
    async fn add_initiator(&self, group: &str, initiator: Wwpn) -> Result<Outcome>;

    /// Takes that away. An initiator that is not in the group is `Unchanged`.
    ///
    /// # Errors
    /// `NotFound`: no such group.
    async fn remove_initiator(&self, group: &str, initiator: Wwpn) -> Result<Outcome>;

    /// Shows a volume to a group at a LUN; the same mapping again is `Unchanged`.
    ///
    /// # Errors
    /// `NotFound`: no such group or volume. `AlreadyExists`: the LUN shows another volume, or the volume
    /// has another LUN in this group. `InvalidArgument`: a LUN above the array's limit.
    async fn map(&self, group: &str, volume: &str, lun: u32) -> Result<Outcome>;

    /// Takes a volume away from a group. One that is not mapped is `Unchanged`.
    ///
    /// # Errors
    /// `NotFound`: no such group.
    async fn unmap(&self, group: &str, volume: &str) -> Result<Outcome>;
}
