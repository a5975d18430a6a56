//! What a host reports: adapters, vports, remote ports and the paths to logical units.

use std::fmt;

use crate::{
    Error, FabricName, FcId, HostNo, Lun, LunId, Result, ScsiAddress, WwnPair, Wwnn, Wwpn,
};

/// The state of a local or remote port (`enum fc_port_state`, `include/scsi/scsi_transport_fc.h`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PortState {
    /// Nobody knows.
    Unknown,
    /// Gone; its binding may be kept.
    NotPresent,
    /// Logged in and usable.
    Online,
    /// Disabled by somebody.
    Offline,
    /// A remote port that was lost; its I/O is held until dev_loss.
    Blocked,
    /// Loop port bypassed.
    Bypassed,
    /// In diagnostics.
    Diagnostics,
    /// No light.
    Linkdown,
    /// Failed.
    Error,
    /// Looped back.
    Loopback,
    /// Under deletion.
    Deleted,
    /// Usable, but the fabric complained (FPIN).
    Marginal,
}

impl PortState {
    /// The kernel's word for it in sysfs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "Unknown",
            Self::NotPresent => "Not Present",
            Self::Online => "Online",
            Self::Offline => "Offline",
            Self::Blocked => "Blocked",
            Self::Bypassed => "Bypassed",
            Self::Diagnostics => "Diagnostics",
            Self::Linkdown => "Linkdown",
            Self::Error => "Error",
            Self::Loopback => "Loopback",
            Self::Deleted => "Deleted",
            Self::Marginal => "Marginal",
        }
    }
}

impl fmt::Display for PortState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The state of a vport (`enum fc_vport_state`, `include/scsi/scsi_transport_fc.h`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum VportState {
    /// Just made, or its fabric login ended while the link stayed up.
    Unknown,
    /// Logged in.
    Active,
    /// Disabled by somebody.
    Disabled,
    /// The parent's link is down.
    Linkdown,
    /// FDISC is under way.
    Initializing,
    /// The switch offers no NPIV.
    NoFabricSupport,
    /// The switch has no room for it.
    NoFabricResources,
    /// The fabric logged it out.
    FabricLogout,
    /// The fabric refused its name.
    FabricRejectedWwn,
    /// Failed for another reason.
    Failed,
}

impl VportState {
    /// The kernel's word for it in sysfs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "Unknown",
            Self::Active => "Active",
            Self::Disabled => "Disabled",
            Self::Linkdown => "Linkdown",
            Self::Initializing => "Initializing",
            Self::NoFabricSupport => "No Fabric Support",
            Self::NoFabricResources => "No Fabric Resources",
            Self::FabricLogout => "Fabric Logout",
            Self::FabricRejectedWwn => "Fabric Rejected WWN",
            Self::Failed => "VPort Failed",
        }
    }

    /// Whether it stays so until somebody changes something: waiting longer is of no use.
    pub const fn is_refusal(self) -> bool {
        matches!(
            self,
            Self::NoFabricSupport
                | Self::NoFabricResources
                | Self::FabricRejectedWwn
                | Self::Failed
                | Self::Disabled
        )
    }
}

impl fmt::Display for VportState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Where an adapter sits on the PCI bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PciAddress {
    /// PCI domain.
    pub domain: u16,
    /// Bus.
    pub bus: u8,
    /// Slot (device), 0 to 31.
    pub slot: u8,
    /// Function, 0 to 7.
    pub function: u8,
}

/// As sysfs and lspci print it: `0000:05:00.1`.
impl fmt::Display for PciAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { domain, bus, slot, function } = self;
        write!(f, "{domain:04x}:{bus:02x}:{slot:02x}.{function}")
    }
}

/// How many vports an adapter has and may have (`max_npiv_vports`, `npiv_vports_inuse`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NpivUse {
    /// The most that adapter and driver allow. The switch may allow fewer, and says so at FDISC only.
    pub max: u32,
    /// How many exist now, in whatever state.
    pub in_use: u32,
}

impl NpivUse {
    /// How many more may be made.
    pub const fn free(self) -> u32 {
        self.max.saturating_sub(self.in_use)
    }
}

/// Whether an adapter is hardware or a vport's own `fc_host`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AdapterKind {
    /// An HBA's port.
    Physical {
        /// `None` where it is not capable of vports.
        npiv: Option<NpivUse>,
    },
    /// The `fc_host` of a vport.
    Virtual {
        /// The adapter it was made on.
        parent: HostNo,
    },
}

/// A Fibre Channel adapter port, physical or virtual: one `fc_host`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Adapter {
    /// Its number, valid until reboot or removal.
    pub no: HostNo,
    /// Its names.
    pub names: WwnPair,
    /// Hardware or vport.
    pub kind: AdapterKind,
    /// The state of its port.
    pub state: PortState,
    /// Its address, while logged in.
    pub port_id: Option<FcId>,
    /// The fabric that it is logged in to.
    pub fabric: Option<FabricName>,
    /// The kernel driver: `qla2xxx`, `lpfc`, `fcoe`. `None` if it cannot be told.
    pub driver: Option<String>,
    /// Where it sits; `None` for a software adapter.
    pub pci: Option<PciAddress>,
    /// What its driver numbers its SCSI hosts by (`unique_id` of the `scsi_host`): qla2xxx has the host's
    /// number there, lpfc the board's. With [`pci`](Self::pci) it is how libvirt finds an adapter again.
    pub unique_id: Option<u32>,
    /// Its maker's name for the board: `QLE2562`. `None` where its driver does not tell, as software does not.
    pub model: Option<String>,
    /// What it is called at the fabric's name server, for people (`symbolic_name`). `None` where it has no such
    /// name.
    pub symbolic_name: Option<String>,
    /// The speed of its port now, in Gbit/s (`speed`). `None` without a link, or where nobody knows.
    pub speed_gbit: Option<u32>,
}

