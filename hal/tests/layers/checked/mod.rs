//! What a checked layer refuses, and that it changes nothing else. That valid calls are answered as
//! without it is shown for every order of layers, with random calls, in `stacking`.

mod array;
mod fabric;
mod host;
mod looks;

use npivot_hal::{Error, ErrorKind, Fault, Result};

/// Asserts that the layer refused, not the toy, with this kind and line.
#[track_caller]
fn must_refuse<T: std::fmt::Debug>(answer: Result<T>, kind: ErrorKind, line: &str) {
    let error: Error = answer.unwrap_err();
    assert_eq!(error.to_string(), line);
    assert_eq!((error.kind(), error.fault(), error.is_injected()), (kind, Fault::Caller, false));
}
