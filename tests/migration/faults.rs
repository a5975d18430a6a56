//! Every call that changes something: failing alone, getting lost alone, and failing with all after it.

use std::sync::Arc;

use npivot::migration::{Outcome, clear_residue};
use npivot_hal::layer::{Counted, FaultPlan, Once, Verdict};

use crate::bed::{Bed, calm};

/// How many changing calls a migration without faults makes.
async fn calls() -> u64 {
    let counted = Arc::new(Counted::default());
    let plan: Arc<dyn FaultPlan> = Arc::clone(&counted) as _;
    Bed::new().await.migrate(&plan).await.unwrap();
    let calls = counted.count();
    assert!(calls > 15, "the enumeration must have something to enumerate: {calls}");
    calls
}

#[tokio::test(start_paused = true)]
async fn each_call_failing_once_ends_done_or_as_before_or_says_what_is_left() {
    let mut rolled_back = 0;
    for nth in 0..calls().await {
        let bed = Bed::new().await;
        let plan = Arc::new(Once::at(nth, Verdict::Fail));
        let outcome = bed.migrate(&(Arc::clone(&plan) as _)).await.unwrap();
        assert!(plan.happened(), "call {nth} was never made");
        let context = format!("call {nth} fails: {outcome:?}");
        rolled_back += u32::from(matches!(outcome, Outcome::RolledBack { .. }));
        end(bed, outcome, &context).await;
    }
    assert!(rolled_back > 8, "most of the calls come before the hand-over: {rolled_back}");
}

#[tokio::test(start_paused = true)]
async fn each_call_failing_once_reads_included_loses_nothing() {
    let mut unplanned = 0;
    for nth in 0.. {
        let bed = Bed::new().await;
        let plan = Arc::new(Once::at_any(nth, Verdict::Fail));
        let outcome = bed.migrate(&(Arc::clone(&plan) as _)).await;
        if !plan.happened() {
            assert!(nth > 60, "there are many more reads than changes: {nth}");
            break;
        }
        match outcome {
            // The SAN could not be read: nothing was begun.
            Err(_) => {
                unplanned += 1;
                bed.must_be(&Outcome::Nothing, &format!("call {nth}")).await;
            }
            Ok(outcome) => {
                let context = format!("call {nth} of any kind fails: {outcome:?}");
                end(bed, outcome, &context).await;
            }
        }
    }
    assert!(unplanned > 10, "the survey reads a lot: {unplanned}");
}

#[tokio::test(start_paused = true)]
async fn each_answer_lost_once_is_found_out_and_the_move_goes_on() {
    for nth in 0..calls().await {
        let bed = Bed::new().await;
        let plan = Arc::new(Once::at(nth, Verdict::Lost));
        let outcome = bed.migrate(&(Arc::clone(&plan) as _)).await.unwrap();
        assert!(plan.happened(), "call {nth} was never made");
        let context = format!("the answer of call {nth} is lost: {outcome:?}");
        let done = matches!(&outcome, Outcome::Done { residue } if residue.is_empty());
        assert!(done, "{context}");
        bed.must_be(&outcome, &context).await;
    }
}

#[tokio::test(start_paused = true)]
async fn with_everything_failing_from_some_call_on_the_residue_is_exact() {
    let mut with_residue = 0;
    for nth in 0..calls().await {
        let bed = Bed::new().await;
        let plan: Arc<dyn FaultPlan> = Arc::new(Once::from(nth, Verdict::Fail));
        let outcome = bed.migrate(&plan).await.unwrap();
        let context = format!("all fails from call {nth} on: {outcome:?}");
        with_residue += u32::from(!outcome.residue().is_empty());
        end(bed, outcome, &context).await;
    }
    assert!(with_residue > 10, "a SAN that answers nothing leaves something: {with_residue}");
}

/// What the outcome promises must be so. With residue: removing exactly what it lists, once the faults are
/// gone, must be enough.
async fn end(bed: Bed, outcome: Outcome, context: &str) {
    let outcome = match outcome {
        Outcome::Done { residue } => {
            clear(&bed, residue, context).await;
            Outcome::Done { residue: vec![] }
        }
        Outcome::RolledBack { step, failure, residue } => {
            clear(&bed, residue, context).await;
            Outcome::RolledBack { step, failure, residue: vec![] }
        }
        other => other,
    };
    bed.must_be(&outcome, context).await;
}

async fn clear(bed: &Bed, residue: Vec<npivot::migration::Residue>, context: &str) {
    let (site, guest) = (bed.site(&calm()), bed.guest_under(&calm()));
    let left = clear_residue(&site, &guest, residue).await;
    assert!(left.is_empty(), "{context}: {left:?}");
}
