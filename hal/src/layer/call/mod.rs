//! What a layer is told of a call: what is asked, of which machine, and what it answers.

mod answer;
mod facts;
mod request;
mod words;

use std::fmt;

pub use answer::{Answer, Told};
pub use request::Request;

/// A call that is about to be made.
///
/// `Display` prints machine and request, on one line: `alpha: reset host0`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call<'a> {
    /// The method, as `create_vport`.
    pub method: &'static str,
    /// The machine: the host's, fabric's or array's name.
    pub machine: &'a str,
    /// Whether it changes anything.
    pub changes: bool,
    /// What is asked, with its arguments.
    pub request: Request<'a>,
}

impl<'a> Call<'a> {
    /// A call of this method on this machine, of a port that is not of the HAL ([`Request::Other`]).
    pub fn new(method: &'static str, machine: &'a str, changes: bool) -> Self {
        Self { method, machine, changes, request: Request::Other { method } }
    }

    /// The call that asks this of a machine.
    pub fn of(machine: &'a str, request: Request<'a>) -> Self {
        Self { method: request.method(), machine, changes: request.changes(), request }
    }
}

impl fmt::Display for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.machine.escape_debug(), self.request)
    }
}
