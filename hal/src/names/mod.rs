//! The vocabulary: world wide names, addresses, LUNs and identities.
//!
//! Each is its own type, so that a port name cannot be passed for a node name and a LUN *number* not for
//! a LUN *identity*. Unknown is `None`, never zero or all ones: the sysfs text `0xffffffffffffffff`
//! ("not set") cannot become a [`Wwpn`].

/// Serialises a type as the text that it prints and parses.
macro_rules! serde_as_text {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

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
