//! New world wide names that nobody has, had, or gets a second time.
//!
//! | module | what is in it |
//! |---|---|
//! | `range` | [`WwnRange`]: the names that new ones are drawn from |
//! | `in_use` | [`NamesInUse`]: what hosts, fabrics and arrays know of |
//! | `ledger` | [`Ledger`]: every name that was ever given out, in a store |
//! | `block` | many numbers in few bytes |
//! | `lease` | which host has a vHBA of a name up |
//! | `version_1` | what a store from before these records is given |
//! | `error` | [`IdentityError`] |
//!
//! A name is free if the ledger does not have it and nobody uses it. It is written into the ledger in the
//! commit that uses it, and never taken out: that is what retires it when its definition goes. A crash
//! before that commit has changed nothing, and of two that draw the same name at once, one's commit is
//! refused and draws again.
//!
//! Who is *given* names that exist, by an administrator or an older definition, may use them again: the
//! ledger only keeps them from being drawn.

mod block;
mod error;
mod in_use;
mod lease;
mod ledger;
mod range;
mod version_1;

pub use error::IdentityError;
pub use in_use::NamesInUse;
pub use lease::lease_key;
pub use ledger::Ledger;
pub use range::WwnRange;

pub(crate) use lease::{WWPNS, wwpn_of};
pub(crate) use version_1::names_of_version_1;
