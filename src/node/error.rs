//! Why something could not be done on a node.

use npivot_hal::{Error, WwnPair, Wwpn};

use crate::identity::IdentityError;
use crate::libvirt::XmlError;
use crate::pool::PoolError;
use crate::store::{LeaseError, StoreError};
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
    /// The name of a vHBA means another one already, or will.
    #[error(
        "{name} is no name for a definition: it means whichever vHBA has that number or port name; choose another \
         one (--name)"
    )]
    Ambiguous {
        /// The name.
        name: String,
    },
    /// What is to be made once is defined.
    #[error("{what} is {owner}'s: start that")]
    Defined {
        /// What is taken, in words: `port name 5001a4a000000001`.
        what: String,
        /// Whose it is, in words: `vHBA web1`.
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
    /// Another host on the same store has a vHBA of that port name up, or had when it was last heard of.
    #[error(
        "vHBA {names} is up on host {holder}: stop it there; if that host is gone for good, \
         `npivot vhba release {} --from {holder}` says so",
        names.wwpn
    )]
    Held {
        /// Its names.
        names: WwnPair,
        /// The host.
        holder: String,
    },
    /// Another host than the one that was named has a port name.
    #[error("{wwpn} is held by host {holder}, not by {named}: nothing is released")]
    HeldElsewhere {
        /// The name.
        wwpn: Wwpn,
        /// Who has it.
        holder: String,
        /// Who was thought to have it.
        named: String,
    },
    /// It is down, and what was asked needs it up.
    #[error("{kind} {name} is not up: start it first")]
    IsDown {
        /// `vHBA` or `pool`.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// Something of the host cannot be read, so it cannot be told from what is gone.
    #[error(
        "the host cannot be compared with what is defined, since something on it cannot be read: {0}"
    )]
    Unreadable(#[source] Error),
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
    /// There is no new identity, or what is noted of names cannot be read.
    #[error(transparent)]
    Identity(IdentityError),
    /// What is noted of leases cannot be read.
    #[error(transparent)]
    Lease(LeaseError),
    /// The store.
    #[error(transparent)]
    Records(#[from] StoreError),
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

/// The store's own errors stay the store's.
impl From<IdentityError> for NodeError {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::Store(error) => Self::Records(error),
            error => Self::Identity(error),
        }
    }
}

impl From<LeaseError> for NodeError {
    fn from(error: LeaseError) -> Self {
        match error {
            LeaseError::Store(error) => Self::Records(error),
            error => Self::Lease(error),
        }
    }
}
