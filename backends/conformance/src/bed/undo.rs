//! What a case changed, and how it is put back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use npivot_hal::{
    Array, EffectiveZones, ErrorKind, Fabric, HostNo, Result, WwnPair, Wwpn, ZoneDatabase,
    ZoneEdit, ZoneTransaction, Zoning,
};

use super::Bed;

/// How often, and how long, to wait for somebody else's zoning transaction.
const BUSY_TRIES: u32 = 12;
const BUSY_WAIT: Duration = Duration::from_secs(10);

/// One thing to put back.
#[derive(Debug)]
pub(super) enum Undo {
    /// Deletes a vport.
    Vport { parent: HostNo, names: WwnPair },
    /// Deletes a host group.
    Group { array: Arc<dyn Array>, group: String },
    /// Puts an initiator back into its group.
    Initiator { array: Arc<dyn Array>, group: String, initiator: Wwpn },
    /// Ends a transaction.
    Transaction { fabric: Arc<dyn Fabric>, open: ZoneTransaction },
    /// Puts zones back as they were.
    Zones { fabric: Arc<dyn Fabric>, defined: ZoneDatabase, effective: EffectiveZones },
    /// Plugs a cable in again.
    Light(Wwpn),
    /// Sets dev_loss back.
    DevLoss { adapter: HostNo, secs: u32 },
}

impl Undo {
    /// Puts it back. `Err`: what is left, and why.
    pub(super) async fn run(self, bed: &Bed) -> Result<(), String> {
        match self {
            Self::Vport { parent, names } => {
                let Ok(npiv) = bed.npiv() else { return Ok(()) };
                let told = npiv.delete_vport(parent, names).await;
                let left = |why: String| format!("vport {names} on {parent}: {why}");
                let _ = told.map_err(|error| left(error.to_string()))?;
                let vports = npiv.vports(parent).await.map_err(|error| left(error.to_string()))?;
                if vports.iter().any(|vport| vport.names == names) {
                    return Err(left("deleted, and still listed".into()));
                }
                Ok(())
            }
            Self::Group { array, group } => {
                let Some(masking) = array.masking() else { return Ok(()) };
                let told = masking.delete_group(&group).await;
                told.map(|_| ()).map_err(|error| format!("host group {group}: {error}"))
            }
            Self::Initiator { array, group, initiator } => {
                let Some(masking) = array.masking() else { return Ok(()) };
                let told = masking.add_initiator(&group, initiator).await;
                let left = |error| format!("initiator {initiator}, missing in {group}: {error}");
                told.map(|_| ()).map_err(left)
            }
            Self::Transaction { fabric, open } => {
                let Some(zoning) = fabric.zoning() else { return Ok(()) };
                let left = |error| format!("zoning transaction on {}: {error}", fabric.name());
                zoning.abort(&open).await.map_err(left)
            }
            Self::Zones { fabric, defined, effective } => {
                let Some(zoning) = fabric.zoning() else { return Ok(()) };
                let told = restore(bed, zoning, &defined, &effective).await;
                told.map_err(|error| format!("zones on {}: {error}", fabric.name()))
            }
            Self::Light(port) => {
                let Some(bench) = bed.fixture.bench() else { return Ok(()) };
                let told = bench.set_light(port, true).await;
                told.map_err(|error| format!("the cable of {port} is out: {error}"))
            }
            Self::DevLoss { adapter, secs } => {
                let Ok(links) = bed.links() else { return Ok(()) };
                let told = links.set_dev_loss_secs(adapter, secs).await;
                told.map(|_| ()).map_err(|error| format!("dev_loss of {adapter}: {error}"))
            }
        }
    }
}

async fn begin(bed: &Bed, zoning: &dyn Zoning) -> Result<ZoneTransaction> {
    for _ in 1..BUSY_TRIES {
        match zoning.begin().await {
            Err(error) if error.kind() == ErrorKind::Busy => bed.fixture.wait(BUSY_WAIT).await,
            answer => return answer,
        }
    }
    zoning.begin().await
}

/// Makes the zones what they were: first the zone set in force, since one in force cannot be deleted.
async fn restore(
    bed: &Bed,
    zoning: &dyn Zoning,
    defined: &ZoneDatabase,
    effective: &EffectiveZones,
) -> Result<()> {
    let (now, in_force) = (zoning.defined().await?, zoning.effective().await?);
    if now == *defined && in_force == *effective {
        return Ok(());
    }
    let enable = effective.zone_set.as_deref();
    if in_force.zone_set != effective.zone_set {
        let open = begin(bed, zoning).await?;
        let _ = zoning.commit(&open, enable).await?;
    }
    let mut open = begin(bed, zoning).await?;
    for edit in edits(&now, defined) {
        match zoning.edit(&open, edit).await {
            Ok((next, _)) => open = next,
            Err(error) => {
                zoning.abort(&open).await?;
                return Err(error);
            }
        }
    }
    zoning.commit(&open, enable).await.map(|_| ())
}

/// What makes a database of another.
fn edits(now: &ZoneDatabase, wanted: &ZoneDatabase) -> Vec<ZoneEdit> {
    fn gone<'a, T>(
        now: &'a BTreeMap<String, T>,
        wanted: &'a BTreeMap<String, T>,
    ) -> impl Iterator<Item = String> + 'a {
        now.keys().filter(|name| !wanted.contains_key(*name)).cloned()
    }
    let mut edits: Vec<ZoneEdit> = vec![];
    edits.extend(gone(&now.zone_sets, &wanted.zone_sets).map(ZoneEdit::DeleteZoneSet));
    edits.extend(gone(&now.zones, &wanted.zones).map(ZoneEdit::DeleteZone));
    let put =
        |(name, members): (&String, &_)| ZoneEdit::PutAlias(name.clone(), Clone::clone(members));
    edits.extend(wanted.aliases.iter().map(put));
    let put = |(name, zone): (&String, &_)| ZoneEdit::PutZone(name.clone(), Clone::clone(zone));
    edits.extend(wanted.zones.iter().map(put));
    edits.extend(gone(&now.aliases, &wanted.aliases).map(ZoneEdit::DeleteAlias));
    for (zone_set, zones) in &wanted.zone_sets {
        edits.push(ZoneEdit::CreateZoneSet(zone_set.clone()));
        let add = |zone: &String| (zone_set.clone(), zone.clone());
        edits.extend(
            zones.iter().map(add).map(|(zone_set, zone)| ZoneEdit::AddToZoneSet { zone_set, zone }),
        );
        let more =
            now.zone_sets.get(zone_set).into_iter().flatten().filter(|z| !zones.contains(*z));
        edits.extend(
            more.map(add).map(|(zone_set, zone)| ZoneEdit::RemoveFromZoneSet { zone_set, zone }),
        );
    }
    edits.push(ZoneEdit::SetDefaultZone(wanted.default_zone));
    edits
}
