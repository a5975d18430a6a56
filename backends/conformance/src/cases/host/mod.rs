//! Cases about hosts.

mod cables;
mod discovery;
mod events;
mod identity;
mod inventory;
mod links;
mod npiv;
mod stale;

use crate::Case;

pub(super) const ALL: &[&[Case]] = &[
    inventory::CASES,
    identity::CASES,
    npiv::CASES,
    discovery::CASES,
    stale::CASES,
    links::CASES,
    cables::CASES,
    events::CASES,
];
