//! Registrations and questions.

use npivot_hal::Wwpn;

use super::attribute::Attributes;
use super::code::{Command, HbaAttribute, PortAttribute};
use crate::bytes::{Encode, List, Reader, Writer};
use crate::error::{DecodeError, EncodeError, fits};

/// What an HBA is registered under: the name of one of its ports. `None` is not set.
pub type HbaId = Option<Wwpn>;

/// The ports of an HBA.
pub type PortNames<'a> = List<'a, Option<Wwpn>>;

/// A request to fabric device management.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Query<'a> {
    /// GRHL: which HBAs are registered?
    HbaList,
    /// GHAT: what is told about this HBA?
    HbaAttributes(HbaId),
    /// GRPL: which ports has it?
    PortList(HbaId),
    /// GPAT: what is told about this port?
    PortAttributes(Option<Wwpn>),
    /// RHBA: registers an HBA with its ports.
    RegisterHba(HbaId, PortNames<'a>, Attributes<'a, HbaAttribute>),
    /// RHAT: registers more about an HBA.
    RegisterHbaAttributes(HbaId, Attributes<'a, HbaAttribute>),
    /// RPRT: registers a port of an HBA.
    RegisterPort(HbaId, Option<Wwpn>, Attributes<'a, PortAttribute>),
    /// RPA: registers more about a port.
    RegisterPortAttributes(Option<Wwpn>, Attributes<'a, PortAttribute>),
    /// DHBA: forgets an HBA and its ports.
    ForgetHba(HbaId),
    /// DHAT: forgets what was told about it.
    ForgetHbaAttributes(HbaId),
    /// DPRT: forgets a port.
    ForgetPort(Option<Wwpn>),
    /// DPA: forgets what was told about it.
    ForgetPortAttributes(Option<Wwpn>),
    /// Another one: what follows the preamble.
    Other(Command, &'a [u8]),
}

pub(super) fn read_ports<'a>(from: &mut Reader<'a>) -> Result<PortNames<'a>, DecodeError> {
    let count: u32 = from.field()?;
    from.list(usize::try_from(count).unwrap_or(usize::MAX))
}

pub(super) fn write_ports(ports: &PortNames<'_>, to: &mut Writer<'_>) -> Result<(), EncodeError> {
    to.field(fits::<u32>("port list", u16::MAX.into(), ports.len())?)?;
    ports.encode(to)
}

impl<'a> Query<'a> {
    /// Reads what follows the preamble of a request with this command.
    ///
    /// # Errors
    /// Fewer bytes than the command needs, counts and lengths beyond what came.
    pub fn decode(command: Command, body: &'a [u8]) -> Result<Self, DecodeError> {
        Self::read(command, Reader::new("FDMI request", body))
    }

    pub(crate) fn read(command: Command, from: Reader<'a>) -> Result<Self, DecodeError> {
        let mut from = from.named(command.name().unwrap_or("FDMI request"));
        let from = &mut from;
        Ok(match command {
            Command::GRHL => Self::HbaList,
            Command::GHAT => Self::HbaAttributes(from.field()?),
            Command::GRPL => Self::PortList(from.field()?),
            Command::GPAT => Self::PortAttributes(from.field()?),
            Command::RHBA => {
                Self::RegisterHba(from.field()?, read_ports(from)?, Attributes::read(from)?)
            }
            Command::RHAT => Self::RegisterHbaAttributes(from.field()?, Attributes::read(from)?),
            Command::RPRT => {
                Self::RegisterPort(from.field()?, from.field()?, Attributes::read(from)?)
            }
            Command::RPA => Self::RegisterPortAttributes(from.field()?, Attributes::read(from)?),
            Command::DHBA => Self::ForgetHba(from.field()?),
            Command::DHAT => Self::ForgetHbaAttributes(from.field()?),
            Command::DPRT => Self::ForgetPort(from.field()?),
            Command::DPA => Self::ForgetPortAttributes(from.field()?),
            other => Self::Other(other, from.rest()),
        })
    }

    /// Its command code.
    pub const fn command(&self) -> Command {
        match self {
            Self::HbaList => Command::GRHL,
            Self::HbaAttributes(_) => Command::GHAT,
            Self::PortList(_) => Command::GRPL,
            Self::PortAttributes(_) => Command::GPAT,
            Self::RegisterHba(..) => Command::RHBA,
            Self::RegisterHbaAttributes(..) => Command::RHAT,
            Self::RegisterPort(..) => Command::RPRT,
            Self::RegisterPortAttributes(..) => Command::RPA,
            Self::ForgetHba(_) => Command::DHBA,
            Self::ForgetHbaAttributes(_) => Command::DHAT,
            Self::ForgetPort(_) => Command::DPRT,
            Self::ForgetPortAttributes(_) => Command::DPA,
            Self::Other(command, _) => *command,
        }
    }
}

/// Without the preamble.
impl Encode for Query<'_> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        match self {
            Self::HbaList => Ok(()),
            Self::HbaAttributes(name)
            | Self::PortList(name)
            | Self::PortAttributes(name)
            | Self::ForgetHba(name)
            | Self::ForgetHbaAttributes(name)
            | Self::ForgetPort(name)
            | Self::ForgetPortAttributes(name) => to.field(*name),
            Self::RegisterHba(id, ports, attributes) => {
                to.field(*id)?;
                write_ports(ports, to)?;
                attributes.encode(to)
            }
            Self::RegisterHbaAttributes(id, attributes) => {
                to.field(*id)?;
                attributes.encode(to)
            }
            Self::RegisterPort(id, port, attributes) => {
                to.field(*id)?;
                to.field(*port)?;
                attributes.encode(to)
            }
            Self::RegisterPortAttributes(port, attributes) => {
                to.field(*port)?;
                attributes.encode(to)
            }
            Self::Other(_, body) => to.bytes(body),
        }
    }
}
