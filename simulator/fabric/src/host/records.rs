//! The tables of a host.

use std::collections::BTreeMap;

use npivot_hal::{
    FcId, HostNo, Lun, PathState, PciAddress, PortState, Roles, ScsiAddress, VportState, WwnPair,
    Wwpn,
};

use super::numbers::Numbers;
use crate::array::VolumeIx;
use crate::config::Driver;
use crate::san::ids::{AdapterIx, ArrayIx, HostIx, NPortIx, PortIx};
use crate::world::{SimTime, Stamp};

/// The `dev_loss_tmo` of an adapter until somebody sets it, in seconds (`fc_dev_loss_tmo`,
/// `drivers/scsi/scsi_transport_fc.c`).
pub(crate) const DEV_LOSS_SECS: u32 = 60;

/// A simulated Linux host.
#[derive(Debug, Clone)]
pub struct Host {
    /// Its name.
    pub name: String,
    /// The driver of its adapters.
    pub driver: Driver,
    /// Its adapters, physical and virtual, by number.
    pub adapters: BTreeMap<HostNo, AdapterIx>,
    /// The physical ones among them, by their position.
    pub hbas: Vec<AdapterIx>,
    /// How often it has booted anew.
    pub boots: u64,
    /// The next SCSI host number; they only grow until the host boots anew.
    pub(crate) next_no: u32,
    /// The `sdX` names in use.
    pub(crate) disks: Numbers,
    /// The `sgN` names in use.
    pub(crate) generics: Numbers,
    /// The minors of bsg nodes in use.
    pub(crate) bsgs: Numbers,
    /// How many disks there have been.
    pub(crate) disk_count: u64,
}

impl Host {
    pub(crate) fn new(name: String, driver: Driver) -> Self {
        Self {
            name,
            driver,
            adapters: BTreeMap::new(),
            hbas: vec![],
            boots: 0,
            next_no: 0,
            disks: Numbers::default(),
            generics: Numbers::default(),
            bsgs: Numbers::default(),
            disk_count: 0,
        }
    }

    pub(crate) fn take_number(&mut self) -> HostNo {
        self.next_no += 1;
        HostNo(self.next_no - 1)
    }
}

/// Hardware or vport.
#[derive(Debug, Clone)]
pub enum Kind {
    /// An HBA's port.
    Physical {
        /// Where it is plugged in.
        port: PortIx,
        /// How many physical adapters the host had before it.
        position: u32,
        /// Where it sits; `None` for libfc's, which are network interfaces.
        pci: Option<PciAddress>,
        /// The most vports; zero: not capable of them.
        max_vports: u32,
        /// Its vports, in order of creation.
        vports: Vec<AdapterIx>,
        /// The number of the next vport; they only grow.
        next_vport: u32,
    },
    /// A vport's own `fc_host`.
    Virtual {
        /// The adapter it is on.
        parent: AdapterIx,
        /// N of `vport-H:B-N`.
        number: u32,
        /// Its state.
        state: VportState,
        /// The state before the present one. On the way to `Unknown` or `Initializing` it is left as it
        /// was (as in the kernel).
        last_state: VportState,
        /// What somebody wrote into its `symbolic_name`.
        symbolic_name: String,
    },
}

/// The place of a device on its adapter: target id and LUN as Linux numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeviceKey {
    /// The target id.
    pub target: u32,
    /// The LUN.
    pub lun: u64,
}

/// An adapter, physical or virtual: one `fc_host`.
#[derive(Debug, Clone)]
pub struct Adapter {
    /// Its host.
    pub host: HostIx,
    /// Its number.
    pub no: HostNo,
    /// Its names.
    pub names: WwnPair,
    /// Hardware or vport.
    pub kind: Kind,
    /// Its login.
    pub nport: Option<NPortIx>,
    /// The state of its port.
    pub state: PortState,
    /// Its remote ports, by number. Targets stay once they were seen; others go at dev_loss.
    pub rports: BTreeMap<u32, Rport>,
    /// Its devices, by address.
    pub devices: BTreeMap<DeviceKey, Device>,
    /// How long the devices of a new remote port outlive its loss, in seconds.
    pub dev_loss_secs: u32,
    /// The minor of its bsg node.
    pub bsg: u32,
    /// Since when it has been there.
    pub since: SimTime,
    /// The stamp of its present login: what was queued under another is over.
    pub(crate) login: Stamp,
    /// The target id of the next new target; they only grow.
    pub(crate) next_target: u32,
    /// The number of the next new remote port; they only grow.
    pub(crate) next_rport: u32,
    /// Whether a discovery is queued already, which further RSCNs share.
    pub(crate) discovery_queued: bool,
}

impl Adapter {
    /// Its vport state; `None` for hardware.
    pub const fn vport_state(&self) -> Option<VportState> {
        match self.kind {
            Kind::Virtual { state, .. } => Some(state),
            Kind::Physical { .. } => None,
        }
    }

    /// The remote port with this name.
    pub fn rport(&self, wwpn: Wwpn) -> Option<&Rport> {
        self.rports.values().find(|rport| rport.names.wwpn == wwpn)
    }

    /// The address of a device.
    pub const fn address(&self, key: DeviceKey) -> ScsiAddress {
        ScsiAddress { host: self.no, channel: 0, target: key.target, lun: key.lun }
    }
}

/// A remote port: one `rport-H:0-N`.
#[derive(Debug, Clone)]
pub struct Rport {
    /// Its names: the binding by WWPN outlives the port's loss.
    pub names: WwnPair,
    /// Its address; of a port that was given up, `None`.
    pub fc_id: Option<FcId>,
    /// Its state.
    pub state: PortState,
    /// What it said that it is; of a port that was given up, nothing.
    pub roles: Roles,
    /// Its target id; `None` of what never was a target.
    pub target: Option<u32>,
    /// How long its devices outlive its loss, in seconds.
    pub dev_loss_secs: u32,
    /// When its I/O is failed once it is lost, in seconds; `None`: held until dev_loss.
    pub fast_io_fail_secs: Option<u32>,
    /// The minor of its bsg node.
    pub bsg: u32,
    /// The stamp of its loss, while it is lost.
    pub(crate) lost: Option<Stamp>,
}

impl Rport {
    /// Whether it is logged in to, and its devices can be talked to.
    pub(crate) const fn is_up(&self) -> bool {
        matches!(self.state, PortState::Online | PortState::Marginal)
    }
}

/// A SCSI device: one path to what an array showed when it was discovered.
#[derive(Debug, Clone)]
pub struct Device {
    /// The number of its remote port.
    pub rport: u32,
    /// Its LUN.
    pub lun: Lun,
    /// The array.
    pub array: ArrayIx,
    /// The volume that was there when it was discovered: what Linux goes on believing.
    pub seen: VolumeIx,
    /// Its state.
    pub state: PathState,
    /// Its disk number: 0 is `sda`.
    pub disk: u32,
    /// Its number as a generic device: 0 is `sg0`.
    pub generic: u32,
    /// The minor of its bsg node.
    pub bsg: u32,
    /// Which disk it was since the host booted, from 1.
    pub diskseq: u64,
}
