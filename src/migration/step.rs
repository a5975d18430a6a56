//! What each step does and how it is undone: the only part of a migration that changes anything.
//!
//! Every step and every undo is safe to repeat, and so is what they consist of: a step whose answer was
//! lost is made again, and finds it done.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use npivot_hal::{Error, ErrorKind, Fabric, Masking, WwnPair, Wwpn, Zoning, edit_zones};

use crate::libvirt::PoolDefinition;
use crate::pool::{self, Expected, Rule, StartOptions, read_volumes};
use crate::wait::repeat;
use crate::{GuestControl, GuestState, Site, vhba, zones};

use super::execute::StepFailure;

/// One step of a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Lets a new name see the targets of the old one.
    Zone {
        /// The fabric.
        fabric: String,
        /// The zone set in force.
        zone_set: String,
        /// The new name.
        initiator: Wwpn,
        /// The targets.
        targets: BTreeSet<Wwpn>,
    },
    /// Puts a new name into the host group of the old one.
    Mask {
        /// The array.
        array: String,
        /// The group.
        group: String,
        /// The new name.
        initiator: Wwpn,
    },
    /// Starts a pool on the destination and waits for its volumes.
    StartPool {
        /// The pool as it will be there: same name and UUID, new names and parent.
        definition: Box<PoolDefinition>,
        /// The volumes, with how many paths.
        expected: Expected,
        /// How long it may take.
        patience: Duration,
    },
    /// Compares what the destination sees with what the source sees, by identity, asking every device.
    Compare {
        /// The new names of the pools.
        adapters: Vec<WwnPair>,
        /// The volumes, with how many paths in all.
        expected: Expected,
    },
    /// Hands the guest over. Its success is the point of no return.
    HandOver {
        /// The new names of the pools: where its volumes are.
        adapters: Vec<WwnPair>,
    },
    /// Deletes an old vHBA.
    StopPool {
        /// The pool's name.
        pool: String,
        /// The old names.
        names: WwnPair,
    },
    /// Takes an old name out of a host group.
    Unmask {
        /// The array.
        array: String,
        /// The group.
        group: String,
        /// The old name.
        initiator: Wwpn,
    },
    /// Takes an old name out of all zones.
    Unzone {
        /// The fabric.
        fabric: String,
        /// The zone set in force.
        zone_set: String,
        /// The old name.
        initiator: Wwpn,
    },
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Zone { fabric, initiator, targets, .. } => {
                write!(f, "zone {initiator} with {} targets on fabric {fabric}", targets.len())
            }
            Self::Mask { array, group, initiator } => {
                write!(f, "add {initiator} to host group {group} of array {array}")
            }
            Self::StartPool { definition, expected, .. } => write!(
                f,
                "start pool {} with vHBA {} and wait for {} volumes",
                definition.name,
                definition.adapter.wwns.wwpn,
                expected.len()
            ),
            Self::Compare { expected, .. } => {
                write!(f, "compare {} volumes by identity", expected.len())
            }
            Self::HandOver { .. } => f.write_str("hand the guest over"),
            Self::StopPool { pool, names } => write!(f, "stop pool {pool}, vHBA {}", names.wwpn),
            Self::Unmask { array, group, initiator } => {
                write!(f, "remove {initiator} from host group {group} of array {array}")
            }
            Self::Unzone { fabric, initiator, .. } => {
                write!(f, "remove {initiator} from the zones of fabric {fabric}")
            }
        }
    }
}

impl Step {
    /// A short word for the kind of step, for scripts: `zone`, `mask`, `start-pool`, `compare`,
    /// `hand-over`, `stop-pool`, `unmask`, `unzone`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Zone { .. } => "zone",
            Self::Mask { .. } => "mask",
            Self::StartPool { .. } => "start-pool",
            Self::Compare { .. } => "compare",
            Self::HandOver { .. } => "hand-over",
            Self::StopPool { .. } => "stop-pool",
            Self::Unmask { .. } => "unmask",
            Self::Unzone { .. } => "unzone",
        }
    }

    /// Whether it comes after the point of no return.
    pub const fn is_tidying(&self) -> bool {
        matches!(self, Self::StopPool { .. } | Self::Unmask { .. } | Self::Unzone { .. })
    }

    /// Does it.
    pub(super) async fn apply(
        &self,
        site: &Site,
        guest: &dyn GuestControl,
    ) -> Result<(), StepFailure> {
        match self {
            Self::Zone { fabric, zone_set, initiator, targets } => {
                let zoning = zoning(fabric_of(site, fabric)?)?;
                let edits = zones::admit(zone_set, *initiator, targets);
                let _ = repeat(|| edit_zones(zoning, &edits, Some(zone_set))).await?;
                Ok(())
            }
            Self::Mask { array, group, initiator } => {
                let masking = masking(site, array)?;
                let _ = repeat(|| masking.add_initiator(group, *initiator)).await?;
                Ok(())
            }
            Self::StartPool { definition, expected, patience } => {
                start_pool(site, definition, expected, *patience).await
            }
            Self::Compare { adapters, expected } => compare(site, adapters, expected).await,
            Self::HandOver { adapters } => hand_over(site, guest, adapters).await,
            Self::StopPool { names, .. } => {
                vhba::bring_down(&*site.source, *names).await?;
                Ok(())
            }
            Self::Unmask { array, group, initiator } => {
                let masking = masking(site, array)?;
                let _ = repeat(|| masking.remove_initiator(group, *initiator)).await?;
                Ok(())
            }
            Self::Unzone { fabric, zone_set, initiator } => {
                take_out(site, fabric, zone_set, *initiator).await
            }
        }
    }

    /// Undoes it, whether it was done, half done, or not at all.
    pub(super) async fn undo(
        &self,
        site: &Site,
        guest: &dyn GuestControl,
    ) -> Result<(), StepFailure> {
        match self {
            Self::Zone { fabric, zone_set, initiator, .. } => {
                take_out(site, fabric, zone_set, *initiator).await
            }
            Self::Mask { array, group, initiator } => {
                let masking = masking(site, array)?;
                let _ = repeat(|| masking.remove_initiator(group, *initiator)).await?;
                Ok(())
            }
            Self::StartPool { definition, .. } => {
                vhba::bring_down(&*site.destination, definition.adapter.wwns).await?;
                Ok(())
            }
            Self::HandOver { .. } => {
                // A guest that was paused for a hand-over that did not happen runs again where it is.
                if matches!(repeat(|| guest.state()).await?, GuestState::Paused(_)) {
                    repeat(|| guest.resume()).await?;
                }
                Ok(())
            }
            Self::Compare { .. }
            | Self::StopPool { .. }
            | Self::Unmask { .. }
            | Self::Unzone { .. } => Ok(()),
        }
    }
}

