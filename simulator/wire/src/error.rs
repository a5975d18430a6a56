//! Why bytes cannot be read, and why a value cannot be written.

/// Why bytes cannot be read. Offsets count from the first byte that the decoder was given: of the Ethernet
/// frame for [`Frame::decode`](crate::Frame::decode), of the payload for a payload's decoder, as the
/// standards' tables count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The bytes end before what must be there.
    #[error("{what} is cut off: {needed} bytes are needed at byte {at}, {found} are there")]
    Truncated {
        /// What was being read: `FLOGI`.
        what: &'static str,
        /// Where the missing part begins.
        at: usize,
        /// How many bytes are needed there.
        needed: usize,
        /// How many are there.
        found: usize,
    },
    /// A field has a value that it cannot have.
    #[error("{what} has {found:#x} at byte {at}, expected {expected}")]
    Unexpected {
        /// What was being read.
        what: &'static str,
        /// Where the field begins.
        at: usize,
        /// What it could have been.
        expected: &'static str,
        /// Its value.
        found: u64,
    },
    /// Something that must be there is not.
    #[error("{what} ends at byte {at} without {expected}")]
    Missing {
        /// What was being read.
        what: &'static str,
        /// Where it ends.
        at: usize,
        /// What it must have.
        expected: &'static str,
    },
    /// The frame was damaged on its way.
    #[error("the FC frame's CRC at byte {at} is {found:#010x}, its bytes have {expected:#010x}")]
    Crc {
        /// Where the CRC is.
        at: usize,
        /// The CRC of the bytes that came.
        expected: u32,
        /// The CRC that came with them.
        found: u32,
    },
}

impl DecodeError {
    /// Where the trouble is, counted from the first byte that the decoder was given.
    pub const fn at(&self) -> usize {
        match *self {
            Self::Truncated { at, .. }
            | Self::Unexpected { at, .. }
            | Self::Missing { at, .. }
            | Self::Crc { at, .. } => at,
        }
    }

    /// What was being read.
    pub const fn what(&self) -> &'static str {
        match *self {
            Self::Truncated { what, .. }
            | Self::Unexpected { what, .. }
            | Self::Missing { what, .. } => what,
            Self::Crc { .. } => "FC frame",
        }
    }
}

/// Why a value cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The buffer is too small. [`MAX_FRAME_BYTES`](crate::MAX_FRAME_BYTES) is enough for any frame.
    #[error("the buffer has {room} bytes left at byte {at}, {needed} are needed")]
    NoRoom {
        /// Where in the buffer.
        at: usize,
        /// How many bytes were to be written.
        needed: usize,
        /// How many fit.
        room: usize,
    },
    /// A part is longer than its length field, or the standard, allows.
    #[error("{what} has {found} bytes, at most {limit} can be sent")]
    TooLong {
        /// Which part.
        what: &'static str,
        /// The most that it can have.
        limit: usize,
        /// What it has.
        found: usize,
    },
    /// A part's length is not one that it can have.
    #[error("{what} has {found} bytes, expected {expected}")]
    Length {
        /// Which part.
        what: &'static str,
        /// What it could have been.
        expected: &'static str,
        /// What it has.
        found: usize,
    },
}

/// A length as the field of its kind, or that it does not fit there.
pub(crate) fn fits<T: TryFrom<usize>>(
    what: &'static str,
    limit: usize,
    found: usize,
) -> Result<T, EncodeError> {
    let too_long = EncodeError::TooLong { what, limit, found };
    if found > limit {
        return Err(too_long);
    }
    T::try_from(found).map_err(|_| too_long)
}
