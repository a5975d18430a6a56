//! A death before and after every call of a start and a stop, to the host and to the records alike, and a
//! failure of each: what is there is known, and reconcile brings it to an end.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use npivot::node::{Node, NodeError};
use npivot::store::{Change, MemoryStore, Row, Store, StoreError, Watch};
use npivot_hal::layer::{Call, Counted, FaultPlan, FaultyHost, Once, Verdict, faulty};
use npivot_hal::{Error, ErrorKind};
use tokio::sync::Notify;

use crate::{Bed, WEB1_A, web1_a};

/// Records under a plan.
#[derive(Debug)]
struct FaultyRecords(Arc<MemoryStore>, Arc<dyn FaultPlan>);

impl FaultyRecords {
    async fn run<T: Send>(
        &self,
        method: &'static str,
        changes: bool,
        call: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let call = async { call.await.map_err(|error| hal(&error)) };
        let decided = faulty::decide(&*self.1, &Call::new(method, "records", changes), call).await;
        decided.map_err(|error| StoreError::Store(Box::new(error)))
    }
}

fn hal(error: &StoreError) -> Error {
    Error::new(ErrorKind::Conflict, "commit", "records", error.to_string())
}

#[async_trait]
impl Store for FaultyRecords {
    async fn list(&self, prefix: &str) -> Result<Vec<Row<Vec<u8>>>, StoreError> {
        self.run("list", false, self.0.list(prefix)).await
    }
    async fn get(&self, key: &str) -> Result<Option<Row<Vec<u8>>>, StoreError> {
        self.run("get", false, self.0.get(key)).await
    }
    async fn commit(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        self.run("commit", true, self.0.commit(changes)).await
    }
    async fn watch(&self, prefix: &str, since: Option<u64>) -> Result<Watch, StoreError> {
        self.run("watch", false, self.0.watch(prefix, since)).await
    }
}

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

/// What is done: a pool and a vHBA are started, and stopped again.
async fn day(node: &Node) -> Result<(), NodeError> {
    node.start_pool("web1-a").await?;
    let _ = node.stop_pool("web1-a").await?;
    node.start_vhba("web1-a").await?;
    let _ = node.stop_vhba("web1-a").await?;
    Ok(())
}

async fn bed() -> Bed {
    let bed = Bed::new();
    bed.define(WEB1_A).await;
    let _ = bed.node.define_vhba(&web1_a()).await.unwrap();
    bed
}

fn under(bed: &Bed, plan: &Arc<dyn FaultPlan>) -> Node {
    let host = FaultyHost::new(Arc::clone(&bed.alpha) as _, Arc::clone(plan));
    let records = FaultyRecords(Arc::clone(&bed.records), Arc::clone(plan));
    Node::new(Arc::new(host), Arc::new(records))
}

/// What is on the host is written down; what reconcile finds, it mends; and then it can all be stopped.
async fn must_be_known(bed: &Bed, context: &str) {
    let noted = bed.written().await.iter().any(|key| key.contains("-up/"));
    assert!(bed.vports().await.is_empty() || noted, "{context}: a vHBA that nobody knows of");
    let findings = bed.node.findings(false).await.unwrap();
    let reconciled = bed.node.reconcile(findings).await;
    assert!(reconciled.failed.is_empty(), "{context}: {:?}", reconciled.failed);
    let rest = bed.node.findings(false).await.unwrap();
    assert!(rest.actions.is_empty(), "{context}: {:?}", rest.actions);
    let _ = bed.node.stop_pool("web1-a").await.unwrap_or_else(|error| panic!("{context}: {error}"));
    let _ = bed.node.stop_vhba("web1-a").await.unwrap_or_else(|error| panic!("{context}: {error}"));
    assert_eq!(bed.vports().await, [], "{context}");
    assert_eq!(bed.written().await.len(), 2, "{context}: two definitions");
}

/// How many calls a day has, reads included.
async fn calls() -> u64 {
    let counted = Arc::new(Counted::default());
    let bed = bed().await;
    let plan: Arc<dyn FaultPlan> = Arc::clone(&counted) as _;
    day(&under(&bed, &plan)).await.unwrap();
    counted.count()
}

#[tokio::test(start_paused = true)]
async fn a_death_before_or_after_every_change_is_recovered_from() {
    let calls = calls().await;
    assert!(calls >= 10, "two starts and two stops have more changes than {calls}");
    for nth in 0..calls {
        for verdict in [Verdict::CrashBefore, Verdict::CrashAfter] {
            let bed = bed().await;
            let plan = Arc::new(Dying { plan: Once::at(nth, verdict), died: Notify::new() });
            let node = under(&bed, &(Arc::clone(&plan) as _));
            let ended = tokio::select! {
                biased;
                ended = day(&node) => Some(ended),
                () = async {
                    plan.died.notified().await;
                    bed.san.run_for(Duration::from_secs(3)).await;
                } => None,
            };
            assert!(ended.is_none(), "call {nth} was never made");
            must_be_known(&bed, &format!("{verdict:?} at change {nth}")).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_or_a_lost_answer_anywhere_is_known_or_mended() {
    for verdict in [Verdict::Fail, Verdict::Lost] {
        let mut met = 0;
        for nth in 0.. {
            let bed = bed().await;
            let plan = Arc::new(Once::at_any(nth, verdict));
            let _ = day(&under(&bed, &(Arc::clone(&plan) as _))).await;
            if !plan.happened() {
                break;
            }
            met += 1;
            must_be_known(&bed, &format!("{verdict:?} at call {nth}")).await;
        }
        assert!(met > 30, "a day has more calls than {met}");
    }
}
