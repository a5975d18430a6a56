//! Pools: definitions that are kept, and what is up.

use std::collections::BTreeSet;

use npivot_hal::{Outcome, ScanScope, VportState, WwnPair};
use rand::{Rng, RngExt as _};

use super::identities::{ATTEMPTS, is_conflict};
use super::record::{MadeVhba, POOLS, POOLS_UP, VHBAS_UP};
use super::{Made, Node, NodeError, PoolRecord};
use crate::libvirt::{PoolAdapter, PoolDefinition, Uuid};
use crate::pool::{self, ActivePool, PoolError, StartOptions, Volumes, read_volumes};
use crate::store::Row;
use crate::vhba::{self, VhbaError, shared};

const KIND: &str = "pool";

/// How a pool is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PoolState {
    /// It is not started.
    Inactive,
    /// It is started, and all of its vHBAs are logged in; or its SCSI host is there.
    Active,
    /// It is started, and not all of its vHBAs are logged in (any more), or its SCSI host is gone: what is gone is
    /// [`reconcile`](super::Node::reconcile)'s to mend, what has no link comes back by itself.
    Degraded {
        /// How many are logged in.
        vhbas: usize,
        /// How many the definition has; 1 for a SCSI host.
        of: usize,
    },
}

/// A pool that is defined.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolInfo {
    /// Its definition, with its UUID.
    pub definition: PoolDefinition,
    /// Whether it is started at boot.
    pub autostart: bool,
    /// How it is.
    pub state: PoolState,
}

impl Node {
    /// Defines a pool and returns its UUID: the one given, that of the pool of this name, or a new one drawn
    /// from `chance`. The same definition again is `Unchanged`; another one replaces it, if the pool's vHBAs
    /// stay the same or it is down.
    ///
    /// # Errors
    /// [`NodeError::Taken`]: another pool has its name, its UUID, a world wide name of one of its vHBAs in
    /// whatever notation, or its SCSI host. [`NodeError::IsUp`].
    pub async fn define_pool(
        &self,
        definition: &PoolDefinition,
        chance: &mut (impl Rng + Send),
    ) -> Result<(Uuid, Outcome), NodeError> {
        for _ in 1..ATTEMPTS {
            match self.define_pool_once(definition, chance).await {
                Err(error) if is_conflict(&error) => {}
                done => return done,
            }
        }
        self.define_pool_once(definition, chance).await
    }

    async fn define_pool_once(
        &self,
        definition: &PoolDefinition,
        chance: &mut (impl Rng + Send),
    ) -> Result<(Uuid, Outcome), NodeError> {
        let pools = self.pool_rows().await?;
        let same_name = pools.iter().find(|(_, pool)| pool.name == definition.name);
        let uuid = definition
            .uuid
            .or_else(|| same_name.and_then(|(_, pool)| pool.uuid))
            .unwrap_or_else(|| Uuid::from_random(chance.random()));
        let mut definition = definition.clone();
        definition.uuid = Some(uuid);
        for (_, other) in pools.iter().filter(|(_, other)| other.uuid != Some(uuid)) {
            if let Some(what) = in_common(&definition, other) {
                let (name, owner) = (definition.name.to_string(), format!("{KIND} {}", other.name));
                return Err(NodeError::Taken { kind: KIND, name, what, owner });
            }
        }
        let mut record = PoolRecord { xml: definition.to_xml(), autostart: false };
        let old = pools.into_iter().find(|(_, pool)| pool.uuid == Some(uuid));
        record.autostart = old.as_ref().is_some_and(|(old, _)| old.value.autostart);
        if old.as_ref().is_some_and(|(old, _)| old.value == record) {
            return Ok((uuid, Outcome::Unchanged));
        }
        let names: Vec<WwnPair> = definition.vhbas().map(|vhba| vhba.wwns).collect();
        self.must_be_free(KIND, definition.name.as_str(), &names).await?;
        let mut changes = self.noted(names).await?;
        let Some((old, before)) = old else {
            changes.push(self.tables.create(POOLS, &uuid.to_string(), &record));
            self.tables.commit(changes).await?;
            return Ok((uuid, Outcome::Changed));
        };
        if before.name != definition.name {
            // Guests know it by its name.
            let (name, owner) = (definition.name.to_string(), format!("{KIND} {}", before.name));
            return Err(NodeError::Taken { kind: KIND, name, what: format!("UUID {uuid}"), owner });
        }
        if on(&before) != on(&definition)
            && self.tables.get::<Made>(POOLS_UP, &old.key).await?.is_some()
        {
            return Err(NodeError::IsUp { kind: KIND, name: before.name.to_string() });
        }
        changes.push(self.tables.replace(POOLS, &old, &record));
        self.tables.commit(changes).await?;
        Ok((uuid, Outcome::Changed))
    }

