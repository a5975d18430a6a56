//! Requests and replies.

use super::preamble::{ACCEPT, Context, Preamble, REJECT, Reason, Service};
use super::{directory, fdmi};
use crate::bytes::{Encode, Reader, Writer};
use crate::error::{DecodeError, EncodeError};

/// What is asked of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Query<'a> {
    /// Something of the name server.
    Directory(directory::Query<'a>),
    /// Something of fabric device management.
    Fdmi(fdmi::Query<'a>),
    /// Something of another service.
    Other {
        /// The service.
        service: Service,
        /// The command code.
        command: u16,
        /// What follows the preamble.
        body: &'a [u8],
    },
}

impl Query<'_> {
    /// Who is asked.
    pub const fn service(&self) -> Service {
        match self {
            Self::Directory(_) => Service::DIRECTORY,
            Self::Fdmi(_) => Service::FDMI,
            Self::Other { service, .. } => *service,
        }
    }

    /// The command code.
    pub const fn command(&self) -> u16 {
        match self {
            Self::Directory(query) => query.command().0,
            Self::Fdmi(query) => query.command().0,
            Self::Other { command, .. } => *command,
        }
    }
}

/// A request to a fabric service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    /// What an answer repeats.
    pub context: Context,
    /// The longest answer that is wanted, in words after the preamble; 0 is any length.
    pub max_words: u16,
    /// What is asked.
    pub query: Query<'a>,
}

impl<'a> Request<'a> {
    /// A request whose answer may have any length.
    pub fn new(query: Query<'a>) -> Self {
        Self { context: Context::plain(), max_words: 0, query }
    }

    /// Reads the payload of a CT request.
    ///
    /// # Errors
    /// Fewer bytes than the preamble or the command needs, list lengths beyond the payload, and answers.
    /// [`command_of`](Self::command_of) tells what to reject then.
    pub fn decode(payload: &'a [u8]) -> Result<Self, DecodeError> {
        let mut from = Reader::new("CT request", payload);
        let preamble: Preamble = from.field()?;
        if preamble.command >= 0x8000 {
            return Err(from.unexpected(8, "a request's command code", preamble.command));
        }
        let service = preamble.service();
        let query = match service {
            Service::DIRECTORY => Query::Directory(directory::Query::read(
                directory::Command(preamble.command),
                from,
            )?),
            Service::FDMI => Query::Fdmi(fdmi::Query::read(fdmi::Command(preamble.command), from)?),
            service => Query::Other { service, command: preamble.command, body: from.rest() },
        };
        Ok(Self { context: preamble.context(), max_words: preamble.words, query })
    }

    /// Service, command and context of a request whose rest may be damaged: enough to reject it.
    ///
    /// # Errors
    /// Fewer bytes than the preamble has.
    pub fn command_of(payload: &[u8]) -> Result<(Service, u16, Context), DecodeError> {
        let preamble: Preamble = Reader::new("CT request", payload).field()?;
        Ok((preamble.service(), preamble.command, preamble.context()))
    }

    /// The answer that accepts it with this body.
    pub const fn accept<P>(&self, body: P) -> Reply<P> {
        Reply::new(self.context, self.query.service(), Outcome::Accept(body))
    }

    /// The answer that rejects it.
    pub const fn reject(&self, reject: Reject) -> Reply<&'static [u8]> {
        Reply::new(self.context, self.query.service(), Outcome::Reject(reject))
    }
}

impl Encode for Request<'_> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        let service = self.query.service();
        to.field(Preamble::new(self.context, service, self.query.command(), self.max_words))?;
        match &self.query {
            Query::Directory(query) => query.encode(to),
            Query::Fdmi(query) => query.encode(to),
            Query::Other { body, .. } => to.bytes(body),
        }
    }
}

/// Why a service refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reject {
    /// Why.
    pub reason: Reason,
    /// Why more exactly: a [`directory::Explanation`] or an [`fdmi::Explanation`].
    pub explanation: u8,
    /// The vendor's own code.
    pub vendor: u8,
}

impl Reject {
    /// A reject for this reason.
    pub fn new(reason: Reason, explanation: impl Into<u8>) -> Self {
        Self { reason, explanation: explanation.into(), vendor: 0 }
    }
}

/// How a request went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome<P> {
    /// Accepted: what follows the preamble.
    Accept(P),
    /// Refused.
    Reject(Reject),
}

/// The answer to a request. Decoded, an accept's body is the bytes as they came; to be sent, it is any
/// value that can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply<P> {
    /// What the request had.
    pub context: Context,
    /// Who answers.
    pub service: Service,
    /// How many words more there would be, had there been room.
    pub residual_words: u16,
    /// How it went.
    pub outcome: Outcome<P>,
}

impl<P> Reply<P> {
    /// A complete answer.
    pub const fn new(context: Context, service: Service, outcome: Outcome<P>) -> Self {
        Self { context, service, residual_words: 0, outcome }
    }
}

impl<'a> Reply<&'a [u8]> {
    /// Reads the payload of a CT answer.
    ///
    /// # Errors
    /// Fewer bytes than the preamble has, and anything but an accept or a reject.
    pub fn decode(payload: &'a [u8]) -> Result<Self, DecodeError> {
        let mut from = Reader::new("CT reply", payload);
        let preamble: Preamble = from.field()?;
        let outcome = match preamble.command {
            ACCEPT => Outcome::Accept(from.rest()),
            REJECT => Outcome::Reject(Reject {
                reason: Reason(preamble.reason),
                explanation: preamble.explanation,
                vendor: preamble.vendor,
            }),
            other => return Err(from.unexpected(8, "accept or reject", other)),
        };
        let reply = Reply::new(preamble.context(), preamble.service(), outcome);
        Ok(Self { residual_words: preamble.words, ..reply })
    }
}

impl<P: Encode> Encode for Reply<P> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        let new =
            |response| Preamble::new(self.context, self.service, response, self.residual_words);
        match &self.outcome {
            Outcome::Accept(body) => {
                to.field(new(ACCEPT))?;
                body.encode(to)
            }
            Outcome::Reject(reject) => to.field(Preamble {
                reason: reject.reason.0,
                explanation: reject.explanation,
                vendor: reject.vendor,
                ..new(REJECT)
            }),
        }
    }
}

impl Preamble {
    const fn new(context: Context, service: Service, command: u16, words: u16) -> Self {
        let Context { revision, in_id, options } = context;
        let Service { kind, subtype } = service;
        let (reason, explanation, vendor) = (0, 0, 0);
        Self {
            revision,
            in_id,
            kind,
            subtype,
            options,
            command,
            words,
            reason,
            explanation,
            vendor,
        }
    }

    const fn service(&self) -> Service {
        Service { kind: self.kind, subtype: self.subtype }
    }

    const fn context(&self) -> Context {
        Context { revision: self.revision, in_id: self.in_id, options: self.options }
    }
}
