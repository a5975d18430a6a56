//! Persistent vHBAs: the node devices of the proposal's first section, with the start that it lacks.

use std::collections::BTreeSet;
use std::time::Duration;

use npivot_hal::{Adapter, AdapterKind, HostNo, Outcome, Vport, VportState, WwnPair, Wwpn};

use super::identities::{ATTEMPTS, is_conflict};
use super::record::{MadeVhba, POOLS_UP, VHBAS, VHBAS_UP};
use super::{Made, Node, NodeError, NodeName, VhbaRecord};
use crate::hba::with_adapters;
use crate::libvirt::ParentChoice;
use crate::store::Row;
use crate::vhba::{self, Vhba, shared};

const KIND: &str = "vHBA";
/// How long a login may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// A vHBA that is to outlive a reboot.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "what a definition has to say")]
pub struct VhbaDefinition {
    /// What it is called here.
    pub name: NodeName,
    /// Its names.
    pub names: WwnPair,
    /// How its parent is chosen, at each start anew.
    pub parent: ParentChoice,
    /// The node device's XML that it was defined by, if that says more than the above, as npivot writes it. What
    /// it says of the above does not count.
    pub xml: Option<String>,
}

/// A vHBA that is to be defined under names that are chosen for it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "a definition but for its names")]
pub struct WantedVhba {
    /// What it is called here.
    pub name: NodeName,
    /// How its parent is chosen, at each start anew.
    pub parent: ParentChoice,
    /// As of a [`VhbaDefinition`].
    pub xml: Option<String>,
}

impl WantedVhba {
    /// The definition under these names.
    #[must_use]
    pub fn under(self, names: WwnPair) -> VhbaDefinition {
        let Self { name, parent, xml } = self;
        VhbaDefinition { name, names, parent, xml }
    }
}

/// How a defined vHBA is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum VhbaState {
    /// The host does not have it.
    Down,
    /// The host has it, in this state, on this parent.
    Up {
        /// The state of its vport; `Active` is logged in.
        state: VportState,
        /// The adapter that carries it.
        parent: HostNo,
        /// Its own adapter, once it has one.
        adapter: Option<HostNo>,
    },
}

/// A vHBA of a host, defined or not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct VhbaInfo {
    /// What it is called: its definition's name, or libvirt's `scsi_hostN` for a transient one.
    pub name: String,
    /// Its names.
    pub names: WwnPair,
    /// Its definition; `None` for a transient one, which nobody defined and a reboot ends.
    pub definition: Option<VhbaDefinition>,
    /// Whether it is started at boot.
    pub autostart: bool,
    /// How it is.
    pub state: VhbaState,
}

impl Node {
    /// Defines a vHBA. The same definition again is `Unchanged`; another of that name replaces it, if its
    /// names stay the same or it is down.
    ///
    /// # Errors
    /// [`NodeError::Taken`]: another definition has one of its world wide names, in whatever notation it was
    /// given, or a pool or an adapter of this host has one of the two. [`NodeError::Ambiguous`]: its name would be
    /// taken for another vHBA's. [`NodeError::IsUp`]: it is up under the names that are to change.
    pub async fn define_vhba(&self, definition: &VhbaDefinition) -> Result<Outcome, NodeError> {
        for _ in 1..ATTEMPTS {
            match self.define_vhba_once(definition).await {
                Err(error) if is_conflict(&error) => {}
                done => return done,
            }
        }
        self.define_vhba_once(definition).await
    }

