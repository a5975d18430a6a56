//! Basic link services (FC-FS, "Basic Link Services"): aborting what is under way.
//!
//! Which one a frame is stands in its R_CTL, so they are read and written together with it.

use crate::bytes::{Encode, Reader, Writer};
use crate::error::{DecodeError, EncodeError};
use crate::fc2::RCtl;

codes! {
    /// Why an ABTS was refused.
    pub struct Reason(u8) {
        INVALID_COMMAND = 0x01, "invalid command code";
        LOGICAL_ERROR = 0x03, "logical error";
        LOGICAL_BUSY = 0x05, "logical busy";
        PROTOCOL_ERROR = 0x07, "protocol error";
        UNABLE = 0x09, "unable to perform command request";
        VENDOR = 0xff, "vendor specific error";
    }
}

codes! {
    /// What more there is to say about it.
    pub struct Explanation(u8) {
        NONE = 0x00, "no additional explanation";
        INVALID_EXCHANGE = 0x03, "invalid OX_ID-RX_ID combination";
        SEQUENCE_ABORTED = 0x05, "sequence aborted, no sequence information provided";
    }
}

/// Whether BA_ACC names the last deliverable sequence.
const SEQ_ID_VALID: u8 = 0x80;

layout! {
    /// BA_ACC's payload.
    struct AcceptWire("BA_ACC") {
        seq_id_valid: u8,
        seq_id: u8,
        [2] ox_id: u16,
        rx_id: u16,
        low_seq_cnt: u16,
        high_seq_cnt: u16,
    }
}

/// What BA_ACC tells: what was aborted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accept {
    /// The last sequence that was deliverable, if the recipient says.
    pub last_seq_id: Option<u8>,
    /// The originator's number of the exchange.
    pub ox_id: u16,
    /// The responder's.
    pub rx_id: u16,
    /// The first SEQ_CNT that was aborted. 0 to 0xffff for a whole exchange.
    pub low_seq_cnt: u16,
    /// The last one.
    pub high_seq_cnt: u16,
}

record! {
    /// What BA_RJT tells: why not.
    pub struct Reject("BA_RJT") {
        /// Why.
        [1] reason: Reason,
        /// Why more exactly.
        explanation: Explanation,
        /// The vendor's own code.
        vendor: u8,
    }
}

/// A basic link service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bls<'a> {
    /// NOP.
    Nop,
    /// ABTS: abort the sequence or exchange of the header's OX_ID and RX_ID. Bit 0 of the header's
    /// parameter is set when only the sequence is meant.
    Abort,
    /// BA_ACC.
    Accept(Accept),
    /// BA_RJT.
    Reject(Reject),
    /// One that is not known here.
    Other(RCtl, &'a [u8]),
}

impl<'a> Bls<'a> {
    /// Reads the payload of a frame with this R_CTL.
    ///
    /// # Errors
    /// A payload that is too short.
    pub fn decode(r_ctl: RCtl, payload: &'a [u8]) -> Result<Self, DecodeError> {
        let mut from = Reader::new("BLS", payload);
        Ok(match r_ctl {
            RCtl::BA_NOP => Self::Nop,
            RCtl::BA_ABTS => Self::Abort,
            RCtl::BA_ACC => {
                let wire: AcceptWire = from.named("BA_ACC").field()?;
                Self::Accept(Accept {
                    last_seq_id: (wire.seq_id_valid & SEQ_ID_VALID != 0).then_some(wire.seq_id),
                    ox_id: wire.ox_id,
                    rx_id: wire.rx_id,
                    low_seq_cnt: wire.low_seq_cnt,
                    high_seq_cnt: wire.high_seq_cnt,
                })
            }
            RCtl::BA_RJT => Self::Reject(from.named("BA_RJT").field()?),
            other => Self::Other(other, from.rest()),
        })
    }

    /// The R_CTL of its frame.
    pub const fn r_ctl(&self) -> RCtl {
        match self {
            Self::Nop => RCtl::BA_NOP,
            Self::Abort => RCtl::BA_ABTS,
            Self::Accept(_) => RCtl::BA_ACC,
            Self::Reject(_) => RCtl::BA_RJT,
            Self::Other(r_ctl, _) => *r_ctl,
        }
    }
}

impl Encode for Bls<'_> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        match self {
            Self::Nop | Self::Abort => Ok(()),
            Self::Accept(accept) => to.field(AcceptWire {
                seq_id_valid: accept.last_seq_id.map_or(0, |_| SEQ_ID_VALID),
                seq_id: accept.last_seq_id.unwrap_or(0),
                ox_id: accept.ox_id,
                rx_id: accept.rx_id,
                low_seq_cnt: accept.low_seq_cnt,
                high_seq_cnt: accept.high_seq_cnt,
            }),
            Self::Reject(reject) => to.field(*reject),
            Self::Other(_, payload) => to.bytes(payload),
        }
    }
}
