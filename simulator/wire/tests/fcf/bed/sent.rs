//! What the forwarder sent, as its receiver reads it.

use npivot_wire::ct::{self, Outcome, directory};
use npivot_wire::els::{self, Accept, Els, Reject};
use npivot_wire::ethernet::{self, Mac};
use npivot_wire::fc2::{Eof, Header, RCtl, Sof};
use npivot_wire::fcp::{Fcp, Response, TransferReady};
use npivot_wire::fip::Message;
use npivot_wire::{Body, Frame, Payload};

/// Reads a frame that the forwarder sent.
pub(crate) fn read(bytes: &[u8]) -> Frame<'_> {
    Frame::decode(bytes).expect("what the forwarder sends can be read")
}

/// The FIP message in a frame.
pub(crate) fn fip(bytes: &[u8]) -> Option<(ethernet::Header, Message<'_>)> {
    let frame = read(bytes);
    match frame.body {
        Body::Fip(message) => Some((frame.header, message)),
        _ => None,
    }
}

/// An FC frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    pub(crate) from: Mac,
    pub(crate) to: Mac,
    pub(crate) sof: Sof,
    pub(crate) eof: Eof,
    pub(crate) header: Header,
    pub(crate) payload: Vec<u8>,
}

impl Unit {
    /// The FC frame in an Ethernet frame; `None` if there is something else in it.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        let frame = read(bytes);
        let Body::Fcoe(fcoe) = frame.body else { return None };
        Some(Self {
            from: frame.header.source,
            to: frame.header.destination,
            sof: fcoe.sof,
            eof: fcoe.eof,
            header: fcoe.frame.header,
            payload: fcoe.frame.payload.to_vec(),
        })
    }

    pub(crate) fn is_data(&self) -> bool {
        self.header.r_ctl == RCtl::DATA
    }

    fn decoded(&self) -> Payload<'_> {
        Payload::decode(&self.header, &self.payload).expect("what the forwarder sends can be read")
    }

    pub(crate) fn els(&self) -> Els<'_> {
        match self.decoded() {
            Payload::Els(els) => els,
            other => panic!("not an ELS request: {other:?}"),
        }
    }

    fn els_reply(&self) -> els::Reply<'_> {
        match self.decoded() {
            Payload::ElsReply(reply) => reply,
            other => panic!("not an ELS reply: {other:?}"),
        }
    }

    /// The accept of this request.
    pub(crate) fn accept(&self, request: els::Command) -> Accept<'_> {
        let reply = self.els_reply();
        let accept = reply.accept(request).expect("it can be read");
        accept.unwrap_or_else(|| panic!("{request} is rejected: {reply:?}"))
    }

    pub(crate) fn reject(&self) -> Reject {
        match self.els_reply() {
            els::Reply::Reject(reject) => reject,
            accept @ els::Reply::Accept(_) => panic!("it is accepted: {accept:?}"),
        }
    }

    /// Reason and explanation of LS_RJT.
    pub(crate) fn words(&self) -> (els::Reason, els::Explanation) {
        let reject = self.reject();
        (reject.reason, reject.explanation)
    }

    pub(crate) fn ct(&self) -> ct::Reply<&[u8]> {
        match self.decoded() {
            Payload::CtReply(reply) => reply,
            other => panic!("not a CT reply: {other:?}"),
        }
    }

    /// The name server's answer to this command, or its reason and explanation.
    pub(crate) fn answer(
        &self,
        command: directory::Command,
    ) -> Result<directory::Answer<'_>, (u8, u8)> {
        match self.ct().outcome {
            Outcome::Accept(body) => {
                Ok(directory::Answer::decode(command, body).expect("it can be read"))
            }
            Outcome::Reject(reject) => Err((reject.reason.0, reject.explanation)),
        }
    }

    pub(crate) fn ready(&self) -> TransferReady {
        match self.decoded() {
            Payload::Fcp(Fcp::TransferReady(ready)) => ready,
            other => panic!("not FCP_XFER_RDY: {other:?}"),
        }
    }

    pub(crate) fn response(&self) -> Response<'_> {
        match self.decoded() {
            Payload::Fcp(Fcp::Response(response)) => response,
            other => panic!("not FCP_RSP: {other:?}"),
        }
    }
}
