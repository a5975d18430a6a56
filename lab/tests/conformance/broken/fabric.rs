//! A fabric that is right in all but one thing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use npivot_hal::{
    DomainId, EffectiveZones, Fabric, FabricCapabilities, NameServerEntry, Outcome, Result, Switch,
    SwitchPort, Wwpn, ZoneDatabase, ZoneEdit, ZoneTransaction, Zoning,
};

/// What it does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Goes on listing who has logged out.
    KeepsLogouts,
    /// Shows the zone sets that an open transaction has made.
    ShowsTransactions,
    /// Says of every commit that something changed.
    CommitsChanged,
    /// Does not look at checksums.
    IgnoresChecksums,
}

/// A fabric with a flaw.
#[derive(Debug)]
pub(crate) struct BrokenFabric {
    inner: Arc<dyn Fabric>,
    flaw: Flaw,
    seen: Mutex<BTreeMap<Wwpn, NameServerEntry>>,
    pending: Mutex<Vec<String>>,
    /// The open transaction as it really is.
    open: Mutex<Option<ZoneTransaction>>,
}

impl BrokenFabric {
    pub(crate) fn new(inner: Arc<dyn Fabric>, flaw: Flaw) -> Self {
        let (seen, pending, open) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self { inner, flaw, seen, pending, open }
    }

    fn zoning(&self) -> &dyn Zoning {
        self.inner.zoning().expect("the simulator has it")
    }

    /// The transaction to present.
    fn presented(&self, given: &ZoneTransaction) -> ZoneTransaction {
        let open = self.open.lock().expect("no test panics in here");
        let own = open.as_ref().filter(|open| open.token == given.token);
        match own {
            Some(open) if self.flaw == Flaw::IgnoresChecksums => open.clone(),
            _ => given.clone(),
        }
    }

    fn ended(&self) {
        self.pending.lock().expect("no test panics in here").clear();
        *self.open.lock().expect("no test panics in here") = None;
    }
}

#[async_trait]
impl Fabric for BrokenFabric {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn capabilities(&self) -> FabricCapabilities {
        self.inner.capabilities()
    }

    async fn switches(&self) -> Result<Vec<Switch>> {
        self.inner.switches().await
    }

    async fn ports(&self, domain: DomainId) -> Result<Vec<SwitchPort>> {
        self.inner.ports(domain).await
    }

    async fn name_server(&self) -> Result<Vec<NameServerEntry>> {
        let now = self.inner.name_server().await?;
        if self.flaw != Flaw::KeepsLogouts {
            return Ok(now);
        }
        let mut seen = self.seen.lock().expect("no test panics in here");
        // An address that is used again is the new login's.
        seen.retain(|_, old| now.iter().all(|entry| entry.port_id != old.port_id));
        seen.extend(now.into_iter().map(|entry| (entry.names.wwpn, entry)));
        let mut all: Vec<NameServerEntry> = seen.values().cloned().collect();
        all.sort_by_key(|entry| entry.port_id);
        Ok(all)
    }

    fn zoning(&self) -> Option<&dyn Zoning> {
        Some(self)
    }
}

#[async_trait]
impl Zoning for BrokenFabric {
    async fn defined(&self) -> Result<ZoneDatabase> {
        let mut defined = self.zoning().defined().await?;
        if self.flaw == Flaw::ShowsTransactions {
            for name in self.pending.lock().expect("no test panics in here").iter() {
                defined.zone_sets.entry(name.clone()).or_default();
            }
        }
        Ok(defined)
    }

    async fn effective(&self) -> Result<EffectiveZones> {
        self.zoning().effective().await
    }

    async fn begin(&self) -> Result<ZoneTransaction> {
        let open = self.zoning().begin().await?;
        self.ended();
        *self.open.lock().expect("no test panics in here") = Some(open.clone());
        Ok(open)
    }

    async fn edit(
        &self,
        transaction: &ZoneTransaction,
        edit: ZoneEdit,
    ) -> Result<(ZoneTransaction, Outcome)> {
        let presented = self.presented(transaction);
        let (next, outcome) = self.zoning().edit(&presented, edit.clone()).await?;
        *self.open.lock().expect("no test panics in here") = Some(next.clone());
        if let ZoneEdit::CreateZoneSet(name) = edit {
            self.pending.lock().expect("no test panics in here").push(name);
        }
        Ok((next, outcome))
    }

    async fn commit(&self, transaction: &ZoneTransaction, enable: Option<&str>) -> Result<Outcome> {
        let presented = self.presented(transaction);
        let outcome = self.zoning().commit(&presented, enable).await?;
        self.ended();
        Ok(if self.flaw == Flaw::CommitsChanged { Outcome::Changed } else { outcome })
    }

    async fn abort(&self, transaction: &ZoneTransaction) -> Result<()> {
        self.zoning().abort(transaction).await?;
        let open = self.open.lock().expect("no test panics in here").clone();
        if open.is_some_and(|open| open.token == transaction.token) {
            self.ended();
        }
        Ok(())
    }
}
