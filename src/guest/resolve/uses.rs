//! Whether somebody else uses a LUN: another guest, the same guest elsewhere, or the same guest twice.

use std::collections::BTreeMap;

use super::finding::Problem;
use super::{Purpose, ResolvedDevice};
use crate::guest::ports::{Claims, GuestId, Wanted};

/// The LUNs of these devices, each once, and what is wrong with that, by the index of the device.
pub(super) fn wanted(devices: &[ResolvedDevice]) -> (Wanted, Vec<(usize, Problem)>) {
    let mut wanted = Wanted::new();
    let mut first: BTreeMap<_, &ResolvedDevice> = BTreeMap::new();
    let mut problems = vec![];
    for (index, device) in devices.iter().enumerate() {
        let Some(id) = &device.id else { continue };
        match first.get(id) {
            None => {
                first.insert(id, device);
                wanted.insert(id.clone(), device.access);
            }
            Some(other) if other.access.allows(device.access) => {}
            Some(other) => {
                let problem = Problem::error(format!("{id} is {} of this guest too", other.key))
                    .expected("each LUN once, whatever its names")
                    .fix("remove one of them, or make both <shareable/>");
                problems.push((index, problem));
            }
        }
    }
    (wanted, problems)
}

/// Who has these devices' LUNs already.
pub(super) async fn conflicts(
    devices: &[ResolvedDevice],
    guest: &GuestId,
    host: &str,
    purpose: Purpose,
    claims: &dyn Claims,
) -> Vec<(usize, Problem)> {
    let mut problems = vec![];
    // Where that cannot be told, the users cannot either: the error is told there.
    let announced = claims.is_announced(guest, host).await.unwrap_or_default();
    for (index, device) in devices.iter().enumerate() {
        let Some(id) = &device.id else { continue };
        let users = match claims.users(id).await {
            Ok(users) => users,
            Err(error) => {
                let problem = Problem::error(format!("who uses {id} cannot be told: {error}"));
                problems.push((index, problem));
                continue;
            }
        };
        let here = users.iter().any(|claim| claim.guest.is(guest) && claim.host == host);
        let arriving = purpose == Purpose::Arrival || announced || here;
        for claim in users {
            if !claim.excludes(guest, host, device.access, arriving) {
                continue;
            }
            let problem = if claim.guest.is(guest) {
                Problem::error(format!("this guest uses {id} on host {} already", claim.host))
                    .expected("a guest that runs on one host at a time")
                    .fix(format!(
                        "stop it there; if it is not there, `npivot guest release {guest}` on {}",
                        claim.host
                    ))
            } else {
                Problem::error(format!("{id} is in use by guest {} on {}", claim.guest, claim.host))
                    .expected("a LUN that no other guest uses")
                    .fix("stop the other guest, give this one another LUN, or make it <shareable/> in both")
            };
            problems.push((index, problem));
        }
    }
    problems
}
