//! Why something could not be done on a node.

use npivot_hal::{Error, WwnPair};

use super::RecordsError;
use crate::libvirt::XmlError;
use crate::pool::PoolError;
use crate::vhba::VhbaError;

/// Why something could not be done on a node.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NodeError {
    /// There is none of this name.
    #[error("{host} has no {kind} {name}")]
    Unknown {
        /// The host.
        host: String,
        /// `vHBA` or `pool`.
        kind: &'static str,
        /// The name asked for.
        name: String,
    },
    /// Another definition has the name, the UUID or a world wide name.
    #[error("{kind} {name} cannot be defined: {what} is {owner}'s")]
    Taken {
        /// `vHBA` or `pool`.
        kind: &'static str,
        /// The name of what was to be defined.
        name: String,
        /// What is taken, in words: `port name 5001a4a000000001`.
        what: String,
        /// Whose it is, in words: `pool web1`.
        owner: String,
    },
    /// It is up, and what was asked needs it down.
    #[error("{kind} {name} is up: stop it first")]
    IsUp {
        /// `vHBA` or `pool`.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// The vHBA is a pool's.
    #[error("vHBA {names} is in use by pool {pool}: stop that first")]
    InUse {
        /// Its names.
        names: WwnPair,
        /// The pool that is up on it.
        pool: String,
    },
    /// It is down, and what was asked needs it up.
    #[error("{kind} {name} is not up: start it first")]
    IsDown {
        /// `vHBA` or `pool`.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// What is in the store is not what npivot writes.
    #[error("the record {record} cannot be read: {cause}")]
    Record {
        /// Which one.
        record: String,
        /// Why.
        cause: String,
    },
    /// What is kept of a definition cannot be read as one.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// The store.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// The vHBA.
    #[error(transparent)]
    Vhba(#[from] VhbaError),
    /// The pool.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// The host.
    #[error(transparent)]
    Hal(#[from] Error),
}
