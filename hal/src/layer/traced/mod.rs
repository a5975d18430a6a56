//! Backends that tell what is asked of them.
//!
//! [`TracedHost`], [`TracedFabric`] and [`TracedArray`] tell a [`TraceSink`] of each call when it begins
//! and when it ends, and pass it on untouched. One sink may serve many machines and several layers of one:
//! it numbers the calls, so that a call made inside another shows as such. [`TraceLog`] is a sink that
//! keeps the last calls in memory and prints them, one a line.
//!
//! The HAL has no clock: a sink that wants times takes them itself when it is told.

mod log;
mod record;

use std::fmt::Debug;
use std::sync::Arc;

use crate::{Array, Error, Fabric, Host, Result};

use super::{Answer, Call, Layer, Layered, Told};

pub use log::TraceLog;
pub use record::{Finish, Record};

/// A host whose calls are told to a sink.
pub type TracedHost = Layered<dyn Host, Traced>;

/// A fabric whose calls are told to a sink.
pub type TracedFabric = Layered<dyn Fabric, Traced>;

/// An array whose calls are told to a sink.
pub type TracedArray = Layered<dyn Array, Traced>;

/// How a call ended.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum End<'a> {
    /// With this answer.
    Answered(Told<'a>),
    /// With this error.
    Failed(&'a Error),
    /// The caller dropped its future before there was an answer. Whether it was done is unknown.
    Dropped,
}

/// Is told of calls. It is called between a caller and its backend: it must be quick and must not block.
pub trait TraceSink: Debug + Send + Sync {
    /// A call begins. Returns the number that [`ended`](Self::ended) will have; no two calls have the
    /// same, be they of one machine or of many.
    fn began(&self, call: &Call<'_>) -> u64;

    /// The call with this number ended. It is told once of every call that began, unless the caller never
    /// drops a future that it no longer polls.
    fn ended(&self, number: u64, call: &Call<'_>, end: End<'_>);
}

/// The layer that tells a sink of every call.
#[derive(Debug, Clone)]
pub struct Traced {
    sink: Arc<dyn TraceSink>,
}

impl<M: ?Sized> Layered<M, Traced> {
    /// Wraps a backend.
    pub fn new(inner: Arc<M>, sink: Arc<dyn TraceSink>) -> Self {
        Self::around(inner, Traced { sink })
    }
}

impl<M: ?Sized + Send + Sync> Layer<M> for Traced {
    async fn around<T: Answer>(
        &self,
        _machine: &Arc<M>,
        call: &Call<'_>,
        inner: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        let open = Open::new(&*self.sink, call);
        let answer = inner.await;
        open.close(match &answer {
            Ok(answer) => End::Answered(answer.told()),
            Err(error) => End::Failed(error),
        });
        answer
    }

    fn subscribed(&self, call: &Call<'_>) {
        Open::new(&*self.sink, call).close(End::Answered(Told::Done));
    }
}

/// A call that has begun; it ends as dropped unless it is closed.
struct Open<'a> {
    sink: &'a dyn TraceSink,
    call: &'a Call<'a>,
    number: u64,
    closed: bool,
}

impl<'a> Open<'a> {
    fn new(sink: &'a dyn TraceSink, call: &'a Call<'a>) -> Self {
        Self { sink, call, number: sink.began(call), closed: false }
    }

    fn close(mut self, end: End<'_>) {
        self.closed = true;
        self.sink.ended(self.number, self.call, end);
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.closed {
            self.sink.ended(self.number, self.call, End::Dropped);
        }
    }
}
