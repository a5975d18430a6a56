//! Claims in [`Records`], which hosts may share.
//!
//! | record | what it says |
//! |---|---|
//! | `claim/WWID` | who uses this LUN, on whichever host |
//! | `announced/HOST/GUEST` | that a guest is on its way to a host, and since when |
//! | `ran-with/GUEST` | which LUN each device of a guest was when it last ran |
//!
//! A claim reads the records of its LUNs, decides, and writes them all in one commit, which is refused if
//! one of them has been written since. So two guests that ask at the same time cannot both have a LUN: the
//! second one's commit is refused, it reads again, and sees the first.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use npivot_hal::{Error, ErrorKind, LunId, Outcome, Result};

use super::entries::{Announcement, Entry, Held, RanWith, guest_key, lun_id, read, write};
use super::{Claim, ClaimError, Claims, GuestId, Wanted};
use crate::node::{Change, Records, RecordsError, Row};

const CLAIMS: &str = "claim/";
const ANNOUNCED: &str = "announced/";
const RAN_WITH: &str = "ran-with/";

/// How often a change is tried that others keep getting in the way of.
const ATTEMPTS: usize = 32;

/// The time since some instant that all who share the records agree on, as that of the Unix epoch.
pub type Clock = Arc<dyn Fn() -> Duration + Send + Sync>;

/// Claims that outlive the process, in records that hosts may share.
#[derive(Clone)]
pub struct RecordedClaims {
    records: Arc<dyn Records>,
    clock: Clock,
    /// A host, and which boot of it this is.
    boot: Option<(String, String)>,
}

impl fmt::Debug for RecordedClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordedClaims").field("records", &self.records).finish_non_exhaustive()
    }
}

/// What is to be changed.
enum Request<'r> {
    Claim(&'r GuestId, &'r str, &'r Wanted),
    Release(&'r GuestId, &'r str),
    Announce(&'r GuestId, &'r str),
    Record(&'r GuestId, &'r BTreeMap<String, LunId>),
}

/// The changes of records that a request comes to, and whether it changes what is claimed.
type Planned = (Vec<Change>, Outcome);

/// A record with who uses a LUN, as it was read.
struct Used {
    id: LunId,
    row: Option<Row<Vec<u8>>>,
    claims: Vec<Held>,
}

impl RecordedClaims {
    /// How long a guest that is on its way is expected.
    pub const ANNOUNCED_FOR: Duration = Duration::from_mins(10);

    /// Claims in these records. The clock tells when a guest that was announced is given up.
    pub fn new(records: Arc<dyn Records>, clock: Clock) -> Self {
        Self { records, clock, boot: None }
    }

    /// A host's boot goes by this name, which no other boot of it has: as `/proc/sys/kernel/random/boot_id`. What
    /// was claimed there in an earlier one is over, since no guest has survived it.
    #[must_use]
    pub fn in_boot(self, host: impl Into<String>, boot: impl Into<String>) -> Self {
        Self { boot: Some((host.into(), boot.into())), ..self }
    }

    /// Whether the host has booted since.
    fn is_over(&self, held: &Held) -> bool {
        let now = self.boot.as_ref().filter(|(host, _)| *host == held.claim.host);
        now.is_some_and(|(_, now)| held.boot.as_ref().is_some_and(|boot| boot != now))
    }

    /// Every claim of every guest on every host, by LUN.
    ///
    /// # Errors
    /// Any: the records cannot be read.
    pub async fn all(&self) -> Result<Vec<(LunId, Claim)>> {
        let used = self.used().await?;
        let each = |used: Used| {
            let id = used.id;
            used.claims.into_iter().map(move |held| (id.clone(), held.claim))
        };
        Ok(used.into_iter().flat_map(each).collect())
    }

    async fn used(&self) -> Result<Vec<Used>> {
        let rows = self.records.list(CLAIMS).await.map_err(|error| failed(&error))?;
        let of = |row: Row<Vec<u8>>| {
            let id = lun_id(&row.key, &row.key[CLAIMS.len()..])?;
            self.used_in(id, Some(row))
        };
        rows.into_iter().map(of).collect()
    }

    async fn used_of(&self, id: &LunId) -> Result<Used> {
        let row =
            self.records.get(&format!("{CLAIMS}{id}")).await.map_err(|error| failed(&error))?;
        self.used_in(id.clone(), row)
    }

    fn used_in(&self, id: LunId, row: Option<Row<Vec<u8>>>) -> Result<Used> {
        let mut claims = vec![];
        if let Some(row) = &row {
            let entries: Vec<Entry> = read(row)?;
            for entry in entries {
                let held = entry.held(&row.key)?;
                if !self.is_over(&held) {
                    claims.push(held);
                }
            }
        }
        Ok(Used { id, row, claims })
    }

