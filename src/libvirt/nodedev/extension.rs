//! What a device tells beyond libvirt: npivot's own element, in a namespace of its own, within libvirt's
//! `<capability type='scsi_host'>`. libvirt asks for elements in no namespace and reads past it.
//!
//! ```xml
//! <npivot:hba xmlns:npivot='urn:npivot:nodedev:1'>
//!   <npivot:online/>
//!   <npivot:state>Online</npivot:state>
//!   <npivot:vendor>QLogic</npivot:vendor>
//!   <npivot:model>QLE2562</npivot:model>
//!   <npivot:speed_gbit>8</npivot:speed_gbit>
//!   <npivot:symbolic_name>QLE2562 FW:v8.08.231 DVR:v10.02.07.900-k</npivot:symbolic_name>
//!   <npivot:address type='pci' domain='0x0000' bus='0x05' slot='0x00' function='0x0'/>
//!   <npivot:vports num='1' max='254'>
//!     <npivot:vport name='scsi_host40' wwnn='5001a4a000000101' wwpn='5001a4a000000001' state='Active'/>
//!   </npivot:vports>
//! </npivot:hba>
//! ```
//!
//! Or, as PCI functions of SR-IOV list each other, the parent its children and the child its parent:
//!
//! ```xml
//! <npivot:capability type='virt_ports' maxCount='254'>
//!   <npivot:port name='scsi_host40' wwnn='5001a4a000000101' wwpn='5001a4a000000001' state='Active'/>
//! </npivot:capability>
//! <npivot:capability type='phys_port'>
//!   <npivot:port name='scsi_host0' wwnn='2000001b32a9da01' wwpn='2100001b32a9da01'/>
//! </npivot:capability>
//! ```
//!
//! The capabilities of SR-IOV itself, `virt_functions` and `phys_function`, cannot be used: libvirt refuses
//! a `scsi_host` with any capability but `fc_host` and `vport_ops`, and their addresses are on the PCI bus.

use npivot_hal::{PciAddress, WwnPair};

use super::leaf::Leaves;
use crate::libvirt::xml::Kept;

/// What libvirt's format has no place for; without any of it, no element is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceExtension {
    /// Its port is logged in and usable.
    pub online: bool,
    /// The state of its port, in the kernel's word.
    pub state: Option<String>,
    /// Who makes it.
    pub vendor: Option<String>,
    /// Its maker's name for the board; of a vHBA, for its HBA's.
    pub model: Option<String>,
    /// The speed of its port, in Gbit/s.
    pub speed_gbit: Option<u32>,
    /// Its name at the fabric's name server, for people.
    pub symbolic_name: Option<String>,
    /// Where it sits; of a vHBA, where its HBA does.
    pub address: Option<PciAddress>,
    /// The vHBAs on it.
    pub vports: Option<VportList>,
    /// The same, in the words of SR-IOV.
    pub virt_ports: Option<VirtPorts>,
    /// The HBA that it is on, in the words of SR-IOV.
    pub phys_port: Option<DevicePort>,
    pub(super) unread: UnreadExtension,
}

/// `<vports num= max=>`: the vHBAs on an HBA.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct VportList {
    /// How many there are, in whatever state.
    pub num: u32,
    /// The most that there may be.
    pub max: Option<u32>,
    /// Those that can be named.
    pub ports: Vec<DevicePort>,
    pub(super) unread: Kept,
}

/// `<capability type='virt_ports' maxCount=>`: the vHBAs on an HBA, as SR-IOV has functions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct VirtPorts {
    /// The most that there may be.
    pub max_count: Option<u32>,
    /// Those that there are.
    pub ports: Vec<DevicePort>,
    pub(super) unread: Kept,
}

/// The other end of the relation between an HBA and a vHBA.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DevicePort {
    /// libvirt's name of it; `None` for a vport that has no SCSI host yet.
    pub name: Option<String>,
    /// Its names.
    pub wwns: WwnPair,
    /// The state of its vport, in the kernel's word.
    pub state: Option<String>,
    pub(super) unread: Kept,
}

/// What was in the extension's elements beside what is understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct UnreadExtension {
    pub(super) element: Kept,
    pub(super) online: Kept,
    pub(super) address: Kept,
    /// Of the capability around the HBA's port.
    pub(super) phys_port: Kept,
    pub(super) leaves: Leaves,
}

impl VportList {
    /// A list of these.
    pub fn new(num: u32, max: Option<u32>, ports: Vec<DevicePort>) -> Self {
        Self { num, max, ports, unread: Kept::default() }
    }
}

impl VirtPorts {
    /// A list of these.
    pub fn new(max_count: Option<u32>, ports: Vec<DevicePort>) -> Self {
        Self { max_count, ports, unread: Kept::default() }
    }
}

impl DevicePort {
    /// A port of which only this is known; set the state on its field.
    pub fn new(name: Option<String>, wwns: WwnPair) -> Self {
        Self { name, wwns, state: None, unread: Kept::default() }
    }
}
