//! What an FC frame is about: one of the protocols, by R_CTL and TYPE.

use crate::bls::Bls;
use crate::bytes::{Encode, Writer};
use crate::ct;
use crate::els::{self, Els};
use crate::error::{DecodeError, EncodeError};
use crate::fc2::{FcType, Header, RCtl};
use crate::fcp::{self, Fcp};

/// What an FC frame, or the joined payloads of a sequence, is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload<'a> {
    /// An extended link service request.
    Els(Els<'a>),
    /// The answer to one: [`accept`](els::Reply::accept) reads it once the exchange has told the request.
    ElsReply(els::Reply<'a>),
    /// A basic link service.
    Bls(Bls<'a>),
    /// A request to a fabric service.
    Ct(ct::Request<'a>),
    /// The answer to one: the exchange tells which, then it can be read.
    CtReply(ct::Reply<&'a [u8]>),
    /// SCSI.
    Fcp(Fcp<'a>),
    /// FCP's own link service. Its answers are [`ElsReply`](Self::ElsReply)s.
    FcpLink(fcp::LinkService<'a>),
    /// A part of a sequence of several frames.
    Part(&'a [u8]),
    /// A protocol that is not known here.
    Other(&'a [u8]),
}

impl<'a> Payload<'a> {
    /// Reads a whole sequence's payload, given the header of its first frame.
    ///
    /// # Errors
    /// Those of the protocol's decoder. The header can still be used then: to reject the request.
    pub fn decode(header: &Header, payload: &'a [u8]) -> Result<Self, DecodeError> {
        Ok(match (header.r_ctl, header.fc_type) {
            (r_ctl, FcType::BLS) if r_ctl.is_basic() => Self::Bls(Bls::decode(r_ctl, payload)?),
            (RCtl::ELS_REQUEST, FcType::ELS) => Self::Els(Els::decode(payload)?),
            (RCtl::ELS_REPLY, FcType::ELS) | (RCtl::FC4_REPLY, FcType::FCP) => {
                Self::ElsReply(els::Reply::decode(payload)?)
            }
            (RCtl::REQUEST, FcType::CT) => Self::Ct(ct::Request::decode(payload)?),
            (RCtl::REPLY, FcType::CT) => Self::CtReply(ct::Reply::decode(payload)?),
            (RCtl::FC4_REQUEST, FcType::FCP) => Self::FcpLink(fcp::LinkService::decode(payload)?),
            (r_ctl, FcType::FCP) => Self::Fcp(Fcp::decode(r_ctl, payload)?),
            _ => Self::Other(payload),
        })
    }
}

impl Encode for Payload<'_> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        match self {
            Self::Els(request) => request.encode(to),
            Self::ElsReply(reply) => reply.encode(to),
            Self::Bls(bls) => bls.encode(to),
            Self::Ct(request) => request.encode(to),
            Self::CtReply(reply) => reply.encode(to),
            Self::Fcp(unit) => unit.encode(to),
            Self::FcpLink(request) => request.encode(to),
            Self::Part(payload) | Self::Other(payload) => to.bytes(payload),
        }
    }
}
