//! Claims: what is kept in records behaves as what is kept in memory, for any sequence of calls.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use npivot::guest::ports::{Claim, ClaimError, Claims, GuestId, MemoryClaims, RecordedClaims};
use npivot::libvirt::Access;
use npivot::node::{MemoryRecords, Records};
use npivot_hal::{LunId, Outcome};
use proptest::prelude::*;

/// A clock that is set by hand, in seconds.
#[derive(Debug, Clone, Default)]
pub(super) struct Hand(Arc<AtomicU64>);

impl Hand {
    pub(super) fn set(&self, secs: u64) {
        self.0.store(secs, Ordering::Relaxed);
    }

    pub(super) fn claims(&self, records: &Arc<MemoryRecords>) -> RecordedClaims {
        let clock = self.clone();
        let now = move || Duration::from_secs(clock.0.load(Ordering::Relaxed));
        RecordedClaims::new(Arc::clone(records) as Arc<dyn Records>, Arc::new(now))
    }
}

pub(super) fn guest(n: u8, with_uuid: bool) -> GuestId {
    let uuid =
        with_uuid.then(|| format!("00000000-0000-4000-8000-00000000000{n}").parse().unwrap());
    GuestId { name: format!("guest/{n} 'ä'"), uuid }
}

pub(super) fn lun(n: u8) -> LunId {
    match n {
        // White space at the end is part of it.
        0 => LunId::T10("NPIVOT  a/b % ".into()),
        n => format!("naa.600140500000000a000000000000000{n}").parse().unwrap(),
    }
}

#[derive(Debug, Clone)]
enum Call {
    Claim(u8, bool, u8, Vec<(u8, Access)>),
    Release(u8, bool, u8),
    Announce(u8, u8),
    Record(u8, bool, Vec<(u8, u8)>),
}

fn host(n: u8) -> &'static str {
    // A host's name may be a path, and one may begin as another.
    ["alpha", "alpha/b", "/tmp/x"][usize::from(n % 3)]
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let access = prop_oneof![Just(Access::Exclusive), Just(Access::Shared), Just(Access::ReadOnly)];
    let wanted = prop::collection::vec((0..4_u8, access), 0..4);
    let luns = prop::collection::vec((0..3_u8, 0..4_u8), 0..3);
    let call = prop_oneof![
        4 => (0..3_u8, any::<bool>(), 0..3_u8, wanted)
            .prop_map(|(guest, uuid, host, wanted)| Call::Claim(guest, uuid, host, wanted)),
        2 => (0..3_u8, any::<bool>(), 0..3_u8).prop_map(|(g, uuid, h)| Call::Release(g, uuid, h)),
        1 => (0..3_u8, 0..3_u8).prop_map(|(guest, host)| Call::Announce(guest, host)),
        1 => (0..3_u8, any::<bool>(), luns).prop_map(|(g, uuid, luns)| Call::Record(g, uuid, luns)),
    ];
    prop::collection::vec(call, 1..24)
}

/// What an answer says, to be compared.
async fn answer(claims: &dyn Claims, call: &Call) -> String {
    match call {
        Call::Claim(n, uuid, to, wanted) => {
            let wanted = wanted.iter().map(|(n, access)| (lun(*n), *access)).collect();
            match claims.claim(&guest(*n, *uuid), host(*to), &wanted).await {
                Err(ClaimError::InUse(mut all)) => {
                    all.sort_by_key(|(id, claim)| (id.clone(), told(claim)));
                    let all = all.iter().map(|(id, claim)| format!("{id} {}", told(claim)));
                    all.collect::<Vec<_>>().join(", ")
                }
                other => format!("{other:?}"),
            }
        }
        Call::Release(n, uuid, from) => {
            format!("{:?}", claims.release(&guest(*n, *uuid), host(*from)).await)
        }
        Call::Announce(n, to) => {
            format!("{:?}", claims.announce(&guest(*n, true), host(*to)).await)
        }
        Call::Record(n, uuid, luns) => {
            let luns = luns.iter().map(|(device, id)| (format!("vd{device}"), lun(*id))).collect();
            format!("{:?}", claims.record(&guest(*n, *uuid), &luns).await)
        }
    }
}

fn told(claim: &Claim) -> String {
    let Claim { guest, host, access } = claim;
    format!("{guest} {:?} {host} {access:?}", guest.uuid)
}

/// Everything that can be asked.
async fn all(claims: &dyn Claims) -> Vec<String> {
    let mut all = vec![];
    for n in 0..4 {
        let mut users: Vec<String> =
            claims.users(&lun(n)).await.unwrap().iter().map(told).collect();
        users.sort();
        all.extend(users.into_iter().map(|user| format!("{n} {user}")));
    }
    for n in 0..3 {
        for to in 0..3 {
            let announced = claims.is_announced(&guest(n, true), host(to)).await.unwrap();
            all.push(format!("{n} {to} {announced}"));
        }
        for device in 0..3 {
            let id = claims.recorded(&guest(n, true), &format!("vd{device}")).await.unwrap();
            all.push(format!("{n} {device} {id:?}"));
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn records_answer_as_memory_does(calls in calls()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let records = Arc::new(MemoryRecords::default());
            let (kept, memory) = (Hand::default(), MemoryClaims::default());
            for call in &calls {
                // Each time as a new process would.
                let kept = kept.claims(&records);
                assert_eq!(answer(&kept, call).await, answer(&memory, call).await, "{call:?}");
                assert_eq!(all(&kept).await, all(&memory).await, "after {call:?}");
            }
        });
    }
}

