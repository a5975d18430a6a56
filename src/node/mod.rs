//! An operator's side of one host: vHBAs and pools that are defined, so that they outlive a reboot.
//!
//! A [`Node`] is a host and the records kept of it. What *is* is always asked of the host; the records say
//! what *should be* and what npivot itself has made. The two are compared by [`reconcile`](Node::reconcile).
//!
//! | module | what is in it |
//! |---|---|
//! | `vhbas` | persistent vHBAs: define, undefine, start, stop, autostart, list |
//! | `transient` | vHBAs that nobody defines |
//! | `pools` | pools: the same, and refresh |
//! | `identities` | vHBAs under new names; which host has which name up |
//! | `reconcile` | what differs between the records and the host, as a plan; doing it |
//! | `record` | what is kept, and how it is written |
//! | `tables` | reading and changing records, each change all or nothing |
//! | `error` | [`NodeError`] |
//!
//! One request, start a pool: [`Node::start_pool`] reads the definition, writes down that it is being started,
//! has [`pool::start`](crate::pool::start) bring its vHBAs up, and writes down which of them it made. A crash
//! before the first record has changed nothing; after it, the record says what to look for, and reconcile
//! finishes or takes back. With that first record it takes the leases of the names, so that no other host on
//! the same store can have them up at the same time.

mod error;
mod identities;
mod pools;
mod reconcile;
mod record;
mod tables;
mod transient;
mod vhbas;

use std::sync::Arc;

use npivot_hal::{Array, Fabric, Host};

pub use error::NodeError;
pub use identities::NewVhba;
pub use pools::{PoolInfo, PoolState};
pub use reconcile::{Action, Findings, Reconciled, Why};
pub use record::{Made, MadeVhba, NodeName, NodeNameError, PoolRecord, VhbaRecord};
pub use vhbas::{VhbaDefinition, VhbaInfo, VhbaState, WantedVhba};

// The store's own, under the names that they have here.
pub use crate::store::{
    Change, MemoryStore as MemoryRecords, Row, Store as Records, StoreError as RecordsError,
};

use tables::Tables;

use crate::identity::WwnRange;

/// A host with the records that are kept of it.
#[derive(Debug, Clone)]
pub struct Node {
    host: Arc<dyn Host>,
    tables: Tables,
    range: WwnRange,
    fabrics: Vec<Arc<dyn Fabric>>,
    arrays: Vec<Arc<dyn Array>>,
}

impl Node {
    /// The host's side, with its records in this store. Records are kept under the host's name: several hosts
    /// can share a store, and two that are called alike cannot.
    pub fn new(host: Arc<dyn Host>, records: Arc<dyn Records>) -> Self {
        let tables = Tables::of(host.name(), records);
        Self { host, tables, range: WwnRange::QEMU, fabrics: vec![], arrays: vec![] }
    }

    /// New names are drawn from this range; [`WwnRange::QEMU`], if nothing is said.
    #[must_use]
    pub fn with_range(self, range: WwnRange) -> Self {
        Self { range, ..self }
    }

    /// These fabrics and arrays are asked for names in use when a new one is drawn; none, if nothing is said.
    #[must_use]
    pub fn with_san(self, fabrics: Vec<Arc<dyn Fabric>>, arrays: Vec<Arc<dyn Array>>) -> Self {
        Self { fabrics, arrays, ..self }
    }

    /// The host.
    pub fn host(&self) -> &Arc<dyn Host> {
        &self.host
    }
}
