//! What happened: the world's own account of a run, from which timelines and events are made.

use npivot_hal::{FcId, HostNo, PortState, ScsiAddress, VportState, Wwpn};

use super::World;
use crate::san::ids::{ArrayIx, FabricIx, HostIx};

/// Something that happened, with what is needed to tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Happening {
    /// A fabric accepted a login.
    Login {
        /// The fabric.
        fabric: FabricIx,
        /// Who.
        wwpn: Wwpn,
        /// The address given.
        fc_id: FcId,
    },
    /// A fabric refused one.
    LoginRefused {
        /// The fabric.
        fabric: FabricIx,
        /// Who.
        wwpn: Wwpn,
        /// Why.
        reason: String,
    },
    /// An N_Port is logged in no more.
    Logout {
        /// The fabric.
        fabric: FabricIx,
        /// Who.
        wwpn: Wwpn,
        /// The address that it had.
        fc_id: FcId,
    },
    /// A host is restarted. What it loses is told next, under the numbers that it had; then what it finds.
    Boot {
        /// The host.
        host: HostIx,
    },
    /// An adapter's port changed its state.
    Adapter {
        /// Its host.
        host: HostIx,
        /// Its number.
        no: HostNo,
        /// Its state.
        state: PortState,
    },
    /// A vport was made, changed its state, or (`None`) was deleted.
    Vport {
        /// Its host.
        host: HostIx,
        /// Its parent adapter.
        parent: HostNo,
        /// Its port name.
        wwpn: Wwpn,
        /// Its state.
        state: Option<VportState>,
    },
    /// A remote port came, went or changed its state.
    RemotePort {
        /// The host that sees it.
        host: HostIx,
        /// The adapter that sees it.
        adapter: HostNo,
        /// Its port name.
        wwpn: Wwpn,
        /// Its state.
        state: PortState,
    },
    /// A SCSI device came or went.
    Lun {
        /// Its host.
        host: HostIx,
        /// Its address.
        address: ScsiAddress,
        /// Its block device, as `sda`.
        device: String,
        /// What volume the array showed there when it was discovered.
        volume: String,
        /// Whether it came.
        present: bool,
    },
    /// A device reported that the LUNs have changed (3F/0E).
    LunsChanged {
        /// Its host.
        host: HostIx,
        /// Its address.
        address: ScsiAddress,
    },
    /// An RSCN arrived.
    Rscn {
        /// The host.
        host: HostIx,
        /// The adapter that was told.
        adapter: HostNo,
        /// About which address.
        page: FcId,
    },
    /// A zoning change was committed.
    Zoning {
        /// The fabric.
        fabric: FabricIx,
        /// The zone set that is in force.
        zone_set: Option<String>,
        /// Whether what is in force changed, or only what is written down.
        effective: bool,
    },
    /// An array's masking changed.
    Masking {
        /// The array.
        array: ArrayIx,
        /// What was done.
        change: String,
    },
    /// A link went up or down.
    Link {
        /// Between what, as `alpha host0 - a1/0`.
        between: String,
        /// Whether it is up now.
        up: bool,
    },
}

impl Happening {
    /// Where it happened: the host's, fabric's or array's name.
    pub fn place<'w>(&self, world: &'w World) -> &'w str {
        match self {
            Self::Login { fabric, .. }
            | Self::LoginRefused { fabric, .. }
            | Self::Logout { fabric, .. }
            | Self::Zoning { fabric, .. } => &world.san().fabrics[fabric.index()].name,
            Self::Boot { host }
            | Self::Adapter { host, .. }
            | Self::Vport { host, .. }
            | Self::RemotePort { host, .. }
            | Self::Lun { host, .. }
            | Self::LunsChanged { host, .. }
            | Self::Rscn { host, .. } => &world.hosts()[host.index()].name,
            Self::Masking { array, .. } => world.arrays()[array.index()].name(),
            Self::Link { .. } => "link",
        }
    }

    /// What happened, in one line without the place.
    pub fn text(&self) -> String {
        match self {
            Self::Login { wwpn, fc_id, .. } => format!("{wwpn} logged in as {fc_id}"),
            Self::LoginRefused { wwpn, reason, .. } => format!("{wwpn} refused: {reason}"),
            Self::Logout { wwpn, fc_id, .. } => format!("{wwpn} logged out of {fc_id}"),
            Self::Boot { .. } => "boots anew".into(),
            Self::Adapter { no, state, .. } => format!("{no} {state}"),
            Self::Vport { parent, wwpn, state: Some(state), .. } => {
                format!("vport {wwpn} on {parent} {state}")
            }
            Self::Vport { parent, wwpn, state: None, .. } => {
                format!("vport {wwpn} on {parent} deleted")
            }
            Self::RemotePort { adapter, wwpn, state, .. } => {
                format!("{adapter} target {wwpn} {state}")
            }
            Self::Lun { address, device, volume, present: true, .. } => {
                format!("{address} is {device}, volume {volume}")
            }
            Self::Lun { address, device, present: false, .. } => {
                format!("{address} ({device}) removed")
            }
            Self::LunsChanged { address, .. } => {
                format!("{address} reports: LUNs have changed (3F/0E)")
            }
            Self::Rscn { adapter, page, .. } => format!("{adapter} RSCN for {page}"),
            Self::Zoning { zone_set, effective, .. } => match (zone_set, effective) {
                (Some(set), true) => format!("zone set {set} in force anew"),
                (None, true) => "no zone set in force".into(),
                (_, false) => "zone database saved".into(),
            },
            Self::Masking { change, .. } => change.clone(),
            Self::Link { between, up } => {
                format!("{between} {}", if *up { "up" } else { "down" })
            }
        }
    }
}
