//! A frame from its values. Each layer is taken apart and built anew, so that nothing passes as bytes that
//! has a type.

use std::fmt;

use npivot_hal::scsi::Sense;
use npivot_wire::ct::{self, Outcome, Query, Service, directory};
use npivot_wire::els::{self, Accept, Els};
use npivot_wire::ethernet::{self, EtherType, Tagged};
use npivot_wire::fc2::{self, FCtl, Header};
use npivot_wire::fcoe::Encapsulated;
use npivot_wire::fcp::{Fcp, TaskManagement};
use npivot_wire::fip::{LinkService, Message};
use npivot_wire::{Body, DecodeError, Encode, EncodeError, Frame, MAX_FRAME_BYTES, Payload};

use crate::exchanges::{Began, Exchanges};

/// A frame that was written again.
pub(crate) struct Rewritten {
    pub(crate) bytes: Vec<u8>,
    pub(crate) kind: String,
}

/// Why it could not be.
#[derive(Debug)]
pub(crate) enum Trouble {
    Decode(DecodeError),
    Encode(EncodeError),
    /// It passed as bytes although its type is known.
    Opaque(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decode(error) => error.fmt(f),
            Self::Encode(error) => error.fmt(f),
            Self::Opaque(what) => write!(f, "not read: {what}"),
        }
    }
}

impl From<DecodeError> for Trouble {
    fn from(error: DecodeError) -> Self {
        Self::Decode(error)
    }
}