    /// The announcements of a guest on a host, those that are too old included.
    async fn announcements(
        &self,
        guest: &GuestId,
        host: &str,
    ) -> Result<Vec<(Row<Vec<u8>>, Announcement)>> {
        let mut found = vec![];
        for row in self.records.list(ANNOUNCED).await.map_err(|error| failed(&error))? {
            let announcement: Announcement = read(&row)?;
            if announcement.host == host && announcement.guest.id(&row.key)?.is(guest) {
                found.push((row, announcement));
            }
        }
        Ok(found)
    }

    fn is_current(&self, announcement: &Announcement) -> bool {
        // A clock that was put back must not make it last for ever.
        let (now, at) = ((self.clock)().as_secs(), announcement.at_secs);
        now.abs_diff(at) <= Self::ANNOUNCED_FOR.as_secs()
    }

    /// Reads, decides and commits, until nobody has got in between.
    async fn change(&self, request: Request<'_>) -> Result<Outcome, ClaimError> {
        for _ in 0..ATTEMPTS {
            let (changes, outcome) = match &request {
                Request::Claim(guest, host, wanted) => self.claiming(guest, host, wanted).await?,
                Request::Release(guest, host) => self.releasing(guest, host).await?,
                Request::Announce(guest, host) => self.announcing(guest, host).await?,
                Request::Record(guest, luns) => self.recording(guest, luns).await?,
            };
            if changes.is_empty() {
                return Ok(outcome);
            }
            match self.records.commit(changes).await {
                Ok(()) => return Ok(outcome),
                Err(RecordsError::Conflict { .. }) => {}
                Err(error) => return Err(failed(&error).into()),
            }
        }
        let reason = format!("others changed the same records {ATTEMPTS} times in a row");
        Err(Error::new(ErrorKind::Busy, "change", "who uses which LUN", reason).into())
    }

    /// The changes that make all these claims.
    ///
    /// # Errors
    /// The claims in their way.
    async fn claiming(
        &self,
        guest: &GuestId,
        host: &str,
        wanted: &Wanted,
    ) -> Result<Planned, ClaimError> {
        let announcements = self.announcements(guest, host).await?;
        let announced = announcements.iter().any(|(_, announced)| self.is_current(announced));
        let mut used = vec![];
        for id in wanted.keys() {
            used.push(self.used_of(id).await?);
        }
        let known = announced || used.iter().any(|used| used.by(guest, host));
        // It has been let in on this host if it has another LUN there: that must still be so at the commit.
        let mut witness = None;
        if !known {
            witness = self.used().await?.into_iter().find(|used| used.by(guest, host));
        }
        let arriving = known || witness.is_some();
        let mut conflicts = vec![];
        for Used { id, claims, .. } in &used {
            let access = wanted[id];
            let in_the_way = |claim: &&Claim| claim.excludes(guest, host, access, arriving);
            let claims = claims.iter().map(|held| &held.claim).filter(in_the_way);
            conflicts.extend(claims.map(|claim| (id.clone(), claim.clone())));
        }
        if !conflicts.is_empty() {
            return Err(ClaimError::InUse(conflicts));
        }
        let mut changes = vec![];
        for mut used in used {
            let access = wanted[&used.id];
            let own = used.claims.iter_mut().map(|held| &mut held.claim);
            match own.into_iter().find(|c| c.guest.is(guest) && c.host == host) {
                Some(claim) if claim.access == access => continue,
                Some(claim) => claim.access = access,
                None => {
                    let claim = Claim { guest: guest.clone(), host: host.into(), access };
                    let boot = self.boot.as_ref().filter(|(of, _)| of == host);
                    used.claims.push(Held { claim, boot: boot.map(|(_, boot)| boot.clone()) });
                }
            }
            changes.push(used.change());
        }
        let outcome = Outcome::from(!changes.is_empty());
        changes.extend(witness.filter(|_| outcome.changed()).map(Used::change));
        changes.extend(announcements.into_iter().map(|(row, _)| delete(row)));
        Ok((changes, outcome))
    }

    async fn releasing(&self, guest: &GuestId, host: &str) -> Result<Planned> {
        let mut changes = vec![];
        for mut used in self.used().await? {
            if used.by(guest, host) {
                used.claims.retain(|held| !held.is_of(guest, host));
                changes.push(used.change());
            }
        }
        let announced = self.announcements(guest, host).await?;
        changes.extend(announced.into_iter().map(|(row, _)| delete(row)));
        let outcome = Outcome::from(!changes.is_empty());
        Ok((changes, outcome))
    }

