//! The contract of a fabric.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::{DomainId, Outcome, Result};

use super::{
    EffectiveZones, FabricCapabilities, NameServerEntry, Switch, SwitchPort, ZoneDatabase,
    ZoneEdit, ZoneTransaction,
};

/// The switches of one fabric, seen by its administrator (not filtered by zones).
///
/// # For users
/// As for [`Host`](crate::Host): read anew at each call, abilities by accessor.
///
/// # For backend authors
/// One instance stands for the whole fabric, by whichever switch it is reached. While the fabric is split,
/// answer for the segment that can be reached. Lists are in ascending order (domain, number, address).
#[async_trait]
pub trait Fabric: Debug + Send + Sync {
    /// What people call this fabric.
    fn name(&self) -> &str;

    /// Its name and limits.
    fn capabilities(&self) -> FabricCapabilities;

    /// Its switches, by domain id.
    ///
    /// # Errors
    /// `Unreachable`: no switch answers.
    async fn switches(&self) -> Result<Vec<Switch>>;

    /// The ports of a switch, by number.
    ///
    /// # Errors
    /// `NotFound`: no such domain. `Unreachable`.
    async fn ports(&self, domain: DomainId) -> Result<Vec<SwitchPort>>;

    /// All entries of the name server, by address.
    ///
    /// # Errors
    /// `Unreachable`.
    async fn name_server(&self) -> Result<Vec<NameServerEntry>>;

    /// The ability to read and change zones.
    fn zoning(&self) -> Option<&dyn Zoning> {
        None
    }
}

/// Zoning with transactions: `begin`, any number of `edit`s, then `commit` or `abort`.
///
/// # For users
/// [`edit_zones`](crate::edit_zones) does the whole round. A fabric has one transaction at a time: another
/// writer gets `Busy`.
///
/// # For backend authors
/// Nothing of a transaction is visible to readers before its commit. A transaction that is abandoned must
/// end by itself, at the latest when the backend's session to the switch ends.
#[async_trait]
pub trait Zoning: Debug + Send + Sync {
    /// The defined configuration as last saved.
    ///
    /// # Errors
    /// `Unreachable`.
    async fn defined(&self) -> Result<ZoneDatabase>;

    /// What is in force.
    ///
    /// # Errors
    /// `Unreachable`.
    async fn effective(&self) -> Result<EffectiveZones>;

    /// Opens a transaction and takes the fabric's lock.
    ///
    /// # Errors
    /// `Busy`: somebody else has it; the reason names who, where the switch tells.
    async fn begin(&self) -> Result<ZoneTransaction>;

    /// Changes the transaction's copy of the database; the transaction returned carries its new checksum
    /// and replaces the one given.
    ///
    /// # Errors
    /// `Conflict`: not the open transaction, or an old checksum. `NotFound`, `AlreadyExists`,
    /// `InvalidArgument`: the edit names what is not there, or makes a database that is not valid.
    async fn edit(
        &self,
        transaction: &ZoneTransaction,
        edit: ZoneEdit,
    ) -> Result<(ZoneTransaction, Outcome)>;

    /// Saves the database, puts a zone set in force (`None`: leaves the effective configuration alone),
    /// and ends the transaction. `Unchanged` when neither differs from before: no N_Port is told then.
    ///
    /// # Errors
    /// `Conflict` as for `edit`; `NotFound`: no such zone set; `LimitReached`: the database is too
    /// large. The transaction stays open.
    async fn commit(&self, transaction: &ZoneTransaction, enable: Option<&str>) -> Result<Outcome>;

    /// Drops the transaction's changes and ends it. One that has ended already is no error.
    ///
    /// # Errors
    /// `Unreachable`: the switch will end it by itself.
    async fn abort(&self, transaction: &ZoneTransaction) -> Result<()>;
}
