//! Requests to the name server.

use npivot_hal::{FcId, Wwnn, Wwpn};

use super::code::{Command, Features, PortType, ServiceClasses};
use super::object::{Fc4Types, NodeNameOf, PortId, PortNameOf, SymbolicName};
use crate::bytes::{Encode, Reader, Writer};
use crate::error::{DecodeError, EncodeError};
use crate::fc2::FcType;

record! {
    /// Ports with an FC-4, in a domain and area.
    pub struct ByFcType("query by FC-4") {
        /// The domain, 0 for all.
        [1] domain: u8,
        /// The area, 0 for all.
        area: u8,
        /// The FC-4.
        fc_type: FcType,
    }
}

record! {
    /// Ports of a kind, in a domain and area.
    pub struct ByPortType("query by port type") {
        /// The kind.
        port_type: PortType,
        /// The domain, 0 for all.
        domain: u8,
        /// The area, 0 for all.
        area: u8,
        ; [1]
    }
}

record! {
    /// RFT_ID: the FC-4s of a port.
    pub struct TypesOf("RFT_ID") {
        /// The port.
        [1] id: FcId,
        /// What it speaks.
        types: Fc4Types,
    }
}

record! {
    /// RFF_ID: what a port does in an FC-4.
    pub struct FeaturesOf("RFF_ID") {
        /// The port.
        [1] id: FcId,
        /// What it does.
        [2] features: Features,
        /// The FC-4.
        fc_type: FcType,
    }
}

record! {
    /// RCS_ID: a port's classes of service.
    pub struct ClassesOf("RCS_ID") {
        /// The port.
        [1] id: FcId,
        /// Its classes.
        classes: ServiceClasses,
    }
}

record! {
    /// RPT_ID: what kind a port is.
    pub struct PortTypeOf("RPT_ID") {
        /// The port.
        [1] id: FcId,
        /// The kind.
        port_type: PortType,
        ; [3]
    }
}