    async fn define_vhba_once(&self, definition: &VhbaDefinition) -> Result<Outcome, NodeError> {
        let rows: Vec<Row<VhbaRecord>> = self.tables.all(VHBAS).await?;
        let name = definition.name.as_str();
        for row in rows.iter().filter(|row| row.key != name) {
            if let Some(what) = shared(row.value.names, definition.names) {
                let owner = format!("{KIND} {}", row.key);
                return Err(NodeError::Taken { kind: KIND, name: name.into(), what, owner });
            }
        }
        let names = definition.names;
        let mut record = VhbaRecord::of(definition);
        let old = rows.into_iter().find(|row| row.key == name);
        record.autostart = old.as_ref().is_some_and(|old| old.value.autostart);
        if old.as_ref().is_some_and(|old| old.value == record) {
            return Ok(Outcome::Unchanged);
        }
        self.must_be_free(KIND, name, &[names]).await?;
        let mut changes = self.noted([names]).await?;
        let Some(old) = old else {
            must_mean_nothing_else(name)?;
            changes.push(self.tables.create(VHBAS, name, &record));
            self.tables.commit(changes).await?;
            return Ok(Outcome::Changed);
        };
        if old.value.names != names && self.vport(old.value.names).await?.is_some() {
            return Err(NodeError::IsUp { kind: KIND, name: name.into() });
        }
        changes.push(self.tables.replace(VHBAS, &old, &record));
        self.tables.commit(changes).await?;
        Ok(Outcome::Changed)
    }

    /// Refuses names of which one is an adapter's of this host, or a pool's or another vHBA's together with another
    /// one. A pool and a vHBA may both have the same two: the pool adopts the vHBA.
    pub(super) async fn must_be_free(
        &self,
        kind: &'static str,
        name: &str,
        wanted: &[WwnPair],
    ) -> Result<(), NodeError> {
        // Definitions may be made before there is hardware.
        let adapters = self.host.adapters().await.unwrap_or_default();
        let hardware = adapters.iter().filter(|a| matches!(a.kind, AdapterKind::Physical { .. }));
        let hardware = hardware.map(|adapter| (adapter.names, format!("adapter {}", adapter.no)));
        let (own, defined) = (format!("{kind} {name}"), self.defined_names().await?);
        // Who has a whole pair of these is meant to be together with it, whatever else it has.
        let same: BTreeSet<String> = (defined.iter())
            .filter(|(names, _)| wanted.contains(names))
            .map(|(_, owner)| owner.clone())
            .collect();
        let others = defined.into_iter().filter(|(_, o)| *o != own && !same.contains(o));
        for (there, owner) in others.chain(hardware) {
            if let Some(what) = wanted.iter().find_map(|names| shared(there, *names)) {
                return Err(NodeError::Taken { kind, name: name.into(), what, owner });
            }
        }
        Ok(())
    }

    /// The names in all definitions, and whose they are, in words.
    pub(super) async fn defined_names(&self) -> Result<Vec<(WwnPair, String)>, NodeError> {
        let vhbas: Vec<Row<VhbaRecord>> = self.tables.all(VHBAS).await?;
        let vhbas = vhbas.iter().map(|row| (row.value.names, format!("{KIND} {}", row.key)));
        let pools = self.pool_rows().await?;
        let pools = pools.iter().flat_map(|(_, pool)| {
            pool.vhbas().map(move |vhba| (vhba.wwns, format!("pool {}", pool.name)))
        });
        Ok(vhbas.chain(pools).collect())
    }

    /// Forgets a definition. The vHBA, if it is up, stays so and is a transient one from then on. Its names
    /// are never drawn for another one.
    ///
    /// # Errors
    /// [`NodeError::Unknown`].
    pub async fn undefine_vhba(&self, name: &str) -> Result<(), NodeError> {
        let row = self.vhba_record(name).await?;
        let mut changes = vec![self.tables.delete(VHBAS, &row)];
        let made: Option<Row<Made>> = self.tables.get(VHBAS_UP, name).await?;
        changes.extend(made.map(|made| self.tables.delete(VHBAS_UP, &made)));
        changes.extend(self.given_up([row.value.names.wwpn]).await?);
        self.tables.commit(changes).await
    }

