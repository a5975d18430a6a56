//! The ports in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use npivot_hal::{LunId, Outcome, Result};

use super::{Claim, ClaimError, Claims, FoundPool, GuestId, Links, Pools, Wanted};
use crate::guest::DeviceLink;
use crate::libvirt::Uuid;

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing here panics half-way through a change.
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Pools that somebody listed.
#[derive(Debug, Default)]
pub struct MemoryPools(Mutex<Vec<FoundPool>>);

impl MemoryPools {
    /// Adds a pool, in place of one of the same name.
    pub fn put(&self, pool: FoundPool) {
        let mut pools = lock(&self.0);
        pools.retain(|known| known.name != pool.name);
        pools.push(pool);
    }
}

#[async_trait]
impl Pools for MemoryPools {
    async fn find(&self, name_or_uuid: &str) -> Result<Option<FoundPool>> {
        let pools = lock(&self.0);
        let uuid: Option<Uuid> = name_or_uuid.parse().ok();
        let by_name = pools.iter().find(|pool| pool.name.as_str() == name_or_uuid);
        let by_uuid = || pools.iter().find(|pool| uuid.is_some() && pool.uuid == uuid);
        Ok(by_name.or_else(by_uuid).cloned())
    }
}

/// Claims that end with the process. Announcements last until they are used or released.
#[derive(Debug, Default)]
pub struct MemoryClaims(Mutex<Tables>);

#[derive(Debug, Default)]
struct Tables {
    claims: Vec<(LunId, Claim)>,
    announced: Vec<(GuestId, String)>,
    recorded: Vec<(GuestId, BTreeMap<String, LunId>)>,
}

impl Tables {
    fn is_announced(&self, guest: &GuestId, host: &str) -> bool {
        self.announced.iter().any(|(known, to)| known.is(guest) && to == host)
    }

    fn forget_announcement(&mut self, guest: &GuestId, host: &str) -> Outcome {
        let before = self.announced.len();
        self.announced.retain(|(known, to)| !(known.is(guest) && to == host));
        (self.announced.len() != before).into()
    }

    /// Whether the guest is expected or has been let in on this host: what it has elsewhere is no conflict.
    fn is_arriving(&self, guest: &GuestId, host: &str) -> bool {
        let here = |(_, claim): &(LunId, Claim)| claim.guest.is(guest) && claim.host == host;
        self.is_announced(guest, host) || self.claims.iter().any(here)
    }
}

#[async_trait]
impl Claims for MemoryClaims {
    async fn users(&self, id: &LunId) -> Result<Vec<Claim>> {
        let tables = lock(&self.0);
        let of = |(claimed, claim): &(LunId, Claim)| (claimed == id).then(|| claim.clone());
        Ok(tables.claims.iter().filter_map(of).collect())
    }

    async fn claim(
        &self,
        guest: &GuestId,
        host: &str,
        wanted: &Wanted,
    ) -> Result<Outcome, ClaimError> {
        let mut tables = lock(&self.0);
        let arriving = tables.is_arriving(guest, host);
        let in_the_way = |(id, claim): &&(LunId, Claim)| {
            let access = wanted.get(id);
            access.is_some_and(|access| claim.excludes(guest, host, *access, arriving))
        };
        let conflicts: Vec<_> = tables.claims.iter().filter(in_the_way).cloned().collect();
        if !conflicts.is_empty() {
            return Err(ClaimError::InUse(conflicts));
        }
        let mut outcome = Outcome::Unchanged;
        for (id, access) in wanted {
            let own = |(claimed, claim): &&mut (LunId, Claim)| {
                claimed == id && claim.guest.is(guest) && claim.host == host
            };
            if let Some((_, claim)) = tables.claims.iter_mut().find(own) {
                outcome = outcome.or((claim.access != *access).into());
                claim.access = *access;
            } else {
                let claim = Claim { guest: guest.clone(), host: host.into(), access: *access };
                tables.claims.push((id.clone(), claim));
                outcome = Outcome::Changed;
            }
        }
        let _ = tables.forget_announcement(guest, host);
        Ok(outcome)
    }

    async fn release(&self, guest: &GuestId, host: &str) -> Result<Outcome> {
        let mut tables = lock(&self.0);
        let before = tables.claims.len();
        tables.claims.retain(|(_, claim)| !(claim.guest.is(guest) && claim.host == host));
        let released = Outcome::from(tables.claims.len() != before);
        Ok(released.or(tables.forget_announcement(guest, host)))
    }

    async fn announce(&self, guest: &GuestId, host: &str) -> Result<Outcome> {
        let mut tables = lock(&self.0);
        if tables.is_announced(guest, host) {
            return Ok(Outcome::Unchanged);
        }
        tables.announced.push((guest.clone(), host.into()));
        Ok(Outcome::Changed)
    }

    async fn is_announced(&self, guest: &GuestId, host: &str) -> Result<bool> {
        Ok(lock(&self.0).is_announced(guest, host))
    }

    async fn recorded(&self, guest: &GuestId, device: &str) -> Result<Option<LunId>> {
        let tables = lock(&self.0);
        let known = tables.recorded.iter().find(|(known, _)| known.is(guest));
        Ok(known.and_then(|(_, luns)| luns.get(device).cloned()))
    }

    async fn record(&self, guest: &GuestId, luns: &BTreeMap<String, LunId>) -> Result<Outcome> {
        let mut tables = lock(&self.0);
        if tables.recorded.iter().any(|(known, noted)| known.is(guest) && noted == luns) {
            return Ok(Outcome::Unchanged);
        }
        tables.recorded.retain(|(known, _)| !known.is(guest));
        tables.recorded.push((guest.clone(), luns.clone()));
        Ok(Outcome::Changed)
    }
}

/// Links that exist nowhere else.
#[derive(Debug, Default)]
pub struct MemoryLinks(Mutex<BTreeMap<DeviceLink, Vec<String>>>);

impl MemoryLinks {
    /// To which nodes a link points, best first.
    pub fn nodes(&self, link: &DeviceLink) -> Option<Vec<String>> {
        lock(&self.0).get(link).cloned()
    }

    /// All links.
    pub fn all(&self) -> Vec<DeviceLink> {
        lock(&self.0).keys().cloned().collect()
    }
}

#[async_trait]
impl Links for MemoryLinks {
    async fn point(&self, link: &DeviceLink, nodes: &[String]) -> Result<Outcome> {
        let before = lock(&self.0).insert(link.clone(), nodes.to_vec());
        Ok((before.as_deref() != Some(nodes)).into())
    }

    async fn remove(&self, link: &DeviceLink) -> Result<Outcome> {
        Ok(lock(&self.0).remove(link).is_some().into())
    }
}
