//! What happens to the volumes of a pool while it is up.

use std::collections::BTreeMap;
use std::fmt;

use npivot_hal::{Host, LunId};
use tokio::time::Instant;

use super::{adapters_of, read_volumes};
use crate::libvirt::PoolDefinition;
use crate::vhba::VhbaError;
use crate::wait::Changes;

/// A change of a pool's volumes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum VolumeEvent {
    /// A volume has come.
    Added {
        /// Which.
        id: LunId,
        /// How many usable paths it has.
        paths: usize,
    },
    /// A volume has more or fewer usable paths than before.
    Paths {
        /// Which.
        id: LunId,
        /// How many it has now; none: it cannot be reached.
        paths: usize,
    },
    /// A volume has gone with its last path.
    Removed {
        /// Which.
        id: LunId,
    },
}

impl fmt::Display for VolumeEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added { id, paths } => write!(f, "volume {id} has come, with {paths} paths"),
            Self::Paths { id, paths } => write!(f, "volume {id} has {paths} usable paths"),
            Self::Removed { id } => write!(f, "volume {id} has gone"),
        }
    }
}

/// Watches the volumes of a pool, event by event.
pub struct Watch<'h> {
    host: &'h dyn Host,
    definition: PoolDefinition,
    changes: Changes,
    known: BTreeMap<LunId, usize>,
}

impl fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("pool", &self.definition.name)
            .field("known", &self.known)
            .finish_non_exhaustive()
    }
}

impl<'h> Watch<'h> {
    /// Watches from now on. What is there now is told first, as having come.
    pub fn new(host: &'h dyn Host, definition: &PoolDefinition) -> Self {
        let (definition, changes) = (definition.clone(), Changes::of(host));
        Self { host, definition, changes, known: BTreeMap::new() }
    }

    /// What has changed since the last call, as soon as something has; by the deadline, nothing.
    ///
    /// # Errors
    /// [`VhbaError`]: the host cannot be read. Nothing is missed by it: the next call tells what has changed.
    pub async fn next(&mut self, deadline: Instant) -> Result<Vec<VolumeEvent>, VhbaError> {
        loop {
            let adapters = adapters_of(self.host, &self.definition).await?;
            let now = read_volumes(self.host, &adapters, false).await?.path_counts();
            let events = difference(&self.known, &now);
            self.known = now;
            if !events.is_empty() {
                return Ok(events);
            }
            if self.changes.next(deadline).await.is_none() {
                return Ok(vec![]);
            }
        }
    }
}

fn difference(before: &BTreeMap<LunId, usize>, now: &BTreeMap<LunId, usize>) -> Vec<VolumeEvent> {
    let gone = before.keys().filter(|id| !now.contains_key(id));
    let gone = gone.map(|id| VolumeEvent::Removed { id: id.clone() });
    let changed = now.iter().filter_map(|(id, &paths)| match before.get(id) {
        None => Some(VolumeEvent::Added { id: id.clone(), paths }),
        Some(&old) if old != paths => Some(VolumeEvent::Paths { id: id.clone(), paths }),
        Some(_) => None,
    });
    gone.chain(changed).collect()
}
