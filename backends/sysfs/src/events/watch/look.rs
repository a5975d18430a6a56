//! A look at a host: what is read, and what is remembered of it.

use std::collections::{BTreeMap, BTreeSet};

use npivot_hal::{
    Adapter, AdapterKind, Error, ErrorKind, FabricName, FcId, Host, HostNo, LunId, LunPath,
    PortState, RemotePort, Roles, ScsiAddress, Vport, VportState, Wwpn,
};

use super::concerned::Concerned;

/// What is remembered of an adapter's own port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Port {
    pub(super) state: PortState,
    pub(super) id: Option<FcId>,
    pub(super) fabric: Option<FabricName>,
    pub(super) driver: Option<String>,
}

/// What is remembered of a remote port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Remote {
    pub(super) wwpn: Option<Wwpn>,
    pub(super) state: PortState,
    pub(super) port_id: Option<FcId>,
    pub(super) roles: Roles,
}

pub(super) type Vports = BTreeMap<Wwpn, VportState>;
pub(super) type Remotes = BTreeMap<u32, Remote>;
/// Each device with its identity, if that could be read: another one is another device.
pub(super) type Luns = BTreeMap<ScsiAddress, Option<LunId>>;

/// What is remembered of an adapter and what it sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) port: Port,
    pub(super) vports: Vports,
    pub(super) remotes: Remotes,
    pub(super) luns: Luns,
}

pub(super) type View = BTreeMap<HostNo, Seen>;

/// What was read of one adapter; `None` is what was not asked for or could not be read.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) no: HostNo,
    pub(super) port: Port,
    pub(super) vports: Option<Vports>,
    pub(super) remotes: Option<Remotes>,
    pub(super) luns: Option<Luns>,
}

/// What one look found.
#[derive(Debug)]
pub(super) struct Look {
    /// Every adapter; `None` where not even their list could be read.
    pub(super) adapters: Option<Vec<Reading>>,
    /// Whether all of it is as it will stay, as far as can be told.
    pub(super) settled: bool,
}

/// Looks at the list of adapters, and at what those see that are concerned or not known yet.
pub(super) async fn look(host: &dyn Host, known: &BTreeSet<HostNo>, concerned: &Concerned) -> Look {
    let adapters = match host.adapters().await {
        Ok(adapters) => adapters,
        // The last adapter went, and the driver with it.
        Err(error) if error.kind() == ErrorKind::Unsupported => vec![],
        Err(_) => return Look { adapters: None, settled: false },
    };
    let mut settled = true;
    let mut readings = Vec::with_capacity(adapters.len());
    for adapter in adapters {
        let no = adapter.no;
        settled &= adapter.state != PortState::Unknown;
        let physical = matches!(adapter.kind, AdapterKind::Physical { .. });
        let port = port(adapter);
        let mut reading = Reading { no, port, vports: None, remotes: None, luns: None };
        if concerned.covers(no) || !known.contains(&no) {
            settled &= fill(host, physical, &mut reading).await;
        }
        readings.push(reading);
    }
    Look { adapters: Some(readings), settled }
}

/// Reads what an adapter sees, and tells whether it is settled.
async fn fill(host: &dyn Host, physical: bool, reading: &mut Reading) -> bool {
    let no = reading.no;
    let mut settled = true;
    let vports = match host.npiv() {
        Some(npiv) if physical => npiv.vports(no).await,
        _ => Ok(vec![]),
    };
    reading.vports = answered(vports, &mut settled).map(|vports| {
        settled &= vports.iter().all(|vport| !under_way(vport.state));
        vports.iter().map(|vport: &Vport| (vport.names.wwpn, vport.state)).collect()
    });
    reading.remotes = answered(host.remote_ports(no).await, &mut settled).map(|remotes| {
        settled &= remotes.iter().all(|remote| remote.state != PortState::Unknown);
        remotes.iter().map(|remote| (remote.number, remembered(remote))).collect()
    });
    let paths = match host.luns() {
        Some(luns) => luns.paths(no).await,
        None => Ok(vec![]),
    };
    reading.luns = answered(paths, &mut settled).map(|paths| {
        settled &= paths.iter().all(|path| path.identity.is_ok());
        paths.into_iter().map(|path: LunPath| (path.address, path.identity.ok())).collect()
    });
    settled
}

/// What was read. Where reading failed, it is unknown and not settled; what the host cannot have is empty.
fn answered<T>(read: Result<Vec<T>, Error>, settled: &mut bool) -> Option<Vec<T>> {
    match read {
        Ok(list) => Some(list),
        Err(error) if error.kind() == ErrorKind::Unsupported => Some(vec![]),
        Err(_) => {
            *settled = false;
            None
        }
    }
}

/// A vport's login ends without a message: it is looked at until it has.
const fn under_way(state: VportState) -> bool {
    matches!(state, VportState::Unknown | VportState::Initializing)
}

fn port(adapter: Adapter) -> Port {
    let Adapter { state, port_id, fabric, driver, .. } = adapter;
    Port { state, id: port_id, fabric, driver }
}

const fn remembered(remote: &RemotePort) -> Remote {
    let RemotePort { wwpn, state, port_id, roles, .. } = *remote;
    Remote { wwpn, state, port_id, roles }
}
