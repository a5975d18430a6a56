//! When a pool is ready, and what remains of one that never is.

use std::time::Duration;

use npivot::pool::{self, Readiness, Rule, StartOptions};
use npivot_fabric::san::ids::ArrayIx;
use npivot_fabric::world::{Command, MaskingCommand};
use npivot_hal::{Host, LunId};
use tokio::time::Instant;

use crate::{alpha_on, pool};

fn expecting(ids: &[&LunId], paths: usize, secs: u64) -> StartOptions {
    let expected = ids.iter().map(|id| ((*id).clone(), paths)).collect();
    StartOptions { patience: Duration::from_secs(secs), rule: Rule::Expected(expected) }
}

fn ids(san: &npivot_fabric::Simulation) -> Vec<LunId> {
    san.with(|world| {
        world.arrays()[0].array.volumes().iter().map(|volume| volume.identity().clone()).collect()
    })
}

#[tokio::test(start_paused = true)]
async fn a_pool_is_ready_as_soon_as_its_last_path_is_there() {
    let (san, alpha) = alpha_on(&[]);
    let ids = ids(&san);
    let begun = Instant::now();
    let options = expecting(&[&ids[0], &ids[1]], 2, 30);
    let up = pool::start(&*alpha, &pool(""), &options).await.unwrap();
    assert_eq!(up.readiness, Readiness::Complete);
    assert_eq!(up.volumes.volumes.len(), 2, "one volume per identity, not per path");
    // Login, discovery, port login and two LUNs at their slowest, plus the clock's millisecond.
    assert!(begun.elapsed() < Duration::from_millis(15), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn what_is_missing_at_the_deadline_is_said_and_the_pool_is_up() {
    let (san, alpha) = alpha_on(&[]);
    let ids = ids(&san);
    let begun = Instant::now();
    let up = pool::start(&*alpha, &pool(""), &expecting(&[&ids[0], &ids[2]], 2, 7)).await.unwrap();
    assert_eq!(up.readiness.to_string(), format!("missing 2 paths of {}", ids[2]));
    assert_eq!(begun.elapsed().as_secs(), 7);
    assert_eq!(alpha.adapters().await.unwrap().len(), 3, "a partial pool is up");
    assert_eq!(pool::stop(&*alpha, &up).await.unwrap(), 1);
    assert_eq!(alpha.adapters().await.unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_pool_without_a_single_lun_says_so() {
    let (san, alpha) = alpha_on(&[]);
    for volume in ["web1-root", "web1-data"] {
        let (group, volume) = ("web1".to_owned(), volume.to_owned());
        let command = Command::Masking(ArrayIx(0), MaskingCommand::Unmap { group, volume });
        san.apply(command).unwrap();
    }
    let up = pool::start(&*alpha, &pool(""), &StartOptions::default()).await.unwrap();
    assert_eq!(up.readiness.to_string(), "no volume has come");
}

#[tokio::test(start_paused = true)]
async fn a_vhba_that_the_fabric_refuses_is_not_left_behind() {
    // One login per port: the HBA's own. The FDISC is rejected for want of resources.
    let (_san, alpha) = alpha_on(&[(
        r#"name = "a1", domain = 1"#,
        r#"name = "a1", domain = 1, logins-per-port = 1"#,
    )]);
    let begun = Instant::now();
    let error = pool::start(&*alpha, &pool(""), &StartOptions::default()).await;
    insta::assert_snapshot!(error.unwrap_err(), @"pool web1-a: vHBA 5001a4a000000001 on host0 of host alpha did not log in: VPort Failed");
    assert!(begun.elapsed() < Duration::from_secs(1), "a refusal is not waited out");
    assert_eq!(alpha.adapters().await.unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_vhba_that_is_there_is_adopted() {
    let (_san, alpha) = alpha_on(&[]);
    let definition = pool("");
    let first = pool::start(&*alpha, &definition, &StartOptions::default()).await.unwrap();
    assert!(!first.vhbas[0].adopted);
    let second = pool::start(&*alpha, &definition, &StartOptions::default()).await.unwrap();
    assert!(second.vhbas[0].adopted);
    assert_eq!(second.vhbas[0].adapter, first.vhbas[0].adapter);
}