/// A request to the name server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Query<'a> {
    /// GA_NXT: all about the port with the next higher address, after the highest the lowest.
    GaNxt(FcId),
    /// GPN_ID: a port's name.
    GpnId(FcId),
    /// GNN_ID: its node name.
    GnnId(FcId),
    /// GCS_ID: its classes of service.
    GcsId(FcId),
    /// GFT_ID: its FC-4s.
    GftId(FcId),
    /// GSPN_ID: its symbolic name.
    GspnId(FcId),
    /// GPT_ID: its kind.
    GptId(FcId),
    /// GFF_ID: its features in all FC-4s.
    GffId(FcId),
    /// GID_PN: the address of the port with this name.
    GidPn(Option<Wwpn>),
    /// GID_NN: the addresses of the ports of this node.
    GidNn(Option<Wwnn>),
    /// GSNN_NN: the symbolic name of this node.
    GsnnNn(Option<Wwnn>),
    /// GID_FT: addresses of the ports with an FC-4.
    GidFt(ByFcType),
    /// GPN_FT: addresses and names of the ports with an FC-4.
    GpnFt(ByFcType),
    /// GNN_FT: addresses and node names of the ports with an FC-4.
    GnnFt(ByFcType),
    /// GID_PT: addresses of the ports of a kind.
    GidPt(ByPortType),
    /// RPN_ID: registers a port's name.
    RpnId(PortNameOf),
    /// RNN_ID: registers its node name.
    RnnId(NodeNameOf),
    /// RCS_ID: registers its classes.
    RcsId(ClassesOf),
    /// RFT_ID: registers its FC-4s.
    RftId(TypesOf),
    /// RSPN_ID: registers its symbolic name.
    RspnId(FcId, SymbolicName<'a>),
    /// RPT_ID: registers its kind.
    RptId(PortTypeOf),
    /// RFF_ID: registers its features in an FC-4.
    RffId(FeaturesOf),
    /// RSNN_NN: registers the symbolic name of a node.
    RsnnNn(Option<Wwnn>, SymbolicName<'a>),
    /// DA_ID: forgets all about a port.
    DaId(FcId),
    /// Another one: what follows the preamble.
    Other(Command, &'a [u8]),
}

impl<'a> Query<'a> {
    /// Reads what follows the preamble of a request with this command.
    ///
    /// # Errors
    /// Fewer bytes than the command needs.
    pub fn decode(command: Command, body: &'a [u8]) -> Result<Self, DecodeError> {
        Self::read(command, Reader::new("name server request", body))
    }

    pub(crate) fn read(command: Command, from: Reader<'a>) -> Result<Self, DecodeError> {
        let mut from = from.named(command.name().unwrap_or("name server request"));
        let from = &mut from;
        let id = |from: &mut Reader<'a>| from.field::<PortId>().map(|port| port.id);
        Ok(match command {
            Command::GA_NXT => Self::GaNxt(id(from)?),
            Command::GPN_ID => Self::GpnId(id(from)?),
            Command::GNN_ID => Self::GnnId(id(from)?),
            Command::GCS_ID => Self::GcsId(id(from)?),
            Command::GFT_ID => Self::GftId(id(from)?),
            Command::GSPN_ID => Self::GspnId(id(from)?),
            Command::GPT_ID => Self::GptId(id(from)?),
            Command::GFF_ID => Self::GffId(id(from)?),
            Command::GID_PN => Self::GidPn(from.field()?),
            Command::GID_NN => Self::GidNn(from.field()?),
            Command::GSNN_NN => Self::GsnnNn(from.field()?),
            Command::GID_FT => Self::GidFt(from.field()?),
            Command::GPN_FT => Self::GpnFt(from.field()?),
            Command::GNN_FT => Self::GnnFt(from.field()?),
            Command::GID_PT => Self::GidPt(from.field()?),
            Command::RPN_ID => Self::RpnId(from.field()?),
            Command::RNN_ID => Self::RnnId(from.field()?),
            Command::RCS_ID => Self::RcsId(from.field()?),
            Command::RFT_ID => Self::RftId(from.field()?),
            Command::RSPN_ID => Self::RspnId(id(from)?, SymbolicName::read(from)?),
            Command::RPT_ID => Self::RptId(from.field()?),
            Command::RFF_ID => Self::RffId(from.field()?),
            Command::RSNN_NN => Self::RsnnNn(from.field()?, SymbolicName::read(from)?),
            Command::DA_ID => Self::DaId(id(from)?),
            other => Self::Other(other, from.rest()),
        })
    }

    /// Its command code.
    pub const fn command(&self) -> Command {
        match self {
            Self::GaNxt(_) => Command::GA_NXT,
            Self::GpnId(_) => Command::GPN_ID,
            Self::GnnId(_) => Command::GNN_ID,
            Self::GcsId(_) => Command::GCS_ID,
            Self::GftId(_) => Command::GFT_ID,
            Self::GspnId(_) => Command::GSPN_ID,
            Self::GptId(_) => Command::GPT_ID,
            Self::GffId(_) => Command::GFF_ID,
            Self::GidPn(_) => Command::GID_PN,
            Self::GidNn(_) => Command::GID_NN,
            Self::GsnnNn(_) => Command::GSNN_NN,
            Self::GidFt(_) => Command::GID_FT,
            Self::GpnFt(_) => Command::GPN_FT,
            Self::GnnFt(_) => Command::GNN_FT,
            Self::GidPt(_) => Command::GID_PT,
            Self::RpnId(_) => Command::RPN_ID,
            Self::RnnId(_) => Command::RNN_ID,
            Self::RcsId(_) => Command::RCS_ID,
            Self::RftId(_) => Command::RFT_ID,
            Self::RspnId(..) => Command::RSPN_ID,
            Self::RptId(_) => Command::RPT_ID,
            Self::RffId(_) => Command::RFF_ID,
            Self::RsnnNn(..) => Command::RSNN_NN,
            Self::DaId(_) => Command::DA_ID,
            Self::Other(command, _) => *command,
        }
    }
}

/// Without the preamble.
impl Encode for Query<'_> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        match *self {
            Self::GaNxt(id)
            | Self::GpnId(id)
            | Self::GnnId(id)
            | Self::GcsId(id)
            | Self::GftId(id)
            | Self::GspnId(id)
            | Self::GptId(id)
            | Self::GffId(id)
            | Self::DaId(id) => to.field(PortId { id }),
            Self::GidPn(wwpn) => to.field(wwpn),
            Self::GidNn(wwnn) | Self::GsnnNn(wwnn) => to.field(wwnn),
            Self::GidFt(by) | Self::GpnFt(by) | Self::GnnFt(by) => to.field(by),
            Self::GidPt(by) => to.field(by),
            Self::RpnId(name) => to.field(name),
            Self::RnnId(name) => to.field(name),
            Self::RcsId(classes) => to.field(classes),
            Self::RftId(types) => to.field(types),
            Self::RspnId(id, name) => {
                to.field(PortId { id })?;
                name.encode(to)
            }
            Self::RptId(port_type) => to.field(port_type),
            Self::RffId(features) => to.field(features),
            Self::RsnnNn(wwnn, name) => {
                to.field(wwnn)?;
                name.encode(to)
            }
            Self::Other(_, body) => to.bytes(body),
        }
    }
}
