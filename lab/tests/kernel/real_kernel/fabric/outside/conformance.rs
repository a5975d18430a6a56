//! The suite on a real kernel from outside: with its fabric and its array, which it cannot reach from inside. All of
//! it, which takes minutes, is `npivot conform -c kernel:examples/kernel-lab.toml#alpha --allow disturbs`.

use npivot_conformance::{Access, CaseResult, Group, Selection, run};
use npivot_lab::proving::{KernelMaker, deviations_of_kernel};
use npivot_lab::rack::Alone;

use super::{LIMIT, kernel, npivot, topology};

/// Runs these groups on a kernel of their own, and says how many cases passed.
async fn passed(groups: &[Group]) -> usize {
    let alone = Alone::boot(&topology(), "alpha", &kernel(), &npivot(), LIMIT);
    let maker = KernelMaker::new(alone.unwrap_or_else(|error| panic!("{error}")));
    let mut selection = Selection::all(Access::Disturbs);
    selection.groups = groups.to_vec();
    let report = run(&maker, &selection, &deviations_of_kernel(), &mut |_| ()).await;
    assert!(report.passed(), "{report}");
    report.cases.iter().filter(|case| case.result == CaseResult::Passed).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn luns_are_found_and_are_what_they_say() {
    assert_eq!(passed(&[Group::Inventory, Group::Discovery, Group::Identity]).await, 65);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stale_luns_are_told_from_fresh_ones() {
    assert_eq!(passed(&[Group::Stale]).await, 15);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vports_are_made_once_and_deleted() {
    assert_eq!(passed(&[Group::Npiv]).await, 24);
}
