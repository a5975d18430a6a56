//! FC frames in Ethernet frames (FC-BB-5, "FCoE frame format"): 14 bytes with the start of frame before,
//! CRC and end of frame after.
//!
//! The length of an FC frame is that of the Ethernet frame, so nothing may follow the end of frame. None
//! is padded: header and delimiters alone have 60 bytes, which is Ethernet's minimum.

use crate::bytes::{Encode, Reader, Writer};
use crate::error::{DecodeError, EncodeError};
use crate::ethernet::{self, EtherType};
use crate::fc2::{self, Eof, FCtl, Header, RCtl, Sof};
use crate::payload::Payload;

const WHAT: &str = "FCoE encapsulation";
const HEAD_BYTES: usize = 14;
const TAIL_BYTES: usize = 8;

layout! {
    /// What stands before the FC frame. The version is in the upper four bits and is 0.
    struct Head("FCoE encapsulation") {
        version: u8,
        [12] sof: Sof,
    }
}

layout! {
    /// What stands after it.
    struct Tail("FCoE encapsulation") {
        /// The CRC, least significant byte first.
        crc: [u8; 4],
        eof: Eof,
        ; [3]
    }
}

/// An FC frame with its delimiters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encapsulated<'a, P = &'a [u8]> {
    /// Start of frame.
    pub sof: Sof,
    /// The frame.
    pub frame: fc2::Frame<'a, P>,
    /// End of frame.
    pub eof: Eof,
}

impl<P> Encapsulated<'_, P> {
    /// A class 3 frame that is a whole sequence.
    pub const fn single(header: Header, payload: P) -> Self {
        Self { sof: Sof::I3, frame: fc2::Frame::new(header, payload), eof: Eof::T }
    }

    /// One of several class 3 frames of a sequence: the header's SEQ_CNT and END_SEQUENCE tell which.
    pub const fn part(header: Header, payload: P) -> Self {
        let sof = if header.seq_cnt == 0 { Sof::I3 } else { Sof::N3 };
        let eof = if header.f_ctl.has(FCtl::END_SEQUENCE) { Eof::T } else { Eof::N };
        Self { sof, frame: fc2::Frame::new(header, payload), eof }
    }

    /// It as an Ethernet frame.
    pub const fn on(self, header: ethernet::Header) -> ethernet::Tagged<Self> {
        ethernet::Tagged { header, carries: EtherType::FCOE, payload: self }
    }
}

impl<'a> Encapsulated<'a> {
    /// Reads what an Ethernet frame of type 0x8906 carries.
    ///
    /// # Errors
    /// Another version, a wrong CRC, and those of [`fc2::Frame::decode`].
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        Self::read(Reader::new(WHAT, bytes))
    }

    pub(crate) fn read(from: Reader<'a>) -> Result<Self, DecodeError> {
        let mut from = from.named(WHAT);
        let Head { version, sof } = from.field()?;
        if version >> 4 != 0 {
            return Err(from.unexpected(HEAD_BYTES, "version 0", version >> 4));
        }
        let Some(inner) = from.left().checked_sub(TAIL_BYTES) else {
            return Err(from.truncated(Header::BYTES + TAIL_BYTES));
        };
        let frame = from.within(WHAT, inner)?;
        let at = from.at();
        let Tail { crc, eof } = from.field()?;
        let (expected, found) = (fc2::crc(frame.peek()), u32::from_le_bytes(crc));
        if expected != found {
            return Err(DecodeError::Crc { at, expected, found });
        }
        Ok(Self { sof, frame: fc2::Frame::read(frame)?, eof })
    }

    /// Whether it is a whole sequence: it begins one and ends it.
    pub const fn is_whole(&self) -> bool {
        self.sof.initiates() && self.frame.header.f_ctl.has(FCtl::END_SEQUENCE)
    }

    /// What it is about. Of a sequence of several frames only FCP data can be read frame by frame; the
    /// others are [`Payload::Part`]s, to be joined and then given to [`Payload::decode`]. Basic link services
    /// are one frame each, also where they continue the sequence that they abort (an ABTS with SOFn3).
    ///
    /// # Errors
    /// As [`Payload::decode`].
    pub fn payload(&self) -> Result<Payload<'a>, DecodeError> {
        let r_ctl = self.frame.header.r_ctl;
        if self.is_whole() || r_ctl == RCtl::DATA || r_ctl.is_basic() {
            Payload::decode(&self.frame.header, self.frame.payload)
        } else {
            Ok(Payload::Part(self.frame.payload))
        }
    }
}

impl<P: Encode> Encode for Encapsulated<'_, P> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        to.field(Head { version: 0, sof: self.sof })?;
        let start = to.at();
        self.frame.encode(to)?;
        let crc = fc2::crc(&to.written()[start..]).to_le_bytes();
        to.field(Tail { crc, eof: self.eof })
    }
}