fn no_such(what: &'static str, name: &str) -> Error {
    Error::new(ErrorKind::NotFound, what, name, "the site does not list it")
}

fn fabric_of<'s>(site: &'s Site, name: &str) -> Result<&'s dyn Fabric, Error> {
    site.fabric(name).ok_or_else(|| no_such("find fabric", name))
}

fn zoning(fabric: &dyn Fabric) -> Result<&dyn Zoning, Error> {
    fabric.zoning().ok_or_else(|| no_such("change zones", fabric.name()))
}

fn masking<'s>(site: &'s Site, name: &str) -> Result<&'s dyn Masking, Error> {
    let array = site.array(name).ok_or_else(|| no_such("find array", name))?;
    array.masking().ok_or_else(|| no_such("change masking", name))
}

/// Takes a name out of all zones, as they are defined now.
async fn take_out(
    site: &Site,
    fabric: &str,
    zone_set: &str,
    initiator: Wwpn,
) -> Result<(), StepFailure> {
    let targets = repeat(|| site.target_names()).await?;
    let zoning = zoning(fabric_of(site, fabric)?)?;
    // Read anew at each attempt: a conflict means that somebody else has changed it.
    repeat(|| async {
        let edits = zones::retire(&zoning.defined().await?, initiator, &targets);
        if edits.is_empty() {
            return Ok(());
        }
        edit_zones(zoning, &edits, Some(zone_set)).await.map(|_| ())
    })
    .await?;
    Ok(())
}

async fn start_pool(
    site: &Site,
    definition: &PoolDefinition,
    expected: &Expected,
    patience: Duration,
) -> Result<(), StepFailure> {
    let options = StartOptions { patience, rule: Rule::Expected(expected.clone()) };
    let started = pool::start(&*site.destination, definition, &options).await?;
    if started.readiness.is_ready() {
        return Ok(());
    }
    let text = format!(
        "pool {} is incomplete on {} after {} s: {}",
        definition.name,
        site.destination.name(),
        patience.as_secs(),
        started.readiness
    );
    Err(StepFailure::Storage(text))
}

async fn compare(
    site: &Site,
    adapters: &[WwnPair],
    expected: &Expected,
) -> Result<(), StepFailure> {
    let found = volumes_of(site, adapters).await?;
    if let Some(stale) = found.stale.first() {
        let text = format!(
            "{} on {} is stale: it was {} and is {}",
            stale.address,
            site.destination.name(),
            stale.believed,
            stale.actual.as_ref().map_or_else(|| "nothing".into(), ToString::to_string)
        );
        return Err(StepFailure::Storage(text));
    }
    if let Some((address, error)) = found.unreadable.first() {
        let text = format!("{address} on {} cannot be read: {error}", site.destination.name());
        return Err(StepFailure::Storage(text));
    }
    let lacking = crate::pool::missing(expected, &found);
    if lacking.is_empty() {
        return Ok(());
    }
    let text = format!("{}: {}", site.destination.name(), crate::pool::Readiness::Partial(lacking));
    Err(StepFailure::Storage(text))
}

async fn volumes_of(site: &Site, names: &[WwnPair]) -> Result<crate::pool::Volumes, StepFailure> {
    let adapters = repeat(|| site.destination.adapters()).await?;
    let own = adapters.iter().filter(|adapter| names.contains(&adapter.names));
    let own: Vec<_> = own.map(|adapter| adapter.no).collect();
    if own.len() != names.len() {
        let text = format!("a vHBA of the guest is not on {} any more", site.destination.name());
        return Err(StepFailure::Storage(text));
    }
    Ok(repeat(|| read_volumes(&*site.destination, &own, true)).await?)
}

/// Pauses the guest, and lets it run on the destination. If its answer to that is lost, the guest itself
/// says where it is.
async fn hand_over(
    site: &Site,
    guest: &dyn GuestControl,
    adapters: &[WwnPair],
) -> Result<(), StepFailure> {
    let destination = site.destination.name();
    if guest.state().await? == GuestState::Running(destination.into()) {
        return Ok(());
    }
    let volumes = volumes_of(site, adapters).await?;
    let volumes: Vec<_> = volumes.volumes.into_values().collect();
    repeat(|| guest.pause()).await?;
    let answer = guest.switch_over(destination, &volumes).await;
    match repeat(|| guest.state()).await? {
        GuestState::Running(host) if host == destination => Ok(()),
        _ => match answer {
            Err(error) => Err(error.into()),
            Ok(()) => Err(StepFailure::Storage("the guest did not arrive".into())),
        },
    }
}