    /// Says whether a vHBA is started at boot.
    ///
    /// # Errors
    /// [`NodeError::Unknown`].
    pub async fn autostart_vhba(&self, name: &str, autostart: bool) -> Result<Outcome, NodeError> {
        let row = self.vhba_record(name).await?;
        if row.value.autostart == autostart {
            return Ok(Outcome::Unchanged);
        }
        let record = VhbaRecord { autostart, ..row.value.clone() };
        self.tables.commit(vec![self.tables.replace(VHBAS, &row, &record)]).await?;
        Ok(Outcome::Changed)
    }

    /// Starts a defined vHBA: chooses its parent anew, makes it there and waits for its login. One that is
    /// there already is adopted.
    ///
    /// # Errors
    /// [`NodeError::Unknown`]; [`NodeError::Held`]: another host has it up; [`NodeError::Vhba`] with the reason
    /// against each adapter, or what is left behind. Nothing is, if it does not say so.
    pub async fn start_vhba(&self, name: &str) -> Result<Vhba, NodeError> {
        let row = self.vhba_record(name).await?;
        let VhbaRecord { names, parent, .. } = row.value;
        let begun = self.begin(VHBAS_UP, name, &[names]).await?;
        let up = vhba::bring_up(&*self.host, names, &parent, &[], PATIENCE).await;
        let ended = self.end(VHBAS_UP, begun, up.as_ref().map(std::slice::from_ref).ok()).await;
        let up = up?;
        ended?;
        Ok(up)
    }

    /// Stops a vHBA, defined or not: deletes it with its devices. One that is down is `Unchanged`.
    ///
    /// # Errors
    /// [`NodeError::Unknown`]: neither a definition nor a vHBA of the host is called so.
    /// [`NodeError::InUse`]: a pool is up on it. [`NodeError::Vhba`]: it is still there.
    pub async fn stop_vhba(&self, name: &str) -> Result<Outcome, NodeError> {
        let info = self.vhba(name).await?;
        let pools: Vec<Row<Made>> = self.tables.all(POOLS_UP).await?;
        let uses = |row: &&Row<Made>| row.value.vhbas.iter().any(|v| v.names == info.names);
        if let Some(pool) = pools.iter().find(uses) {
            let pool = self.pool_name(&pool.key).await?;
            return Err(NodeError::InUse { names: info.names, pool });
        }
        let was_there = vhba::bring_down(&*self.host, info.names).await?;
        let mut changes = self.given_up([info.names.wwpn]).await?;
        let made: Option<Row<Made>> = self.tables.get(VHBAS_UP, &info.name).await?;
        changes.extend(made.map(|made| self.tables.delete(VHBAS_UP, &made)));
        self.tables.commit(changes).await?;
        Ok(if was_there { Outcome::Changed } else { Outcome::Unchanged })
    }

    /// The vHBAs of the host: those that are defined, by name, then the transient ones.
    ///
    /// # Errors
    /// [`NodeError::Records`], [`NodeError::Hal`].
    pub async fn vhbas(&self) -> Result<Vec<VhbaInfo>, NodeError> {
        let rows: Vec<Row<VhbaRecord>> = self.tables.all(VHBAS).await?;
        let mut there = self.vports().await?;
        let mut all = vec![];
        for Row { key, value, .. } in rows {
            let own = there.iter().position(|vport| vport.names == value.names);
            let state = own.map_or(VhbaState::Down, |at| state(&there.swap_remove(at)));
            let name = key.parse().map_err(|cause: super::record::NodeNameError| {
                NodeError::Record { record: format!("{VHBAS} {key}"), cause: cause.to_string() }
            })?;
            let VhbaRecord { names, parent, xml, autostart } = value;
            let definition = Some(VhbaDefinition { name, names, parent, xml });
            all.push(VhbaInfo { name: key, names, definition, autostart, state });
        }
        there.sort_by_key(|vport| (vport.parent, vport.no));
        all.extend(there.iter().map(|vport| VhbaInfo {
            name: vport.no.map_or_else(|| vport.names.wwpn.to_string(), |no| format!("scsi_{no}")),
            names: vport.names,
            definition: None,
            autostart: false,
            state: state(vport),
        }));
        Ok(all)
    }

