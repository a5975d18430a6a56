//! What is asked for.

use std::time::Duration;

use npivot_hal::WwnPair;

use crate::identity::WwnRange;
use crate::libvirt::PoolDefinition;

/// Whose names the guest gets on the destination.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Identities {
    /// New ones from this range; npivot zones and masks them, and takes the old ones out afterwards.
    Fresh(WwnRange),
    /// These, one pair per pool in the request's order, which the SAN's administrators have zoned and
    /// masked already. npivot checks that they did and changes neither zones nor masks.
    Prepared(Vec<WwnPair>),
}

/// A migration that somebody wants.
#[derive(Debug, Clone)]
pub struct Request {
    /// The guest's pools, all of which move together. They must be this guest's alone: their vHBAs go from
    /// the source when it has moved.
    pub pools: Vec<PoolDefinition>,
    /// Whose names.
    pub identities: Identities,
    /// How long one pool may take on the destination from vHBA to last LUN.
    pub patience: Duration,
}

impl Request {
    /// Moves these pools under fresh identities of QEMU's range; each pool may take 30 seconds.
    pub fn fresh(pools: Vec<PoolDefinition>) -> Self {
        let identities = Identities::Fresh(WwnRange::QEMU);
        Self { pools, identities, patience: Duration::from_secs(30) }
    }
}
