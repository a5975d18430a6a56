//! The suite as `#[test]`s: what [`suite!`](crate::suite) expands to.

use std::io::Write as _;

use crate::bed::Bed;
use crate::{CaseReport, Deviation, Group, Maker, Report, Selection, cases, run};

/// Runs a group's cases in paused time, and says on stderr how many could be tried, also when all is well.
///
/// # Panics
/// When a case fails, passes unexpectedly or leaves something behind, and when none could be tried although
/// the fixture has what they need; with the report.
pub fn check_group(maker: &dyn Maker, group: Group, deviations: &[Deviation]) {
    let report = run_paused(maker, &Selection::of_group(group), deviations, &mut |_| ());
    // Not by `eprintln!`, which the test harness keeps to itself while all is well.
    let _ = writeln!(std::io::stderr(), "{}: {}", report.backend, report.group_line(group));
    let (bad, left) = (report.bad().count(), report.residue().count());
    let fine = bad == 0 && left == 0 && report.errors.is_empty();
    assert!(fine, "{bad} bad cases, {left} things left behind:\n{report}");
}

/// That the fixture has what at least one case needs: a suite that tries nothing proves nothing.
///
/// # Panics
/// When no case can be tried.
pub fn check_something_applies(maker: &dyn Maker) {
    let applicable = paused().block_on(async {
        let bed = Bed::new(maker.make().await.expect("the maker makes a fixture"));
        cases()
            .iter()
            .filter(|case| case.needs.abilities().iter().all(|need| bed.has(*need)))
            .count()
    });
    assert!(applicable > 0, "no case can be tried on {}", maker.name());
}

/// Runs cases on a paused runtime of its own.
///
/// # Panics
/// When called from within an async runtime, or when no runtime can be made.
pub fn run_paused(
    maker: &dyn Maker,
    selection: &Selection,
    deviations: &[Deviation],
    progress: &mut dyn FnMut(&CaseReport),
) -> Report {
    paused().block_on(run(maker, selection, deviations, progress))
}

fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without I/O needs nothing of the machine")
}

/// Makes a module of `#[test]`s of this name: one for each group of cases, which run in tokio's paused time
/// on what a [`Maker`](crate::Maker) makes, and one that says that at least one case can be tried at all.
///
/// A third expression gives the [`Deviation`](crate::Deviation)s, as anything that derefs to a slice of
/// them. The expressions are evaluated anew in each test.
///
/// ```
/// # use std::sync::Arc;
/// # use npivot_conformance::{Deviation, Fixture, Maker};
/// # use npivot_hal::{Host, Result};
/// # #[derive(Debug)] struct Nowhere;
/// # #[async_trait::async_trait]
/// # impl Fixture for Nowhere { fn host(&self) -> Option<Arc<dyn Host>> { None } }
/// # #[async_trait::async_trait]
/// # impl Maker for Nowhere {
/// #     fn name(&self) -> String { "nowhere".into() }
/// #     async fn make(&self) -> Result<Box<dyn Fixture>> { Ok(Box::new(Nowhere)) }
/// # }
/// npivot_conformance::suite!(mine, Nowhere);
/// npivot_conformance::suite!(with_deviations, Nowhere, [Deviation::new(
///     "a_second_scan_is_unchanged",
///     "the driver says Changed whenever it looked",
///     "driver bug 4711",
/// )]);
/// ```
#[macro_export]
macro_rules! suite {
    ($name:ident, $maker:expr) => {
        $crate::suite!($name, $maker, [] as [$crate::Deviation; 0]);
    };
    ($name:ident, $maker:expr, $deviations:expr) => {
        mod $name {
            #[allow(unused_imports, reason = "the expressions may use what is around the macro")]
            use super::*;

            $crate::suite!(@groups $maker, $deviations,
                inventory Inventory, identity Identity, npiv Npiv, discovery Discovery,
                stale Stale, links Links, events Events, nameserver NameServer, zoning Zoning,
                masking Masking, errors Errors, idempotence Idempotence, limits Limits);

            #[test]
            fn at_least_one_case_applies() {
                $crate::testing::check_something_applies(&$maker);
            }
        }
    };
    (@groups $maker:expr, $deviations:expr, $($test:ident $group:ident),*) => {
        $(
            #[test]
            fn $test() {
                $crate::testing::check_group(&$maker, $crate::Group::$group, &$deviations);
            }
        )*
    };
}
