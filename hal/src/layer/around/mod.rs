//! The one mechanism of all layers: what is done around a call, and the wrapper that does it for each.

mod array;
mod fabric;
mod host;

use std::fmt::Debug;
use std::sync::Arc;

use crate::Result;

use super::{Answer, Call, Request};

/// What a layer does around each call to a machine of kind `M`: `dyn Host`, `dyn Fabric` or `dyn Array`.
///
/// # For users
/// [`Layered`] makes a layer and a machine into a machine.
///
/// # For layer authors
/// One method sees every call: look at `call`, poll `inner` to make it (once, or not at all: it does
/// nothing until it is polled), look at the answer with [`Answer::told`]. `machine` is the machine below,
/// for questions of the layer's own. A layer that keeps the contract of the traits passes the answer on as
/// it is, and drops `inner` only where it answers with an error.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use npivot_hal::layer::{Answer, Call, Layer, Layered};
/// use npivot_hal::{Host, Result};
///
/// /// Counts the calls that failed.
/// #[derive(Debug, Default)]
/// struct Failures(AtomicU32);
///
/// impl Layer<dyn Host> for Failures {
///     async fn around<T: Answer>(
///         &self,
///         _machine: &Arc<dyn Host>,
///         _call: &Call<'_>,
///         inner: impl Future<Output = Result<T>> + Send,
///     ) -> Result<T> {
///         inner.await.inspect_err(|_| { self.0.fetch_add(1, Ordering::Relaxed); })
///     }
/// }
///
/// fn counted(host: Arc<dyn Host>) -> impl Host {
///     Layered::around(host, Failures::default())
/// }
/// ```
pub trait Layer<M: ?Sized + Send + Sync>: Debug + Send + Sync {
    /// Makes a call, or does not, and answers.
    ///
    /// # Errors
    /// The call's own, or the layer's.
    fn around<T: Answer>(
        &self,
        machine: &Arc<M>,
        call: &Call<'_>,
        inner: impl Future<Output = Result<T>> + Send,
    ) -> impl Future<Output = Result<T>> + Send;

    /// Is told that somebody subscribes to the machine's events, which no layer can prevent.
    fn subscribed(&self, _call: &Call<'_>) {}
}

/// A machine with a layer around it: a machine itself, with exactly the abilities of the one below.
///
/// Name, capabilities and events are those of the machine below; every other call goes through the layer.
#[derive(Debug)]
pub struct Layered<M: ?Sized, L> {
    inner: Arc<M>,
    layer: Arc<L>,
}

/// A clone has the same machine and the same layer, with what that has seen.
impl<M: ?Sized, L> Clone for Layered<M, L> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), layer: Arc::clone(&self.layer) }
    }
}

impl<M: ?Sized, L> Layered<M, L> {
    /// Wraps a machine.
    pub fn around(inner: Arc<M>, layer: L) -> Self {
        Self { inner, layer: Arc::new(layer) }
    }

    /// The layer.
    pub fn layer(&self) -> &L {
        &self.layer
    }
}

impl<M: ?Sized + Send + Sync, L: Layer<M>> Layered<M, L> {
    /// Makes a call of a machine with this name through the layer.
    async fn call<T: Answer>(
        &self,
        name: &str,
        request: Request<'_>,
        inner: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        self.layer.around(&self.inner, &Call::of(name, request), inner).await
    }
}

/// The ability that the accessor has shown to be there; the error is for a backend that breaks its word.
macro_rules! ability {
    ($self:ident . $accessor:ident) => {
        $self.inner.$accessor().ok_or_else(|| {
            crate::Error::new(
                crate::ErrorKind::Unsupported,
                concat!("use ", stringify!($accessor)),
                $self.inner.name(),
                "the backend has lost this ability: an accessor must not change its answer",
            )
        })
    };
}
use ability;
