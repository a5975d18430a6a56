//! Leases: something that one holder has at a time.
//!
//! A lease is an ordinary record, changed by compare-and-set; so every store has leases, they survive a
//! restart, and they can be taken and given up in one commit with other records ([`granting`]).
//!
//! | record | what it says |
//! |---|---|
//! | `lease/KEY` | who holds it, and until when |
//!
//! Time is an argument: how long it has been since some instant that all who share the store agree on, as
//! the Unix epoch. A lease keeps two holders apart only as well as their clocks agree; one without an end
//! (`None`) does not depend on clocks.

use std::time::Duration;

use npivot_hal::Outcome;
use serde::{Deserialize, Serialize};

use super::{Change, Row, Store, StoreError};

const LEASES: &str = "lease/";
/// How often a change is tried that others keep getting in the way of.
const ATTEMPTS: usize = 16;

/// A lease, as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lease {
    /// What it is of.
    pub key: String,
    /// Who holds it.
    pub holder: String,
    /// When it expires, if ever.
    pub until: Option<Duration>,
    revision: u64,
}

/// As it is written down.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    holder: String,
    until: Option<Duration>,
}

/// Why a lease is not the caller's.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LeaseError {
    /// Somebody else holds it.
    #[error("{} is held by {}{}", .0.key, .0.holder, end(.0))]
    Held(Lease),
    /// It was the caller's and is no more: it expired and was taken over, or it was revoked.
    #[error("the lease of {key} is lost: {}", now_held_by(holder.as_deref()))]
    Lost {
        /// What it was of.
        key: String,
        /// Who holds it now, if anybody.
        holder: Option<String>,
    },
    /// What is written down is not what npivot writes.
    #[error("the lease of {key} cannot be read: {cause}")]
    Unreadable {
        /// What it is of.
        key: String,
        /// Why.
        cause: String,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn end(lease: &Lease) -> String {
    lease.until.map_or_else(String::new, |until| format!(" until {} s", until.as_secs_f64()))
}

fn now_held_by(holder: Option<&str>) -> String {
    holder.map_or_else(|| "nobody holds it".into(), |holder| format!("{holder} holds it now"))
}

impl Lease {
    /// The lease of this key, expired or not; `None`: nobody has taken it, or it was given up.
    ///
    /// # Errors
    /// [`LeaseError::Unreadable`], [`LeaseError::Store`].
    pub async fn read(store: &dyn Store, key: &str) -> Result<Option<Self>, LeaseError> {
        store.get(&format!("{LEASES}{key}")).await?.as_ref().map(Self::of).transpose()
    }

    /// All leases whose keys begin so, by key.
    ///
    /// # Errors
    /// [`LeaseError::Unreadable`], [`LeaseError::Store`].
    pub async fn list(store: &dyn Store, prefix: &str) -> Result<Vec<Self>, LeaseError> {
        let rows = store.list(&format!("{LEASES}{prefix}")).await?;
        rows.iter().map(Self::of).collect()
    }

    fn of(row: &Row<Vec<u8>>) -> Result<Self, LeaseError> {
        let key = row.key.strip_prefix(LEASES).unwrap_or(&row.key).to_owned();
        match serde_json::from_slice(&row.value) {
            Ok(Written { holder, until }) => {
                Ok(Self { key, holder, until, revision: row.revision })
            }
            Err(cause) => Err(LeaseError::Unreadable { key, cause: cause.to_string() }),
        }
    }

    /// Whether it may be taken over.
    pub fn is_expired(&self, now: Duration) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    /// The change that ends it, if it is as it was read.
    pub fn ending(&self) -> Change {
        Change { key: format!("{LEASES}{}", self.key), expected: Some(self.revision), value: None }
    }
}

/// The record of a lease that nobody has: its key and value.
pub(crate) fn record(key: &str, holder: &str) -> (String, Vec<u8>) {
    (format!("{LEASES}{key}"), written(holder, None))
}

fn written(holder: &str, until: Option<Duration>) -> Vec<u8> {
    let written = Written { holder: holder.to_owned(), until };
    serde_json::to_vec(&written).expect("a text and a number can be written")
}

/// The change that gives a lease to a holder, to be committed with others: it takes a free one, takes over
/// one that has expired, and moves the end of one that is the holder's already. One that is as it should be is
/// written again, so that it conflicts with whoever gives it up at the same time. `lifetime` is from now;
/// `None`: until it is given up.
///
/// # Errors
/// [`LeaseError::Held`]; [`LeaseError::Unreadable`], [`LeaseError::Store`].
pub async fn granting(
    store: &dyn Store,
    key: &str,
    holder: &str,
    lifetime: Option<Duration>,
    now: Duration,
) -> Result<Change, LeaseError> {
    let until = lifetime.map(|lifetime| now.saturating_add(lifetime));
    let there = Lease::read(store, key).await?;
    let expected = match there {
        Some(lease) if lease.holder != holder && !lease.is_expired(now) => {
            return Err(LeaseError::Held(lease));
        }
        there => there.map(|lease| lease.revision),
    };
    let value = Some(written(holder, until));
    Ok(Change { key: format!("{LEASES}{key}"), expected, value })
}

/// Takes a lease: a free one, one that has expired, or the holder's own, whose end is moved.
///
/// # Errors
/// [`LeaseError::Held`]; [`LeaseError::Unreadable`], [`LeaseError::Store`].
pub async fn grant(
    store: &dyn Store,
    key: &str,
    holder: &str,
    lifetime: Option<Duration>,
    now: Duration,
) -> Result<Lease, LeaseError> {
    for _ in 0..ATTEMPTS {
        let change = granting(store, key, holder, lifetime, now).await?;
        if made(store, change).await? {
            // With a lifetime of nothing, somebody may have it already.
            let taken = Lease::read(store, key).await?.filter(|lease| lease.holder == holder);
            return taken.ok_or_else(|| LeaseError::Lost { key: key.to_owned(), holder: None });
        }
    }
    Err(in_the_way(key))
}

/// Moves the end of a lease to `lifetime` from now. One that has expired can be renewed as long as nobody
/// has taken it over.
///
/// # Errors
/// [`LeaseError::Lost`]; [`LeaseError::Unreadable`], [`LeaseError::Store`].
pub async fn renew(
    store: &dyn Store,
    lease: &Lease,
    lifetime: Option<Duration>,
    now: Duration,
) -> Result<Lease, LeaseError> {
    let until = lifetime.map(|lifetime| now.saturating_add(lifetime));
    for _ in 0..ATTEMPTS {
        let there = own(store, lease).await?;
        let there =
            there.ok_or_else(|| LeaseError::Lost { key: lease.key.clone(), holder: None })?;
        if there.until == until {
            return Ok(there);
        }
        let value = Some(written(&lease.holder, until));
        let _ = made(store, Change { value, ..there.ending() }).await?;
    }
    Err(in_the_way(&lease.key))
}

/// Gives a lease up. One that nobody has is `Unchanged`.
///
/// # Errors
/// [`LeaseError::Lost`]: somebody else has it; [`LeaseError::Unreadable`], [`LeaseError::Store`].
pub async fn release(store: &dyn Store, lease: &Lease) -> Result<Outcome, LeaseError> {
    for _ in 0..ATTEMPTS {
        let Some(there) = own(store, lease).await? else { return Ok(Outcome::Unchanged) };
        if made(store, there.ending()).await? {
            return Ok(Outcome::Changed);
        }
    }
    Err(in_the_way(&lease.key))
}

/// Takes a lease from whoever has it: for when its holder is dead for certain. Whose it was.
///
/// # Errors
/// [`LeaseError::Unreadable`], [`LeaseError::Store`].
pub async fn revoke(store: &dyn Store, key: &str) -> Result<Option<Lease>, LeaseError> {
    let Some(lease) = Lease::read(store, key).await? else { return Ok(None) };
    store.commit(vec![lease.ending()]).await?;
    Ok(Some(lease))
}

/// The leases whose keys begin so and that may be taken over, by key.
///
/// # Errors
/// [`LeaseError::Unreadable`], [`LeaseError::Store`].
pub async fn expired(
    store: &dyn Store,
    prefix: &str,
    now: Duration,
) -> Result<Vec<Lease>, LeaseError> {
    let mut leases = Lease::list(store, prefix).await?;
    leases.retain(|lease| lease.is_expired(now));
    Ok(leases)
}

/// The lease as it is now, if it is still of the same holder.
async fn own(store: &dyn Store, lease: &Lease) -> Result<Option<Lease>, LeaseError> {
    match Lease::read(store, &lease.key).await? {
        Some(there) if there.holder != lease.holder => {
            Err(LeaseError::Lost { key: there.key, holder: Some(there.holder) })
        }
        there => Ok(there),
    }
}

/// Commits a change. Whether it was made: if not, somebody got in between, and one looks again.
async fn made(store: &dyn Store, change: Change) -> Result<bool, StoreError> {
    match store.commit(vec![change]).await {
        Err(StoreError::Conflict { .. }) => Ok(false),
        done => done.map(|()| true),
    }
}

fn in_the_way(key: &str) -> LeaseError {
    StoreError::Conflict { key: format!("{LEASES}{key}") }.into()
}