impl Adapter {
    /// An adapter of which only this is known; set the rest on the fields.
    pub fn new(no: HostNo, names: WwnPair, kind: AdapterKind) -> Self {
        Self {
            no,
            names,
            kind,
            state: PortState::Unknown,
            port_id: None,
            fabric: None,
            driver: None,
            pci: None,
            unique_id: None,
            model: None,
            symbolic_name: None,
            speed_gbit: None,
        }
    }

    /// Its NPIV limits, or `None` where vports cannot be made on it.
    pub const fn npiv(&self) -> Option<NpivUse> {
        match self.kind {
            AdapterKind::Physical { npiv } => npiv,
            AdapterKind::Virtual { .. } => None,
        }
    }
}

/// A virtual N_Port on an adapter.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Vport {
    /// The adapter it is on.
    pub parent: HostNo,
    /// Its own `fc_host`; `None` where the driver has not made it yet.
    pub no: Option<HostNo>,
    /// Its names.
    pub names: WwnPair,
    /// Its state.
    pub state: VportState,
    /// Its address, while logged in.
    pub port_id: Option<FcId>,
}

impl Vport {
    /// A vport of which only this is known; set the rest on the fields.
    pub fn new(parent: HostNo, names: WwnPair, state: VportState) -> Self {
        Self { parent, no: None, names, state, port_id: None }
    }
}

/// What a remote port said that it is, at PRLI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[allow(clippy::exhaustive_structs, reason = "two flags that FCP has had since 1996")]
pub struct Roles {
    /// It serves logical units.
    pub target: bool,
    /// It uses them.
    pub initiator: bool,
}

/// A remote port as an adapter sees it: one `rport-H:C-N`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RemotePort {
    /// The adapter that sees it.
    pub adapter: HostNo,
    /// Its number N on that adapter, never used for another port while the adapter lives.
    pub number: u32,
    /// Its port name; `None` once the kernel forgot it.
    pub wwpn: Option<Wwpn>,
    /// Its node name.
    pub wwnn: Option<Wwnn>,
    /// Its address; of a lost port, the last one.
    pub port_id: Option<FcId>,
    /// Its state.
    pub state: PortState,
    /// What it is.
    pub roles: Roles,
    /// The target id T of `H:C:T:L`; `None` where it is no target.
    pub target_id: Option<u32>,
    /// How long its devices outlive its loss, in seconds.
    pub dev_loss_secs: Option<u32>,
}

impl RemotePort {
    /// A remote port of which only this is known; set the rest on the fields.
    pub fn new(adapter: HostNo, number: u32, state: PortState) -> Self {
        Self {
            adapter,
            number,
            wwpn: None,
            wwnn: None,
            port_id: None,
            state,
            roles: Roles::default(),
            target_id: None,
            dev_loss_secs: None,
        }
    }
}

/// The state of one SCSI device (`enum scsi_device_state`). I/O goes through while it is `Running`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PathState {
    /// Usable.
    Running,
    /// Its remote port is lost; I/O is held.
    Blocked,
    /// Its remote port is lost for longer than fast_io_fail; I/O fails.
    TransportOffline,
    /// Taken offline by the error handler.
    Offline,
    /// Nobody knows: its state cannot be read, or is none that the backend knows. No I/O should be planned on
    /// it.
    Unknown,
}

impl PathState {
    /// The kernel's word for it in sysfs; `unknown` is none of the kernel's.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Blocked => "blocked",
            Self::TransportOffline => "transport-offline",
            Self::Offline => "offline",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for PathState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One path to one logical unit: a SCSI device of the host.
#[derive(Debug)]
#[non_exhaustive]
pub struct LunPath {
    /// Where the host shows it.
    pub address: ScsiAddress,
    /// The array's port that it goes through; `None` if the host has forgotten.
    pub target: Option<Wwpn>,
    /// The LUN number on that port.
    pub lun: Lun,
    /// Which volume it **was when it was discovered**. Linux keeps that until the device is deleted,
    /// whatever the array maps there since: [`Luns::identify`](crate::Luns::identify) asks the device.
    /// An unreadable identity is an error of this entry and of no other.
    pub identity: Result<LunId, Error>,
    /// Its state.
    pub state: PathState,
    /// Its size in bytes; `None` where unreadable.
    pub size_bytes: Option<u64>,
    /// The block device: `sda`. `None` where the kernel made none.
    pub device: Option<String>,
}

impl LunPath {
    /// A path of which only this is known; set the rest on the fields.
    pub fn new(address: ScsiAddress, identity: Result<LunId, Error>, state: PathState) -> Self {
        let lun = Lun::from_sysfs(address.lun);
        Self { address, target: None, lun, identity, state, size_bytes: None, device: None }
    }
}

/// Which targets and LUNs a scan looks at. `None` is the kernel's wildcard `-`.
///
/// Scan no wider than needed: a wildcard scan makes devices of LUNs that nobody asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ScanScope {
    /// The target id.
    pub target: Option<u32>,
    /// The LUN, as Linux numbers it.
    pub lun: Option<u64>,
}

/// The limits of a host's backend.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct HostCapabilities {
    /// The most vports per adapter that any adapter here allows; `None`: not known before asking it.
    pub max_vports_per_adapter: Option<u32>,
    /// The longest time, in milliseconds, that a creation or deletion may take before the backend
    /// answers [`NoAnswer`](crate::ErrorKind::NoAnswer); `None`: it never gives up by itself.
    pub slowest_call_ms: Option<u64>,
}
