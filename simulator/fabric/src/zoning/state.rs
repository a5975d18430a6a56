//! The zoning state of one fabric and its one transaction.

use std::sync::Arc;

use npivot_hal::{DomainId, EffectiveZones, Outcome, ZoneDatabase, ZoneEdit, ZoneTransaction};

use super::draft::Draft;
use super::{CompiledZones, ZoningError, ZoningLimits, check};

/// What a commit changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct CommitEffect {
    /// Whether the defined database is another one.
    pub defined_changed: bool,
    /// Whether what is in force is another: every registered N_Port is told then.
    pub effective_changed: bool,
}

impl CommitEffect {
    /// `Changed` if either changed.
    pub fn outcome(self) -> Outcome {
        Outcome::from(self.defined_changed || self.effective_changed)
    }
}

/// Sizes of the zoning database in bytes: each alias, zone and zone set counts its name and one byte; each
/// member, and each zone in a zone set, its text as switches print it and one byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatabaseSizes {
    /// The most that the fabric holds.
    pub max_bytes: u64,
    /// The defined database.
    pub committed_bytes: u64,
    /// The open transaction's copy; `None`: no transaction is open.
    pub transaction_bytes: Option<u64>,
}

/// An open transaction.
#[derive(Debug, Clone)]
struct Open {
    token: u64,
    lock_domain: DomainId,
    draft: Draft,
}

impl Open {
    fn proof(&self) -> ZoneTransaction {
        ZoneTransaction::new(self.token, self.draft.tally.checksum, self.lock_domain)
    }
}

/// The zoning of one fabric: defined and effective configuration, and at most one open transaction.
///
/// Nothing of a transaction shows in [`defined`](Self::defined) or [`effective`](Self::effective) before
/// its commit, and each request that fails changes nothing. Clones share their content until one changes.
#[derive(Debug, Clone)]
pub struct Zoning {
    limits: ZoningLimits,
    defined: Draft,
    effective: Arc<EffectiveZones>,
    compiled: Arc<CompiledZones>,
    open: Option<Open>,
    last_token: u64,
}

impl Default for Zoning {
    fn default() -> Self {
        Self::new(ZoningLimits::default())
    }
}

impl Zoning {
    /// Zoning as a switch has it from the factory: nothing defined, nothing enabled, default zone deny.
    pub fn new(limits: ZoningLimits) -> Self {
        Self {
            limits,
            defined: Draft::new(ZoneDatabase::default()),
            effective: Arc::default(),
            compiled: Arc::default(),
            open: None,
            last_token: 0,
        }
    }

    /// The limits.
    pub fn limits(&self) -> &ZoningLimits {
        &self.limits
    }

    /// The defined configuration as last saved.
    pub fn defined(&self) -> &ZoneDatabase {
        &self.defined.database
    }

    /// The checksum of the defined configuration: a function of its content alone, the same on every
    /// platform. How it is computed is told in `tally.rs`.
    pub fn checksum(&self) -> u64 {
        self.defined.tally.checksum
    }

    /// What is in force.
    pub fn effective(&self) -> &EffectiveZones {
        &self.effective
    }

    /// What is in force, for lookups.
    pub fn compiled(&self) -> &CompiledZones {
        &self.compiled
    }

    /// The open transaction, as its holder has it.
    pub fn open_transaction(&self) -> Option<ZoneTransaction> {
        self.open.as_ref().map(Open::proof)
    }

    /// How much room the databases take.
    pub fn sizes(&self) -> DatabaseSizes {
        DatabaseSizes {
            max_bytes: self.limits.max_database_bytes,
            committed_bytes: self.defined.tally.bytes,
            transaction_bytes: self.open.as_ref().map(|open| open.draft.tally.bytes),
        }
    }

    /// Puts a database in place and enables a zone set (`None`: none is), as when a SAN is built. An open
    /// transaction ends.
    ///
    /// # Errors
    /// As for [`edit`](Self::edit) and [`commit`](Self::commit): the database is not valid, too large, or
    /// has no such zone set. Nothing is changed then.
    pub fn install(
        &mut self,
        database: ZoneDatabase,
        enabled: Option<&str>,
    ) -> Result<(), ZoningError> {
        check::database(&database, &self.limits)?;
        let defined = Draft::new(database);
        self.check_size(&defined)?;
        let effective = check::resolve(&defined.database, enabled, &self.limits)?;
        self.compiled = Arc::new(CompiledZones::compile(&effective)?);
        self.effective = Arc::new(effective);
        self.defined = defined;
        self.open = None;
        Ok(())
    }

