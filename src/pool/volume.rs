//! Volumes: one per LUN identity, with all its paths.

use std::collections::BTreeMap;

use npivot_hal::{
    AccessState, Adapter, AdapterKind, Error, ErrorKind, Host, HostNo, Lun, LunId, LunPath, Luns,
    PathState, PciAddress, Reservations, Result, ScsiAddress, Wwpn,
};

use super::{by_id, by_path};

/// A path of a volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolumePath {
    /// Where the host shows it. Valid until the host renumbers.
    pub address: ScsiAddress,
    /// The array's port that it goes through.
    pub target: Option<Wwpn>,
    /// The LUN number there.
    pub lun: Lun,
    /// Its state.
    pub state: PathState,
    /// How well the array serves it through that port; `None` where nobody asked, or it does not say.
    pub access: Option<AccessState>,
    /// The block device, as `sda`.
    pub device: Option<String>,
    /// The link to it by where it leads: see [`by_path`]. `None` where that cannot be known.
    pub by_path: Option<String>,
}

impl VolumePath {
    /// libvirt's name for it: `unit:BUS:TARGET:LUN`, the numbers that Linux has now, without the host.
    ///
    /// It is an alias and no name: the same text means another LUN on another host or after a reboot.
    pub fn alias(&self) -> String {
        let ScsiAddress { channel, target, lun, .. } = self.address;
        format!("unit:{channel}:{target}:{lun}")
    }
}

/// Why a name stands for no volume.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoVolume {
    /// There is none of this name.
    #[error("there is no volume {name}; there are: {there}")]
    Unknown {
        /// The name.
        name: String,
        /// The volumes that there are.
        there: String,
    },
    /// The alias stands for several: the pool has several adapters, which number for themselves.
    #[error("{alias} stands for {} volumes: {}; say which by its identity", found.len(), listed(found))]
    Ambiguous {
        /// The alias.
        alias: String,
        /// What it stands for.
        found: Vec<LunId>,
    },
    /// Its device is not what the host believes it to be.
    #[error("{name} is stale: it was {believed} when it was found, and is another now")]
    Stale {
        /// The name.
        name: String,
        /// What it was.
        believed: LunId,
    },
}

fn listed<'a>(ids: impl IntoIterator<Item = &'a LunId>) -> String {
    let ids: Vec<String> = ids.into_iter().map(ToString::to_string).collect();
    if ids.is_empty() { "none".into() } else { ids.join(", ") }
}

/// A volume as a host sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// Which one it is: the same on every host.
    pub id: LunId,
    /// Its size in bytes, where a path tells.
    pub size_bytes: Option<u64>,
    /// Whether it refuses writes; `None` where nobody asked ([`Volumes::ask_more`]), or it does not say.
    pub read_only: Option<bool>,
    /// Its registrations and who holds a reservation of it; `None` as above.
    pub reservations: Option<Reservations>,
    /// Its paths, by address.
    pub paths: Vec<VolumePath>,
}

/// A path whose device is not what the host believes it to be: its data is another volume's, and it must
/// not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StalePath {
    /// Where the host shows it.
    pub address: ScsiAddress,
    /// What it was when it was discovered.
    pub believed: LunId,
    /// What it is now; `None`: the array shows nothing there any more.
    pub actual: Option<LunId>,
}

/// What is behind some adapters of a host.
#[derive(Debug, Default)]
pub struct Volumes {
    /// The volumes, by identity, without stale paths.
    pub volumes: BTreeMap<LunId, Volume>,
    /// Paths that must not be used.
    pub stale: Vec<StalePath>,
    /// Paths of which nothing can be said, and why.
    pub unreadable: Vec<(ScsiAddress, Error)>,
}

impl Volume {
    /// The link to one of its devices by what it is: see [`by_id`].
    pub fn by_id(&self) -> Option<String> {
        by_id(&self.id)
    }
}

impl Volumes {
    /// The volume of this name: its identity, or libvirt's `unit:BUS:TARGET:LUN`.
    ///
    /// # Errors
    /// [`NoVolume`]: there is none, the alias stands for several, or it is stale.
    pub fn named(&self, name: &str) -> Result<&Volume, NoVolume> {
        let unknown =
            || NoVolume::Unknown { name: name.into(), there: listed(self.volumes.keys()) };
        if !name.starts_with("unit:") {
            let id: LunId = name.parse().map_err(|_| unknown())?;
            let stale = || self.stale.iter().find(|path| path.believed == id);
            return self.volumes.get(&id).ok_or_else(|| match stale() {
                Some(path) => {
                    NoVolume::Stale { name: name.into(), believed: path.believed.clone() }
                }
                None => unknown(),
            });
        }
        let is_it = |volume: &&Volume| volume.paths.iter().any(|path| path.alias() == name);
        let found: Vec<&Volume> = self.volumes.values().filter(is_it).collect();
        match found[..] {
            [volume] => Ok(volume),
            [] => Err(self.stale_alias(name).unwrap_or_else(unknown)),
            _ => {
                let found = found.iter().map(|volume| volume.id.clone()).collect();
                Err(NoVolume::Ambiguous { alias: name.into(), found })
            }
        }
    }

