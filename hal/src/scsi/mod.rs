//! What a logical unit answers in SCSI, read: pure decoders over bytes that somebody else fetched.
//!
//! Every backend that talks to devices needs the same few answers understood in the same way; they are
//! here once. Any bytes at all may be given: lengths are checked, nothing panics.

mod vpd;

pub use vpd::{VpdError, vpd_83};