    /// Forgets a pool. The names of its vHBAs are never drawn for another one.
    ///
    /// # Errors
    /// [`NodeError::Unknown`]; [`NodeError::IsUp`].
    pub async fn undefine_pool(&self, name: &str) -> Result<(), NodeError> {
        let (row, pool) = self.pool_row(name).await?;
        if self.tables.get::<Made>(POOLS_UP, &row.key).await?.is_some() {
            return Err(NodeError::IsUp { kind: KIND, name: pool.name.to_string() });
        }
        self.tables.commit(vec![self.tables.delete(POOLS, &row)]).await
    }

    /// Says whether a pool is started at boot.
    ///
    /// # Errors
    /// [`NodeError::Unknown`].
    pub async fn autostart_pool(&self, name: &str, autostart: bool) -> Result<Outcome, NodeError> {
        let (row, _) = self.pool_row(name).await?;
        if row.value.autostart == autostart {
            return Ok(Outcome::Unchanged);
        }
        let record = PoolRecord { autostart, ..row.value.clone() };
        self.tables.commit(vec![self.tables.replace(POOLS, &row, &record)]).await?;
        Ok(Outcome::Changed)
    }

    /// Starts a pool: brings its vHBAs up, each on a parent that is chosen anew, and waits for its LUNs, by
    /// event, as its definition says or by default. One that is up already is looked at again.
    ///
    /// # Errors
    /// [`NodeError::Unknown`]; [`NodeError::Held`]: another host has one of its vHBAs up; [`NodeError::Pool`].
    pub async fn start_pool(&self, name: &str) -> Result<ActivePool, NodeError> {
        let (row, definition) = self.pool_row(name).await?;
        let names: Vec<WwnPair> = definition.vhbas().map(|vhba| vhba.wwns).collect();
        let begun = self.begin(POOLS_UP, &row.key, &names).await?;
        let options = StartOptions::of(&definition);
        let up = pool::start(&*self.host, &definition, &options).await;
        let vhbas = up.as_ref().map(|pool| &pool.vhbas[..]).ok();
        let ended = self.end(POOLS_UP, begun, vhbas).await;
        let up = up?;
        ended?;
        Ok(up)
    }

    /// Stops a pool: deletes those of its vHBAs that its definition says npivot manages, or that npivot made,
    /// but for those that were started by [themselves](Self::start_vhba).
    /// One that is down is `Unchanged`.
    ///
    /// # Errors
    /// [`NodeError::Unknown`]; [`NodeError::Pool`]: a vHBA is still there, and the pool counts as up.
    pub async fn stop_pool(&self, name: &str) -> Result<Outcome, NodeError> {
        let (row, definition) = self.pool_row(name).await?;
        let Some(made) = self.tables.get::<Made>(POOLS_UP, &row.key).await? else {
            return Ok(Outcome::Unchanged);
        };
        let own: Vec<Row<Made>> = self.tables.all(VHBAS_UP).await?;
        let is_own = |names| own.iter().any(|row| row.value.vhbas.iter().any(|v| v.names == names));
        let mut failed = None;
        for MadeVhba { names, adopted } in &made.value.vhbas {
            // Somebody has started it by itself, too: it is his to stop.
            if is_own(*names) {
                continue;
            }
            let says = definition.vhbas().find(|vhba| vhba.wwns == *names);
            if says.and_then(|vhba| vhba.managed).unwrap_or(!adopted) {
                // One that cannot be deleted keeps none of the others.
                failed = failed.or(vhba::bring_down(&*self.host, *names).await.err());
            }
        }
        if let Some(cause) = failed {
            return Err(PoolError { pool: definition.name, cause }.into());
        }
        let mut changes =
            self.given_up(made.value.vhbas.iter().map(|vhba| vhba.names.wwpn)).await?;
        changes.push(self.tables.delete(POOLS_UP, &made));
        self.tables.commit(changes).await?;
        Ok(Outcome::Changed)
    }

    /// The pools of the host, by name.
    ///
    /// # Errors
    /// [`NodeError::Records`], [`NodeError::Hal`].
    pub async fn pools(&self) -> Result<Vec<PoolInfo>, NodeError> {
        let made: Vec<Row<Made>> = self.tables.all(POOLS_UP).await?;
        let vports = self.vports().await?.into_iter();
        let logged_in = vports.filter(|vport| vport.state == VportState::Active);
        let logged_in: BTreeSet<WwnPair> = logged_in.map(|vport| vport.names).collect();
        let mut all = vec![];
        for (row, definition) in self.pool_rows().await? {
            let state = if !made.iter().any(|made| made.key == row.key) {
                PoolState::Inactive
            } else if definition.adapter.fc_host().is_some() {
                state(&definition, &logged_in)
            } else if self.has_scsi_host(&definition).await? {
                PoolState::Active
            } else {
                PoolState::Degraded { vhbas: 0, of: 1 }
            };
            all.push(PoolInfo { definition, autostart: row.value.autostart, state });
        }
        all.sort_by(|one, other| one.definition.name.cmp(&other.definition.name));
        Ok(all)
    }

