//! What a pool's XML says, typed.

use std::fmt;

use super::adapter::{FcHostAdapter, PoolAdapter};
use super::extension::{PoolExtension, UnreadExtension};
use super::name::PoolName;
use crate::libvirt::Uuid;
use crate::libvirt::xml::{Attribute, Kept, XmlError};

/// A storage pool of libvirt's type `scsi`, on a vHBA or a SCSI host (`docs/formatstorage.rst`).
///
/// What is understood is in the public fields. All else that was read (capacity, permissions, features,
/// foreign namespaces, whatever a later libvirt adds) is kept and written again; comments and processing
/// instructions are not, as libvirt drops them too.
///
/// ```
/// use npivot::libvirt::{ParentChoice, PoolDefinition};
///
/// let xml = "<pool type='scsi'>
///   <name>web1</name>
///   <source>
///     <adapter type='fc_host' parent='scsi_host3' wwnn='5001A4A000000101' wwpn='0x5001a4a000000001'/>
///   </source>
/// </pool>";
/// let pool = PoolDefinition::parse("web1.xml", xml)?;
/// let vhba = pool.adapter.fc_host().unwrap();
/// assert_eq!(vhba.wwns.wwpn.to_string(), "5001a4a000000001");
/// assert_eq!(vhba.parent_choice(), ParentChoice::ByName("scsi_host3".into()));
/// assert!(pool.to_xml().contains("    <path>/dev/disk/by-path</path>\n"));
///
/// let typo = PoolDefinition::parse("web1.xml", &xml.replace("fc_host", "fc_hots")).unwrap_err();
/// assert_eq!((typo.line(), typo.help()), (4, Some("did you mean `fc_host`?")));
/// # Ok::<(), npivot::libvirt::XmlError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PoolDefinition {
    /// `<name>`.
    pub name: PoolName,
    /// `<uuid>`. `None` where the input has none or an empty one: whoever stores the definition makes
    /// one.
    pub uuid: Option<Uuid>,
    /// `<source><adapter>`.
    pub adapter: PoolAdapter,
    /// `<target><path>`: the directory whose links name the volumes' devices. Absolute, without
    /// doubled slashes or one at its end when it was read.
    pub target_path: String,
    /// npivot's own part.
    pub extension: PoolExtension,
    pub(super) unread: Unread,
}

/// What was in the XML beside the typed fields, by the element that it was found in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Unread {
    pub(super) pool: Kept,
    pub(super) name: Vec<Attribute>,
    pub(super) uuid: Vec<Attribute>,
    pub(super) source: Kept,
    pub(super) adapter: Kept,
    pub(super) parent_address: Kept,
    pub(super) address: Kept,
    pub(super) target: Kept,
    pub(super) path: Vec<Attribute>,
    pub(super) extension: UnreadExtension,
}

impl PoolDefinition {
    /// Where libvirt's users look for the devices of a `scsi` pool, and what is meant when no target
    /// is given.
    pub const DEFAULT_TARGET_PATH: &str = "/dev/disk/by-path";

    /// A pool with the default target and nothing else.
    pub fn new(name: PoolName, adapter: impl Into<PoolAdapter>) -> Self {
        Self {
            name,
            uuid: None,
            adapter: adapter.into(),
            target_path: Self::DEFAULT_TARGET_PATH.into(),
            extension: PoolExtension::default(),
            unread: Unread::default(),
        }
    }

    /// The vHBAs of the pool, the one of libvirt's `<adapter>` in front; none for a SCSI host.
    pub fn vhbas(&self) -> impl Iterator<Item = &FcHostAdapter> {
        self.adapter.fc_host().into_iter().chain(&self.extension.vhbas)
    }

    /// The pool as libvirt shows one that is up, with volumes of so many bytes: all of it is allocated and
    /// nothing is left, since an array's LUNs are as large as they are (`virStorageBackendSCSINewLun`).
    #[must_use]
    pub fn with_volumes_of(mut self, bytes: u64) -> Self {
        let mut kept = std::mem::take(&mut self.unread.pool);
        for (name, value) in [("capacity", bytes), ("allocation", bytes), ("available", 0)] {
            kept.put(name, [("unit", "bytes")], &value.to_string());
        }
        self.unread.pool = kept.sorted(&super::write::POOL_ORDER);
        self
    }

    /// Reads a definition. `file_name` is only for errors.
    ///
    /// # Errors
    /// At the place of the first fault: the text is no well-formed XML or above the limits
    /// ([`MAX_BYTES`](crate::libvirt::MAX_BYTES) and its neighbours), has a document type definition,
    /// lacks what a pool must have (`name`, `source`, and an `adapter` with `wwnn` and `wwpn`, or with
    /// `name` or `parentaddr`), has a wrong value, gives a known element twice, or is of another pool type
    /// than `scsi`.
    pub fn parse(file_name: &str, xml: &str) -> Result<Self, XmlError> {
        super::read::pool(file_name, xml)
    }

    /// Writes the definition as libvirt would: its order of elements and attributes, two spaces a
    /// level, single quotes, 16 lower-case digits for a WWN, and a line break at the end. What was kept
    /// unread comes in libvirt's place for it, or last.
    ///
    /// Characters that XML cannot hold (most control characters) are left out, as libvirt does; none
    /// can be in a definition that was read.
    pub fn to_xml(&self) -> String {
        super::write::pool(self)
    }
}

/// The typed fields; what was kept is in [`to_xml`](PoolDefinition::to_xml).
impl fmt::Debug for PoolDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolDefinition")
            .field("name", &self.name)
            .field("uuid", &self.uuid)
            .field("adapter", &self.adapter)
            .field("target_path", &self.target_path)
            .field("extension", &self.extension)
            .finish_non_exhaustive()
    }
}
