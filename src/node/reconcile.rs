//! What differs between the records and the host: found, shown, mended.
//!
//! The host renumbers, somebody deletes a vport by hand, a link comes back, npivot itself is killed between
//! two steps. Nothing of that is remembered anywhere but in the difference.

use std::collections::BTreeSet;
use std::fmt;

use npivot_hal::{HostNo, WwnPair, Wwpn};

use super::record::{POOLS_UP, VHBAS, VHBAS_UP};
use super::{Made, Node, NodeError, VhbaRecord};
use crate::libvirt::{FcHostAdapter, ParentChoice};
use crate::pool::ActivePool;
use crate::store::Row;
use crate::vhba::{self, in_words, is_asked_for, misplaced};

/// What is to be done about a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Start a vHBA.
    StartVhba {
        /// Its name.
        name: String,
        /// Why.
        why: Why,
    },
    /// Start a pool.
    StartPool {
        /// Its name.
        name: String,
        /// Why.
        why: Why,
    },
    /// Delete a vHBA that npivot made for something that nobody wants any more.
    DeleteVhba {
        /// Its names.
        names: WwnPair,
        /// What it was made for.
        made_for: String,
    },
    /// Strike out the note that something is up.
    Forget {
        /// What, in words.
        what: String,
        /// Its table and key.
        record: (&'static str, String),
    },
    /// A vHBA is up where its definition does not want it. To move it takes its disks away for a while, so this is
    /// not done, only told.
    Move {
        /// Its names.
        names: WwnPair,
        /// Where it is.
        on: HostNo,
        /// What it is up for, and what that wants.
        wanted: (String, ParentChoice),
    },
    /// Let other hosts have a port name that this one has not.
    GiveUp {
        /// The name.
        wwpn: Wwpn,
    },
}

/// Why something is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// It is started at boot.
    Boot,
    /// It was up, and what it needs is gone.
    Gone,
    /// It was up, and its SCSI host is gone.
    NoScsiHost,
    /// An earlier start was cut short.
    CutShort,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boot => "it starts at boot",
            Self::Gone => "it was up, and a vHBA of it is gone",
            Self::NoScsiHost => "it was up, and its SCSI host is gone",
            Self::CutShort => "an earlier start was cut short",
        })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StartVhba { name, why } => write!(f, "start vHBA {name}: {why}"),
            Self::StartPool { name, why } => write!(f, "start pool {name}: {why}"),
            Self::DeleteVhba { names, made_for } => {
                write!(f, "delete vHBA {names}: it was made for {made_for}, which is not defined")
            }
            Self::Forget { what, .. } => write!(f, "note that {what} is down"),
            Self::Move { names, on, wanted: (of, choice) } => {
                write!(f, "move vHBA {names}: it is on {on}, and {of} wants {}", in_words(choice))
            }
            Self::GiveUp { wwpn } => {
                write!(f, "give up {wwpn}: this host holds it and has no vHBA of it")
            }
        }
    }
}

/// The plan: what is to be done, in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Findings {
    /// The actions; none: records and host agree.
    pub actions: Vec<Action>,
}

/// What has been done of a plan.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Reconciled {
    /// What was done.
    pub done: Vec<Action>,
    /// What was done in part, and what is missing: a pool is up without some of its vHBAs or LUNs. A vHBA
    /// that is missing is found again by the next run; a LUN appears by itself when it comes.
    pub partial: Vec<(Action, String)>,
    /// What could not be done, and why. The next run finds it again.
    pub failed: Vec<(Action, NodeError)>,
}

