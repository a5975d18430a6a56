//! One holder at a time, whatever the clock says and whoever dies.

use std::time::Duration;

use npivot::store::{
    FileStore, Lease, LeaseError, StoreError, expired, grant, granting, release, renew, revoke,
};
use npivot_hal::Outcome;

use crate::{create, on_each, put};

const fn s(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

const MINUTE: Option<Duration> = Some(s(60));

#[tokio::test]
async fn a_lease_has_one_holder_until_it_ends() {
    on_each(async |store| {
        let store = &*store;
        let lease = grant(store, "x", "alpha", MINUTE, s(100)).await.unwrap();
        assert_eq!((&*lease.key, &*lease.holder, lease.until), ("x", "alpha", Some(s(160))));
        for now in [100, 159] {
            let held = grant(store, "x", "beta", MINUTE, s(now)).await.unwrap_err();
            assert_eq!(held.to_string(), "x is held by alpha until 160 s");
            assert!(matches!(held, LeaseError::Held(there) if there == lease));
        }
        let again = grant(store, "x", "alpha", MINUTE, s(100)).await.unwrap();
        assert_eq!((again.holder, again.until), (lease.holder.clone(), lease.until), "it has it");
        let longer = renew(store, &lease, MINUTE, s(150)).await.unwrap();
        assert_eq!(longer.until, Some(s(210)));
        // Expired, it is nobody else's until somebody takes it.
        let late = renew(store, &lease, MINUTE, s(500)).await.unwrap();
        assert_eq!(late.until, Some(s(560)));
        let taken = grant(store, "x", "beta", MINUTE, s(560)).await.unwrap();
        assert_eq!(taken.holder, "beta");
        let lost = renew(store, &late, MINUTE, s(561)).await.unwrap_err();
        assert_eq!(lost.to_string(), "the lease of x is lost: beta holds it now");
        let lost = release(store, &late).await.unwrap_err();
        assert!(matches!(lost, LeaseError::Lost { holder: Some(holder), .. } if holder == "beta"));
        assert_eq!(release(store, &taken).await.unwrap(), Outcome::Changed);
        assert_eq!(release(store, &taken).await.unwrap(), Outcome::Unchanged);
        let lost = renew(store, &taken, MINUTE, s(562)).await.unwrap_err();
        assert_eq!(lost.to_string(), "the lease of x is lost: nobody holds it");
        assert_eq!(Lease::read(store, "x").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn one_without_an_end_is_given_up_or_revoked() {
    on_each(async |store| {
        let store = &*store;
        let lease = grant(store, "x", "alpha", None, s(0)).await.unwrap();
        let held = grant(store, "x", "beta", MINUTE, Duration::MAX).await.unwrap_err();
        assert_eq!(held.to_string(), "x is held by alpha");
        assert_eq!(revoke(store, "x").await.unwrap(), Some(lease.clone()));
        assert_eq!(revoke(store, "x").await.unwrap(), None);
        assert!(matches!(
            renew(store, &lease, None, s(1)).await,
            Err(LeaseError::Lost { holder: None, .. })
        ));
        // The end of time is not before now.
        let lease = grant(store, "x", "beta", Some(Duration::MAX), Duration::MAX).await.unwrap();
        assert_eq!(lease.until, Some(Duration::MAX));
    })
    .await;
}

#[tokio::test]
async fn those_that_have_expired_are_listed() {
    on_each(async |store| {
        let store = &*store;
        for (key, lifetime) in
            [("p/a", Some(s(10))), ("p/b", Some(s(20))), ("p/c", None), ("q", MINUTE)]
        {
            grant(store, key, "alpha", lifetime, s(0)).await.unwrap();
        }
        let keys = async |prefix, now| -> Vec<String> {
            let leases = expired(store, prefix, now).await.unwrap();
            leases.into_iter().map(|lease| lease.key).collect()
        };
        assert_eq!(keys("", s(9)).await, [""; 0]);
        assert_eq!(keys("", s(10)).await, ["p/a"]);
        assert_eq!(keys("", s(1_000)).await, ["p/a", "p/b", "q"]);
        assert_eq!(keys("p/", s(1_000)).await, ["p/a", "p/b"]);
        assert_eq!(Lease::list(store, "p/").await.unwrap().len(), 3);
    })
    .await;
}

/// Two that both see a free or an expired lease cannot both take it, nor what they would do with it.
#[tokio::test]
async fn taking_it_and_what_it_is_for_are_one_commit() {
    on_each(async |store| {
        let store = &*store;
        for start in [0, 1_000] {
            let now = s(start);
            let alpha = granting(store, "x", "alpha", MINUTE, now).await.unwrap();
            let beta = granting(store, "x", "beta", MINUTE, now).await.unwrap();
            let of = |who: &str| create(&format!("work/{start}"), who);
            store.commit(vec![beta, of("beta")]).await.unwrap();
            let refused = store.commit(vec![of("alpha"), alpha]).await.unwrap_err();
            assert!(matches!(refused, StoreError::Conflict { .. }), "{refused}");
            let work = store.get(&format!("work/{start}")).await.unwrap().unwrap();
            assert_eq!(work.value, b"beta");
            let held = granting(store, "x", "alpha", MINUTE, now).await.unwrap_err();
            assert!(matches!(held, LeaseError::Held(lease) if lease.holder == "beta"));
            // Taken again and given up at once: one of the two is refused.
            let again = granting(store, "x", "beta", MINUTE, now).await.unwrap();
            let lease = Lease::read(store, "x").await.unwrap().unwrap();
            store.commit(vec![again]).await.unwrap();
            assert!(store.commit(vec![lease.ending()]).await.is_err());
        }
    })
    .await;
}

#[tokio::test]
async fn it_survives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("npivot.redb");
    let store = FileStore::open(&path).unwrap();
    let lease = grant(&store, "x", "alpha", MINUTE, s(100)).await.unwrap();
    drop(store);
    let store = FileStore::open(&path).unwrap();
    assert_eq!(Lease::read(&store, "x").await.unwrap().as_ref(), Some(&lease));
    assert!(grant(&store, "x", "beta", MINUTE, s(159)).await.is_err());
    assert_eq!(renew(&store, &lease, MINUTE, s(159)).await.unwrap().until, Some(s(219)));
}

#[tokio::test]
async fn a_record_that_is_no_lease_is_nobodys() {
    on_each(async |store| {
        for value in
            ["", "{}", "[1]", r#"{"holder":1,"until":null}"#, r#"{"holder":"a","until":-1}"#]
        {
            put(&*store, "lease/x", value).await;
            let refused = grant(&*store, "x", "alpha", MINUTE, s(0)).await.unwrap_err();
            assert!(matches!(refused, LeaseError::Unreadable { .. }), "{value}: {refused}");
            assert!(Lease::list(&*store, "").await.is_err(), "{value}");
        }
    })
    .await;
}