    /// Whether the SCSI host of a pool is there.
    pub(super) async fn has_scsi_host(&self, pool: &PoolDefinition) -> Result<bool, NodeError> {
        match pool::adapters_of(&*self.host, pool).await {
            Ok(_) => Ok(true),
            Err(VhbaError::NoScsiHost { .. }) => Ok(false),
            Err(cause) => Err(PoolError { pool: pool.name.clone(), cause }.into()),
        }
    }

    /// The pool of this name or UUID.
    ///
    /// # Errors
    /// [`NodeError::Unknown`].
    pub async fn pool(&self, name: &str) -> Result<PoolInfo, NodeError> {
        let (_, wanted) = self.pool_row(name).await?;
        let all = self.pools().await?;
        let found = all.into_iter().find(|pool| pool.definition.uuid == wanted.uuid);
        found.ok_or_else(|| self.unknown(KIND, name))
    }

    /// The volumes of a pool that is up, as they are now; each path is asked who it is, and what it
    /// says of itself. `scan` has the kernel
    /// look for LUNs that it has not found by itself.
    ///
    /// # Errors
    /// [`NodeError::Unknown`]; [`NodeError::IsDown`]; [`NodeError::Hal`].
    pub async fn pool_volumes(&self, name: &str, scan: bool) -> Result<Volumes, NodeError> {
        let (row, definition) = self.pool_row(name).await?;
        if self.tables.get::<Made>(POOLS_UP, &row.key).await?.is_none() {
            return Err(NodeError::IsDown { kind: KIND, name: definition.name.to_string() });
        }
        let adapters = pool::adapters_of(&*self.host, &definition).await;
        let fail = |cause: VhbaError| PoolError { pool: definition.name.clone(), cause };
        let adapters = adapters.map_err(fail)?;
        if let Some(luns) = self.host.luns().filter(|_| scan) {
            for &adapter in &adapters {
                let _ = luns.scan(adapter, ScanScope::default()).await?;
            }
        }
        let mut found = read_volumes(&*self.host, &adapters, true).await?;
        if let Some(luns) = self.host.luns() {
            found.ask_more(luns).await;
        }
        Ok(found)
    }

    /// The name of the pool with this key, for people.
    pub(super) async fn pool_name(&self, key: &str) -> Result<String, NodeError> {
        let rows = self.pool_rows().await?;
        let found = rows.iter().find(|(row, _)| row.key == key);
        Ok(found.map_or_else(|| key.to_owned(), |(_, pool)| pool.name.to_string()))
    }

    pub(super) async fn pool_rows(
        &self,
    ) -> Result<Vec<(Row<PoolRecord>, PoolDefinition)>, NodeError> {
        let rows: Vec<Row<PoolRecord>> = self.tables.all(POOLS).await?;
        let read = |row: Row<PoolRecord>| {
            let file = format!("pool {}", row.key);
            let definition = PoolDefinition::parse(&file, &row.value.xml)?;
            Ok((row, definition))
        };
        rows.into_iter().map(read).collect()
    }

    async fn pool_row(&self, name: &str) -> Result<(Row<PoolRecord>, PoolDefinition), NodeError> {
        let uuid: Option<Uuid> = name.parse().ok();
        let mut rows = self.pool_rows().await?;
        // A name goes before another pool's UUID, which a pool may be called by.
        let by_name = rows.iter().position(|(_, pool)| pool.name.as_str() == name);
        let by_uuid = || rows.iter().position(|(_, pool)| uuid.is_some() && pool.uuid == uuid);
        let found = by_name.or_else(by_uuid).map(|at| rows.swap_remove(at));
        found.ok_or_else(|| self.unknown(KIND, name))
    }
}

fn state(definition: &PoolDefinition, logged_in: &BTreeSet<WwnPair>) -> PoolState {
    let of = definition.vhbas().count();
    let vhbas = definition.vhbas().filter(|vhba| logged_in.contains(&vhba.wwns)).count();
    if vhbas == of { PoolState::Active } else { PoolState::Degraded { vhbas, of } }
}

/// What a pool is on: its vHBAs' names, or its SCSI host.
fn on(definition: &PoolDefinition) -> (Vec<WwnPair>, Option<&PoolAdapter>) {
    let names = definition.vhbas().map(|vhba| vhba.wwns).collect();
    (names, Some(&definition.adapter).filter(|adapter| adapter.fc_host().is_none()))
}

/// What two pools cannot both have, in words.
fn in_common(one: &PoolDefinition, other: &PoolDefinition) -> Option<String> {
    if one.name == other.name {
        return Some(format!("the name {}", one.name));
    }
    if let (PoolAdapter::ScsiHost(own), PoolAdapter::ScsiHost(there)) =
        (&one.adapter, &other.adapter)
        && own == there
    {
        return Some("the SCSI host".into());
    }
    let mut pairs = one.vhbas().flat_map(|own| other.vhbas().map(move |there| (own, there)));
    pairs.find_map(|(own, there)| shared(own.wwns, there.wwns))
}