    /// The vHBA of this name: its definition's, its port name in any notation, or `scsi_hostN`.
    ///
    /// # Errors
    /// [`NodeError::Unknown`].
    pub async fn vhba(&self, name: &str) -> Result<VhbaInfo, NodeError> {
        let mut all = self.vhbas().await?;
        let wwpn = name.parse().ok();
        let is_up = |info: &VhbaInfo| matches!(info.state, VhbaState::Up { .. });
        let numbered = |info: &VhbaInfo| match info.state {
            VhbaState::Up { adapter: Some(no), .. } => format!("scsi_{no}") == name,
            _ => false,
        };
        let named = |info: &VhbaInfo| wwpn == Some(info.names.wwpn);
        // What somebody has called it goes before what it happens to be now; the definitions come first.
        let found = all.iter().position(|info| info.name == name);
        let found = found.or_else(|| all.iter().position(|info| named(info) && is_up(info)));
        let found = found.or_else(|| all.iter().position(named));
        let found = found.or_else(|| all.iter().position(numbered));
        found.map(|at| all.swap_remove(at)).ok_or_else(|| self.unknown(KIND, name))
    }

    async fn vhba_record(&self, name: &str) -> Result<Row<VhbaRecord>, NodeError> {
        self.tables.get(VHBAS, name).await?.ok_or_else(|| self.unknown(KIND, name))
    }

    /// All vports of the host.
    pub(super) async fn vports(&self) -> Result<Vec<Vport>, NodeError> {
        let mut all = vec![];
        if let Some(npiv) = self.host.npiv() {
            let adapters = self.host.adapters().await?;
            let capable = |adapter: &&Adapter| {
                matches!(adapter.kind, AdapterKind::Physical { npiv: Some(_) })
            };
            for adapter in adapters.iter().filter(capable) {
                all.extend(npiv.vports(adapter.no).await?);
            }
            // One whose parent cannot be read is there all the same.
            let carriers = adapters.iter().filter_map(|adapter| match adapter.kind {
                AdapterKind::Virtual { parent } => Some(parent),
                _ => None,
            });
            let unlisted = |no: &HostNo| !adapters.iter().any(|adapter| adapter.no == *no);
            let unlisted: BTreeSet<HostNo> = carriers.filter(unlisted).collect();
            all.extend(unlisted.into_iter().flat_map(|no| with_adapters(vec![], no, &adapters)));
        }
        Ok(all)
    }

    /// The vport of these names.
    async fn vport(&self, names: WwnPair) -> Result<Option<Vport>, NodeError> {
        Ok(self.vports().await?.into_iter().find(|vport| vport.names == names))
    }

    /// Writes down that something is being started, and takes the leases of its names, before anything is
    /// made.
    pub(super) async fn begin(
        &self,
        table: &str,
        name: &str,
        vhbas: &[WwnPair],
    ) -> Result<Begun, NodeError> {
        for _ in 1..ATTEMPTS {
            match self.begin_once(table, name, vhbas).await {
                Err(error) if is_conflict(&error) => {}
                done => return done,
            }
        }
        self.begin_once(table, name, vhbas).await
    }

    async fn begin_once(
        &self,
        table: &str,
        name: &str,
        vhbas: &[WwnPair],
    ) -> Result<Begun, NodeError> {
        let there = self.vports().await?;
        let before: Option<Row<Made>> = self.tables.get(table, name).await?;
        let made = |names: &WwnPair| {
            let known = before.as_ref().and_then(|row| {
                row.value.vhbas.iter().find(|vhba| vhba.names == *names).map(|v| v.adopted)
            });
            // What an earlier start made is not somebody else's because it is there.
            // What was somebody else's and is gone will be this one's.
            let adopted = there.iter().any(|v| v.names == *names) && known.unwrap_or(true);
            MadeVhba { names: *names, adopted }
        };
        let value = Made { complete: false, vhbas: vhbas.iter().map(made).collect() };
        let change = match &before {
            Some(row) => self.tables.replace(table, row, &value),
            None => self.tables.create(table, name, &value),
        };
        let mut changes = self.leased(vhbas).await?;
        changes.push(change);
        self.tables.commit(changes).await?;
        let row = self.tables.get(table, name).await?;
        let row = row.ok_or_else(|| self.unknown("record", name))?;
        Ok(Begun { row, before: before.map(|row| row.value) })
    }

