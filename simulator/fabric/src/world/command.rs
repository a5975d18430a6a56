//! The one door into the world: what can be asked of it, and what it answers.

use npivot_hal::{
    DomainId, FcId, HostNo, Lun, LunDetails, LunId, Outcome, Roles, ScanScope, ScsiAddress,
    WwnPair, Wwnn, Wwpn, ZoneDatabase, ZoneEdit, ZoneTransaction,
};
use serde::{Deserialize, Serialize};

use super::Refusal;
use crate::array::scsi::Product;
use crate::array::{Completion, TaskAnswer, TaskManagement};
use crate::config::{Driver, SwitchSettings};
use crate::host::IoFailure;
use crate::san::ids::{AdapterIx, ArrayIx, FabricIx, HostIx, NPortIx, PortIx, SwitchIx, TargetIx};
use crate::san::{Accepted, Registration};

/// A change asked of the world. Commands, with the instant of each, are a run's whole input: they can be
/// written down and applied again (see [`CommandLog`](super::CommandLog)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Command {
    /// Adds a machine or a link.
    Build(Build),
    /// A login from outside the simulated machines.
    NPort(NPortCommand),
    /// Somebody acts on a host.
    Host(HostIx, HostCommand),
    /// Somebody acts on a fabric's zoning.
    Zoning(FabricIx, ZoningCommand),
    /// Somebody acts on an array's masking.
    Masking(ArrayIx, MaskingCommand),
    /// The light of a port goes on or off: an N_Port's link, or an inter-switch one.
    Light {
        /// Either end of the link.
        port: PortIx,
        /// On or off.
        on: bool,
    },
}

/// Adds to the world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the fields are those of the things that they build")]
pub enum Build {
    /// A fabric.
    Fabric { name: String },
    /// A switch, on its own until it is linked.
    Switch { fabric: FabricIx, name: String, domain: DomainId, settings: SwitchSettings },
    /// An inter-switch link.
    Isl { a: PortIx, b: PortIx },
    /// A host without adapters.
    Host { name: String, driver: Driver },
    /// A physical adapter, plugged in and with light: it begins to log in. `max_vports`: `None` is what
    /// the driver has; zero makes it incapable of vports.
    Adapter { host: HostIx, names: WwnPair, port: PortIx, max_vports: Option<u32> },
    /// An array without ports.
    Array {
        name: String,
        wwnn: Wwnn,
        #[serde(default)]
        product: Product,
    },
    /// A port of an array, plugged in and with light: it begins to log in.
    Target { array: ArrayIx, wwpn: Wwpn, port: PortIx },
    /// A volume.
    Volume { array: ArrayIx, name: String, identity: LunId, serial: String, size_bytes: u64 },
    /// A zoning database, with the zone set in force.
    Zones { fabric: FabricIx, database: ZoneDatabase, enabled: Option<String> },
}

/// Logins and logouts of N_Ports that are not simulated hosts or arrays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NPortCommand {
    /// Plugs something into a free port, with light.
    Attach(PortIx),
    /// Physical login, with registration.
    Flogi {
        /// The port it is plugged into.
        port: PortIx,
        /// Its names.
        names: WwnPair,
        /// Whether it registers as a target; else as an initiator.
        target: bool,
    },
    /// Login of a further N_Port, with registration.
    Fdisc {
        /// The port it is behind.
        port: PortIx,
        /// Its names.
        names: WwnPair,
        /// Whether it registers as a target; else as an initiator.
        target: bool,
    },
    /// Login that registers nothing, as a frame's is: that comes by [`Register`](Self::Register).
    Login {
        /// The port it is behind.
        port: PortIx,
        /// Its names.
        names: WwnPair,
        /// Whether it is FDISC; else FLOGI.
        further: bool,
    },
    /// Registers with the name server or the fabric controller.
    Register {
        /// The fabric.
        fabric: FabricIx,
        /// The N_Port's address.
        fc_id: FcId,
        /// What.
        registration: Registration,
    },
    /// A SCSI command to an array's port.
    Scsi {
        /// The fabric.
        fabric: FabricIx,
        /// The initiator's address.
        from: FcId,
        /// The array port's.
        to: FcId,
        /// The logical unit.
        lun: Lun,
        /// The command.
        #[serde(with = "hex")]
        cdb: Vec<u8>,
        /// The data that came with it.
        #[serde(with = "hex")]
        data: Vec<u8>,
        /// The most bytes that the initiator takes.
        room: u64,
    },
    /// A task management function.
    Manage {
        /// The fabric.
        fabric: FabricIx,
        /// The initiator's address.
        from: FcId,
        /// The array port's.
        to: FcId,
        /// The logical unit.
        lun: Lun,
        /// The function.
        function: TaskManagement,
    },
    /// Logout by name.
    Logo {
        /// The fabric.
        fabric: FabricIx,
        /// Who.
        wwpn: Wwpn,
    },
}

