//! Zoning of one fabric: the defined database, what is in force, and the one open transaction.
//!
//! **Start here**: [`Zoning`] holds the state and is the only writer; [`CompiledZones`] answers who sees
//! whom.
//!
//! ```text
//!            begin              edit ...              commit(enable)
//!   idle ──────────► open ─────────────────► open ─────────────────► idle
//!                     │     (draft, checksum)          │
//!                     └────────── abort ───────────────┘
//! ```
//!
//! | file | what is in it |
//! |---|---|
//! | `state` | [`Zoning`]: transactions, and the defined and effective configurations |
//! | `draft` | what each [`ZoneEdit`](npivot_hal::ZoneEdit) does to a database |
//! | `check` | which names and databases are valid; resolving a zone set |
//! | `tally` | checksum and size of a database, kept up to date by each edit |
//! | `compiled` | the index for lookups |
//! | `limits`, `error` | what a switch allows, and how it says no |
//!
//! Nothing here knows ports, logins or time: a change is told to the caller, who tells the N_Ports.

mod check;
mod compiled;
mod draft;
mod error;
mod limits;
mod state;
mod tally;

pub use compiled::{CompiledZones, MemberKey, PortKey, Role, ZoneIx};
pub use error::{ZoneObject, ZoningError};
pub use limits::ZoningLimits;
pub use state::{CommitEffect, DatabaseSizes, Zoning};
