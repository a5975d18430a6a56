//! What the machines say: read once, then only looked at.

use std::collections::{BTreeMap, BTreeSet};

use npivot_hal::{
    Adapter, AdapterKind, EffectiveZones, FabricName, HostGroup, HostNo, LunId, Result, WwnPair,
    Wwpn, ZoneMember,
};

use super::{PlanError, Request};
use crate::identity::NamesInUse;
use crate::libvirt::PoolDefinition;
use crate::pool::{Volumes, read_volumes};
use crate::{GuestControl, GuestState, Site, zones};

/// A pool as it is on the source.
#[derive(Debug)]
pub struct PoolSurvey {
    /// The adapter of its vHBA.
    pub adapter: Adapter,
    /// Its parent's port name.
    pub parent: Option<Wwpn>,
    /// Its volumes, each path asked who it is.
    pub volumes: Volumes,
    /// The array ports that its paths go through.
    pub targets: BTreeSet<Wwpn>,
}

/// A fabric as it is.
#[derive(Debug)]
pub struct FabricSurvey {
    /// Its name for hosts.
    pub fabric_name: Option<FabricName>,
    /// What is in force; `None` where it cannot be read.
    pub effective: Option<EffectiveZones>,
    /// Whether saved edits wait to be enabled: enabling the set again would bring them into force.
    pub pending_edits: bool,
}

/// An array as it is.
#[derive(Debug)]
pub struct ArraySurvey {
    /// Its target ports.
    pub targets: BTreeSet<Wwpn>,
    /// Its volumes' names, by identity.
    pub volumes: BTreeMap<LunId, String>,
    /// Its host groups; `None` where masking cannot be read.
    pub groups: Option<Vec<HostGroup>>,
    /// The most initiators; `None`: not told.
    pub max_initiators: Option<u32>,
}

/// Everything that a plan is made from. Reading it changes nothing.
#[derive(Debug)]
pub struct Survey {
    /// The source's name.
    pub source: String,
    /// The destination's name.
    pub destination: String,
    /// Where the guest is.
    pub guest: GuestState,
    /// The pools, in the request's order.
    pub pools: Vec<PoolSurvey>,
    /// The destination's adapters.
    pub candidates: Vec<Adapter>,
    /// The fabrics, by name.
    pub fabrics: BTreeMap<String, FabricSurvey>,
    /// The arrays, by name.
    pub arrays: BTreeMap<String, ArraySurvey>,
    /// All names that are taken.
    pub in_use: NamesInUse,
}

impl Survey {
    /// Asks all machines.
    ///
    /// # Errors
    /// [`PlanError::Hal`]: a machine does not answer. [`PlanError::PoolNotActive`]: a pool of the request
    /// has no vHBA on the source.
    pub async fn take(
        site: &Site,
        guest: &dyn GuestControl,
        request: &Request,
    ) -> Result<Self, PlanError> {
        let adapters = site.source.adapters().await?;
        let mut pools = vec![];
        for definition in &request.pools {
            let names = moved_vhba(definition)?;
            let adapter = adapters.iter().find(|adapter| adapter.names == names);
            let adapter = adapter.ok_or_else(|| PlanError::PoolNotActive {
                pool: definition.name.to_string(),
                wwpn: names.wwpn,
                host: site.source.name().into(),
            })?;
            if !matches!(adapter.kind, AdapterKind::Virtual { .. }) {
                return Err(PlanError::PhysicalAdapter {
                    pool: definition.name.to_string(),
                    wwpn: names.wwpn,
                    host: site.source.name().into(),
                });
            }
            pools.push(PoolSurvey::take(site, &adapters, adapter).await?);
        }
        Ok(Self {
            source: site.source.name().into(),
            destination: site.destination.name().into(),
            guest: guest.state().await?,
            pools,
            candidates: site.destination.adapters().await?,
            fabrics: fabrics(site).await?,
            arrays: arrays(site).await?,
            in_use: NamesInUse::of(site).await?,
        })
    }