/// Roles of a login from outside.
pub(crate) const fn roles(target: bool) -> Roles {
    Roles { target, initiator: !target }
}

/// What the kernel of a host is asked to do (its sysfs writes and its block I/O), and its restart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum HostCommand {
    /// A write to `vport_create`.
    CreateVport {
        /// On which adapter.
        parent: HostNo,
        /// Its names.
        names: WwnPair,
    },
    /// A write to `vport_delete`.
    DeleteVport {
        /// On which adapter.
        parent: HostNo,
        /// Its names.
        names: WwnPair,
    },
    /// A write to `scan`.
    Scan {
        /// The adapter.
        adapter: HostNo,
        /// The target id, or all.
        target: Option<u32>,
        /// The LUN as Linux numbers it, or all.
        lun: Option<u64>,
    },
    /// A write to a device's `delete`.
    Remove(ScsiAddress),
    /// A write to `issue_lip`.
    Reset(HostNo),
    /// A write to the adapter's `dev_loss_tmo`.
    SetDevLoss {
        /// The adapter.
        adapter: HostNo,
        /// In seconds.
        secs: u32,
    },
    /// A write to the `dev_loss_tmo` of one remote port.
    SetRportDevLoss {
        /// The adapter.
        adapter: HostNo,
        /// The remote port's number.
        rport: u32,
        /// In seconds.
        secs: u32,
    },
    /// A write to the `port_state` of a remote port.
    SetMarginal {
        /// The adapter.
        adapter: HostNo,
        /// The remote port's number.
        rport: u32,
        /// Whether it shall be Marginal; else Online.
        marginal: bool,
    },
    /// A write to a vport's `vport_disable`.
    DisableVport {
        /// The vport's own adapter number.
        vport: HostNo,
        /// Whether to disable it; else to enable it.
        disable: bool,
    },
    /// A write to a vport's `symbolic_name`.
    SetSymbolicName {
        /// The vport's own adapter number.
        vport: HostNo,
        /// Up to 63 bytes.
        name: String,
    },
    /// A write to a device's `rescan`.
    Rescan(ScsiAddress),
    /// A write to the `fast_io_fail_tmo` of one remote port.
    SetFastIoFail {
        /// The adapter.
        adapter: HostNo,
        /// The remote port's number.
        rport: u32,
        /// In seconds; `None` is `off`.
        secs: Option<u32>,
    },
    /// Restarts it. Its vports and all that it knew of the SAN are gone, its adapters log in anew, and all
    /// numbers are dealt anew from 0, those of the adapters in an order drawn from the world's seed. What
    /// is in the arrays stays.
    Reboot,
    /// INQUIRY for VPD page 83 on a device.
    Identify(ScsiAddress),
    /// Everything that a device says of itself.
    Inspect(ScsiAddress),
    /// REPORT LUNS to a target, through any device on it.
    ReportLuns {
        /// The adapter.
        adapter: HostNo,
        /// The target id.
        target: u32,
    },
    /// A command to a device as a program sends it (SG_IO): a unit attention is the sender's to deal with.
    Scsi {
        /// The device.
        address: ScsiAddress,
        /// The command, 6 to 16 bytes.
        #[serde(with = "hex")]
        cdb: Vec<u8>,
    },
    /// Reads blocks of 512 bytes.
    Read {
        /// The device.
        address: ScsiAddress,
        /// The first block.
        lba: u64,
        /// How many.
        blocks: u32,
    },
    /// Writes blocks of 512 bytes.
    Write {
        /// The device.
        address: ScsiAddress,
        /// The first block.
        lba: u64,
        /// A multiple of 512 bytes.
        #[serde(with = "hex")]
        data: Vec<u8>,
    },
}

