//! A vHBA on a host: which adapter carries it, made and logged in, or nothing left behind.

use std::cmp::Reverse;
use std::fmt;
use std::time::Duration;

use npivot_hal::{
    Adapter, AdapterKind, Error, FabricName, Host, HostNo, Npiv, NpivUse, PortState, Vport,
    VportState, WwnPair, Wwpn,
};
use tokio::time::Instant;

use crate::libvirt::ParentChoice;
use crate::wait::{Changes, repeat};

/// Why an adapter is not taken as a parent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unfit {
    /// It is not the one asked for.
    NotAsked,
    /// It has one of the two names that were asked for; these are its own.
    HalfAsked(WwnPair),
    /// It is a vport itself.
    IsVport,
    /// It cannot have vports.
    NotCapable,
    /// Its port is not online.
    NotOnline(PortState),
    /// All its vports are in use.
    Full(u32),
    /// It is on another fabric than the one asked for.
    OtherFabric(Option<FabricName>),
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAsked => f.write_str("not the one asked for"),
            Self::HalfAsked(WwnPair { wwpn, wwnn }) => {
                write!(f, "has one of the two names: its own are {wwpn} and, as a node, {wwnn}")
            }
            Self::IsVport => f.write_str("is a vHBA itself"),
            Self::NotCapable => f.write_str("is not vport-capable"),
            Self::NotOnline(state) => write!(f, "is {state}, not Online"),
            Self::Full(max) => write!(f, "all its {max} vports are in use"),
            Self::OtherFabric(Some(fabric)) => write!(f, "is on fabric {fabric}"),
            Self::OtherFabric(None) => f.write_str("is on no fabric"),
        }
    }
}

/// No adapter can carry the vHBA. It names every adapter that might, and why it was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoParent {
    /// The host.
    pub host: String,
    /// What was asked for, in words.
    pub wanted: String,
    /// The adapters of the host, with the reason against each; of vHBAs, one that was asked for itself.
    pub refused: Vec<(HostNo, Wwpn, Unfit)>,
}

impl fmt::Display for NoParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "host {} has no parent for the vHBA: wanted {}", self.host, self.wanted)?;
        let asked = |(_, _, unfit): &&(HostNo, Wwpn, Unfit)| *unfit != Unfit::NotAsked;
        let all = || self.refused.iter();
        let reasons: Vec<_> =
            if all().any(|r| asked(&r)) { all().filter(asked).collect() } else { all().collect() };
        if reasons.is_empty() {
            return f.write_str("; it has no Fibre Channel adapter");
        }
        for (no, wwpn, unfit) in reasons {
            write!(f, "; {no} ({wwpn}) {unfit}")?;
        }
        Ok(())
    }
}

impl std::error::Error for NoParent {}

/// Why a vHBA could not be brought up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VhbaError {
    /// No adapter can carry it.
    #[error(transparent)]
    NoParent(#[from] NoParent),
    /// One of the names is a physical adapter's.
    #[error(
        "{what} is that of the physical adapter {no} of host {host}; a vHBA needs names of its own"
    )]
    Physical {
        /// The name, in words: `port name 5001a4a000000001`.
        what: String,
        /// The adapter.
        no: HostNo,
        /// The host.
        host: String,
    },
    /// One of the names is in use with another partner.
    #[error("host {host} has a vHBA {there} already; {wanted} shares a name with it")]
    HalfTaken {
        /// The host.
        host: String,
        /// What is there.
        there: WwnPair,
        /// What was asked for.
        wanted: WwnPair,
    },
    /// It is up already, on an adapter that its definition does not want.
    #[error(
        "vHBA {wwpn} is up on {parent} of host {host}, and its definition wants {wanted}: when no guest uses it, \
         stop it, then start it"
    )]
    Misplaced {
        /// Its name.
        wwpn: Wwpn,
        /// Where it is.
        parent: HostNo,
        /// The host.
        host: String,
        /// What was asked for, in words.
        wanted: String,
    },
    /// It is up, on an adapter that the host does not list.
    #[error(
        "vHBA {wwpn} is up on {parent} of host {host}, which cannot be read now: nothing is done to it; \
         `npivot host list` says why"
    )]
    OutOfSight {
        /// Its name.
        wwpn: Wwpn,
        /// Where it is.
        parent: HostNo,
        /// The host.
        host: String,
    },
    /// The SCSI host that a pool is on is not there.
    #[error("host {host} does not have {wanted}; its Fibre Channel adapters: {there}")]
    NoScsiHost {
        /// The host.
        host: String,
        /// What was asked for, in words.
        wanted: String,
        /// What is there.
        there: String,
    },
    /// The host's backend cannot make vHBAs.
    #[error("host {0} cannot make vHBAs")]
    Unsupported(String),
    /// It could not be used, and could not be deleted again either.
    #[error("{cause}; AND vHBA {names} IS LEFT BEHIND on host {host}: {error}")]
    LeftBehind {
        /// Its names.
        names: WwnPair,
        /// The host.
        host: String,
        /// Why it could not be used.
        cause: Box<VhbaError>,
        /// Why it could not be deleted.
        error: Error,
    },
    /// It was made and did not log in; it has been deleted again.
    #[error("vHBA {wwpn} on {parent} of host {host} did not log in: {state}")]
    NotLoggedIn {
        /// Its name.
        wwpn: Wwpn,
        /// On which adapter.
        parent: HostNo,
        /// The host.
        host: String,
        /// Its last state.
        state: VportState,
    },
    /// A call failed.
    #[error(transparent)]
    Hal(#[from] Error),
}

