//! What can become of a call, and who decides it.

use std::fmt::Debug;
use std::pin::Pin;
use std::time::Duration;

use crate::ErrorKind;
use crate::layer::Call;

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// It is made.
    Pass,
    /// It is made this much later, by the plan's [timer](FaultPlan::timer). Without one it is not made,
    /// and fails as `Unsupported`: a test that asked for a delay must not go on without it.
    Delay(Duration),
    /// It is not made, and fails as `Rejected`.
    Fail,
    /// It is not made, and fails as this kind.
    FailWith(ErrorKind),
    /// It is made, and its answer is lost: the caller gets `NoAnswer`.
    Lost,
    /// The caller dies before it: it is not made, and the caller's future never becomes ready.
    CrashBefore,
    /// The caller dies after it: it is made, and the caller's future never becomes ready.
    CrashAfter,
}

/// Decides on calls, one after the other. Plans that use chance own their seed.
pub trait FaultPlan: Debug + Send + Sync {
    /// What becomes of this call.
    fn verdict(&self, call: &Call<'_>) -> Verdict;

    /// What measures [delays](Verdict::Delay). A plan over another plan passes that one's on.
    fn timer(&self) -> Option<&dyn Timer> {
        None
    }
}

/// Lets time pass. The HAL has no clock: the caller brings one, of whatever kind of time it lives in.
///
/// Any `fn(Duration)` that returns a future is one, such as `tokio::time::sleep`.
pub trait Timer: Send + Sync {
    /// Ready when so much time has passed.
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

impl<F, S> Timer for F
where
    F: Fn(Duration) -> S + Send + Sync,
    S: Future<Output = ()> + Send + 'static,
{
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self(time))
    }
}
