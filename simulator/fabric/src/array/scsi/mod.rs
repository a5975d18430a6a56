//! What a logical unit says in SCSI: sense data, INQUIRY and its VPD pages (SPC-5, SBC-4). Pure encoders.

mod check;
mod inquiry;
mod sense;
mod vpd;

pub use check::{Check, Field};
pub use inquiry::{InquiryField, Product, ProductError, inquiry_no_device, inquiry_standard};
pub use sense::{Sense, SenseKey};
pub use vpd::{BlockLimits, PortDesignators, vpd_00, vpd_80, vpd_83, vpd_b0, vpd_b1, vpd_b2};
pub(super) use vpd::{can_be_identity, can_be_serial};
