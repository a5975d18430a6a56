//! Starting and stopping a pool.

use std::collections::BTreeMap;
use std::time::Duration;

use npivot_hal::{Error, ErrorKind, Host, HostNo, WwnPair};
use tokio::time::Instant;

use super::readiness::wait;
use super::{Readiness, Rule, Volumes, read_volumes};
use crate::libvirt::{PoolAdapter, PoolDefinition, PoolName};
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

impl StartOptions {
    /// As a definition says; where it says nothing, the default.
    pub fn of(definition: &PoolDefinition) -> Self {
        let (own, default) = (&definition.extension, Self::default());
        let quiet = || own.quiet.map_or(default.rule, Rule::Quiet);
        let expected = own.expected.iter().map(|(id, paths)| (id.clone(), *paths as usize));
        Self {
            patience: own.deadline.unwrap_or(default.patience),
            rule: if own.expected.is_empty() {
                quiet()
            } else {
                Rule::Expected(expected.collect())
            },
        }
    }
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
    /// Its vHBAs that are up, in the definition's order; none of a pool on a SCSI host.
    pub vhbas: Vec<Vhba>,
    /// Its vHBAs that could not be brought up, and why: the pool is up without them.
    pub down: Vec<(WwnPair, VhbaError)>,
    /// The adapters that its volumes are behind.
    pub adapters: Vec<HostNo>,
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

/// Starts a pool: brings its vHBAs up on the parents that its definition asks for, and waits, by event,
/// until its LUNs are there. A pool some of whose LUNs do not come in time is up all the same, and says so;
/// so is one some of whose vHBAs cannot be brought up, if one can.
///
/// # Errors
/// [`PoolError`]: no vHBA could be brought up (and none is left behind, unless the error says so), the SCSI
/// host is not there, or the host cannot be read.
pub async fn start(
    host: &dyn Host,
    definition: &PoolDefinition,
    options: &StartOptions,
) -> Result<ActivePool, PoolError> {
    let fail = |cause| PoolError { pool: definition.name.clone(), cause };
    let deadline = Instant::now() + options.patience;
    let mut changes = Changes::of(host);
    let mut pool = match &definition.adapter {
        PoolAdapter::FcHost(_) => on_vhbas(host, definition, deadline).await.map_err(fail)?,
        PoolAdapter::ScsiHost(adapter) => {
            let no = super::scsi_host::find(host, adapter).await.map_err(fail)?;
            up(definition, vec![], vec![], vec![no])
        }
    };
    let seen = async {
        let rule = &options.rule;
        let readiness = wait(host, &pool.adapters, rule, &mut changes, deadline).await?;
        let volumes = read_volumes(host, &pool.adapters, true).await?;
        // What was believed while waiting is asked now: a stale path does not count.
        let readiness = readiness.confirmed(rule, &volumes);
        Ok::<_, Error>((readiness, volumes))
    };
    match seen.await {
        Ok((readiness, volumes)) => {
            (pool.readiness, pool.volumes) = (readiness, volumes);
            Ok(pool)
        }
        // What cannot be read cannot be used: do not leave what was made behind.
        Err(error) => Err(fail(take_back(host, &pool.vhbas, error.into()).await)),
    }
}

/// The adapters that a pool's volumes are behind now: those of its vHBAs that the host has, or its SCSI host.
///
/// # Errors
/// [`VhbaError::NoScsiHost`]; [`VhbaError::Hal`].
pub async fn adapters_of(
    host: &dyn Host,
    definition: &PoolDefinition,
) -> Result<Vec<HostNo>, VhbaError> {
    if let PoolAdapter::ScsiHost(adapter) = &definition.adapter {
        return Ok(vec![super::scsi_host::find(host, adapter).await?]);
    }
    let is_own = |names| definition.vhbas().any(|vhba| vhba.wwns == names);
    let adapters = host.adapters().await?.into_iter();
    Ok(adapters.filter(|adapter| is_own(adapter.names)).map(|adapter| adapter.no).collect())
}

fn up(
    definition: &PoolDefinition,
    vhbas: Vec<Vhba>,
    down: Vec<(WwnPair, VhbaError)>,
    adapters: Vec<HostNo>,
) -> ActivePool {
    let (readiness, volumes) = (Readiness::Partial(BTreeMap::new()), Volumes::default());
    ActivePool { definition: definition.clone(), vhbas, down, adapters, readiness, volumes }
}

/// Brings the vHBAs of a definition up, one after the other.
async fn on_vhbas(
    host: &dyn Host,
    definition: &PoolDefinition,
    deadline: Instant,
) -> Result<ActivePool, VhbaError> {
    let (mut vhbas, mut fabrics, mut down) = (vec![], vec![], vec![]);
    for adapter in definition.vhbas() {
        let patience = deadline.saturating_duration_since(Instant::now());
        let choice = adapter.parent_choice();
        match vhba::bring_up(host, adapter.wwns, &choice, &fabrics, patience).await {
            Ok(vhba) => {
                fabrics.extend(vhba.fabric);
                vhbas.push(vhba);
            }
            // The caller is ending: nothing more is done, and nothing is taken back.
            Err(VhbaError::Hal(error)) if error.kind() == ErrorKind::Interrupted => {
                return Err(error.into());
            }
            Err(error) => down.push((adapter.wwns, error)),
        }
    }
    if vhbas.is_empty() && !down.is_empty() {
        // What is left behind must be named.
        let left = |(_, error): &(_, VhbaError)| matches!(error, VhbaError::LeftBehind { .. });
        let worst = down.iter().position(left).unwrap_or(0);
        return Err(down.swap_remove(worst).1);
    }
    let adapters = vhbas.iter().map(|vhba| vhba.adapter).collect();
    Ok(up(definition, vhbas, down, adapters))
}

/// Deletes those vHBAs that were made for a start that has failed. The error is the cause, with what is left
/// behind if anything is.
async fn take_back(host: &dyn Host, vhbas: &[Vhba], cause: VhbaError) -> VhbaError {
    let mut cause = cause;
    if let Some(npiv) = host.npiv() {
        for vhba in vhbas.iter().filter(|vhba| !vhba.adopted) {
            cause = give_up(host, npiv, vhba.parent, vhba.names, cause).await;
        }
    }
    cause
}

/// Stops a pool: deletes those of its vHBAs, with their devices, that the definition says npivot manages
/// (`managed='yes'`), or that npivot made. How many were deleted. One that cannot be deleted keeps none of
/// the others.
///
/// # Errors
/// [`PoolError`]: a vHBA is still there; the first such error.
pub async fn stop(host: &dyn Host, pool: &ActivePool) -> Result<usize, PoolError> {
    let (mut deleted, mut failed) = (0, None);
    for vhba in &pool.vhbas {
        let says = pool.definition.vhbas().find(|adapter| adapter.wwns == vhba.names);
        if !says.and_then(|adapter| adapter.managed).unwrap_or(!vhba.adopted) {
            continue;
        }
        match vhba::bring_down(host, vhba.names).await {
            Ok(was_there) => deleted += usize::from(was_there),
            Err(cause) => failed = failed.or(Some(cause)),
        }
    }
    match failed {
        Some(cause) => Err(PoolError { pool: pool.definition.name.clone(), cause }),
        None => Ok(deleted),
    }
}
