//! libvirt's XML, read into typed definitions and written again.
//!
//! **Start here**: [`PoolDefinition::parse`] and [`PoolDefinition::to_xml`]; then [`ParentChoice`] for
//! the question that a pool's XML leaves to the host, and [`XmlError`] for what a person sees who made
//! a mistake.
//!
//! | module | what is in it |
//! |---|---|
//! | `domain` | [`Domain`]: the storage of a guest, read without loss, rewritten in place |
//! | `nodedev` | [`NodeDevice`] and its parts: HBAs and vHBAs, as they are and as they are to be made |
//! | `pool` | [`PoolDefinition`] and its parts: `<pool type='scsi'>` on an `fc_host` or `scsi_host` adapter |
//! | `uuid` | [`Uuid`]: parsed and printed as libvirt does |
//! | `xml` | what every kind of document needs: limits, errors with a caret, what is kept unread, the writer |
//!
//! The formats are libvirt's (`docs/formatstorage.rst`, `docs/formatnode.rst` and their schemas; the order of
//! elements and attributes on output is that of `src/conf/storage_conf.c`,
//! `src/conf/storage_adapter_conf.c` and `src/conf/node_device_conf.c`). Two promises hold for every document that is read:
//!
//! - **Nothing is lost.** Elements, attributes and text that npivot does not know are kept and written
//!   again. Comments, processing instructions, the XML declaration and the choice between CDATA and
//!   escapes are not: libvirt drops them too.
//! - **One pass settles the text.** `write(parse(write(parse(x))))` is `write(parse(x))`, byte for byte.
//!
//! Input is not trusted: size, depth, number of elements and attributes are bounded, document type
//! definitions (and so entities) are refused, and no input panics.

mod domain;
mod nodedev;
mod pool;
mod uuid;
mod xml;

pub use domain::{
    Access, DeviceSource, Domain, DomainEdit, EditError, GuestDevice, NewSource, Place,
    RECORD_NAMESPACE,
};
pub use nodedev::{
    DeviceExtension, DeviceParent, DevicePort, NodeDevice, NotDefinable, VirtPorts, VportList,
    VportOps,
};
pub use pool::{
    FcHostAdapter, ParentChoice, PoolAdapter, PoolDefinition, PoolExtension, PoolName,
    PoolNameError, ScsiHostAdapter,
};
pub use uuid::{Uuid, UuidParseError};
pub use xml::{MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_NAMESPACES, MAX_TAGS, XmlError};