impl HostCommand {
    /// A scan of this scope.
    pub const fn scan(adapter: HostNo, scope: ScanScope) -> Self {
        Self::Scan { adapter, target: scope.target, lun: scope.lun }
    }
}

/// An administrator's work on zones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ZoningCommand {
    /// Opens a transaction.
    Begin,
    /// Changes the transaction's copy.
    Edit {
        /// The transaction's token.
        token: u64,
        /// The checksum of what was read.
        checksum: u64,
        /// The change.
        edit: ZoneEdit,
    },
    /// Saves, and puts a zone set in force.
    Commit {
        /// The transaction's token.
        token: u64,
        /// The checksum of what was read.
        checksum: u64,
        /// The zone set, or none to save only.
        enable: Option<String>,
    },
    /// Drops a transaction.
    Abort {
        /// Its token.
        token: u64,
    },
}

/// An administrator's work on host groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the fields are those of the HAL's masking methods")]
pub enum MaskingCommand {
    /// Makes a group.
    CreateGroup { group: String },
    /// Deletes a group.
    DeleteGroup { group: String },
    /// Lets an initiator see what the group sees.
    AddInitiator { group: String, initiator: Wwpn },
    /// Takes that away.
    RemoveInitiator { group: String, initiator: Wwpn },
    /// Shows a volume to a group.
    Map { group: String, volume: String, lun: u32 },
    /// Takes a volume away from a group.
    Unmap { group: String, volume: String },
}

/// What the world answers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reply {
    /// Done; nothing more to say.
    Done,
    /// Done, and whether it changed anything.
    Outcome(Outcome),
    /// A fabric was added.
    Fabric(FabricIx),
    /// A switch was added.
    Switch(SwitchIx),
    /// A host was added.
    Host(HostIx),
    /// An adapter was added, physical or virtual.
    Adapter(AdapterIx),
    /// An array was added.
    Array(ArrayIx),
    /// An array's port was added.
    Target(TargetIx),
    /// A login was accepted.
    Accepted(Accepted),
    /// An N_Port logged out.
    LoggedOut(NPortIx),
    /// A transaction is open.
    Transaction(ZoneTransaction, Outcome),
    /// Who a device is.
    Identity(LunId),
    /// What a device says of itself.
    Details(Box<LunDetails>),
    /// The LUNs that a target shows.
    Luns(Vec<Lun>),
    /// What was read.
    Data(Vec<u8>),
    /// How a SCSI command from outside ended.
    Completion(Box<Completion>),
    /// How a task management function from outside ended.
    Managed(TaskAnswer),
}

/// What a command comes to.
pub type Answer = Result<Reply, Refusal>;

/// Shorthand of the I/O commands' refusals.
impl From<IoFailure> for Refusal {
    fn from(failure: IoFailure) -> Self {
        Self::Io(failure)
    }
}

/// Bytes as hexadecimal text, which a person can read in a log.
mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = String::with_capacity(bytes.len() * 2);
        for byte in bytes {
            text.push(char::from(DIGITS[usize::from(byte >> 4)]));
            text.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
        to.serialize_str(&text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(D::Error::custom("expected an even number of hexadecimal digits"));
        }
        (0..text.len())
            .step_by(2)
            .map(|i| u8::from_str_radix(&text[i..i + 2], 16).map_err(D::Error::custom))
            .collect()
    }
}