impl Node {
    /// Compares the records with the host. `boot` is for the first time after a boot: what starts at boot is
    /// to be started, and what was up before and does not is not.
    ///
    /// # Errors
    /// [`NodeError::Records`], [`NodeError::Hal`]: nothing can be said. [`NodeError::Unreadable`], unless at boot.
    pub async fn findings(&self, boot: bool) -> Result<Findings, NodeError> {
        // What cannot be read looks as if it were gone; after a boot there is nothing that could be.
        if let Some(error) = self.host.unreadable().await?.into_iter().next().filter(|_| !boot) {
            return Err(NodeError::Unreadable(error));
        }
        let there: BTreeSet<WwnPair> =
            self.vports().await?.into_iter().map(|vport| vport.names).collect();
        let mut actions = vec![];
        self.find_vhbas(boot, &there, &mut actions).await?;
        self.find_pools(boot, &there, &mut actions).await?;
        if !boot {
            self.find_misplaced(&mut actions).await?;
        }
        self.find_leases(&there, &mut actions).await?;
        Ok(Findings { actions })
    }

    /// Whether nothing is defined, nor noted as up: then there is nothing to compare a host with, not even if it
    /// cannot be asked.
    ///
    /// # Errors
    /// [`NodeError::Records`].
    pub async fn has_nothing(&self) -> Result<bool, NodeError> {
        Ok(self.tables.all::<VhbaRecord>(VHBAS).await?.is_empty()
            && self.pool_rows().await?.is_empty()
            && self.tables.all::<Made>(VHBAS_UP).await?.is_empty()
            && self.tables.all::<Made>(POOLS_UP).await?.is_empty())
    }

    async fn find_vhbas(
        &self,
        boot: bool,
        there: &BTreeSet<WwnPair>,
        actions: &mut Vec<Action>,
    ) -> Result<(), NodeError> {
        let made: Vec<Row<Made>> = self.tables.all(VHBAS_UP).await?;
        for row in self.tables.all::<VhbaRecord>(VHBAS).await? {
            let up = made.iter().find(|made| made.key == row.key);
            let is_there = there.contains(&row.value.names);
            let why = why(boot && row.value.autostart, up.map(|up| &up.value), is_there);
            let name = row.key.clone();
            match (why, up) {
                (None, _) => {}
                (Some(Why::Gone), Some(_)) if boot && !row.value.autostart => {
                    let (what, record) = (format!("vHBA {name}"), (VHBAS_UP, name));
                    actions.push(Action::Forget { what, record });
                }
                (Some(why), _) => actions.push(Action::StartVhba { name, why }),
            }
        }
        Ok(())
    }

    async fn find_pools(
        &self,
        boot: bool,
        there: &BTreeSet<WwnPair>,
        actions: &mut Vec<Action>,
    ) -> Result<(), NodeError> {
        let mut made: Vec<Row<Made>> = self.tables.all(POOLS_UP).await?;
        for (row, pool) in self.pool_rows().await? {
            let at = made.iter().position(|made| made.key == row.key);
            let up = at.map(|at| made.swap_remove(at));
            let (all, none) = if pool.adapter.fc_host().is_some() {
                let is_there = |vhba: &FcHostAdapter| there.contains(&vhba.wwns);
                (pool.vhbas().all(is_there), !pool.vhbas().any(is_there))
            } else {
                // Asked for only where it matters: each is a look at the host.
                let is_there = up.is_none() || self.has_scsi_host(&pool).await?;
                (is_there, !is_there)
            };
            let why = why(boot && row.value.autostart, up.as_ref().map(|up| &up.value), all);
            let name = pool.name.to_string();
            match why {
                None => {}
                Some(Why::Gone) if boot && !row.value.autostart && none => {
                    let record = (POOLS_UP, row.key);
                    actions.push(Action::Forget { what: format!("pool {name}"), record });
                }
                Some(Why::Gone) if pool.adapter.fc_host().is_none() => {
                    actions.push(Action::StartPool { name, why: Why::NoScsiHost });
                }
                Some(why) => actions.push(Action::StartPool { name, why }),
            }
        }
        // Up, and not defined: somebody else's copy of the store, or one that was put back.
        for row in made {
            let what = format!("pool {}", row.key);
            for vhba in row.value.vhbas.iter().filter(|vhba| !vhba.adopted) {
                if there.contains(&vhba.names) {
                    actions.push(Action::DeleteVhba { names: vhba.names, made_for: what.clone() });
                }
            }
            actions.push(Action::Forget { what, record: (POOLS_UP, row.key) });
        }
        Ok(())
    }

