//! The machines that a piece of work is about.

use std::collections::BTreeSet;
use std::sync::Arc;

use npivot_hal::{Array, Fabric, Host, Result, Wwpn};

/// A SAN as npivot is given it: the hosts involved, the fabrics and arrays that it may ask and change.
///
/// A fabric or array that is not listed is not touched: its administrator does that part, and checks tell
/// what is missing.
#[derive(Debug, Clone)]
pub struct Site {
    /// Where the guest runs.
    pub source: Arc<dyn Host>,
    /// Where it goes.
    pub destination: Arc<dyn Host>,
    /// The fabrics.
    pub fabrics: Vec<Arc<dyn Fabric>>,
    /// The arrays.
    pub arrays: Vec<Arc<dyn Array>>,
}

impl Site {
    /// The fabric of this name.
    pub fn fabric(&self, name: &str) -> Option<&dyn Fabric> {
        self.fabrics.iter().find(|fabric| fabric.name() == name).map(|fabric| &**fabric)
    }

    /// The array of this name.
    pub fn array(&self, name: &str) -> Option<&dyn Array> {
        self.arrays.iter().find(|array| array.name() == name).map(|array| &**array)
    }

    /// The port names of all pure targets: what the arrays say, and what has registered as one. A port that
    /// is an initiator too (a virtualiser's, a replication port) is left out: it uses zones itself.
    ///
    /// # Errors
    /// Those of [`Array::target_ports`] and [`Fabric::name_server`].
    pub async fn target_names(&self) -> Result<BTreeSet<Wwpn>> {
        let mut names = BTreeSet::new();
        for array in &self.arrays {
            names.extend(array.target_ports().await?.iter().map(|port| port.names.wwpn));
        }
        for fabric in &self.fabrics {
            let entries = fabric.name_server().await?;
            for entry in entries {
                if entry.roles.initiator {
                    names.remove(&entry.names.wwpn);
                } else if entry.roles.target {
                    names.insert(entry.names.wwpn);
                }
            }
        }
        Ok(names)
    }
}
