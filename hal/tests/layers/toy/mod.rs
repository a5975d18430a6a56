//! Backends of a few lines with a state: what the layers are put around.
//!
//! They answer all that the contracts document, so that a layer that changes an answer is found out, and
//! they write down what reaches them.

mod array;
mod fabric;
mod host;

use std::pin::Pin;
use std::sync::{Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use npivot_hal::{Error, ErrorKind, WwnPair};

pub(crate) use array::ToyArray;
pub(crate) use fabric::ToyFabric;
pub(crate) use host::ToyHost;

/// A state, and the methods that were called.
#[derive(Debug, Default)]
pub(crate) struct Toy<S> {
    state: Mutex<S>,
    asked: Mutex<Vec<&'static str>>,
}

impl<S> Toy<S> {
    pub(crate) fn of(state: S) -> Self {
        Self { state: Mutex::new(state), asked: Mutex::default() }
    }

    /// The state, for a method that was called.
    fn asked(&self, method: &'static str) -> MutexGuard<'_, S> {
        self.asked.lock().unwrap().push(method);
        self.state.lock().unwrap()
    }

    /// Changes the state from outside, as nobody's call does.
    pub(crate) fn with(&self, change: impl FnOnce(&mut S)) {
        change(&mut self.state.lock().unwrap());
    }

    /// What was called since this was asked last.
    pub(crate) fn take_asked(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

/// The names of port `n`.
pub(crate) fn names(n: u8) -> WwnPair {
    let wwpn = format!("2100001b32a9da{n:02x}").parse().unwrap();
    let wwnn = format!("2000001b32a9da{n:02x}").parse().unwrap();
    WwnPair::new(wwpn, wwnn)
}

fn refused(kind: ErrorKind, what: &'static str, object: &str) -> Error {
    Error::new(kind, what, object, "refused by the toy")
}

/// A future that need not be ready at once: one poll of it.
pub(crate) fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// What a future of the toys answers: they are ready at once.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match poll_once(std::pin::pin!(future).as_mut()) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("nothing here has to wait"),
    }
}
