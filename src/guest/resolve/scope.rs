//! What a source means on this host: behind which adapters to look, and for what.

use npivot_hal::{HostNo, Lun, LunId, ScsiAddress, WwnPair, Wwpn};

use super::finding::Problem;
use super::names::BlockName;
use super::survey::{SeenPath, Survey};
use crate::guest::ports::{FoundPool, Pools};
use crate::guest::{DeviceLink, Through};
use crate::libvirt::DeviceSource;

/// How a LUN is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// By its identity: the same everywhere.
    Identity(LunId),
    /// By where it is, which another host, an array's administrator or a reboot may change.
    Number(Number),
}

/// Where a LUN is. Every part that is given must be so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Number {
    pub(super) channel: Option<u32>,
    pub(super) target_id: Option<u32>,
    pub(super) target: Option<Wwpn>,
    pub(super) lun: Option<Lun>,
    pub(super) host: Option<HostNo>,
    pub(super) node: Option<String>,
}

impl Number {
    fn of_address(address: ScsiAddress) -> Self {
        Self {
            channel: Some(address.channel),
            target_id: Some(address.target),
            lun: Some(Lun::from_sysfs(address.lun)),
            host: Some(address.host),
            ..Self::default()
        }
    }

    pub(super) fn fits(&self, seen: &SeenPath) -> bool {
        fn is<T: PartialEq>(wanted: Option<&T>, there: Option<&T>) -> bool {
            wanted.is_none() || wanted == there
        }
        let path = &seen.path;
        is(self.channel.as_ref(), Some(&path.address.channel))
            && is(self.target_id.as_ref(), Some(&path.address.target))
            && is(self.target.as_ref(), path.target.as_ref())
            && is(self.lun.as_ref(), Some(&path.lun))
            && is(self.host.as_ref(), Some(&path.address.host))
            && is(self.node.as_ref(), path.device.as_ref())
    }
}

/// Where to look for a LUN, and for which.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    pub(super) adapters: Vec<HostNo>,
    /// Where it is looked for when it is known by its identity.
    pub(super) wide: Vec<HostNo>,
    pub(super) named: Named,
    /// The identity that is said beside a number.
    pub(super) wwid: Option<LunId>,
    /// What a link to it goes through.
    pub(super) through: Option<Through>,
    /// Whether a LUN that is not there is none of npivot's business.
    pub(super) optional: bool,
    /// Whether the guest opens exactly what npivot's link points to, not what another link does.
    pub(super) own_link: bool,
}

/// What a source means.
#[derive(Debug)]
pub(super) enum Meaning {
    /// A LUN of this host's adapters.
    Lun(Scope),
    /// Not npivot's business, with what there is to say.
    Foreign(Option<Problem>),
    /// A vhost-scsi target.
    Vhost(String),
}

pub(super) async fn meaning(
    source: &DeviceSource,
    survey: &Survey<'_>,
    pools: &dyn Pools,
) -> Result<Meaning, Problem> {
    match source {
        DeviceSource::Volume { pool, volume } => self::volume(pool, volume, survey, pools).await,
        DeviceSource::Fc { names, lun, target, wwid } => {
            let adapter = adapter(*names, survey)?;
            let mut scope = Scope::new(vec![adapter], by_number(*lun, *target, wwid.as_ref()));
            scope.wwid.clone_from(wwid);
            scope.through = Some(Through::Vhba(names.wwpn));
            scope.own_link = true;
            Ok(Meaning::Lun(scope))
        }
        DeviceSource::Block { dev } => block(dev, survey, pools).await,
        DeviceSource::ScsiDevice(address) => {
            if survey.adapter(address.host).is_none() {
                // A SCSI host of another kind: a local controller, iSCSI.
                let mut scope =
                    Scope::new(survey.all(), Named::Number(Number::of_address(*address)));
                scope.optional = true;
                return Ok(Meaning::Lun(scope));
            }
            let number = Named::Number(Number::of_address(*address));
            let mut scope = Scope::new(vec![address.host], number);
            scope.wide = survey.all();
            Ok(Meaning::Lun(scope))
        }
        DeviceSource::VhostScsi { wwpn } => Ok(Meaning::Vhost(wwpn.clone())),
    }
}

impl Scope {
    fn new(adapters: Vec<HostNo>, named: Named) -> Self {
        let wide = adapters.clone();
        let (wwid, through) = (None, None);
        Self { adapters, wide, named, wwid, through, optional: false, own_link: false }
    }
}

fn by_number(lun: Option<Lun>, target: Option<Wwpn>, wwid: Option<&LunId>) -> Named {
    match (lun, wwid) {
        (None, Some(id)) if target.is_none() => Named::Identity(id.clone()),
        _ => Named::Number(Number { target, lun, ..Number::default() }),
    }
}

/// libvirt's name of a volume in a `scsi` pool: `unit:BUS:TARGET:LUN`.
fn unit(volume: &str) -> Option<Number> {
    let address = format!("0:{}", volume.strip_prefix("unit:")?);
    let address: ScsiAddress = address.parse().ok()?;
    Some(Number { host: None, ..Number::of_address(address) })
}

