//! What a domain's XML says of storage, typed.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use npivot_hal::{HostNo, Lun, LunId, ScsiAddress, WwnPair, Wwpn};

use super::edit::DomainEdit;
use super::place::Place;
use crate::libvirt::{Uuid, XmlError};

/// A guest's definition: the whole text, and its storage.
///
/// ```
/// use npivot::libvirt::{DeviceSource, Domain, NewSource};
///
/// let xml = "<domain type='kvm'>
///   <name>web1</name> <!-- kept -->
///   <devices>
///     <disk type='volume' device='disk'>
///       <source pool='web1-a' volume='unit:0:0:1'/>
///       <target dev='vda' bus='virtio'/>
///     </disk>
///   </devices>
/// </domain>";
/// let domain = Domain::parse("web1.xml", xml)?;
/// let disk = &domain.devices()[0];
/// assert_eq!((disk.key.as_str(), disk.place.line), ("vda", 5));
/// assert!(matches!(&disk.source, DeviceSource::Volume { pool, .. } if pool == "web1-a"));
///
/// let mut edit = domain.edit();
/// edit.source(0, &NewSource::Block("/dev/disk/by-id/wwn-0x5000c500a1b2c3d4".into()))?;
/// assert_eq!(edit.finish(), xml.replace("type='volume'", "type='block'").replace(
///     "pool='web1-a' volume='unit:0:0:1'", "dev='/dev/disk/by-id/wwn-0x5000c500a1b2c3d4'"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Domain {
    pub(super) file: String,
    /// As it was given, a byte order mark included.
    pub(super) xml: String,
    pub(super) name: String,
    pub(super) uuid: Option<Uuid>,
    pub(super) devices: Vec<GuestDevice>,
    pub(super) faults: Vec<XmlError>,
    pub(super) records: BTreeMap<String, LunId>,
    pub(super) spots: Spots,
}

/// Where a record goes in the text.
#[derive(Debug, Clone, Default)]
pub(super) struct Spots {
    /// npivot's element, if there is one.
    pub(super) record: Option<Range<usize>>,
    /// `<metadata>`, if there is one.
    pub(super) metadata: Option<Range<usize>>,
    /// Just after `</name>`.
    pub(super) after_name: usize,
}

/// A disk or a passed-through SCSI device of a guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestDevice {
    /// What it is called within its guest: a disk's target (`vda`), a hostdev's source as written
    /// (`scsi_host5:0:0:1`, or the vhost-scsi name).
    pub key: String,
    /// Where its `<source>` begins.
    pub place: Place,
    /// What it is on.
    pub source: DeviceSource,
    /// With whom it may share that.
    pub access: Access,
    pub(super) spans: Spans,
}

/// What an edit replaces: whole attributes, `name='value'`, in the order in which they stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Spans {
    /// The `type` of a disk.
    pub(super) kind: Option<Range<usize>>,
    /// The attributes that say the source, by name.
    pub(super) source: Vec<(&'static str, Range<usize>)>,
}

/// What a device is on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeviceSource {
    /// A volume of a pool.
    Volume {
        /// The pool's name or UUID, as written.
        pool: String,
        /// The volume's name, as written: `unit:B:T:L`, an identity, or another pool type's.
        volume: String,
    },
    /// A LUN behind a vHBA.
    Fc {
        /// The vHBA's names.
        names: WwnPair,
        /// Its number. `None` where only its identity is said.
        lun: Option<Lun>,
        /// Through which port of an array.
        target: Option<Wwpn>,
        /// Which volume it must be.
        wwid: Option<LunId>,
    },
    /// A block device by a path of this host.
    Block {
        /// The path.
        dev: String,
    },
    /// A SCSI device by its address on this host, passed through.
    ScsiDevice(ScsiAddress),
    /// A vhost-scsi target of this host's kernel, passed through. Its `naa.…` name is made up on the host;
    /// it is no Fibre Channel adapter's.
    VhostScsi {
        /// The name as written.
        wwpn: String,
    },
}

