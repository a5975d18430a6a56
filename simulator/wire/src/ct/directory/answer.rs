//! What the name server answers.

use npivot_hal::{FcId, Wwnn, Wwpn};

use super::code::{Command, PortType, ServiceClasses};
use super::object::{Fc4Types, NodeNameEntry, PortId, PortIdEntry, PortNameEntry, SymbolicName};
use crate::bytes::{Encode, List, Reader, Writer};
use crate::error::{DecodeError, EncodeError};

layout! {
    struct PortTypeAnswer("GPT_ID accept") {
        port_type: PortType,
        ; [3]
    }
}

layout! {
    struct NextHead("GA_NXT accept") {
        port_type: PortType,
        id: FcId,
        wwpn: Option<Wwpn>,
    }
}

layout! {
    struct NextTail("GA_NXT accept") {
        associator: [u8; 8],
        node_ip: [u8; 16],
        classes: ServiceClasses,
        types: Fc4Types,
        port_ip: [u8; 16],
        fabric_port: Option<Wwpn>,
        [1] hard_address: FcId,
    }
}

/// All about a port: the accept of GA_NXT, 620 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next<'a> {
    /// What kind of port.
    pub port_type: PortType,
    /// Its address.
    pub id: FcId,
    /// Its name.
    pub wwpn: Option<Wwpn>,
    /// Its symbolic name.
    pub port_symbol: SymbolicName<'a>,
    /// Its node's name.
    pub wwnn: Option<Wwnn>,
    /// Its node's symbolic name.
    pub node_symbol: SymbolicName<'a>,
    /// Initial process associator.
    pub associator: [u8; 8],
    /// The node's IP address.
    pub node_ip: [u8; 16],
    /// Classes of service.
    pub classes: ServiceClasses,
    /// FC-4s.
    pub types: Fc4Types,
    /// The port's IP address.
    pub port_ip: [u8; 16],
    /// The name of the F_Port that it is at.
    pub fabric_port: Option<Wwpn>,
    /// The address that is set in hardware, 0 if none.
    pub hard_address: FcId,
}

impl<'a> Next<'a> {
    fn read(from: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let NextHead { port_type, id, wwpn } = from.field()?;
        let port_symbol = SymbolicName::read_padded(from)?;
        let wwnn = from.field()?;
        let node_symbol = SymbolicName::read_padded(from)?;
        let tail: NextTail = from.field()?;
        let NextTail { associator, node_ip, classes, types, port_ip, fabric_port, hard_address } =
            tail;
        Ok(Self {
            port_type,
            id,
            wwpn,
            port_symbol,
            wwnn,
            node_symbol,
            associator,
            node_ip,
            classes,
            types,
            port_ip,
            fabric_port,
            hard_address,
        })
    }
}

impl Encode for Next<'_> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        to.field(NextHead { port_type: self.port_type, id: self.id, wwpn: self.wwpn })?;
        self.port_symbol.write_padded(to)?;
        to.field(self.wwnn)?;
        self.node_symbol.write_padded(to)?;
        to.field(NextTail {
            associator: self.associator,
            node_ip: self.node_ip,
            classes: self.classes,
            types: self.types,
            port_ip: self.port_ip,
            fabric_port: self.fabric_port,
            hard_address: self.hard_address,
        })
    }
}

/// What an accept brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer<'a> {
    /// Of GA_NXT.
    Next(Next<'a>),
    /// Of GID_PN.
    PortId(FcId),
    /// Of GPN_ID.
    PortName(Option<Wwpn>),
    /// Of GNN_ID.
    NodeName(Option<Wwnn>),
    /// Of GCS_ID.
    Classes(ServiceClasses),
    /// Of GFT_ID.
    Types(Fc4Types),
    /// Of GSPN_ID and GSNN_NN.
    SymbolicName(SymbolicName<'a>),
    /// Of GPT_ID.
    PortType(PortType),
    /// Of GFF_ID: four bits for each of 256 FC-4s, as 32 words.
    Features(&'a [u8]),
    /// Of GID_FT, GID_PT and GID_NN.
    PortIds(List<'a, PortIdEntry>),
    /// Of GPN_FT.
    PortNames(List<'a, PortNameEntry>),
    /// Of GNN_FT.
    NodeNames(List<'a, NodeNameEntry>),
    /// Of a registration, which needs no more.
    Done,
    /// Of a request that is not known here.
    Other(&'a [u8]),
}

/// How many bytes the FC-4 features object has.
const FEATURES_BYTES: usize = 128;

impl<'a> Answer<'a> {
    /// Reads what follows the preamble of an accept, as the answer to this request. Of a list that the
    /// asker's maximum cut off, the whole entries are read.
    ///
    /// # Errors
    /// Fewer bytes than the answer has.
    pub fn decode(request: Command, body: &'a [u8]) -> Result<Self, DecodeError> {
        let mut from = Reader::new(request.name().unwrap_or("name server accept"), body);
        let from = &mut from;
        Ok(match request {
            Command::GA_NXT => Self::Next(Next::read(from)?),
            Command::GID_PN => Self::PortId(from.field::<PortId>()?.id),
            Command::GPN_ID => Self::PortName(from.field()?),
            Command::GNN_ID => Self::NodeName(from.field()?),
            Command::GCS_ID => Self::Classes(from.field()?),
            Command::GFT_ID => Self::Types(from.field()?),
            Command::GSPN_ID | Command::GSNN_NN => Self::SymbolicName(SymbolicName::read(from)?),
            Command::GPT_ID => Self::PortType(from.field::<PortTypeAnswer>()?.port_type),
            Command::GFF_ID => Self::Features(from.take(FEATURES_BYTES)?),
            Command::GID_FT | Command::GID_PT | Command::GID_NN => Self::PortIds(from.records()),
            Command::GPN_FT => Self::PortNames(from.records()),
            Command::GNN_FT => Self::NodeNames(from.records()),
            Command::RPN_ID
            | Command::RNN_ID
            | Command::RCS_ID
            | Command::RFT_ID
            | Command::RSPN_ID
            | Command::RPT_ID
            | Command::RFF_ID
            | Command::RSNN_NN
            | Command::DA_ID => Self::Done,
            _ => Self::Other(from.rest()),
        })
    }
}

/// Without the preamble.
impl Encode for Answer<'_> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        match self {
            Self::Next(next) => next.encode(to),
            Self::PortId(id) => to.field(PortId { id: *id }),
            Self::PortName(wwpn) => to.field(*wwpn),
            Self::NodeName(wwnn) => to.field(*wwnn),
            Self::Classes(classes) => to.field(*classes),
            Self::Types(types) => to.field(*types),
            Self::SymbolicName(name) => name.encode(to),
            Self::PortType(port_type) => to.field(PortTypeAnswer { port_type: *port_type }),
            Self::Features(features) if features.len() != FEATURES_BYTES => {
                let (what, expected, found) = ("FC-4 features", "128", features.len());
                Err(EncodeError::Length { what, expected, found })
            }
            Self::Features(body) | Self::Other(body) => to.bytes(body),
            Self::PortIds(list) => list.encode(to),
            Self::PortNames(list) => list.encode(to),
            Self::NodeNames(list) => list.encode(to),
            Self::Done => Ok(()),
        }
    }
}
