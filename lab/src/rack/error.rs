//! Why there is no rack.

use std::io;

use crate::kernel::KernelError;
use crate::wire::SiteError;

/// Why kernels cannot be put on a simulated SAN.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RackError {
    /// The topology does not have what was asked for.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// A kernel cannot be booted.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// The system refuses a socket or a thread.
    #[error("starting the fabric: {0}")]
    Wire(#[source] io::Error),
    /// The machine runs, but nobody listens at the other end of the line into it.
    #[error("{host}: nobody listens on its line{}", after_colon(.said))]
    NoLine {
        /// The host.
        host: String,
        /// What the program that should listen said.
        said: String,
    },
    /// There is no such host, or it runs already.
    #[error("host `{0}` is not in this rack, or has been booted")]
    NotThere(String),
    /// A clock that travels has one wire.
    #[error(
        "host `{host}` has {adapters} adapters: with a clock that travels it can have one; take a clock in real time, or a topology with one adapter"
    )]
    OneAdapter {
        /// The host.
        host: String,
        /// How many it has.
        adapters: usize,
    },
}

fn after_colon(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(": {said}") }
}
