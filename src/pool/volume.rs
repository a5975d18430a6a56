//! Volumes: one per LUN identity, with all its paths.

use std::collections::BTreeMap;

use npivot_hal::{
    Error, ErrorKind, Host, HostNo, Lun, LunId, LunPath, Luns, PathState, Result, ScsiAddress, Wwpn,
};

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
    /// The block device, as `sda`.
    pub device: Option<String>,
}

/// A volume as a host sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// Which one it is: the same on every host.
    pub id: LunId,
    /// Its size in bytes, where a path tells.
    pub size_bytes: Option<u64>,
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

impl Volumes {
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
    let mut found = Volumes::default();
    for &adapter in adapters {
        for path in luns.paths(adapter).await? {
            found.add(luns, path, ask_devices).await;
        }
    }
    Ok(found)
}

impl Volumes {
    async fn add(&mut self, luns: &dyn Luns, path: LunPath, ask_device: bool) {
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
        let volume = volume.or_insert_with(|| Volume { id: believed, size_bytes, paths: vec![] });
        volume.size_bytes = volume.size_bytes.or(size_bytes);
        volume.paths.push(VolumePath { address, target, lun, state, device });
        volume.paths.sort_by_key(|path| path.address);
    }
}
