//! Guests: the storage in a domain's XML, read without loss and rewritten in place.
//!
//! A domain's XML is long, and npivot's business is a few lines of it. So the text itself is kept, and a
//! change replaces attributes where they stand: every byte that is not about the changed source stays as
//! it was, comments and layout included. (A hook hands a document in and must hand a document back.)
//!
//! | module | what is in it |
//! |---|---|
//! | `definition` | [`Domain`], its [`GuestDevice`]s and their [`DeviceSource`]s, with places |
//! | `read`, `disk`, `hostdev` | from the XML, with errors at their place |
//! | `record` | which LUN each device is, in the guest's `<metadata>` |
//! | `edit` | [`DomainEdit`]: other sources, and the same bytes around them |
//! | `place` | line and column |
//!
//! # What is read
//! | in `<devices>` | source |
//! |---|---|
//! | `<disk type='volume'>` | `<source pool= volume= mode=/>` |
//! | `<disk type='fc'>` | `<source wwnn= wwpn= lun= target= wwid=/>`, npivot's own, see below |
//! | `<disk type='block'>` | `<source dev=/>` |
//! | `<hostdev type='scsi'>` | `<source><adapter name='scsi_hostN'/><address bus= target= unit=/></source>` |
//! | `<hostdev type='scsi_host'>` | `<source protocol='vhost' wwpn=/>` |
//!
//! All else is not looked at. What a kernel calls a LUN (`unit`, the L of `unit:B:T:L`) is its 64-bit
//! number as in `H:C:T:L`.
//!
//! # `<disk type='fc'>`
//! A LUN behind a vHBA, named by the vHBA's names and not by a pool. libvirt's rule for a `<source>` with
//! other attributes is a disk type of its own, so that no old reader takes it for something that it knows:
//!
//! ```xml
//! <disk type='fc' device='disk'>
//!   <source wwnn='2001001b32a9da4e' wwpn='2101001b32a90004' lun='3'/>
//!   <target dev='vda' bus='virtio'/>
//! </disk>
//! ```
//!
//! `wwnn` and `wwpn` are both required. `lun` is the number that the array's administrator knows, 0 to
//! 16,383. `target` is the array port's name, needed where two arrays show different volumes under one
//! number. `wwid` is the volume's identity as the kernel prints it (`naa.…`); with it `lun` may be left
//! out, and with both, both must be true. `device` is `disk`, `lun`, `cdrom` or `floppy`, as elsewhere.
//! libvirt itself does not know the type: see [`guest::hook`](crate::guest::hook) for what that means.

mod definition;
mod disk;
mod edit;
mod hostdev;
mod place;
mod read;
mod record;

pub use definition::{Access, DeviceSource, Domain, GuestDevice};
pub use edit::{DomainEdit, EditError, NewSource};
pub use place::Place;
pub use record::RECORD_NAMESPACE;