/// Chooses the adapter that carries a vHBA: as asked for by name, by world wide names, or by fabric. Of
/// those that fit, one on another fabric than `beside` (those of the vHBAs that it is to be redundant to)
/// before one that is not; then the one with the fewest vports, then with the most to spare, then the lowest
/// number. One that is asked for by name must fit too.
///
/// # Errors
/// [`VhbaError::NoParent`] with the reason against each adapter; [`VhbaError::Hal`].
pub async fn choose_parent(
    host: &dyn Host,
    choice: &ParentChoice,
    beside: &[FabricName],
) -> Result<Adapter, VhbaError> {
    let mut refused = vec![];
    let mut fit: Vec<(NpivUse, Adapter)> = vec![];
    for adapter in host.adapters().await? {
        match fitness(&adapter, choice) {
            Ok(npiv) => fit.push((npiv, adapter)),
            // A host may have hundreds, and nobody thinks of them here.
            Err(_) if is_other_vhba(&adapter, choice) => {}
            Err(unfit) => refused.push((adapter.no, adapter.names.wwpn, unfit)),
        }
    }
    let best = fit.into_iter().min_by_key(|(npiv, adapter)| {
        let shares = adapter.fabric.is_some_and(|fabric| beside.contains(&fabric));
        (shares, npiv.in_use, Reverse(npiv.free()), adapter.no)
    });
    if let Some((_, adapter)) = best {
        return Ok(adapter);
    }
    Err(NoParent { host: host.name().into(), wanted: in_words(choice), refused }.into())
}

pub(crate) fn in_words(choice: &ParentChoice) -> String {
    match choice {
        ParentChoice::ByName(name) => format!("parent {name}"),
        ParentChoice::ByWwn(WwnPair { wwpn, wwnn }) => format!("parent {wwpn} of node {wwnn}"),
        ParentChoice::ByFabric(fabric) => format!("a parent on fabric {fabric}"),
        ParentChoice::Automatic => "any parent".into(),
    }
}

/// Whether an adapter is one that was asked for. One that has no fabric now may be on the right one.
pub(crate) fn is_asked_for(adapter: &Adapter, choice: &ParentChoice) -> bool {
    let no = adapter.no.0;
    match choice {
        ParentChoice::ByName(name) => {
            *name == format!("scsi_host{no}") || *name == format!("host{no}")
        }
        ParentChoice::ByWwn(names) => *names == adapter.names,
        ParentChoice::ByFabric(wanted) => adapter.fabric.is_none_or(|fabric| fabric == *wanted),
        ParentChoice::Automatic => true,
    }
}

/// A vHBA is on this adapter, and another was asked for.
pub(crate) fn misplaced(
    host: &dyn Host,
    names: WwnPair,
    parent: HostNo,
    choice: &ParentChoice,
) -> VhbaError {
    let (wwpn, host, wanted) = (names.wwpn, host.name().into(), in_words(choice));
    VhbaError::Misplaced { wwpn, parent, host, wanted }
}

