//! Accepts and rejects.

use super::code::{Command, Explanation, Reason};
use super::exchange::ExchangeStatus;
use super::login::Login;
use super::port::{Discovery, LinkErrors, TimeOuts};
use super::process::{self, Pages};
use crate::bytes::{Encode, Reader, Writer};
use crate::error::{DecodeError, EncodeError};

layout! {
    /// LS_RJT after its command code.
    struct RejectBody("LS_RJT") {
        [4] reason: Reason,
        explanation: Explanation,
        vendor: u8,
    }
}

/// LS_RJT: a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reject {
    /// Why.
    pub reason: Reason,
    /// Why more exactly.
    pub explanation: Explanation,
    /// The vendor's own code.
    pub vendor: u8,
}

impl Reject {
    /// A reject for this reason.
    pub const fn new(reason: Reason, explanation: Explanation) -> Self {
        Self { reason, explanation, vendor: 0 }
    }
}

impl Encode for Reject {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        let Self { reason, explanation, vendor } = *self;
        to.field(Command::LS_RJT)?;
        to.field(RejectBody { reason, explanation, vendor })
    }
}

/// An answer, before it is known which request it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply<'a> {
    /// LS_ACC: what follows its command code.
    Accept(&'a [u8]),
    /// LS_RJT.
    Reject(Reject),
}

impl<'a> Reply<'a> {
    /// Reads the payload of an ELS reply.
    ///
    /// # Errors
    /// Anything but LS_ACC and a whole LS_RJT.
    pub fn decode(payload: &'a [u8]) -> Result<Self, DecodeError> {
        let mut from = Reader::new("ELS reply", payload);
        match from.field()? {
            Command::LS_ACC => Ok(Self::Accept(from.rest())),
            Command::LS_RJT => {
                let RejectBody { reason, explanation, vendor } = from.named("LS_RJT").field()?;
                Ok(Self::Reject(Reject { reason, explanation, vendor }))
            }
            Command(other) => Err(from.unexpected(1, "LS_ACC or LS_RJT", other)),
        }
    }

    /// What was accepted, given the request that this answers. `None` for a reject.
    ///
    /// # Errors
    /// As [`Accept::decode`].
    pub fn accept(&self, request: Command) -> Result<Option<Accept<'a>>, DecodeError> {
        match *self {
            Self::Accept(body) => Accept::decode(request, body).map(Some),
            Self::Reject(_) => Ok(None),
        }
    }
}

impl Encode for Reply<'_> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        match self {
            Self::Accept(body) => {
                to.field(Command::LS_ACC)?;
                to.bytes(body)
            }
            Self::Reject(reject) => reject.encode(to),
        }
    }
}

/// LS_ACC, as the answer to a certain request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accept<'a> {
    /// Of FLOGI, FDISC, PLOGI, PDISC.
    Login(Login<'a>),
    /// Of PRLI, PRLO.
    Pages(Pages<'a>),
    /// Of ADISC.
    Discovery(Discovery),
    /// Of RTV.
    TimeOuts(TimeOuts),
    /// Of REC.
    Exchange(ExchangeStatus),
    /// Of RLS.
    LinkErrors(LinkErrors),
    /// Of ECHO: the same bytes.
    Echo(&'a [u8]),
    /// Of LOGO, RSCN, SCR, RRQ, which need no more.
    Done,
    /// Of a request that is not known here: what follows the command code.
    Other(&'a [u8]),
}

impl<'a> Accept<'a> {
    /// Reads what follows LS_ACC's command code, as the answer to this request.
    ///
    /// # Errors
    /// As [`Els::decode`](super::Els::decode). Offsets count from the byte after the command code.
    pub fn decode(request: Command, body: &'a [u8]) -> Result<Self, DecodeError> {
        let mut from = Reader::new("LS_ACC", body);
        Ok(match request {
            Command::FLOGI | Command::FDISC | Command::PLOGI | Command::PDISC => {
                Self::Login(Login::read(&mut from.named("login accept"))?)
            }
            Command::PRLI | Command::PRLO => {
                Self::Pages(process::read(&mut from.named("process accept"))?)
            }
            Command::ADISC => Self::Discovery(from.named("ADISC accept").field()?),
            Command::RTV => Self::TimeOuts(from.named("RTV accept").field()?),
            Command::REC => Self::Exchange(from.named("REC accept").field()?),
            Command::RLS => Self::LinkErrors(from.named("RLS accept").field()?),
            Command::ECHO => {
                from.take(3)?;
                Self::Echo(from.rest())
            }
            Command::LOGO | Command::RSCN | Command::SCR | Command::RRQ => {
                from.take(3)?;
                Self::Done
            }
            _ => Self::Other(from.rest()),
        })
    }
}

/// With the command code: a whole payload.
impl Encode for Accept<'_> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        to.field(Command::LS_ACC)?;
        match self {
            Self::Login(login) => login.encode(to),
            Self::Pages(pages) => process::write(pages, to),
            Self::Discovery(discovery) => to.field(*discovery),
            Self::TimeOuts(time_outs) => to.field(*time_outs),
            Self::Exchange(status) => to.field(*status),
            Self::LinkErrors(errors) => to.field(*errors),
            Self::Echo(data) => {
                to.zeros(3)?;
                to.bytes(data)
            }
            Self::Done => to.zeros(3),
            Self::Other(body) => to.bytes(body),
        }
    }
}
