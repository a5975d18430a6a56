//! What a logical unit says in SCSI: sense data, INQUIRY and its VPD pages (SPC-5). Pure encoders.

mod execute;
mod inquiry;
mod sense;
mod vpd;

pub use inquiry::{InquiryField, Product, ProductError, inquiry_no_device, inquiry_standard};
pub use sense::{Sense, SenseKey};
pub(super) use vpd::{can_be_identity, can_be_serial};
pub use vpd::{vpd_00, vpd_80, vpd_83};