/// Whether an adapter is a vHBA, and not asked for by itself.
fn is_other_vhba(adapter: &Adapter, choice: &ParentChoice) -> bool {
    let by_itself = matches!(choice, ParentChoice::ByName(_) | ParentChoice::ByWwn(_));
    let is_vhba = matches!(adapter.kind, AdapterKind::Virtual { .. });
    is_vhba && !(by_itself && is_asked_for(adapter, choice))
}

/// How many vports there are on an adapter that can be the parent.
fn fitness(adapter: &Adapter, choice: &ParentChoice) -> Result<NpivUse, Unfit> {
    if let ParentChoice::ByWwn(names) = choice
        && *names != adapter.names
        && shared(*names, adapter.names).is_some()
    {
        return Err(Unfit::HalfAsked(adapter.names));
    }
    if !matches!(choice, ParentChoice::ByFabric(_)) && !is_asked_for(adapter, choice) {
        return Err(Unfit::NotAsked);
    }
    let AdapterKind::Physical { npiv } = adapter.kind else {
        return Err(Unfit::IsVport);
    };
    let npiv = npiv.ok_or(Unfit::NotCapable)?;
    if adapter.state != PortState::Online {
        return Err(Unfit::NotOnline(adapter.state));
    }
    if let ParentChoice::ByFabric(fabric) = choice
        && adapter.fabric != Some(*fabric)
    {
        return Err(Unfit::OtherFabric(adapter.fabric));
    }
    if npiv.free() == 0 {
        return Err(Unfit::Full(npiv.max));
    }
    Ok(npiv)
}

/// A vHBA that is up.
#[derive(Debug, Clone)]
pub struct Vhba {
    /// The adapter that carries it.
    pub parent: HostNo,
    /// The fabric that this one is on.
    pub fabric: Option<FabricName>,
    /// Its own adapter.
    pub adapter: HostNo,
    /// Its names.
    pub names: WwnPair,
    /// Whether it was there already.
    pub adopted: bool,
}

/// Brings a vHBA up: adopts the one that has these names, if it is on an adapter that was asked for, or makes it on the parent chosen, and waits for
/// its login. One that was made and does not log in by the deadline is deleted again. `beside` are the
/// fabrics of the vHBAs that it is to be redundant to.
///
/// # Errors
/// [`VhbaError`].
pub async fn bring_up(
    host: &dyn Host,
    names: WwnPair,
    choice: &ParentChoice,
    beside: &[FabricName],
    patience: Duration,
) -> Result<Vhba, VhbaError> {
    let deadline = Instant::now() + patience;
    let npiv = host.npiv().ok_or_else(|| VhbaError::Unsupported(host.name().into()))?;
    // Subscribed before anything is asked, so that no state is missed.
    let mut changes = Changes::of(host);
    let (parent, adopted) = match existing(host, names).await? {
        Some(parent) if is_asked_for(&parent, choice) => (parent, true),
        Some(parent) => return Err(misplaced(host, names, parent.no, choice)),
        None => (choose_parent(host, choice, beside).await?, false),
    };
    let (fabric, parent) = (parent.fabric, parent.no);
    let made = if adopted {
        Ok(())
    } else {
        repeat(|| npiv.create_vport(parent, names)).await.map(|_| ())
    };
    let up = match made {
        Ok(()) => log_in(npiv, &mut changes, parent, names, deadline).await,
        Err(error) => Err(error),
    };
    let cause = match up {
        Ok(Ok(adapter)) => return Ok(Vhba { parent, fabric, adapter, names, adopted }),
        Ok(Err(state)) => {
            let (wwpn, host) = (names.wwpn, host.name().into());
            VhbaError::NotLoggedIn { wwpn, parent, host, state }
        }
        Err(error) => error.into(),
    };
    Err(if adopted { cause } else { give_up(host, npiv, parent, names, cause).await })
}

/// Deletes a vHBA that cannot be used. The error is the cause, with what is left behind if anything is.
pub(crate) async fn give_up(
    host: &dyn Host,
    npiv: &dyn Npiv,
    parent: HostNo,
    names: WwnPair,
    cause: VhbaError,
) -> VhbaError {
    match take_down(npiv, parent, names).await {
        Ok(()) => cause,
        Err(error) => {
            let (host, cause) = (host.name().into(), Box::new(cause));
            VhbaError::LeftBehind { names, host, cause, error }
        }
    }
}

