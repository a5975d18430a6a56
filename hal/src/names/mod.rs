//! The vocabulary: world wide names, addresses, LUNs and identities.
//!
//! Each is its own type, so that a port name cannot be passed for a node name and a LUN *number* not for
//! a LUN *identity*. Unknown is `None`, never zero or all ones: the sysfs text `0xffffffffffffffff`
//! ("not set") cannot become a [`Wwpn`].

mod fc_id;
mod lun;
mod lun_id;
mod scsi;
mod wwn;

pub use fc_id::{DomainId, FcId, FcIdParseError};
pub use lun::{AddressMethod, Lun};
pub use lun_id::{LunId, LunIdParseError};
pub use scsi::{HostNo, ScsiAddress, ScsiAddressParseError};
pub use wwn::{FabricName, WwnPair, WwnParseError, Wwnn, Wwpn};
