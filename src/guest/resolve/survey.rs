//! What a host shows: each adapter read once, each device asked once.

use std::collections::BTreeMap;

use npivot_hal::{
    Adapter, AdapterKind, ErrorKind, Host, HostNo, LunId, LunPath, PathState, PciAddress,
    ScsiAddress, Wwpn,
};

use crate::pool::VolumePath;

/// A path with what the kernel believes it leads to, which was true when it was found.
#[derive(Debug, Clone)]
pub(super) struct SeenPath {
    pub(super) path: VolumePath,
    pub(super) believed: Result<LunId, String>,
}

/// Whether a path leads where the kernel believes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// The device says so itself.
    Confirmed,
    /// It is another LUN now; `None`: none at all.
    Stale(Option<LunId>),
    /// It cannot be used, and why.
    Unusable(String),
    /// Devices cannot be asked here, and why: the kernel is believed.
    Believed(String),
}

/// The host, as far as it was looked at.
#[derive(Debug)]
pub(super) struct Survey<'a> {
    host: &'a dyn Host,
    /// The adapters, or why there are none to be seen.
    pub(super) adapters: Result<Vec<Adapter>, npivot_hal::Error>,
    paths: BTreeMap<HostNo, Result<Vec<SeenPath>, String>>,
    asked: BTreeMap<ScsiAddress, Asked>,
}

impl<'a> Survey<'a> {
    pub(super) async fn of(host: &'a dyn Host) -> Self {
        let adapters = host.adapters().await;
        Self { host, adapters, paths: BTreeMap::new(), asked: BTreeMap::new() }
    }

    /// Of a host that need not be looked at.
    pub(super) fn blind(host: &'a dyn Host) -> Self {
        Self { host, adapters: Ok(vec![]), paths: BTreeMap::new(), asked: BTreeMap::new() }
    }

    pub(super) fn host_name(&self) -> &str {
        self.host.name()
    }

    pub(super) fn adapters(&self) -> &[Adapter] {
        self.adapters.as_deref().unwrap_or_default()
    }

    pub(super) fn all(&self) -> Vec<HostNo> {
        self.adapters().iter().map(|adapter| adapter.no).collect()
    }

    pub(super) fn adapter(&self, no: HostNo) -> Option<&Adapter> {
        self.adapters().iter().find(|adapter| adapter.no == no)
    }

    pub(super) fn by_wwpn(&self, wwpn: Wwpn) -> Option<&Adapter> {
        self.adapters().iter().find(|adapter| adapter.names.wwpn == wwpn)
    }

    /// Where an adapter sits: a vHBA where its parent does.
    pub(super) fn pci(&self, adapter: &Adapter) -> Option<PciAddress> {
        match adapter.kind {
            AdapterKind::Virtual { parent } => self.adapter(parent)?.pci,
            _ => adapter.pci,
        }
    }

    /// The paths behind these adapters.
    ///
    /// # Errors
    /// The first adapter that cannot be read, and why: what is behind it is unknown.
    pub(super) async fn paths(&mut self, adapters: &[HostNo]) -> Result<Vec<SeenPath>, String> {
        let mut found = vec![];
        for &adapter in adapters {
            if !self.paths.contains_key(&adapter) {
                let read = self.read(adapter).await;
                self.paths.insert(adapter, read);
            }
            match &self.paths[&adapter] {
                Ok(paths) => found.extend(paths.iter().cloned()),
                Err(why) => return Err(why.clone()),
            }
        }
        Ok(found)
    }

    async fn read(&self, adapter: HostNo) -> Result<Vec<SeenPath>, String> {
        let Some(luns) = self.host.luns() else {
            return Err(format!("the backend of host {} lists no LUNs", self.host.name()));
        };
        let paths = luns.paths(adapter).await.map_err(|error| error.to_string())?;
        let seen = |path: LunPath| {
            let LunPath { address, target, lun, identity, state, device, .. } = path;
            let believed = identity.map_err(|error| error.to_string());
            let path =
                VolumePath { address, target, lun, state, access: None, device, by_path: None };
            SeenPath { path, believed }
        };
        Ok(paths.into_iter().map(seen).collect())
    }

    /// Asks the device behind a path who it is now.
    pub(super) async fn ask(&mut self, seen: &SeenPath) -> Asked {
        let address = seen.path.address;
        if let Some(asked) = self.asked.get(&address) {
            return asked.clone();
        }
        let asked = self.ask_anew(seen).await;
        self.asked.insert(address, asked.clone());
        asked
    }

    async fn ask_anew(&self, seen: &SeenPath) -> Asked {
        let believed = match &seen.believed {
            Ok(id) => id,
            Err(why) => return Asked::Unusable(why.clone()),
        };
        let state = seen.path.state;
        if state != PathState::Running {
            return Asked::Unusable(format!("it is {state}"));
        }
        let Some(luns) = self.host.luns() else {
            return Asked::Unusable("devices cannot be reached".into());
        };
        match luns.identify(seen.path.address).await {
            Ok(id) if id == *believed => Asked::Confirmed,
            Ok(id) => Asked::Stale(Some(id)),
            Err(error) => match error.kind() {
                ErrorKind::Rejected | ErrorKind::NotFound => Asked::Stale(None),
                ErrorKind::PermissionDenied | ErrorKind::Unsupported => {
                    Asked::Believed(error.to_string())
                }
                _ => Asked::Unusable(error.to_string()),
            },
        }
    }
}
