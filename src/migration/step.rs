//! What each step does and how it is undone: the only part of a migration that changes anything.
//!
//! Every step and every undo is safe to repeat, and so is what they consist of: a step whose answer was
//! lost is made again, and finds it done.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use npivot_hal::{
    EffectiveZones, Error, ErrorKind, Fabric, Masking, PathState, WwnPair, Wwpn, ZoneDatabase,
    Zoning, edit_zones,
};

use crate::libvirt::PoolDefinition;
use crate::pool::{self, Expected, Readiness, Rule, StartOptions, Volume, read_volumes};
use crate::wait::{find_out, repeat};
use crate::{GuestControl, Site, vhba, zones};

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
        /// The volumes that it needs, with how many paths in all.
        expected: Expected,
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
                definition.vhbas().map(|vhba| vhba.wwns.wwpn.to_string()).collect::<String>(),
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

    /// The old name that a tidying step takes away.
    pub(super) const fn leaves(&self) -> Option<Wwpn> {
        match self {
            Self::StopPool { names, .. } => Some(names.wwpn),
            Self::Unmask { initiator, .. } | Self::Unzone { initiator, .. } => Some(*initiator),
            _ => None,
        }
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
                let admit = |_: &_, effective: &EffectiveZones| match &effective.zone_set {
                    Some(set) if set == zone_set => Ok(zones::admit(set, *initiator, targets)),
                    set => Err(other_zone_set(fabric, zone_set, set.as_deref())),
                };
                let _ = repeat(|| edit_zones(zoning, admit)).await?;
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
            Self::HandOver { adapters, expected } => {
                hand_over(site, guest, adapters, expected).await
            }
            Self::StopPool { names, .. } => {
                vhba::bring_down(&*site.source, *names).await?;
                Ok(())
            }
            Self::Unmask { array, group, initiator } => {
                unmask(site, array, group, *initiator).await
            }
            Self::Unzone { fabric, initiator } => take_out(site, fabric, *initiator).await,
        }
    }

    /// Undoes it, whether it was done, half done, or not at all. The guest must be on its source.
    pub(super) async fn undo(&self, site: &Site) -> Result<(), StepFailure> {
        match self {
            Self::Zone { fabric, initiator, .. } => take_out(site, fabric, *initiator).await,
            Self::Mask { array, group, initiator } => unmask(site, array, group, *initiator).await,
            Self::StartPool { definition, .. } => {
                for vhba in definition.vhbas() {
                    vhba::bring_down(&*site.destination, vhba.wwns).await?;
                }
                Ok(())
            }
            // The guest is brought back before anything is undone: see `execute`.
            Self::HandOver { .. }
            | Self::Compare { .. }
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

fn other_zone_set(fabric: &str, planned: &str, now: Option<&str>) -> Error {
    let now = now.map_or_else(|| "none".to_owned(), |set| format!("zone set {set}"));
    let reason = format!("{now} is in force now, not {planned} as planned: plan anew");
    Error::new(ErrorKind::InvalidArgument, "change zones", fabric, reason)
}

/// Takes a name out of a host group. A group that is gone shows it nothing.
async fn unmask(site: &Site, array: &str, group: &str, initiator: Wwpn) -> Result<(), StepFailure> {
    let masking = masking(site, array)?;
    match repeat(|| masking.remove_initiator(group, initiator)).await {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        answer => Ok(answer.map(|_| ())?),
    }
}

/// Takes a name out of all zones, as they are defined when the lock is held.
async fn take_out(site: &Site, fabric: &str, initiator: Wwpn) -> Result<(), StepFailure> {
    let targets = repeat(|| site.target_names()).await?;
    let zoning = zoning(fabric_of(site, fabric)?)?;
    let retire = |database: &ZoneDatabase, _: &_| Ok(zones::retire(database, initiator, &targets));
    let _ = repeat(|| edit_zones(zoning, retire)).await?;
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
    verified(site, adapters, expected).await.map(|_| ())
}

/// The volumes behind the new vHBAs, every device asked who it is: all that are expected, by their running
/// paths alone.
async fn verified(
    site: &Site,
    names: &[WwnPair],
    expected: &Expected,
) -> Result<Vec<Volume>, StepFailure> {
    let destination = site.destination.name();
    let adapters = repeat(|| site.destination.adapters()).await?;
    let own = adapters.iter().filter(|adapter| names.contains(&adapter.names));
    let own: Vec<_> = own.map(|adapter| adapter.no).collect();
    let failed = |text: String| Err(StepFailure::Storage(text));
    if own.len() != names.len() {
        return failed(format!("a vHBA of the guest is not on {destination} any more"));
    }
    let found = repeat(|| read_volumes(&*site.destination, &own, true)).await?;
    if let Some(stale) = found.stale.first() {
        let actual = stale.actual.as_ref().map_or_else(|| "nothing".into(), ToString::to_string);
        let (address, believed) = (stale.address, &stale.believed);
        return failed(format!(
            "{address} on {destination} is stale: it was {believed} and is {actual}"
        ));
    }
    if let Some((address, error)) = found.unreadable.first() {
        return failed(format!("{address} on {destination} cannot be read: {error}"));
    }
    let lacking = crate::pool::missing(expected, &found);
    if !lacking.is_empty() {
        return failed(format!("{destination}: {}", Readiness::Partial(lacking)));
    }
    let mut volumes: Vec<Volume> = found.volumes.into_values().collect();
    for volume in &mut volumes {
        volume.paths.retain(|path| path.state == PathState::Running);
    }
    Ok(volumes)
}

/// Pauses the guest, looks at its volumes once more, and lets it run on the destination. If its answer to
/// that is lost, the guest itself says where it is.
async fn hand_over(
    site: &Site,
    guest: &dyn GuestControl,
    adapters: &[WwnPair],
    expected: &Expected,
) -> Result<(), StepFailure> {
    let destination = site.destination.name();
    if find_out(|| guest.state()).await?.host() == destination {
        return Ok(());
    }
    repeat(|| guest.pause()).await?;
    let volumes = verified(site, adapters, expected).await?;
    let answer = guest.switch_over(destination, &volumes).await;
    let state = find_out(|| guest.state()).await?;
    if state.host() == destination {
        return Ok(());
    }
    Err(match answer {
        Err(error) => error.into(),
        Ok(()) => StepFailure::Storage(format!("the guest did not arrive on {destination}")),
    })
}