    fn stale_alias(&self, name: &str) -> Option<NoVolume> {
        let alias = |path: &StalePath| {
            let ScsiAddress { channel, target, lun, .. } = path.address;
            format!("unit:{channel}:{target}:{lun}")
        };
        let path = self.stale.iter().find(|path| alias(path) == name)?;
        Some(NoVolume::Stale { name: name.into(), believed: path.believed.clone() })
    }

    /// Asks each path that can be used what it says of itself: how well it is served, whether it may be written to, who
    /// has reserved it. A path that does not answer stays as it is.
    pub async fn ask_more(&mut self, luns: &dyn Luns) {
        for volume in self.volumes.values_mut() {
            for path in &mut volume.paths {
                if path.state != PathState::Running {
                    continue;
                }
                let Ok(details) = luns.inspect(path.address).await else { continue };
                path.access = details.access;
                volume.read_only = volume.read_only.or(details.read_only);
                volume.reservations = volume.reservations.take().or(details.reservations);
            }
        }
    }

    /// How many usable paths each volume has.
    pub fn path_counts(&self) -> BTreeMap<LunId, usize> {
        let running = |volume: &Volume| {
            volume.paths.iter().filter(|path| path.state == PathState::Running).count()
        };
        self.volumes.iter().map(|(id, volume)| (id.clone(), running(volume))).collect()
    }
}

/// Reads the volumes behind these adapters. With `ask_devices` each path is asked who it is now, which
/// finds the stale ones; a host that cannot ask (no privilege) is believed.
///
/// # Errors
/// When an adapter's paths cannot be listed. A single path that cannot be read is an entry of
/// [`Volumes::unreadable`].
pub async fn read_volumes(
    host: &dyn Host,
    adapters: &[HostNo],
    ask_devices: bool,
) -> Result<Volumes> {
    let luns = host.luns().ok_or_else(|| {
        Error::new(ErrorKind::Unsupported, "list paths", host.name(), "the backend has no LUNs")
    })?;
    let places = places(&host.adapters().await?);
    let mut found = Volumes::default();
    for &adapter in adapters {
        let place = places.get(&adapter).copied();
        for path in luns.paths(adapter).await? {
            found.add(luns, path, place, ask_devices).await;
        }
    }
    Ok(found)
}

/// The PCI function of each adapter: a vHBA's is its parent's.
fn places(adapters: &[Adapter]) -> BTreeMap<HostNo, PciAddress> {
    let physical = |no| adapters.iter().find(|adapter| adapter.no == no);
    let place = |adapter: &Adapter| match adapter.kind {
        AdapterKind::Virtual { parent } => physical(parent)?.pci,
        _ => adapter.pci,
    };
    adapters.iter().filter_map(|adapter| Some((adapter.no, place(adapter)?))).collect()
}

impl Volumes {
    async fn add(
        &mut self,
        luns: &dyn Luns,
        path: LunPath,
        place: Option<PciAddress>,
        ask_device: bool,
    ) {
        let LunPath { address, target, lun, identity, state, size_bytes, device, .. } = path;
        let believed = match identity {
            Ok(id) => id,
            Err(error) => return self.unreadable.push((address, error)),
        };
        if ask_device && state == PathState::Running {
            match luns.identify(address).await {
                Ok(id) if id == believed => {}
                Ok(id) => {
                    return self.stale.push(StalePath { address, believed, actual: Some(id) });
                }
                Err(error) if error.kind() == ErrorKind::Rejected => {
                    return self.stale.push(StalePath { address, believed, actual: None });
                }
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::PermissionDenied | ErrorKind::Unsupported
                    ) => {}
                Err(error) => return self.unreadable.push((address, error)),
            }
        }
        let volume = self.volumes.entry(believed.clone());
        let volume = volume.or_insert_with(|| Volume {
            id: believed,
            size_bytes,
            read_only: None,
            reservations: None,
            paths: vec![],
        });
        volume.size_bytes = volume.size_bytes.or(size_bytes);
        let by_path = place.zip(target).map(|(place, wwpn)| by_path(place, wwpn, address.lun));
        volume.paths.push(VolumePath {
            address,
            target,
            lun,
            state,
            access: None,
            device,
            by_path,
        });
        volume.paths.sort_by_key(|path| path.address);
    }
}
