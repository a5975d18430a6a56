//! What the records of claims say, as they are written.

use std::collections::BTreeMap;

use npivot_hal::{Error, ErrorKind, LunId, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Claim, GuestId};
use crate::libvirt::Access;
use crate::node::Row;

/// A guest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Guest {
    name: String,
    uuid: Option<String>,
}

/// That a guest on a host uses a LUN.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    guest: Guest,
    host: String,
    access: Sharing,
    /// In which boot of the host it was claimed, if that was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    boot: Option<String>,
}

/// A claim, and the boot of its host in which it was made.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) claim: Claim,
    pub(super) boot: Option<String>,
}

impl Held {
    pub(super) fn is_of(&self, guest: &GuestId, host: &str) -> bool {
        self.claim.guest.is(guest) && self.claim.host == host
    }
}

/// [`Access`], by name.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Sharing {
    Exclusive,
    Shared,
    ReadOnly,
}

/// That a guest is on its way to a host.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Announcement {
    pub(super) guest: Guest,
    pub(super) host: String,
    /// Since when, by the clock of who wrote it.
    pub(super) at_secs: u64,
}

/// Which LUN each device of a guest was.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RanWith {
    pub(super) guest: Guest,
    pub(super) luns: BTreeMap<String, String>,
}

impl Guest {
    fn of(guest: &GuestId) -> Self {
        Self { name: guest.name.clone(), uuid: guest.uuid.map(|uuid| uuid.to_string()) }
    }

    pub(super) fn id(&self, record: &str) -> Result<GuestId> {
        let uuid = self.uuid.as_deref().map(str::parse).transpose();
        let uuid = uuid.map_err(|cause| unreadable(record, &cause))?;
        Ok(GuestId { name: self.name.clone(), uuid })
    }
}

impl Entry {
    pub(super) fn of(held: &Held) -> Self {
        let Held { claim, boot } = held;
        let access = match claim.access {
            Access::Exclusive => Sharing::Exclusive,
            Access::Shared => Sharing::Shared,
            Access::ReadOnly => Sharing::ReadOnly,
        };
        let (guest, host) = (Guest::of(&claim.guest), claim.host.clone());
        Self { guest, host, access, boot: boot.clone() }
    }

    pub(super) fn held(&self, record: &str) -> Result<Held> {
        let access = match self.access {
            Sharing::Exclusive => Access::Exclusive,
            Sharing::Shared => Access::Shared,
            Sharing::ReadOnly => Access::ReadOnly,
        };
        let claim = Claim { guest: self.guest.id(record)?, host: self.host.clone(), access };
        Ok(Held { claim, boot: self.boot.clone() })
    }
}

impl Announcement {
    pub(super) fn of(guest: &GuestId, host: &str, at_secs: u64) -> Self {
        Self { guest: Guest::of(guest), host: host.into(), at_secs }
    }
}

impl RanWith {
    pub(super) fn of(guest: &GuestId, luns: &BTreeMap<String, LunId>) -> Self {
        let luns = luns.iter().map(|(device, id)| (device.clone(), id.to_string()));
        Self { guest: Guest::of(guest), luns: luns.collect() }
    }
}

/// Under what a guest's records are kept: its UUID if it has one, else its name.
pub(super) fn guest_key(guest: &GuestId) -> String {
    guest.uuid.map_or_else(|| format!("name:{}", guest.name), |uuid| uuid.to_string())
}

/// An identity as it was printed. White space at the end of a vendor's text is part of it.
pub(super) fn lun_id(record: &str, text: &str) -> Result<LunId> {
    match text.strip_prefix("t10.") {
        Some(vendor) if !vendor.is_empty() => Ok(LunId::T10(vendor.into())),
        _ => text.parse().map_err(|cause| unreadable(record, &cause)),
    }
}

pub(super) fn read<T: DeserializeOwned>(row: &Row<Vec<u8>>) -> Result<T> {
    serde_json::from_slice(&row.value).map_err(|cause| unreadable(&row.key, &cause))
}

pub(super) fn write(value: &impl Serialize) -> Vec<u8> {
    // A record is plain data: numbers, texts, lists of them.
    serde_json::to_vec(value).expect("a record can be written")
}

fn unreadable(record: &str, cause: &dyn std::error::Error) -> Error {
    let reason = format!("it is not what npivot writes: {cause}");
    Error::new(ErrorKind::Malformed, "read record", record, reason)
}
