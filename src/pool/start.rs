//! Starting and stopping a pool.

use std::time::Duration;

use npivot_hal::{Error, Host};
use tokio::time::Instant;

use super::readiness::wait;
use super::{Readiness, Rule, Volumes, read_volumes};
use crate::libvirt::{PoolDefinition, PoolName};
use crate::vhba::{self, Vhba, VhbaError, give_up};
use crate::wait::Changes;

/// How a pool is started.
#[derive(Debug, Clone)]
pub struct StartOptions {
    /// How long the vHBA's login and its LUNs may take together.
    pub patience: Duration,
    /// When its LUNs are complete.
    pub rule: Rule,
}

impl Default for StartOptions {
    /// 30 seconds; quiet for 300 milliseconds.
    fn default() -> Self {
        let (patience, quiet) = (Duration::from_secs(30), Duration::from_millis(300));
        Self { patience, rule: Rule::Quiet(quiet) }
    }
}

/// A pool that is up on a host.
#[derive(Debug)]
pub struct ActivePool {
    /// What it was started from.
    pub definition: PoolDefinition,
    /// Its vHBA.
    pub vhba: Vhba,
    /// How its start ended: a partial pool is up too.
    pub readiness: Readiness,
    /// Its volumes at that moment, each path asked who it is.
    pub volumes: Volumes,
}

/// Why a pool could not be started or stopped.
#[derive(Debug, thiserror::Error)]
#[error("pool {pool}: {cause}")]
pub struct PoolError {
    /// The pool.
    pub pool: PoolName,
    /// Why.
    pub cause: VhbaError,
}

/// Starts a pool: brings its vHBA up on the parent that its definition asks for, and waits, by event, until
/// its LUNs are there. A pool some of whose LUNs do not come in time is up all the same, and says so.
///
/// # Errors
/// [`PoolError`]: the vHBA could not be brought up (and is not left behind, unless the error says so), or
/// the host cannot be read.
pub async fn start(
    host: &dyn Host,
    definition: &PoolDefinition,
    options: &StartOptions,
) -> Result<ActivePool, PoolError> {
    let fail = |cause| PoolError { pool: definition.name.clone(), cause };
    let deadline = Instant::now() + options.patience;
    let mut changes = Changes::of(host);
    let adapter = &definition.adapter;
    let vhba = vhba::bring_up(host, adapter.wwns, &adapter.parent_choice(), options.patience)
        .await
        .map_err(fail)?;
    let seen = async {
        let readiness = wait(host, vhba.adapter, &options.rule, &mut changes, deadline).await?;
        let volumes = read_volumes(host, &[vhba.adapter], true).await?;
        // What was believed while waiting is asked now: a stale path does not count.
        let readiness = readiness.confirmed(&options.rule, &volumes);
        Ok::<_, Error>((readiness, volumes))
    };
    match seen.await {
        Ok((readiness, volumes)) => {
            Ok(ActivePool { definition: definition.clone(), vhba, readiness, volumes })
        }
        Err(error) if vhba.adopted => Err(fail(error.into())),
        // What cannot be read cannot be used: do not leave the vHBA behind.
        Err(error) => Err(fail(match host.npiv() {
            Some(npiv) => give_up(host, npiv, vhba.parent, vhba.names, error.into()).await,
            None => error.into(),
        })),
    }
}

/// Stops a pool: deletes its vHBA, with its devices, where the definition says that npivot manages it
/// (`managed='yes'`), or npivot made it. Whether a vHBA was deleted.
///
/// # Errors
/// [`PoolError`]: the vHBA is still there.
pub async fn stop(host: &dyn Host, pool: &ActivePool) -> Result<bool, PoolError> {
    let managed = pool.definition.adapter.managed.unwrap_or(!pool.vhba.adopted);
    if !managed {
        return Ok(false);
    }
    vhba::bring_down(host, pool.vhba.names)
        .await
        .map_err(|cause| PoolError { pool: pool.definition.name.clone(), cause })
}
