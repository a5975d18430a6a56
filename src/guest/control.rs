//! The port through which a guest is paused and moved.

use std::fmt::Debug;

use async_trait::async_trait;
use npivot_hal::Result;

use crate::pool::Volume;

/// Where a guest is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GuestState {
    /// It runs on the host of this name and may write to its volumes.
    Running(String),
    /// It is on the host of this name and writes nothing.
    Paused(String),
}

impl GuestState {
    /// The host that it is on.
    pub fn host(&self) -> &str {
        let (Self::Running(host) | Self::Paused(host)) = self;
        host
    }
}

/// What npivot needs of whoever runs a guest: a hypervisor's migration, reduced to its hand-over.
///
/// # For users
/// A guest writes on one host at a time: that is what every implementation must guarantee, and what the
/// order of calls in [`migration`](crate::migration) keeps to.
///
/// # For backend authors
/// Memory is moved before and outside of this: `pause` is the moment at which a live migration's last
/// round begins, `switch_over` its end. Each call is safe to repeat. When an answer is lost, the caller
/// asks for the [`state`](Self::state), which must then be true.
#[async_trait]
pub trait GuestControl: Debug + Send + Sync {
    /// What people call it.
    fn name(&self) -> &str;

    /// Where it is.
    ///
    /// # Errors
    /// `Unreachable`: nobody can say; nothing is done to its storage then.
    async fn state(&self) -> Result<GuestState>;

    /// Stops it where it is, with all its writes on the volumes.
    ///
    /// # Errors
    /// Any: it may be running still.
    async fn pause(&self) -> Result<()>;

    /// Lets it run where it is. A [`switch_over`](Self::switch_over) that is still under way, because its
    /// answer was lost, must have no effect any more once this has returned.
    ///
    /// # Errors
    /// Any: it may be paused still.
    async fn resume(&self) -> Result<()>;

    /// Lets it run on another host, with these volumes there, and nowhere else.
    ///
    /// # Errors
    /// Any: it is where it was, paused; or, with `NoAnswer`, where [`state`](Self::state) says.
    async fn switch_over(&self, host: &str, volumes: &[Volume]) -> Result<()>;
}