#[tokio::test]
async fn a_guest_that_does_not_arrive_is_given_up() {
    let (records, clock) = (Arc::new(MemoryRecords::default()), Hand::default());
    let claims = clock.claims(&records);
    let (web1, wanted) = (guest(1, true), BTreeMap::from([(lun(1), Access::Exclusive)]));
    assert_eq!(claims.claim(&web1, "alpha", &wanted).await.unwrap(), Outcome::Changed);
    clock.set(1_000);
    assert_eq!(claims.announce(&web1, "beta").await.unwrap(), Outcome::Changed);
    clock.set(1_000 + RecordedClaims::ANNOUNCED_FOR.as_secs());
    assert!(claims.is_announced(&web1, "beta").await.unwrap());
    clock.set(1_001 + RecordedClaims::ANNOUNCED_FOR.as_secs());
    assert!(!claims.is_announced(&web1, "beta").await.unwrap());
    let refused = claims.claim(&web1, "beta", &wanted).await.unwrap_err();
    assert!(refused.to_string().contains("on alpha"), "{refused}");
    // Said again, it is on its way again, and both hosts have it until the source lets it go.
    assert_eq!(claims.announce(&web1, "beta").await.unwrap(), Outcome::Changed);
    assert_eq!(claims.claim(&web1, "beta", &wanted).await.unwrap(), Outcome::Changed);
    assert!(!claims.is_announced(&web1, "beta").await.unwrap(), "it has arrived");
    assert_eq!(claims.users(&lun(1)).await.unwrap().len(), 2);
    // A clock that was put back makes nothing last for ever.
    assert_eq!(claims.announce(&web1, "gamma").await.unwrap(), Outcome::Changed);
    clock.set(0);
    assert!(!claims.is_announced(&web1, "gamma").await.unwrap());
}

#[tokio::test]
async fn a_record_that_is_not_npivots_is_an_error_and_is_left() {
    let (records, clock) = (Arc::new(MemoryRecords::default()), Hand::default());
    let claims = clock.claims(&records);
    let key = format!("claim/{}", lun(1));
    for value in ["", "{}", "[{}]", "[{\"guest\":{\"name\":\"x\",\"uuid\":\"y\"}}]", "\u{1}"] {
        let there = records.get(&key).await.unwrap();
        let expected = there.map(|row| row.revision);
        let change = npivot::node::Change { key: key.clone(), expected, value: Some(value.into()) };
        records.commit(vec![change]).await.unwrap();
        let wanted = BTreeMap::from([(lun(1), Access::Exclusive)]);
        let error = claims.claim(&guest(1, true), "alpha", &wanted).await.unwrap_err();
        assert!(error.to_string().contains(&key), "{error}");
        assert!(claims.users(&lun(1)).await.is_err() && claims.all().await.is_err());
        assert!(claims.release(&guest(1, true), "alpha").await.is_err());
        assert_eq!(records.get(&key).await.unwrap().unwrap().value, value.as_bytes());
    }
}

/// No guest survives a boot of its host; those of other hosts do.
#[tokio::test]
async fn a_claim_ends_with_the_boot_in_which_it_was_made() {
    let records = Arc::new(MemoryRecords::default());
    let plain = || Hand::default().claims(&records);
    let alpha = |boot: &str| plain().in_boot("alpha", boot);
    let (one, two) = (guest(1, true), guest(2, true));
    let wanted = |n| BTreeMap::from([(lun(n), Access::Exclusive)]);
    let claim =
        async |claims: RecordedClaims, guest, host, n| claims.claim(guest, host, &wanted(n)).await;
    assert!(claim(alpha("a"), &one, "alpha", 1).await.is_ok());
    assert!(claim(alpha("a"), &two, "beta", 2).await.is_ok());
    assert!(claim(alpha("a"), &two, "alpha", 1).await.is_err(), "it is in use");
    assert_eq!(alpha("a").all().await.unwrap().len(), 2);
    // Who does not know of boots, or of this host's, believes what is written.
    assert_eq!(plain().all().await.unwrap().len(), 2);
    assert_eq!(plain().in_boot("beta", "b").all().await.unwrap().len(), 2);

    let after = alpha("b").all().await.unwrap();
    assert_eq!(after.len(), 1, "beta's is left: {after:?}");
    assert!(alpha("b").users(&lun(1)).await.unwrap().is_empty());
    assert!(claim(alpha("b"), &one, "alpha", 2).await.is_err(), "beta has not booted");
    assert!(claim(alpha("b"), &two, "alpha", 1).await.is_ok());
    assert!(claim(alpha("b"), &one, "alpha", 1).await.is_err(), "it is in use anew");
    // One of which nobody knows in which boot it was made stays until it is given up.
    assert!(claim(plain(), &one, "alpha", 3).await.is_ok());
    assert_eq!(alpha("c").users(&lun(3)).await.unwrap().len(), 1);
}