async fn volume(
    pool: &str,
    volume: &str,
    survey: &Survey<'_>,
    pools: &dyn Pools,
) -> Result<Meaning, Problem> {
    let named =
        volume.parse().map(Named::Identity).ok().or_else(|| unit(volume).map(Named::Number));
    let Some(found) = find(pool, pools).await? else {
        return match named {
            Some(_) => Err(no_pool(pool, survey)),
            None => Ok(Meaning::Foreign(Some(Problem::info(format!(
                "pool {pool} is not npivot's; libvirt resolves {volume} alone"
            ))))),
        };
    };
    let named = named.ok_or_else(|| {
        Problem::error(format!("pool {pool} has no volume {volume}"))
            .expected("a LUN's identity, as naa.…, or libvirt's unit:BUS:TARGET:LUN")
            .fix(format!("`npivot pool volumes {pool}` lists them"))
    })?;
    let mut scope = Scope::new(active(&found, survey)?, named);
    scope.through = Some(Through::Pool(found.name));
    scope.own_link = true;
    Ok(Meaning::Lun(scope))
}

async fn find(pool: &str, pools: &dyn Pools) -> Result<Option<FoundPool>, Problem> {
    pools.find(pool).await.map_err(|error| {
        Problem::error(format!("whether there is a pool {pool} cannot be told: {error}"))
    })
}

fn no_pool(pool: &str, survey: &Survey<'_>) -> Problem {
    Problem::error(format!("npivot has no pool {pool} on host {}", survey.host_name()))
        .expected("the name or UUID of a pool that is defined here")
        .fix("define it with `npivot pool define`; on a destination, with the same name and UUID")
}

fn active(pool: &FoundPool, survey: &Survey<'_>) -> Result<Vec<HostNo>, Problem> {
    pool.adapters.clone().ok_or_else(|| {
        let (name, host) = (&pool.name, survey.host_name());
        Problem::error(format!("pool {name} is not active on host {host}"))
            .fix(format!("start it with `npivot pool start {name}`"))
    })
}

/// The adapter with these names.
fn adapter(names: WwnPair, survey: &Survey<'_>) -> Result<HostNo, Problem> {
    readable(survey)?;
    let host = survey.host_name();
    match survey.by_wwpn(names.wwpn) {
        Some(adapter) if adapter.names == names => Ok(adapter.no),
        Some(adapter) => Err(Problem::error(format!(
            "{} on host {host} is {} and has another node name",
            adapter.no, adapter.names
        ))
        .expected(names.to_string())
        .fix("correct wwnn, or stop the vHBA that has the port name")),
        None => Err(no_adapter(names.wwpn, host)),
    }
}

fn no_adapter(wwpn: Wwpn, host: &str) -> Problem {
    Problem::error(format!("host {host} has no adapter {wwpn}"))
        .expected("a vHBA that is up")
        .fix("start it with `npivot vhba start`; a guest that moves names its disks by pool")
}

fn readable(survey: &Survey<'_>) -> Result<(), Problem> {
    match &survey.adapters {
        Ok(_) => Ok(()),
        Err(error) => Err(Problem::error(format!("the host's adapters cannot be read: {error}"))),
    }
}

async fn block(dev: &str, survey: &Survey<'_>, pools: &dyn Pools) -> Result<Meaning, Problem> {
    if DeviceLink::claims(dev) {
        let link: DeviceLink =
            dev.parse().map_err(|error| Problem::error(format!("{dev} is {error}")))?;
        let adapters = match &link.through {
            Through::Pool(name) => {
                let found = find(name.as_str(), pools).await?;
                active(&found.ok_or_else(|| no_pool(name.as_str(), survey))?, survey)?
            }
            Through::Vhba(wwpn) => {
                readable(survey)?;
                let adapter = survey.by_wwpn(*wwpn);
                vec![adapter.ok_or_else(|| no_adapter(*wwpn, survey.host_name()))?.no]
            }
        };
        let mut scope = Scope::new(adapters, Named::Identity(link.id));
        scope.through = Some(link.through);
        scope.own_link = true;
        return Ok(Meaning::Lun(scope));
    }
    // What says itself that it is behind an adapter is not somebody else's because it is missing.
    let mut optional = true;
    let (named, adapters) = match BlockName::of(dev) {
        None => (Named::Number(Number { node: Some(dev.into()), ..Number::default() }), vec![]),
        Some(BlockName::Identity(id)) => (Named::Identity(id), survey.all()),
        Some(BlockName::Node(node)) => {
            (Named::Number(Number { node: Some(node), ..Number::default() }), survey.all())
        }
        Some(BlockName::Place { pci, vport, target, lun }) => {
            let lun = Some(Lun::from_sysfs(lun));
            let here = survey.adapters().iter().filter(|adapter| {
                let sits = survey.pci(adapter).is_some_and(|there| there.to_string() == pci);
                sits && vport.is_none_or(|wwpn| adapter.names.wwpn == wwpn)
            });
            let here = here.map(|adapter| adapter.no).collect();
            optional = false;
            (Named::Number(Number { lun, target: Some(target), ..Number::default() }), here)
        }
    };
    let mut scope = Scope::new(adapters, named);
    scope.wide = survey.all();
    scope.optional = optional;
    Ok(Meaning::Lun(scope))
}
