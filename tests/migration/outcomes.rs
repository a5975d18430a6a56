//! Migrations without injected faults: done, and refused or rolled back for what the SAN is.

use std::sync::Arc;

use npivot::migration::{Identities, Outcome, Severity};
use npivot_hal::layer::{Counted, FaultPlan};
use npivot_hal::{Host, WwnPair};

use crate::bed::{Bed, TOPOLOGY, calm};

#[tokio::test(start_paused = true)]
async fn the_guest_moves_and_nothing_is_left_behind() {
    let bed = Bed::new().await;
    let outcome = bed.migrate(&calm()).await.unwrap();
    assert!(matches!(&outcome, Outcome::Done { residue } if residue.is_empty()), "{outcome:?}");
    bed.must_be(&outcome, "calm").await;
}

#[tokio::test(start_paused = true)]
async fn a_move_there_and_back_is_two_moves() {
    let bed = Bed::new().await;
    let there = bed.migrate(&calm()).await.unwrap();
    bed.must_be(&there, "there").await;
    // The way back: what was the destination is the source, under the names that it has now.
    let mut back = Bed { request: bed.request.clone(), ..bed };
    let journal = npivot::migration::Journal::entries(&back.journal).await.unwrap();
    let plan = journal.into_iter().find_map(|entry| match entry {
        npivot::migration::Entry::Begun(plan) => Some(plan),
        _ => None,
    });
    for (definition, made) in back.request.pools.iter_mut().zip(&plan.unwrap().moves) {
        definition.adapter.fc_host_mut().unwrap().wwns = made.new;
    }
    back.before = back.san.with(npivot_lab::footprint::Footprint::of);
    let mut site = back.site(&calm());
    std::mem::swap(&mut site.source, &mut site.destination);
    let mut chance = npivot_fabric::world::random_stream(8, "identity");
    let guest = back.guest_under(&calm());
    let outcome = npivot::migration::migrate(
        &site,
        &guest,
        &back.request,
        &mut chance,
        &back.journal,
        &npivot::migration::Quiet,
    );
    let outcome = outcome.await.unwrap();
    assert!(matches!(&outcome, Outcome::Done { residue } if residue.is_empty()), "{outcome:?}");
    let state = npivot::GuestControl::state(&*back.guest).await.unwrap();
    assert_eq!(state, npivot::GuestState::Running("alpha".into()));
    back.must_have_lost_nothing("back").await;
}

/// libvirt's fault 14: nothing at all orchestrates a migration. Here one call does, from new names to the
/// end of the old ones: the guest goes on with the same volumes, under names of the same fabrics that nobody
/// had before, and of what it had nothing is left on hosts, fabrics and array.
#[tokio::test(start_paused = true)]
async fn fault_14_a_migration_is_one_call_that_leaves_nothing_to_be_done() {
    let bed = Bed::new().await;
    let seen = async |host: &str| {
        let host = bed.san.host(host).unwrap();
        let vhbas = host.adapters().await.unwrap().into_iter().filter(|a| a.npiv().is_none());
        let vhbas: Vec<_> = vhbas.collect();
        let adapters: Vec<_> = vhbas.iter().map(|vhba| vhba.no).collect();
        let found = npivot::pool::read_volumes(&*host, &adapters, true).await.unwrap();
        let names: Vec<_> = vhbas.iter().map(|vhba| vhba.names).collect();
        let fabrics: std::collections::BTreeSet<_> =
            vhbas.iter().filter_map(|vhba| vhba.fabric).collect();
        (names, fabrics, found.path_counts())
    };
    let (old, fabrics, volumes) = seen("alpha").await;
    assert_eq!((old.len(), fabrics.len(), volumes.len()), (2, 2, 2));
    let outcome = bed.migrate(&calm()).await.unwrap();
    assert!(matches!(&outcome, Outcome::Done { residue } if residue.is_empty()), "{outcome:?}");
    let (new, there, found) = seen("beta").await;
    assert_eq!((there, found), (fabrics, volumes), "as many paths, on the same fabrics");
    assert!(new.len() == 2 && new.iter().all(|names| !old.contains(names)), "{new:?}");
    assert_eq!(seen("alpha").await.0, []);
    bed.must_be(&outcome, "fault 14").await;
}

