//! The whole suite on a real kernel from outside: with its fabric and its array, which it cannot reach from inside.

use npivot_conformance::{Access, Selection, run};
use npivot_lab::proving::{KernelMaker, deviations_of};

use super::{LIMIT, kernel, npivot, topology};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn try_all() {
    let maker = KernelMaker::boot(&topology(), "alpha", &kernel(), &npivot(), LIMIT);
    let maker = maker.unwrap_or_else(|error| panic!("{error}"));
    let mut selection = Selection::all(Access::Disturbs);
    if let Ok(g) = std::env::var("GROUPS_") {
        selection.groups = g.split(',').map(|g| g.parse().unwrap()).collect();
    }
    let mut last = std::time::Instant::now();
    let mut count = |case: &npivot_conformance::CaseReport| {
        eprintln!("{:?} {:?}", last.elapsed(), case);
        last = std::time::Instant::now();
    };
    let report = run(&maker, &selection, &deviations_of("libfc"), &mut count).await;
    eprintln!("{}", report.text());
}
