//! A crash before and after every call that changes something, and recovery from each.

use std::sync::Arc;
use std::time::Duration;

use npivot::migration::{Outcome, Quiet, recover};
use npivot_hal::layer::{Call, Counted, FaultPlan, Once, Verdict};
use tokio::sync::Notify;

use crate::bed::{Bed, calm};

/// A plan that tells when the process has died.
#[derive(Debug)]
struct Dying {
    plan: Once,
    died: Notify,
}

impl FaultPlan for Dying {
    fn verdict(&self, call: &Call<'_>) -> Verdict {
        let verdict = self.plan.verdict(call);
        if matches!(verdict, Verdict::CrashBefore | Verdict::CrashAfter) {
            self.died.notify_one();
        }
        verdict
    }
}

/// Migrates until the crash: `None`, or the outcome if there was none.
async fn until_crash(bed: &Bed, plan: &Arc<Dying>) -> Option<Outcome> {
    let shared: Arc<dyn FaultPlan> = Arc::clone(plan) as _;
    tokio::select! {
        biased;
        outcome = bed.migrate(&shared) => Some(outcome.unwrap()),
        // What the dying process had asked for is done by then.
        () = async { plan.died.notified().await; bed.san.run_for(Duration::from_secs(3)).await } => None,
    }
}

#[tokio::test(start_paused = true)]
async fn a_crash_before_or_after_each_call_is_recovered_forward_or_back() {
    let counted = Arc::new(Counted::default());
    let plan: Arc<dyn FaultPlan> = Arc::clone(&counted) as _;
    Bed::new().await.migrate(&plan).await.unwrap();
    let (mut forward, mut back) = (0, 0);
    for nth in 0..counted.count() {
        for verdict in [Verdict::CrashBefore, Verdict::CrashAfter] {
            let bed = Bed::new().await;
            let context = format!("{verdict:?} call {nth}");
            let plan = Arc::new(Dying { plan: Once::at(nth, verdict), died: Notify::new() });
            let ended = until_crash(&bed, &plan).await;
            assert!(ended.is_none(), "{context}: no crash, {ended:?}");
            let (site, guest) = (bed.site(&calm()), bed.guest_under(&calm()));
            let outcome = recover(&site, &guest, &bed.journal, &Quiet).await.unwrap();
            match &outcome {
                Outcome::Done { residue } if residue.is_empty() => forward += 1,
                Outcome::RolledBack { residue, .. } if residue.is_empty() => back += 1,
                other => panic!("{context}: {other:?}"),
            }
            bed.must_be(&outcome, &context).await;
            let again = recover(&site, &guest, &bed.journal, &Quiet).await.unwrap();
            assert!(matches!(again, Outcome::Nothing), "{context}: recovered twice");
        }
    }
    assert!(forward > 5 && back > 10, "both sides of the line were seen: {forward}, {back}");
}

#[tokio::test(start_paused = true)]
async fn a_crash_during_recovery_is_recovered_too() {
    for (nth, in_recovery) in [(13, 0), (13, 1), (13, 3), (18, 0), (18, 1)] {
        let bed = Bed::new().await;
        let context = format!("crash at call {nth}, then at call {in_recovery} of the recovery");
        let dying =
            |nth| Arc::new(Dying { plan: Once::at(nth, Verdict::CrashAfter), died: Notify::new() });
        assert!(until_crash(&bed, &dying(nth)).await.is_none(), "{context}");
        let plan = dying(in_recovery);
        let shared: Arc<dyn FaultPlan> = Arc::clone(&plan) as _;
        let (site, guest) = (bed.site(&shared), bed.guest_under(&shared));
        tokio::select! {
            biased;
            outcome = recover(&site, &guest, &bed.journal, &Quiet) => panic!("{context}: {outcome:?}"),
            () = async { plan.died.notified().await; bed.san.run_for(Duration::from_secs(3)).await } => {}
        }
        let (site, guest) = (bed.site(&calm()), bed.guest_under(&calm()));
        let outcome = recover(&site, &guest, &bed.journal, &Quiet).await.unwrap();
        assert!(outcome.residue().is_empty(), "{context}: {outcome:?}");
        bed.must_be(&outcome, &context).await;
    }
}
