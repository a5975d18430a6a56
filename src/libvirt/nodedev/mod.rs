//! Node devices: `<device>` with `<capability type='scsi_host'>` on Fibre Channel, an HBA's or a vHBA's.
//!
//! | module | what is in it |
//! |---|---|
//! | `definition` | [`NodeDevice`]: what a device's XML says |
//! | `parent` | [`DeviceParent`]: the HBA, in libvirt's four ways |
//! | `extension` | [`DeviceExtension`]: what libvirt does not tell; libvirt reads past it |
//! | `vhba` | to and from the definition that a node keeps |
//! | `leaf` | elements of text only |
//! | `read`, `read_extension` | from the XML, with errors at their place |
//! | `write` | to the XML, in libvirt's order |

mod definition;
mod extension;
mod leaf;
mod parent;
mod read;
mod read_extension;
mod vhba;
mod write;

pub use definition::{NodeDevice, VportOps};
pub use extension::{DeviceExtension, DevicePort, VirtPorts, VportList};
pub use parent::DeviceParent;
pub use vhba::NotDefinable;