    /// Opens a transaction on behalf of a switch. Tokens count up from 1 and are never used twice.
    ///
    /// # Errors
    /// [`ZoningError::Busy`]: a transaction is open, be it of the same domain.
    pub fn begin(&mut self, lock_domain: DomainId) -> Result<ZoneTransaction, ZoningError> {
        if let Some(open) = &self.open {
            return Err(ZoningError::Busy { domain: open.lock_domain, token: open.token });
        }
        self.last_token += 1;
        let open = Open { token: self.last_token, lock_domain, draft: self.defined.clone() };
        Ok(self.open.insert(open).proof())
    }

    /// Changes the transaction's copy of the database. The transaction that is returned has the new
    /// checksum and replaces the one presented.
    ///
    /// # Errors
    /// `NotOpen`, `Stale`: not the open transaction, or an old state of it. `BadName`, `NotFound`,
    /// `AliasInUse`, `NestedAlias`, `Enabled`, `Unsupported`: the database would not be valid.
    pub fn edit(
        &mut self,
        transaction: &ZoneTransaction,
        edit: ZoneEdit,
    ) -> Result<(ZoneTransaction, Outcome), ZoningError> {
        let open = presented(&mut self.open, transaction)?;
        let outcome = open.draft.apply(edit, self.effective.zone_set.as_deref(), &self.limits)?;
        Ok((open.proof(), outcome))
    }

    /// Saves the transaction's database, puts a zone set of it in force, and ends the transaction.
    ///
    /// `enable` of `None` leaves the effective configuration alone, default zone included. Enabling the
    /// zone set that is enabled already puts its present definition in force.
    ///
    /// # Errors
    /// `NotOpen`, `Stale` as for [`edit`](Self::edit); `NotFound`: no such zone set; `NoPrincipal`: a peer
    /// zone would be none; `TooLarge`, `TooManyMembers`. The transaction stays open.
    pub fn commit(
        &mut self,
        transaction: &ZoneTransaction,
        enable: Option<&str>,
    ) -> Result<CommitEffect, ZoningError> {
        let draft = presented(&mut self.open, transaction)?.draft.clone();
        self.check_size(&draft)?;
        let mut effective_changed = false;
        if enable.is_some() {
            let effective = check::resolve(&draft.database, enable, &self.limits)?;
            effective_changed = effective != *self.effective;
            if effective_changed {
                self.compiled = Arc::new(CompiledZones::compile(&effective)?);
                self.effective = Arc::new(effective);
            }
        }
        let defined_changed = !draft.same_as(&self.defined);
        self.defined = draft;
        self.open = None;
        Ok(CommitEffect { defined_changed, effective_changed })
    }

    /// Drops the transaction's changes and ends it, whatever checksum is presented. One that has ended
    /// already, or is another's, is left alone.
    pub fn abort(&mut self, transaction: &ZoneTransaction) {
        self.open.take_if(|open| open.token == transaction.token);
    }

    fn check_size(&self, draft: &Draft) -> Result<(), ZoningError> {
        let (bytes, max_bytes) = (draft.tally.bytes, self.limits.max_database_bytes);
        if bytes > max_bytes {
            return Err(ZoningError::TooLarge { bytes, max_bytes });
        }
        Ok(())
    }
}

/// The open transaction, if this is proof of it. The lock domain is told, not asked: the token says it.
fn presented<'a>(
    open: &'a mut Option<Open>,
    transaction: &ZoneTransaction,
) -> Result<&'a mut Open, ZoningError> {
    let token = transaction.token;
    let open =
        open.as_mut().filter(|open| open.token == token).ok_or(ZoningError::NotOpen { token })?;
    let current = open.draft.tally.checksum;
    if transaction.checksum != current {
        return Err(ZoningError::Stale { token, presented: transaction.checksum, current });
    }
    Ok(open)
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