impl fmt::Display for DeviceSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Volume { pool, volume } => write!(f, "volume {volume} of pool {pool}"),
            Self::Fc { names, lun, target, wwid } => {
                write!(f, "LUN")?;
                lun.iter().try_for_each(|lun| write!(f, " {lun}"))?;
                wwid.iter().try_for_each(|id| write!(f, " {id}"))?;
                target.iter().try_for_each(|target| write!(f, " of target {target}"))?;
                write!(f, " behind {}", names.wwpn)
            }
            Self::Block { dev } => f.write_str(dev),
            Self::ScsiDevice(address) => write!(f, "{}", scsi_key(*address)),
            Self::VhostScsi { wwpn } => write!(f, "vhost-scsi {wwpn}"),
        }
    }
}

/// The key of a SCSI device: libvirt's adapter name, then bus, target and unit.
pub(super) fn scsi_key(address: ScsiAddress) -> String {
    let ScsiAddress { host: HostNo(host), channel, target, lun } = address;
    format!("scsi_host{host}:{channel}:{target}:{lun}")
}

/// With whom a guest may share a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// With nobody.
    Exclusive,
    /// With guests that say so too: `<shareable/>`.
    Shared,
    /// With guests that do not write either, or share: `<readonly/>`, and every cdrom.
    ReadOnly,
}

impl Access {
    /// Whether two users may have one LUN at the same time.
    pub const fn allows(self, other: Self) -> bool {
        !matches!((self, other), (Self::Exclusive, _) | (_, Self::Exclusive))
    }
}

impl GuestDevice {
    /// What people call it: `disk vda`, `hostdev scsi_host5:0:0:1`.
    pub fn subject(&self) -> String {
        let kind = match self.source {
            DeviceSource::ScsiDevice(_) | DeviceSource::VhostScsi { .. } => "hostdev",
            _ => "disk",
        };
        format!("{kind} {}", self.key)
    }

    /// Its name and its source: what changes when somebody gives it another source.
    pub fn as_written(&self) -> String {
        format!("{}: {}", self.key, self.source)
    }
}

impl Domain {
    /// How many faults of single devices are told before reading ends.
    pub const MAX_FAULTS: usize = 20;

    /// Reads a definition. `file_name` is only for errors. A device that cannot be read is a
    /// [fault](Self::faults) and no reason to read no further: all of them are to be told at once.
    ///
    /// # Errors
    /// At the place of the first fault of the document: the text is no well-formed XML or above the limits
    /// ([`MAX_BYTES`](crate::libvirt::MAX_BYTES) and its neighbours), has a document type definition, is no
    /// `<domain>`, has no usable `<name>`, a wrong `<uuid>` or two of an element of which there is one.
    pub fn parse(file_name: &str, xml: &str) -> Result<Self, XmlError> {
        super::read::domain(file_name, xml)
    }

    /// The name of the file, as it was given to the reader.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The text, as it was given.
    pub fn xml(&self) -> &str {
        &self.xml
    }

    /// `<name>`: no control characters, no `/`, not empty.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `<uuid>`; libvirt always gives one.
    pub fn uuid(&self) -> Option<Uuid> {
        self.uuid
    }

    /// The devices that were understood, in the order of the document.
    pub fn devices(&self) -> &[GuestDevice] {
        &self.devices
    }

    /// What is wrong with single devices. **A domain with faults must not be used**: some of its storage is
    /// not among the [`devices`](Self::devices). At most [`MAX_FAULTS`](Self::MAX_FAULTS).
    pub fn faults(&self) -> &[XmlError] {
        &self.faults
    }

    /// Which LUN a device is, by the record in the guest's metadata. It goes wherever the guest's
    /// definition goes, also to another host.
    pub fn recorded(&self, key: &str) -> Option<&LunId> {
        self.records.get(key)
    }

    /// All of that record, by the devices' keys.
    pub fn records(&self) -> &BTreeMap<String, LunId> {
        &self.records
    }

    /// Begins a change of the text.
    pub fn edit(&self) -> DomainEdit<'_> {
        DomainEdit::new(self)
    }
}

/// Without the text.
impl fmt::Debug for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Domain")
            .field("file", &self.file)
            .field("name", &self.name)
            .field("uuid", &self.uuid)
            .field("devices", &self.devices)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}
