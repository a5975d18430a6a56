//! Cases about fabrics.

mod edits;
mod inventory;
mod nameserver;
mod transactions;

use crate::Case;

pub(super) const ALL: &[&[Case]] =
    &[inventory::CASES, nameserver::CASES, transactions::CASES, edits::CASES];