/// The findings of a refusal that are errors, as text.
fn errors(outcome: &Outcome) -> Vec<String> {
    let Outcome::Refused { findings } = outcome else { panic!("not refused: {outcome:?}") };
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(ToString::to_string).collect()
}

fn prepared() -> Identities {
    let pair = |n: u64| {
        let (wwpn, wwnn) = (0x5001_a4a0_0000_0010 + n, 0x5001_a4a0_0000_0110 + n);
        WwnPair::new(npivot_hal::Wwpn::new(wwpn).unwrap(), npivot_hal::Wwnn::new(wwnn).unwrap())
    };
    Identities::Prepared(vec![pair(1), pair(2)])
}

#[tokio::test(start_paused = true)]
async fn names_that_nobody_prepared_are_refused_without_a_change() {
    let mut bed = Bed::new().await;
    bed.request.identities = prepared();
    let counted = Arc::new(Counted::default());
    let plan: Arc<dyn FaultPlan> = Arc::clone(&counted) as _;
    let outcome = bed.migrate(&plan).await.unwrap();
    assert_eq!(counted.count(), 0, "a refusal changes nothing");
    insta::assert_snapshot!(errors(&outcome).join("\n"), @r"
    error: web1-a: no zone in force has both 5001a4a000000011 and target 5006016041e0aa00; ask the administrator of fabric a for one
    error: web1-a: no zone in force has both 5001a4a000000011 and target 5006016141e0aa00; ask the administrator of fabric a for one
    error: web1-a: array vault has 5001a4a000000011 in no host group; ask the array's administrator to mask the guest's volumes to it
    error: web1-b: no zone in force has both 5001a4a000000012 and target 5006016841e0aa00; ask the administrator of fabric b for one
    error: web1-b: no zone in force has both 5001a4a000000012 and target 5006016941e0aa00; ask the administrator of fabric b for one
    error: web1-b: array vault has 5001a4a000000012 in no host group; ask the array's administrator to mask the guest's volumes to it
    ");
    bed.must_be(&outcome, "refused").await;
}

#[tokio::test(start_paused = true)]
async fn a_forgotten_lun_is_named() {
    let mut bed = Bed::on(include_str!("../../examples/unmasked.toml")).await;
    bed.request.identities = prepared();
    let outcome = bed.migrate(&calm()).await.unwrap();
    insta::assert_snapshot!(errors(&outcome).join("\n"), @r"
    error: web1-a: array vault does not show volume web1-data (naa.60060160c1e0aa005000000000000002) to 5001a4a000000011: host group web1-beta lacks it; ask the array's administrator to map web1-data to web1-beta
    error: web1-b: array vault does not show volume web1-data (naa.60060160c1e0aa005000000000000002) to 5001a4a000000012: host group web1-beta lacks it; ask the array's administrator to map web1-data to web1-beta
    ");
    bed.must_be(&outcome, "refused").await;
}

#[tokio::test(start_paused = true)]
async fn a_destination_that_is_not_vport_capable_is_named() {
    let incapable = TOPOLOGY.replace(
        r#"{ wwpn = "21:01:00:1b:32:a9:db:01", port = "b1/1" }"#,
        r#"{ wwpn = "21:01:00:1b:32:a9:db:01", port = "b1/1", npiv = false }"#,
    );
    let bed = Bed::on(&incapable).await;
    let error = bed.migrate(&calm()).await.unwrap_err();
    insta::assert_snapshot!(error, @"beta has no adapter for pool web1-b, which is on fabric b; host0 (2100001b32a9db01) is on another fabric; host1 (2101001b32a9db01) is not vport-capable");
}

#[tokio::test(start_paused = true)]
async fn a_pool_that_is_not_up_cannot_move() {
    let mut bed = Bed::new().await;
    let vhba = bed.request.pools[0].adapter.fc_host_mut().unwrap();
    vhba.wwns.wwpn = "5001a4a0000000ff".parse().unwrap();
    let error = bed.migrate(&calm()).await.unwrap_err();
    insta::assert_snapshot!(error, @"pool web1-a is not active on alpha: it has no vHBA 5001a4a0000000ff; start it first");
}
