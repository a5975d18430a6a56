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
