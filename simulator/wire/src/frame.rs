//! An Ethernet frame, read as far as it is sure to be readable: what it carries, without the innermost
//! payload.

use crate::bytes::{Encode, Reader, Writer};
use crate::error::{DecodeError, EncodeError};
use crate::ethernet::{self, EtherType};
use crate::fc2;
use crate::{fcoe, fip};

/// The longest frame: with a VLAN tag, FCoE's encapsulation and an FC frame of the longest data field.
pub const MAX_FRAME_BYTES: usize = 18 + 14 + fc2::Header::BYTES + fc2::MAX_DATA_BYTES + 8;

/// What an Ethernet frame carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body<'a> {
    /// An FC frame, whose CRC is right.
    Fcoe(fcoe::Encapsulated<'a>),
    /// A FIP message.
    Fip(fip::Message<'a>),
    /// Neither, as it came.
    Other(EtherType, &'a [u8]),
}

/// An Ethernet frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// From whom to whom.
    pub header: ethernet::Header,
    /// What it carries.
    pub body: Body<'a>,
}

impl<'a> Frame<'a> {
    /// Reads a frame as it came from the wire, without its check sequence.
    ///
    /// # Errors
    /// Those of [`fcoe::Encapsulated::decode`] and [`fip::Message::decode`], and fewer bytes than an
    /// Ethernet header has. Frames of other types are no error.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let mut from = Reader::new("Ethernet frame", bytes);
        let (header, carries) = ethernet::Header::read(&mut from)?;
        let body = match carries {
            EtherType::FCOE => Body::Fcoe(fcoe::Encapsulated::read(from)?),
            EtherType::FIP => Body::Fip(fip::Message::read(from)?),
            other => Body::Other(other, from.rest()),
        };
        Ok(Self { header, body })
    }
}

impl Encode for Frame<'_> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        match self.body {
            Body::Fcoe(frame) => frame.on(self.header).encode(to),
            Body::Fip(message) => message.on(self.header).encode(to),
            Body::Other(carries, payload) => {
                ethernet::Tagged { header: self.header, carries, payload }.encode(to)
            }
        }
    }
}
