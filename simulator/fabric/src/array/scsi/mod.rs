//! What a logical unit says in SCSI: sense data, INQUIRY and its VPD pages (SPC-5). Pure encoders, and the
//! reader of the one page that tells which volume it is.

mod inquiry;
mod sense;
mod vpd;

pub use inquiry::{PRODUCT, REVISION, VENDOR, inquiry_no_device, inquiry_standard};
pub use sense::{Sense, SenseKey};
pub use vpd::{VpdError, parse_vpd_83, vpd_00, vpd_80, vpd_83};
pub(super) use vpd::{can_be_identity, can_be_serial};
