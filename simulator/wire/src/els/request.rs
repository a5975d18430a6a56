//! All requests.

use super::code::Command;
use super::exchange::ExchangeName;
use super::login::Login;
use super::notify::{Rscn, Scr};
use super::port::{Discovery, Logo, PortName};
use super::process::{self, Pages};
use crate::bytes::{Encode, Reader, Writer};
use crate::error::{DecodeError, EncodeError};

/// An extended link service request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Els<'a> {
    /// Fabric login of an N_Port.
    Flogi(Login<'a>),
    /// Fabric login of a further N_Port behind the same port (NPIV).
    Fdisc(Login<'a>),
    /// Login with another N_Port or a service.
    Plogi(Login<'a>),
    /// As PLOGI, but changes nothing.
    Pdisc(Login<'a>),
    /// Logout.
    Logo(Logo),
    /// Process login: FC-4s agree on their parameters.
    Prli(Pages<'a>),
    /// Process logout.
    Prlo(Pages<'a>),
    /// Something has changed.
    Rscn(Rscn<'a>),
    /// Wants to be told of changes.
    Scr(Scr),
    /// Who is there?
    Adisc(Discovery),
    /// Which time-outs?
    Rtv,
    /// What became of this exchange?
    Rec(ExchangeName),
    /// The numbers of this aborted exchange may be used again.
    Rrq(ExchangeName),
    /// How many link errors?
    Rls(PortName),
    /// Say this again: what follows the command's word.
    Echo(&'a [u8]),
    /// Another one: what follows the command code. The answer is a reject, "command not supported".
    Other(Command, &'a [u8]),
}

impl<'a> Els<'a> {
    /// Reads the payload of an ELS request. What follows the end of a message is ignored.
    ///
    /// # Errors
    /// Fewer bytes than the command has, page lengths that contradict the payload's, and accepts and
    /// rejects, which are no requests.
    pub fn decode(payload: &'a [u8]) -> Result<Self, DecodeError> {
        let mut from = Reader::new("ELS request", payload);
        let command: Command = from.field()?;
        let mut from = from.named(command.name().unwrap_or("ELS request"));
        Ok(match command {
            Command::LS_ACC | Command::LS_RJT => {
                return Err(from.unexpected(1, "a request", command.0));
            }
            Command::FLOGI => Self::Flogi(Login::read(&mut from)?),
            Command::FDISC => Self::Fdisc(Login::read(&mut from)?),
            Command::PLOGI => Self::Plogi(Login::read(&mut from)?),
            Command::PDISC => Self::Pdisc(Login::read(&mut from)?),
            Command::LOGO => Self::Logo(from.field()?),
            Command::PRLI => Self::Prli(process::read(&mut from)?),
            Command::PRLO => Self::Prlo(process::read(&mut from)?),
            Command::RSCN => Self::Rscn(Rscn::read(&mut from)?),
            Command::SCR => Self::Scr(from.field()?),
            Command::ADISC => Self::Adisc(from.field()?),
            Command::RTV => {
                from.take(3)?;
                Self::Rtv
            }
            Command::REC => Self::Rec(from.field()?),
            Command::RRQ => Self::Rrq(from.field()?),
            Command::RLS => Self::Rls(from.field()?),
            Command::ECHO => {
                from.take(3)?;
                Self::Echo(from.rest())
            }
            other => Self::Other(other, from.rest()),
        })
    }

    /// Its first byte.
    pub const fn command(&self) -> Command {
        match self {
            Self::Flogi(_) => Command::FLOGI,
            Self::Fdisc(_) => Command::FDISC,
            Self::Plogi(_) => Command::PLOGI,
            Self::Pdisc(_) => Command::PDISC,
            Self::Logo(_) => Command::LOGO,
            Self::Prli(_) => Command::PRLI,
            Self::Prlo(_) => Command::PRLO,
            Self::Rscn(_) => Command::RSCN,
            Self::Scr(_) => Command::SCR,
            Self::Adisc(_) => Command::ADISC,
            Self::Rtv => Command::RTV,
            Self::Rec(_) => Command::REC,
            Self::Rrq(_) => Command::RRQ,
            Self::Rls(_) => Command::RLS,
            Self::Echo(_) => Command::ECHO,
            Self::Other(command, _) => *command,
        }
    }
}

impl Encode for Els<'_> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        to.field(self.command())?;
        match self {
            Self::Flogi(login) | Self::Fdisc(login) | Self::Plogi(login) | Self::Pdisc(login) => {
                login.encode(to)
            }
            Self::Logo(logo) => to.field(*logo),
            Self::Prli(pages) | Self::Prlo(pages) => process::write(pages, to),
            Self::Rscn(rscn) => rscn.encode(to),
            Self::Scr(scr) => to.field(*scr),
            Self::Adisc(discovery) => to.field(*discovery),
            Self::Rtv => to.zeros(3),
            Self::Rec(exchange) | Self::Rrq(exchange) => to.field(*exchange),
            Self::Rls(port) => to.field(*port),
            Self::Echo(data) => {
                to.zeros(3)?;
                to.bytes(data)
            }
            Self::Other(_, body) => to.bytes(body),
        }
    }
}