    /// The target ports that the zones in force let a name see, by their names: more than its paths go
    /// through, when a port has been away for long.
    pub(super) fn zoned_targets(&self, fabric: Option<FabricName>, wwpn: Wwpn) -> BTreeSet<Wwpn> {
        let effective = self.fabric_of(fabric).and_then(|(_, fabric)| fabric.effective.as_ref());
        let zones = effective.into_iter().flat_map(|effective| effective.zones.values());
        let own = ZoneMember::Wwpn(wwpn);
        let members = |zone: &'_ npivot_hal::Zone| -> Vec<ZoneMember> {
            zone.members.iter().chain(&zone.principals).cloned().collect()
        };
        let with_it = zones.map(members).filter(|members| members.contains(&own));
        let named = with_it.flatten().filter_map(|member| match member {
            ZoneMember::Wwpn(wwpn) => Some(wwpn),
            _ => None,
        });
        let is_target = |wwpn: &Wwpn| self.arrays.values().any(|a| a.targets.contains(wwpn));
        named.filter(is_target).collect()
    }

    /// The fabric by the name that hosts have for it.
    pub fn fabric_of(&self, name: Option<FabricName>) -> Option<(&str, &FabricSurvey)> {
        let same = |f: &&FabricSurvey| name.is_some() && f.fabric_name == name;
        self.fabrics.iter().find(|(_, f)| same(f)).map(|(n, f)| (n.as_str(), f))
    }
}

impl PoolSurvey {
    async fn take(site: &Site, adapters: &[Adapter], adapter: &Adapter) -> Result<Self> {
        let volumes = read_volumes(&*site.source, &[adapter.no], true).await?;
        let paths = volumes.volumes.values().flat_map(|volume| &volume.paths);
        let targets = paths.filter_map(|path| path.target).collect();
        let parent = match adapter.kind {
            AdapterKind::Virtual { parent } => name_of(adapters, parent),
            _ => None,
        };
        Ok(Self { adapter: adapter.clone(), parent, volumes, targets })
    }
}

fn name_of(adapters: &[Adapter], no: HostNo) -> Option<Wwpn> {
    adapters.iter().find(|adapter| adapter.no == no).map(|adapter| adapter.names.wwpn)
}

async fn fabrics(site: &Site) -> Result<BTreeMap<String, FabricSurvey>> {
    let mut all = BTreeMap::new();
    for fabric in &site.fabrics {
        let (effective, pending_edits) = match fabric.zoning() {
            Some(zoning) => {
                let effective = zoning.effective().await?;
                let pending = zones::has_pending_edits(&zoning.defined().await?, &effective);
                (Some(effective), pending)
            }
            None => (None, false),
        };
        let fabric_name = fabric.capabilities().fabric_name;
        let survey = FabricSurvey { fabric_name, effective, pending_edits };
        all.insert(fabric.name().to_owned(), survey);
    }
    Ok(all)
}

async fn arrays(site: &Site) -> Result<BTreeMap<String, ArraySurvey>> {
    let mut all = BTreeMap::new();
    for array in &site.arrays {
        let groups = match array.masking() {
            Some(masking) => Some(masking.groups().await?),
            None => None,
        };
        let ports = array.target_ports().await?;
        let volumes = array.volumes().await?;
        let survey = ArraySurvey {
            targets: ports.iter().map(|port| port.names.wwpn).collect(),
            volumes: volumes.into_iter().map(|volume| (volume.identity, volume.name)).collect(),
            groups,
            max_initiators: array.capabilities().max_initiators,
        };
        all.insert(array.name().to_owned(), survey);
    }
    Ok(all)
}

/// The one vHBA of a pool: the only kind that can be moved yet.
fn moved_vhba(definition: &PoolDefinition) -> Result<WwnPair, PlanError> {
    match definition.vhbas().collect::<Vec<_>>()[..] {
        [vhba] => Ok(vhba.wwns),
        ref other => {
            Err(PlanError::NotOneVhba { pool: definition.name.to_string(), count: other.len() })
        }
    }
}
