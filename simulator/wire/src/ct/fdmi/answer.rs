//! What fabric device management answers.

use super::attribute::Attributes;
use super::code::{Command, HbaAttribute, PortAttribute};
use super::query::{PortNames, read_ports, write_ports};
use crate::bytes::{Encode, Reader, Writer};
use crate::error::{DecodeError, EncodeError};

/// What an accept brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer<'a> {
    /// Of GRHL the HBAs, of GRPL the ports.
    Names(PortNames<'a>),
    /// Of GHAT: the HBA's ports, and what is told about it.
    Hba(PortNames<'a>, Attributes<'a, HbaAttribute>),
    /// Of GPAT.
    Port(Attributes<'a, PortAttribute>),
    /// Of a registration, which needs no more.
    Done,
    /// Of a request that is not known here.
    Other(&'a [u8]),
}

impl<'a> Answer<'a> {
    /// Reads what follows the preamble of an accept, as the answer to this request.
    ///
    /// # Errors
    /// Counts and lengths beyond what came.
    pub fn decode(request: Command, body: &'a [u8]) -> Result<Self, DecodeError> {
        let mut from = Reader::new(request.name().unwrap_or("FDMI accept"), body);
        let from = &mut from;
        Ok(match request {
            Command::GRHL | Command::GRPL => Self::Names(read_ports(from)?),
            Command::GHAT => Self::Hba(read_ports(from)?, Attributes::read(from)?),
            Command::GPAT => Self::Port(Attributes::read(from)?),
            Command::RHBA
            | Command::RHAT
            | Command::RPRT
            | Command::RPA
            | Command::DHBA
            | Command::DHAT
            | Command::DPRT
            | Command::DPA => Self::Done,
            _ => Self::Other(from.rest()),
        })
    }
}

/// Without the preamble.
impl Encode for Answer<'_> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        match self {
            Self::Names(names) => write_ports(names, to),
            Self::Hba(ports, attributes) => {
                write_ports(ports, to)?;
                attributes.encode(to)
            }
            Self::Port(attributes) => attributes.encode(to),
            Self::Done => Ok(()),
            Self::Other(body) => to.bytes(body),
        }
    }
}
