//! Decoders of data-in.

mod access;
mod capacity;
mod inquiry;
mod luns;
mod reservations;
mod text;
mod vpd;

pub use access::{mode_sense_6_write_protect, target_port_group_state, vpd_83_port_group};
pub use capacity::{read_capacity_10, read_capacity_16};
pub use inquiry::{Inquiry, inquiry};
pub use luns::{LunList, report_luns};
pub use reservations::{RegisteredKeys, read_keys, read_reservation};
pub use vpd::{VpdError, vpd_00, vpd_80, vpd_83};