/// A name that both pairs have, in words.
pub(crate) fn shared(one: WwnPair, other: WwnPair) -> Option<String> {
    if one.wwpn == other.wwpn {
        Some(format!("port name {}", one.wwpn))
    } else if one.wwnn == other.wwnn {
        Some(format!("node name {}", one.wwnn))
    } else {
        None
    }
}

/// The adapter that carries a vHBA is not in the list: it cannot be read, or is just going.
fn out_of_sight(host: &dyn Host, names: WwnPair, parent: HostNo) -> VhbaError {
    VhbaError::OutOfSight { wwpn: names.wwpn, parent, host: host.name().into() }
}

/// The parent of the vHBA with these names, if the host has it.
async fn existing(host: &dyn Host, names: WwnPair) -> Result<Option<Adapter>, VhbaError> {
    let adapters = host.adapters().await?;
    for adapter in &adapters {
        match adapter.kind {
            AdapterKind::Virtual { parent } if adapter.names == names => {
                let carrier = adapters.iter().find(|other| other.no == parent).cloned();
                return carrier.map(Some).ok_or_else(|| out_of_sight(host, names, parent));
            }
            AdapterKind::Virtual { .. } if adapter.names.wwpn == names.wwpn => {
                return Err(VhbaError::HalfTaken {
                    host: host.name().into(),
                    there: adapter.names,
                    wanted: names,
                });
            }
            AdapterKind::Virtual { .. } => {}
            _ => {
                if let Some(what) = shared(adapter.names, names) {
                    let (no, host) = (adapter.no, host.name().into());
                    return Err(VhbaError::Physical { what, no, host });
                }
            }
        }
    }
    Ok(None)
}

/// Waits until a vport is logged in: its adapter's number, or the state in which it was when waiting ended.
async fn log_in(
    npiv: &dyn Npiv,
    changes: &mut Changes,
    parent: HostNo,
    names: WwnPair,
    deadline: Instant,
) -> Result<Result<HostNo, VportState>, Error> {
    loop {
        let vports: Vec<Vport> = npiv.vports(parent).await?;
        let vport = vports.iter().find(|vport| vport.names == names);
        let state = vport.map_or(VportState::Unknown, |vport| vport.state);
        let no = vport.and_then(|vport| vport.no);
        match no {
            Some(no) if state == VportState::Active => return Ok(Ok(no)),
            _ if state.is_refusal() => return Ok(Err(state)),
            _ => {}
        }
        if changes.next(deadline).await.is_none() {
            return Ok(Err(state));
        }
    }
}

/// Deletes a vHBA, patiently. One that is gone is gone.
///
/// # Errors
/// The last answer, when it could not be deleted.
pub(crate) async fn take_down(
    npiv: &dyn Npiv,
    parent: HostNo,
    names: WwnPair,
) -> Result<(), Error> {
    repeat(|| npiv.delete_vport(parent, names)).await.map(|_| ())
}

/// Deletes the vHBA with these names from a host, on whichever adapter it is. Whether there was one.
///
/// # Errors
/// [`VhbaError::Unsupported`], [`VhbaError::Hal`].
pub async fn bring_down(host: &dyn Host, names: WwnPair) -> Result<bool, VhbaError> {
    let npiv = host.npiv().ok_or_else(|| VhbaError::Unsupported(host.name().into()))?;
    let mut found = false;
    // By the vports of each adapter: one that was just being made may have no adapter of its own yet.
    let adapters = host.adapters().await?;
    for parent in &adapters {
        if parent.npiv().is_none() {
            continue;
        }
        if npiv.vports(parent.no).await?.iter().any(|vport| vport.names == names) {
            found = true;
            take_down(npiv, parent.no, names).await?;
        }
    }
    // It may be one of an adapter that cannot be read.
    let carrier = adapters.iter().find_map(|adapter| match adapter.kind {
        AdapterKind::Virtual { parent } if adapter.names == names => Some(parent),
        _ => None,
    });
    match carrier {
        Some(parent) if !found => Err(out_of_sight(host, names, parent)),
        _ => Ok(found),
    }
}