    /// Writes down how a start has ended: well, with these vHBAs, or not at all (`None`).
    pub(super) async fn end(
        &self,
        table: &str,
        begun: Begun,
        up: Option<&[Vhba]>,
    ) -> Result<(), NodeError> {
        let Begun { row: begun, before } = begun;
        let there = self.vports().await?;
        let is_there = |vhba: &MadeVhba| there.iter().any(|vport| vport.names == vhba.names);
        let known = before.iter().flat_map(|before| &before.vhbas).map(|vhba| vhba.names);
        let known: Vec<WwnPair> = known.collect();
        let Some(up) = up else {
            // What may be left behind stays written down.
            let mut left = begun.value.vhbas.clone();
            left.retain(|vhba| !vhba.adopted && is_there(vhba));
            if let Some(mut before) = before {
                // What was up before is still to be up: the next look finds what is missing of it.
                before.vhbas.retain(|vhba| left.iter().all(|left| left.names != vhba.names));
                before.vhbas.extend(left);
                let change = self.tables.replace(table, &begun, &before);
                return self.tables.commit(vec![change]).await;
            }
            if !left.is_empty() {
                return Ok(());
            }
            let names = begun.value.vhbas.iter().map(|vhba| vhba.names.wwpn);
            let mut changes = self.given_up(names).await?;
            changes.push(self.tables.delete(table, &begun));
            return self.tables.commit(changes).await;
        };
        let mut made = begun.value.clone();
        made.complete = true;
        for vhba in made.vhbas.iter_mut().filter(|vhba| !known.contains(&vhba.names)) {
            // Somebody may have made it since it was looked for.
            let up = up.iter().find(|up| up.names == vhba.names);
            vhba.adopted = up.map_or(vhba.adopted, |up| up.adopted);
        }
        // What is not up may be left behind: it stays written down until it is gone.
        let is_up = |vhba: &MadeVhba| up.iter().any(|up| up.names == vhba.names);
        made.vhbas.retain(|vhba| is_up(vhba) || is_there(vhba));
        let kept = |names: WwnPair| made.vhbas.iter().any(|vhba| vhba.names == names);
        let gone = begun.value.vhbas.iter().filter(|vhba| !kept(vhba.names));
        let mut changes = self.given_up(gone.map(|vhba| vhba.names.wwpn)).await?;
        changes.push(self.tables.replace(table, &begun, &made));
        self.tables.commit(changes).await
    }

    pub(super) fn unknown(&self, kind: &'static str, name: &str) -> NodeError {
        NodeError::Unknown { host: self.tables.host().to_owned(), kind, name: name.to_owned() }
    }
}

/// A start that is written down, and what was written there before.
#[derive(Debug)]
pub(super) struct Begun {
    row: Row<Made>,
    before: Option<Made>,
}

/// A vHBA is also found by its port name and by its host's number: a definition of such a name would stand in the
/// way of another one's.
pub(super) fn must_mean_nothing_else(name: &str) -> Result<(), NodeError> {
    let number = name.strip_prefix("scsi_").unwrap_or(name).strip_prefix("host");
    let is_number = number.is_some_and(|number| number.parse::<u32>().is_ok());
    if is_number || name.parse::<Wwpn>().is_ok() {
        return Err(NodeError::Ambiguous { name: name.into() });
    }
    Ok(())
}

fn state(vport: &Vport) -> VhbaState {
    VhbaState::Up { state: vport.state, parent: vport.parent, adapter: vport.no }
}