    /// Finds vHBAs of what is up that are on another adapter than was asked for: the definition was changed, or
    /// somebody else has made them.
    async fn find_misplaced(&self, actions: &mut Vec<Action>) -> Result<(), NodeError> {
        let made: Vec<Row<Made>> = self.tables.all(VHBAS_UP).await?;
        let vhbas = self.tables.all::<VhbaRecord>(VHBAS).await?.into_iter();
        let vhbas = vhbas.filter(|row| made.iter().any(|made| made.key == row.key));
        let mut up: Vec<(WwnPair, String, ParentChoice)> = vhbas
            .map(|row| (row.value.names, format!("vHBA {}", row.key), row.value.parent))
            .collect();
        let made: Vec<Row<Made>> = self.tables.all(POOLS_UP).await?;
        for (row, pool) in self.pool_rows().await? {
            if made.iter().any(|made| made.key == row.key) {
                let of = format!("pool {}", pool.name);
                up.extend(pool.vhbas().map(|vhba| (vhba.wwns, of.clone(), vhba.parent_choice())));
            }
        }
        if up.is_empty() {
            return Ok(());
        }
        let (adapters, vports) = (self.host.adapters().await?, self.vports().await?);
        for (names, of, choice) in up {
            let vport = vports.iter().find(|vport| vport.names == names);
            let parent = vport.and_then(|v| adapters.iter().find(|a| a.no == v.parent));
            if let Some(parent) = parent.filter(|parent| !is_asked_for(parent, &choice)) {
                actions.push(Action::Move { names, on: parent.no, wanted: (of, choice) });
            }
        }
        Ok(())
    }

    /// Does what was found. What fails does not keep the rest from being done.
    pub async fn reconcile(&self, findings: Findings) -> Reconciled {
        let mut reconciled = Reconciled::default();
        for action in findings.actions {
            match self.act(&action).await {
                Ok(None) => reconciled.done.push(action),
                Ok(Some(missing)) => reconciled.partial.push((action, missing)),
                Err(error) => reconciled.failed.push((action, error)),
            }
        }
        reconciled
    }

    /// Does it. What is missing then, if anything is.
    async fn act(&self, action: &Action) -> Result<Option<String>, NodeError> {
        match action {
            Action::StartVhba { name, .. } => {
                self.start_vhba(name).await?;
            }
            Action::StartPool { name, .. } => return Ok(missing(&self.start_pool(name).await?)),
            Action::DeleteVhba { names, .. } => {
                vhba::bring_down(&*self.host, *names).await?;
                self.tables.commit(self.given_up([names.wwpn]).await?).await?;
            }
            Action::Forget { record: (table, key), .. } => {
                if let Some(row) = self.tables.get::<Made>(table, key).await? {
                    let names = row.value.vhbas.iter().map(|vhba| vhba.names.wwpn);
                    let mut changes = self.given_up(names).await?;
                    changes.push(self.tables.delete(table, &row));
                    self.tables.commit(changes).await?;
                }
            }
            Action::Move { names, on, wanted: (_, choice) } => {
                return Err(misplaced(&*self.host, *names, *on, choice).into());
            }
            Action::GiveUp { wwpn } => {
                self.tables.commit(self.given_up([*wwpn]).await?).await?;
            }
        }
        Ok(None)
    }
}

/// What a pool that was just started lacks, in words.
fn missing(pool: &ActivePool) -> Option<String> {
    let down = pool.down.iter().map(|(names, why)| format!("vHBA {} is down: {why}", names.wwpn));
    let luns = (!pool.readiness.is_ready()).then(|| pool.readiness.to_string());
    let all: Vec<String> = down.chain(luns).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// Why something is to be started, if it is: `wanted` at boot, what is noted of it, whether all is there.
fn why(wanted: bool, up: Option<&Made>, is_there: bool) -> Option<Why> {
    match up {
        Some(made) if !made.complete => Some(Why::CutShort),
        Some(_) if !is_there => Some(if wanted { Why::Boot } else { Why::Gone }),
        None if wanted => Some(Why::Boot),
        _ => None,
    }
}
