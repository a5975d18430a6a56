//! FC-2 frames (FC-FS): header, data field, delimiters, CRC.
//!
//! | file | what |
//! |---|---|
//! | `header` | [`Header`]: 24 bytes, and how an answer's is made from a request's |
//! | `control` | [`FCtl`], [`RCtl`], [`FcType`]: what the header's codes are called |
//! | `delimiter` | [`Sof`], [`Eof`] as one byte each, as FCoE carries them |
//! | `frame` | [`Frame`]: header, optional headers, payload, fill bytes |

mod control;
mod delimiter;
mod frame;
mod header;

pub use control::{FCtl, FcType, RCtl};
pub use delimiter::{Eof, Sof};
pub use frame::{Frame, MAX_DATA_BYTES};
pub use header::{Header, UNASSIGNED};

/// The CRC over header and data field (FC-FS, "CRC"): the polynomial, order and complement of Ethernet's.
pub fn crc(bytes: &[u8]) -> u32 {
    crc32fast::hash(bytes)
}
