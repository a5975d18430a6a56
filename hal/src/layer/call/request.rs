//! Every question and every order that the contracts know, with its arguments.

use crate::{DomainId, HostNo, ScanScope, ScsiAddress, WwnPair, Wwpn, ZoneEdit, ZoneTransaction};

/// What is asked of a machine: one variant per method of the contracts, in their order.
///
/// `Display` prints it as a short order in words, `create vport WWPN:WWNN on host0`, on one line whatever
/// the names hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the fields are the arguments of the methods, by their names")]
pub enum Request<'a> {
    /// [`Host::adapters`](crate::Host::adapters).
    Adapters,
    /// [`Host::remote_ports`](crate::Host::remote_ports).
    RemotePorts { adapter: HostNo },
    /// [`Host::unreadable`](crate::Host::unreadable).
    Unreadable,
    /// [`Npiv::create_vport`](crate::Npiv::create_vport).
    CreateVport { parent: HostNo, names: WwnPair },
    /// [`Npiv::delete_vport`](crate::Npiv::delete_vport).
    DeleteVport { parent: HostNo, names: WwnPair },
    /// [`Npiv::vports`](crate::Npiv::vports).
    Vports { parent: HostNo },
    /// [`Luns::paths`](crate::Luns::paths).
    Paths { adapter: HostNo },
    /// [`Luns::identify`](crate::Luns::identify).
    Identify { address: ScsiAddress },
    /// [`Luns::inspect`](crate::Luns::inspect).
    Inspect { address: ScsiAddress },
    /// [`Luns::reported`](crate::Luns::reported).
    Reported { adapter: HostNo, target: u32 },
    /// [`Luns::scan`](crate::Luns::scan).
    Scan { adapter: HostNo, scope: ScanScope },
    /// [`Luns::remove`](crate::Luns::remove).
    Remove { address: ScsiAddress },
    /// [`Links::reset`](crate::Links::reset).
    Reset { adapter: HostNo },
    /// [`Links::set_dev_loss_secs`](crate::Links::set_dev_loss_secs).
    SetDevLossSecs { adapter: HostNo, secs: u32 },
    /// [`Events::subscribe`](crate::Events::subscribe), of which layers are told, not asked.
    Subscribe,

    /// [`Fabric::switches`](crate::Fabric::switches).
    Switches,
    /// [`Fabric::ports`](crate::Fabric::ports).
    Ports { domain: DomainId },
    /// [`Fabric::name_server`](crate::Fabric::name_server).
    NameServer,
    /// [`Zoning::defined`](crate::Zoning::defined).
    Defined,
    /// [`Zoning::effective`](crate::Zoning::effective).
    Effective,
    /// [`Zoning::begin`](crate::Zoning::begin).
    Begin,
    /// [`Zoning::edit`](crate::Zoning::edit).
    Edit { transaction: &'a ZoneTransaction, edit: &'a ZoneEdit },
    /// [`Zoning::commit`](crate::Zoning::commit).
    Commit { transaction: &'a ZoneTransaction, enable: Option<&'a str> },
    /// [`Zoning::abort`](crate::Zoning::abort).
    Abort { transaction: &'a ZoneTransaction },

    /// [`Array::target_ports`](crate::Array::target_ports).
    TargetPorts,
    /// [`Array::volumes`](crate::Array::volumes).
    Volumes,
    /// [`Masking::groups`](crate::Masking::groups).
    Groups,
    /// [`Masking::create_group`](crate::Masking::create_group).
    CreateGroup { group: &'a str },
    /// [`Masking::delete_group`](crate::Masking::delete_group).
    DeleteGroup { group: &'a str },
    /// [`Masking::add_initiator`](crate::Masking::add_initiator).
    AddInitiator { group: &'a str, initiator: Wwpn },
    /// [`Masking::remove_initiator`](crate::Masking::remove_initiator).
    RemoveInitiator { group: &'a str, initiator: Wwpn },
    /// [`Masking::map`](crate::Masking::map).
    Map { group: &'a str, volume: &'a str, lun: u32 },
    /// [`Masking::unmap`](crate::Masking::unmap).
    Unmap { group: &'a str, volume: &'a str },

    /// A method of another layer's port, of which only the name is known here.
    Other { method: &'static str },
}