    async fn announcing(&self, guest: &GuestId, host: &str) -> Result<Planned> {
        let mut before = self.announcements(guest, host).await?;
        let known = before.iter().any(|(_, announced)| self.is_current(announced));
        let key = format!("{ANNOUNCED}{host}/{}", guest_key(guest));
        let same = before.iter().position(|(row, _)| row.key == key);
        let expected = same.map(|at| before.swap_remove(at).0.revision);
        let value = Some(write(&Announcement::of(guest, host, (self.clock)().as_secs())));
        let mut changes = vec![Change { key, expected, value }];
        changes.extend(before.into_iter().map(|(row, _)| delete(row)));
        Ok((changes, Outcome::from(!known)))
    }

    async fn recording(&self, guest: &GuestId, luns: &BTreeMap<String, LunId>) -> Result<Planned> {
        let ran = RanWith::of(guest, luns);
        let key = format!("{RAN_WITH}{}", guest_key(guest));
        let (mut changes, mut expected) = (vec![], None);
        for row in self.records.list(RAN_WITH).await.map_err(|error| failed(&error))? {
            let before: RanWith = read(&row)?;
            if !before.guest.id(&row.key)?.is(guest) {
                continue;
            }
            if before.luns == ran.luns {
                return Ok((vec![], Outcome::Unchanged));
            }
            if row.key == key {
                expected = Some(row.revision);
            } else {
                changes.push(delete(row));
            }
        }
        changes.push(Change { key, expected, value: Some(write(&ran)) });
        Ok((changes, Outcome::Changed))
    }
}

impl Used {
    fn by(&self, guest: &GuestId, host: &str) -> bool {
        self.claims.iter().any(|held| held.is_of(guest, host))
    }

    /// The record as it is to be; without a claim, none.
    fn change(self) -> Change {
        let entries: Vec<Entry> = self.claims.iter().map(Entry::of).collect();
        let value = (!entries.is_empty()).then(|| write(&entries));
        let expected = self.row.map(|row| row.revision);
        Change { key: format!("{CLAIMS}{}", self.id), expected, value }
    }
}

fn delete(row: Row<Vec<u8>>) -> Change {
    Change { key: row.key, expected: Some(row.revision), value: None }
}

fn failed(error: &RecordsError) -> Error {
    let (kind, reason) = match error {
        RecordsError::Conflict { .. } => (ErrorKind::Conflict, error.to_string()),
        _ => (ErrorKind::NoAnswer, format!("the records do not answer: {error}")),
    };
    Error::new(kind, "look up", "who uses which LUN", reason)
}

/// The error of a request that asks for no LUN.
fn only_hal(error: ClaimError) -> Error {
    match error {
        ClaimError::Hal(error) => error,
        in_use @ ClaimError::InUse(_) => {
            Error::new(ErrorKind::Conflict, "change", "who uses which LUN", in_use.to_string())
        }
    }
}

#[async_trait]
impl Claims for RecordedClaims {
    async fn users(&self, id: &LunId) -> Result<Vec<Claim>> {
        Ok(self.used_of(id).await?.claims.into_iter().map(|held| held.claim).collect())
    }

    async fn claim(
        &self,
        guest: &GuestId,
        host: &str,
        wanted: &Wanted,
    ) -> Result<Outcome, ClaimError> {
        self.change(Request::Claim(guest, host, wanted)).await
    }

    async fn release(&self, guest: &GuestId, host: &str) -> Result<Outcome> {
        self.change(Request::Release(guest, host)).await.map_err(only_hal)
    }

    async fn announce(&self, guest: &GuestId, host: &str) -> Result<Outcome> {
        self.change(Request::Announce(guest, host)).await.map_err(only_hal)
    }

    async fn is_announced(&self, guest: &GuestId, host: &str) -> Result<bool> {
        let announced = self.announcements(guest, host).await?;
        Ok(announced.iter().any(|(_, announced)| self.is_current(announced)))
    }

    async fn recorded(&self, guest: &GuestId, device: &str) -> Result<Option<LunId>> {
        for row in self.records.list(RAN_WITH).await.map_err(|error| failed(&error))? {
            let ran: RanWith = read(&row)?;
            if ran.guest.id(&row.key)?.is(guest) {
                let id = ran.luns.get(device);
                return id.map(|id| lun_id(&row.key, id)).transpose();
            }
        }
        Ok(None)
    }

    async fn record(&self, guest: &GuestId, luns: &BTreeMap<String, LunId>) -> Result<Outcome> {
        self.change(Request::Record(guest, luns)).await.map_err(only_hal)
    }
}
