//! Backends that fail on purpose.
//!
//! [`FaultyHost`], [`FaultyFabric`] and [`FaultyArray`] ask one [`FaultPlan`] about every call and obey.
//! Errors that they make up are marked ([`Error::is_injected`]). Subscriptions to events are not calls
//! that can fail: no plan is asked about them.
//!
//! | plan | its verdicts |
//! |---|---|
//! | [`Pass`](super::Pass) | nothing happens |
//! | [`Counted`](super::Counted) | nothing happens, and the changing calls are counted |
//! | [`Once`](super::Once) | one verdict for the nth call, or from the nth on |
//! | [`Rates`](super::Rates) | verdicts at rates, from a seed |
//! | [`Script`](super::Script) | an ordered list of which call gets which verdict |
//! | [`FaultSwitch`](super::FaultSwitch) | a fault that is on while a guard lives, over any plan |
//! | [`Timed`](super::Timed) | any plan, with the timer that [`Verdict::Delay`] needs |

pub(super) mod plans;
mod verdict;

use std::sync::Arc;

use crate::{Array, Error, ErrorKind, Fabric, Host, Result};

use super::{Answer, Call, Layer, Layered};

pub use verdict::{FaultPlan, Timer, Verdict};

/// A host whose calls fail by plan.
pub type FaultyHost = Layered<dyn Host, Faulty>;

/// A fabric whose calls fail by plan.
pub type FaultyFabric = Layered<dyn Fabric, Faulty>;

/// An array whose calls fail by plan.
pub type FaultyArray = Layered<dyn Array, Faulty>;

/// The layer that asks a plan about every call.
#[derive(Debug, Clone)]
pub struct Faulty {
    plan: Arc<dyn FaultPlan>,
}

impl Faulty {
    /// A layer under this plan.
    pub fn new(plan: Arc<dyn FaultPlan>) -> Self {
        Self { plan }
    }
}

impl<M: ?Sized> Layered<M, Faulty> {
    /// Wraps a backend.
    pub fn new(inner: Arc<M>, plan: Arc<dyn FaultPlan>) -> Self {
        Self::around(inner, Faulty::new(plan))
    }
}

impl<M: ?Sized + Send + Sync> Layer<M> for Faulty {
    async fn around<T: Answer>(
        &self,
        _machine: &Arc<M>,
        call: &Call<'_>,
        inner: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        decide(&*self.plan, call, inner).await
    }
}

/// Makes a call under a plan. Ports of other layers use it too, so that one plan rules a whole run.
///
/// # Errors
/// The call's own, or an injected one.
pub async fn decide<T>(
    plan: &dyn FaultPlan,
    call: &Call<'_>,
    future: impl Future<Output = Result<T>>,
) -> Result<T> {
    let injected = |kind, reason| {
        Err(Error::new(kind, call.request.operation(), call.machine, reason).injected())
    };
    match plan.verdict(call) {
        Verdict::Pass => future.await,
        Verdict::Delay(by) => {
            let Some(timer) = plan.timer() else {
                let reason = "a delay needs a timer: put the plan into layer::Timed";
                return injected(ErrorKind::Unsupported, reason);
            };
            timer.sleep(by).await;
            future.await
        }
        Verdict::Fail => injected(ErrorKind::Rejected, "made to fail"),
        Verdict::FailWith(kind) => injected(kind, "made to fail"),
        Verdict::Lost => {
            let _ = future.await;
            injected(ErrorKind::NoAnswer, "its answer was made to get lost")
        }
        Verdict::CrashBefore => std::future::pending().await,
        Verdict::CrashAfter => {
            let _ = future.await;
            std::future::pending().await
        }
    }
}