impl From<EncodeError> for Trouble {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

/// A payload's value, with what it is called.
struct Innermost {
    bytes: Vec<u8>,
    kind: String,
}

fn written(value: &impl Encode) -> Result<Vec<u8>, Trouble> {
    let mut buffer = [0; MAX_FRAME_BYTES];
    let length = value.encode_to(&mut buffer)?;
    Ok(buffer[..length].to_vec())
}

pub(crate) fn rewrite(bytes: &[u8], exchanges: &mut Exchanges) -> Result<Rewritten, Trouble> {
    let frame = Frame::decode(bytes)?;
    let (bytes, kind) = match frame.body {
        Body::Fcoe(fcoe) => {
            let payload = innermost(&fcoe.frame.header, fcoe.payload()?, exchanges)?;
            let again = fc2::Frame::new(rebuilt(&fcoe.frame.header), &payload.bytes[..]);
            let again = Encapsulated { sof: fcoe.sof, frame: again, eof: fcoe.eof };
            (written(&again.on(frame.header))?, payload.kind)
        }
        Body::Fip(message) => fip(frame.header, message, exchanges)?,
        Body::Other(ether_type, _) => return Err(Trouble::Opaque(ether_type.to_string())),
    };
    Ok(Rewritten { bytes, kind })
}

/// The header, field by field.
fn rebuilt(header: &Header) -> Header {
    let mut again =
        Header::request(header.r_ctl, header.fc_type, header.s_id, header.d_id, header.ox_id);
    again.f_ctl = FCtl(header.f_ctl.0);
    again.seq_id = header.seq_id;
    again.seq_cnt = header.seq_cnt;
    again.rx_id = header.rx_id;
    again.parameter = header.parameter;
    again
}

fn fip(
    header: ethernet::Header,
    message: Message<'_>,
    exchanges: &mut Exchanges,
) -> Result<(Vec<u8>, String), Trouble> {
    let kind = match message {
        Message::Solicitation(_) => "FIP solicitation".to_owned(),
        Message::Advertisement(_) => "FIP advertisement".to_owned(),
        Message::LinkService(service) => {
            let inner = service.frame.header;
            let payload =
                innermost(&inner, Payload::decode(&inner, service.frame.payload)?, exchanges)?;
            let again = LinkService {
                flags: service.flags,
                reply: service.reply,
                kind: service.kind,
                frame: fc2::Frame::new(rebuilt(&inner), &payload.bytes[..]),
                mac: service.mac,
            };
            let message = Message::LinkService(again);
            let carries = EtherType::FIP;
            let again = Tagged { header, carries, payload: message };
            return Ok((written(&again)?, format!("FIP {}", payload.kind)));
        }
        other => return Err(Trouble::Opaque(format!("{other:?}"))),
    };
    Ok((written(&message.on(header))?, kind))
}

fn innermost(
    header: &Header,
    payload: Payload<'_>,
    exchanges: &mut Exchanges,
) -> Result<Innermost, Trouble> {
    let (bytes, kind) = match payload {
        Payload::Els(request) => {
            if let Els::Other(..) = request {
                return Err(Trouble::Opaque(format!("{request:?}")));
            }
            exchanges.begin(header, Began::Els(request.command()));
            (written(&request)?, request.command().to_string())
        }
        Payload::ElsReply(reply) => els_reply(header, reply, exchanges)?,
        Payload::Ct(request) => {
            let Query::Directory(query) = request.query else {
                return Err(Trouble::Opaque(format!("{request:?}")));
            };
            if let directory::Query::Other(..) = query {
                return Err(Trouble::Opaque(format!("{request:?}")));
            }
            exchanges.begin(header, Began::Ct(Service::DIRECTORY, query.command()));
            (written(&request)?, query.command().to_string())
        }
        Payload::CtReply(reply) => ct_reply(header, reply, exchanges)?,
        Payload::Fcp(unit) => (written(&unit)?, fcp(&unit)?),
        other => return Err(Trouble::Opaque(format!("{other:?}"))),
    };
    Ok(Innermost { bytes, kind })
}

fn els_reply(
    header: &Header,
    reply: els::Reply<'_>,
    exchanges: &mut Exchanges,
) -> Result<(Vec<u8>, String), Trouble> {
    let Some(Began::Els(request)) = exchanges.of(header) else {
        return Err(Trouble::Opaque(format!("the answer to nothing: {reply:?}")));
    };
    match (reply, reply.accept(request)?) {
        (_, Some(Accept::Other(_))) => Err(Trouble::Opaque(format!("{request}: {reply:?}"))),
        (_, Some(accept)) => Ok((written(&accept)?, format!("{request} LS_ACC"))),
        (els::Reply::Reject(reject), None) => Ok((written(&reject)?, format!("{request} LS_RJT"))),
        (els::Reply::Accept(_), None) => unreachable!("an accept is read as one"),
    }
}

fn ct_reply(
    header: &Header,
    reply: ct::Reply<&[u8]>,
    exchanges: &mut Exchanges,
) -> Result<(Vec<u8>, String), Trouble> {
    let Some(Began::Ct(Service::DIRECTORY, request)) = exchanges.of(header) else {
        return Err(Trouble::Opaque(format!("the answer to nothing: {reply:?}")));
    };
    let Outcome::Accept(body) = reply.outcome else {
        return Ok((written(&reply)?, format!("{request} reject")));
    };
    let answer = directory::Answer::decode(request, body)?;
    if let directory::Answer::Other(_) = answer {
        return Err(Trouble::Opaque(format!("{request}: {reply:?}")));
    }
    let again = ct::Reply::new(reply.context, reply.service, Outcome::Accept(answer));
    Ok((written(&again)?, format!("{request} accept")))
}

fn fcp(unit: &Fcp<'_>) -> Result<String, Trouble> {
    Ok(match unit {
        Fcp::Command(command) if command.task_management != TaskManagement::NONE => {
            "FCP_CMND, task management".to_owned()
        }
        Fcp::Command(_) => "FCP_CMND".to_owned(),
        Fcp::Data(_) => "FCP_DATA".to_owned(),
        Fcp::TransferReady(_) => "FCP_XFER_RDY".to_owned(),
        Fcp::Response(response) if response.sense.is_empty() => "FCP_RSP".to_owned(),
        Fcp::Response(response) => {
            Sense::decode(response.sense).map_err(|error| Trouble::Opaque(error.to_string()))?;
            "FCP_RSP with sense data".to_owned()
        }
        other => return Err(Trouble::Opaque(format!("{other:?}"))),
    })
}
