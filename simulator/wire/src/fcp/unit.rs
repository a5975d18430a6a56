//! All information units of FCP, by their R_CTL.

use super::command::Command;
use super::response::Response;
use crate::bytes::{Encode, Reader, Writer};
use crate::error::{DecodeError, EncodeError};
use crate::fc2::RCtl;

record! {
    /// FCP_XFER_RDY: the target has room; the initiator sends this part of a write.
    pub struct TransferReady("FCP_XFER_RDY") {
        /// Where the part begins, in bytes from the data's beginning.
        offset: u32,
        /// How long it is, in bytes.
        burst_bytes: u32,
        ; [4]
    }
}

/// An information unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fcp<'a> {
    /// FCP_CMND.
    Command(Command<'a>),
    /// FCP_DATA: its place is the header's parameter, in bytes from the data's beginning.
    Data(&'a [u8]),
    /// FCP_XFER_RDY.
    TransferReady(TransferReady),
    /// FCP_RSP.
    Response(Response<'a>),
    /// FCP_CONF: the initiator has the response.
    Confirm,
    /// One that is not known here.
    Other(RCtl, &'a [u8]),
}

impl<'a> Fcp<'a> {
    /// Reads the payload of a frame with this R_CTL.
    ///
    /// # Errors
    /// A payload that is shorter than its unit, or than it tells.
    pub fn decode(r_ctl: RCtl, payload: &'a [u8]) -> Result<Self, DecodeError> {
        Ok(match r_ctl {
            RCtl::COMMAND => Self::Command(Command::decode(payload)?),
            RCtl::DATA => Self::Data(payload),
            RCtl::DATA_DESCRIPTOR => Self::TransferReady(TransferReady::decode(payload)?),
            RCtl::STATUS => Self::Response(Response::decode(payload)?),
            RCtl::REPLY => Self::Confirm,
            other => Self::Other(other, payload),
        })
    }

    /// The R_CTL of its frame.
    pub const fn r_ctl(&self) -> RCtl {
        match self {
            Self::Command(_) => RCtl::COMMAND,
            Self::Data(_) => RCtl::DATA,
            Self::TransferReady(_) => RCtl::DATA_DESCRIPTOR,
            Self::Response(_) => RCtl::STATUS,
            Self::Confirm => RCtl::REPLY,
            Self::Other(r_ctl, _) => *r_ctl,
        }
    }
}

impl Encode for Fcp<'_> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        match self {
            Self::Command(command) => command.encode(to),
            Self::Data(data) => to.bytes(data),
            Self::TransferReady(ready) => to.field(*ready),
            Self::Response(response) => response.encode(to),
            Self::Confirm => Ok(()),
            Self::Other(_, payload) => to.bytes(payload),
        }
    }
}

/// The command code of SRR, which is in the number space of the extended link services.
const SRR: u8 = 0x14;

record! {
    /// SRR: send again from this place.
    pub struct Retransmission("SRR") {
        /// The originator's number of the exchange.
        [3] ox_id: u16,
        /// The responder's.
        rx_id: u16,
        /// From which byte on.
        offset: u32,
        /// Which unit: that of this R_CTL.
        r_ctl: RCtl,
        ; [3]
    }
}

/// A request of the FC-4's own link service, R_CTL `32`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkService<'a> {
    /// SRR.
    Retransmit(Retransmission),
    /// One that is not known here: its command code, and what follows it.
    Other(u8, &'a [u8]),
}

impl<'a> LinkService<'a> {
    /// Reads the payload.
    ///
    /// # Errors
    /// An empty one, a short SRR.
    pub fn decode(payload: &'a [u8]) -> Result<Self, DecodeError> {
        let mut from = Reader::new("FC-4 link service", payload);
        Ok(match from.field()? {
            SRR => Self::Retransmit(from.named("SRR").field()?),
            other => Self::Other(other, from.rest()),
        })
    }
}

impl Encode for LinkService<'_> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        match self {
            Self::Retransmit(request) => {
                to.field(SRR)?;
                to.field(*request)
            }
            Self::Other(command, body) => {
                to.field(*command)?;
                to.bytes(body)
            }
        }
    }
}
