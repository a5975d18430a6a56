//! What a node device's XML says, typed.

use std::fmt;

use npivot_hal::{FabricName, HostNo, WwnPair};

use super::extension::DeviceExtension;
use super::leaf::Leaves;
use super::parent::DeviceParent;
use crate::libvirt::Uuid;
use crate::libvirt::xml::{Attribute, Kept, XmlError};
use crate::node::NodeName;

/// A node device of libvirt's capability `scsi_host` with `fc_host` in it: an HBA or a vHBA
/// (`docs/formatnode.rst`).
///
/// The same XML says what there is (`virsh nodedev-dumpxml`) and what is to be made
/// (`virsh nodedev-create`): in the latter `name`, `host` and either both WWNs or the whole parent may be
/// missing. What is understood is in the public fields. All else that was read (`path`, `devnode`, other
/// capabilities, foreign namespaces) is kept and written again; comments and processing instructions are
/// not.
///
/// ```
/// use npivot::libvirt::{NodeDevice, ParentChoice};
///
/// let xml = "<device>
///   <parent>scsi_host3</parent>
///   <capability type='scsi_host'>
///     <capability type='fc_host'>
///       <wwnn>5001A4A000000101</wwnn>
///       <wwpn>0x5001a4a000000001</wwpn>
///     </capability>
///   </capability>
/// </device>";
/// let device = NodeDevice::parse("vhba.xml", xml)?;
/// assert_eq!(device.wwns.unwrap().wwpn.to_string(), "5001a4a000000001");
/// assert_eq!(device.parent.choice(), ParentChoice::ByName("scsi_host3".into()));
///
/// let half = xml.replace("<wwpn>0x5001a4a000000001</wwpn>", "");
/// let error = NodeDevice::parse("vhba.xml", &half).unwrap_err();
/// assert_eq!((error.line(), error.message()), (4, "<capability> has no <wwpn>"));
/// # Ok::<(), npivot::libvirt::XmlError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct NodeDevice {
    /// `<name>`: `scsi_hostN` where libvirt gives it. `None` in what is to be made: libvirt reads past it.
    pub name: Option<NodeName>,
    /// `<uuid>`. libvirt's devices of this kind have none.
    pub uuid: Option<Uuid>,
    /// `<parent>`.
    pub parent: DeviceParent,
    /// `<driver><name>`.
    pub driver: Option<String>,
    /// `<host>`: N of `scsi_hostN`.
    pub host: Option<HostNo>,
    /// `<unique_id>`: what the driver counts its hosts by.
    pub unique_id: Option<u32>,
    /// `<wwnn>` and `<wwpn>`. `None` where whoever makes the vHBA is to choose them.
    pub wwns: Option<WwnPair>,
    /// `<fabric_wwn>`; `None` too where it says "not set" (zero or all ones), as of an HBA without a fabric.
    pub fabric_wwn: Option<FabricName>,
    /// `<capability type='vport_ops'>`: it can have vports.
    pub vport_ops: Option<VportOps>,
    /// npivot's own part.
    pub extension: DeviceExtension,
    pub(super) unread: Unread,
}

/// How many vports a device has and may have. libvirt prints both and forgets them when it reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "libvirt's two numbers: virNodeDevCapSCSIHost")]
pub struct VportOps {
    /// `<max_vports>`: the most that it allows.
    pub max_vports: Option<u32>,
    /// `<vports>`: how many there are.
    pub vports: Option<u32>,
}

/// What was in the XML beside the typed fields, by the element that it was found in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Unread {
    pub(super) device: Kept,
    pub(super) parent: Vec<Attribute>,
    pub(super) driver: Kept,
    pub(super) driver_name: Vec<Attribute>,
    pub(super) scsi_host: Kept,
    pub(super) fc_host: Kept,
    /// What `fabric_wwn` says where it is not set.
    pub(super) unset_fabric: Option<String>,
    pub(super) vport_ops: Kept,
    pub(super) leaves: Leaves,
}

impl NodeDevice {
    /// A vHBA to be made, and nothing else.
    pub fn new(wwns: WwnPair, parent: impl Into<DeviceParent>) -> Self {
        Self { wwns: Some(wwns), ..Self::unnamed(parent) }
    }

    /// A vHBA to be made under names that somebody else chooses.
    pub(super) fn unnamed(parent: impl Into<DeviceParent>) -> Self {
        Self {
            name: None,
            uuid: None,
            parent: parent.into(),
            driver: None,
            host: None,
            unique_id: None,
            wwns: None,
            fabric_wwn: None,
            vport_ops: None,
            extension: DeviceExtension::default(),
            unread: Unread::default(),
        }
    }

    /// Reads a device. `file_name` is only for errors.
    ///
    /// # Errors
    /// At the place of the first fault: the text is no well-formed XML or above the limits
    /// ([`MAX_BYTES`](crate::libvirt::MAX_BYTES) and its neighbours), has a document type definition, has
    /// no capability `scsi_host` with an `fc_host` in it, gives one name of a pair without the other, has a
    /// wrong value or a name that is none, or gives a known element twice.
    pub fn parse(file_name: &str, xml: &str) -> Result<Self, XmlError> {
        super::read::device(file_name, xml)
    }

    /// Writes the device as libvirt would: its order of elements, two spaces a level, single quotes, 16
    /// lower-case digits for a WWN, and a line break at the end. What was kept unread comes in libvirt's
    /// place for it, or last.
    ///
    /// With a `name` and a `host`, and without an [`extension`](Self::extension), a `uuid` and what was kept,
    /// it is valid by libvirt's schema (`nodedev.rng`), which knows devices that exist; libvirt itself reads
    /// more.
    pub fn to_xml(&self) -> String {
        super::write::device(self)
    }
}

/// The typed fields; what was kept is in [`to_xml`](NodeDevice::to_xml).
impl fmt::Debug for NodeDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NodeDevice")
            .field("name", &self.name)
            .field("uuid", &self.uuid)
            .field("parent", &self.parent)
            .field("driver", &self.driver)
            .field("host", &self.host)
            .field("unique_id", &self.unique_id)
            .field("wwns", &self.wwns)
            .field("fabric_wwn", &self.fabric_wwn)
            .field("vport_ops", &self.vport_ops)
            .field("extension", &self.extension)
            .finish_non_exhaustive()
    }
}
