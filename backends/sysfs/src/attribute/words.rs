//! Words for states and roles.

use npivot_hal::{PathState, PortState, Roles, VportState};

/// The state of a port; a word that no kernel known here writes is `Unknown`.
pub fn port_state(bytes: &[u8]) -> PortState {
    let all = [
        PortState::NotPresent,
        PortState::Online,
        PortState::Offline,
        PortState::Blocked,
        PortState::Bypassed,
        PortState::Diagnostics,
        PortState::Linkdown,
        PortState::Error,
        PortState::Loopback,
        PortState::Deleted,
        PortState::Marginal,
    ];
    let word = super::text(bytes).unwrap_or_default();
    all.into_iter().find(|state| state.as_str() == word).unwrap_or(PortState::Unknown)
}

/// The state of a vport.
pub fn vport_state(bytes: &[u8]) -> VportState {
    let all = [
        VportState::Active,
        VportState::Disabled,
        VportState::Linkdown,
        VportState::Initializing,
        VportState::NoFabricSupport,
        VportState::NoFabricResources,
        VportState::FabricLogout,
        VportState::FabricRejectedWwn,
        VportState::Failed,
    ];
    let word = super::text(bytes).unwrap_or_default();
    all.into_iter().find(|state| state.as_str() == word).unwrap_or(VportState::Unknown)
}

/// The speed of a port, in Gbit/s: `8 Gbit`. `None` for `unknown`, `Not Negotiated` and for a list, which no
/// port runs at.
pub fn speed_gbit(bytes: &[u8]) -> Option<u32> {
    super::number(super::text(bytes)?.strip_suffix(" Gbit")?.as_bytes())
}

/// What a remote port is: a list joined with commas.
pub fn roles(bytes: &[u8]) -> Roles {
    let mut roles = Roles::default();
    for role in super::text(bytes).unwrap_or_default().split(", ") {
        roles.target |= role == "FCP Target";
        roles.initiator |= matches!(role, "FCP Initiator" | "FCP Dummy Initiator");
    }
    roles
}

/// The state of a device. What is being deleted or was never made usable is `Offline`: no I/O goes through
/// it (`sdev_states`, `drivers/scsi/scsi_sysfs.c`). A word that no kernel known here writes is `Unknown`.
pub fn path_state(bytes: &[u8]) -> PathState {
    match super::text(bytes).unwrap_or_default() {
        "running" | "quiesce" => PathState::Running,
        "blocked" | "created-blocked" => PathState::Blocked,
        "transport-offline" => PathState::TransportOffline,
        "offline" | "created" | "cancel" | "deleted" => PathState::Offline,
        _ => PathState::Unknown,
    }
}
