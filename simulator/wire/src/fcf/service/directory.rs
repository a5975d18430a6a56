//! The name server (FC-GS, "Name Server"). Its data base is the world's, and its answers are filtered by
//! the asker's zones.

use npivot_fabric::san::ids::NPortIx;
use npivot_fabric::san::{FCP_TYPE, Registration};
use npivot_fabric::world::{Command as WorldCommand, NPortCommand};
use npivot_hal::{FcId, WwnPair, Wwnn};

use super::objects::Objects;
use super::{Reason, Reject, Request};
use crate::ct::directory::{
    Answer, Explanation, Fc4Types, Features, FeaturesOf, PortType, Query, ServiceClasses,
    SymbolicName,
};
use crate::ct::{Outcome, Reply};
use crate::fc2::{FcType, Header};
use crate::fcf::link::Link;
use crate::fcf::turn::{Back, Turn};

/// Features of 256 FC-4s, four bits each.
const FEATURES_BYTES: usize = 128;

/// Where FCP's are: in the second word, the eighth nibble from its lower end counted from 0, of eight
/// (FC-GS, "FC-4 Features").
const FCP_FEATURES: usize = 7;

impl Turn<'_> {
    pub(super) fn directory(
        &mut self,
        link: &mut Link,
        back: Back,
        header: Header,
        request: &Request<'_>,
        query: &Query<'_>,
    ) {
        let Some(vn_port) = link.vn_ports.get(&back.id) else { return };
        let (asker, names) = (vn_port.nport, vn_port.names);
        if let Some(registration) = registration_of(back.id, names, query) {
            let outcome = self.register(link, back.id, registration);
            return self.answer_directory(link, back, header, request, outcome);
        }
        let mut objects = Objects::default();
        objects.gather(self.world.san(), asker, query);
        // What the name server says of a single port is borrowed from the world: a copy outlives it.
        let mut features = [0; FEATURES_BYTES];
        let mut symbol = [0; SymbolicName::MAX_BYTES];
        let outcome = self.look_up(link, asker, query, &objects, &mut features, &mut symbol);
        self.answer_directory(link, back, header, request, outcome);
    }

    fn answer_directory(
        &mut self,
        link: &mut Link,
        back: Back,
        header: Header,
        request: &Request<'_>,
        outcome: Result<Answer<'_>, Reject>,
    ) {
        let outcome = match outcome {
            Ok(answer) => Outcome::Accept(answer),
            Err(reject) => Outcome::Reject(reject),
        };
        let reply = Reply::new(request.context, request.query.service(), outcome);
        self.answer_ct(link, back, header, &reply);
    }

    fn register(
        &mut self,
        link: &Link,
        fc_id: FcId,
        registration: Result<Option<Registration>, Reject>,
    ) -> Result<Answer<'static>, Reject> {
        let Some(registration) = registration? else { return Ok(Answer::Done) };
        let command = NPortCommand::Register { fabric: link.fabric, fc_id, registration };
        match self.world.apply(WorldCommand::NPort(command)) {
            Ok(_) => Ok(Answer::Done),
            Err(_) => Err(unable(Explanation::UNACCEPTABLE_PORT_ID)),
        }
    }

    fn look_up<'a>(
        &self,
        link: &Link,
        asker: NPortIx,
        query: &Query<'_>,
        objects: &'a Objects,
        features: &'a mut [u8; FEATURES_BYTES],
        symbol: &'a mut [u8; SymbolicName::MAX_BYTES],
    ) -> Result<Answer<'a>, Reject> {
        let san = self.world.san();
        let port = |id: FcId| {
            let found = san.by_address(link.fabric, id);
            let found = found.filter(|&ix| ix == asker || san.reach(asker, ix).is_ok());
            found.map(|ix| san.entry(ix)).ok_or_else(|| unable(Explanation::PORT_ID))
        };
        let mut named = |name: &[u8], missing: Explanation| {
            if name.is_empty() {
                return Err(unable(missing));
            }
            let bytes = name.len().min(SymbolicName::MAX_BYTES);
            symbol[..bytes].copy_from_slice(&name[..bytes]);
            Ok(bytes)
        };
        Ok(match *query {
            Query::GaNxt(_) => Answer::Next(objects.next(san)?),
            Query::GpnId(id) => Answer::PortName(Some(port(id)?.names.wwpn)),
            Query::GnnId(id) => Answer::NodeName(Some(port(id)?.names.wwnn)),
            Query::GcsId(id) => port(id).map(|_| Answer::Classes(ServiceClasses::CLASS_3))?,
            Query::GptId(id) => port(id).map(|_| Answer::PortType(PortType::N_PORT))?,
            Query::GftId(id) => {
                let entry = port(id)?;
                let types = entry
                    .other_types
                    .iter()
                    .fold(Fc4Types::default(), |all, &fc_type| all.with(FcType(fc_type)));
                Answer::Types(if entry.fcp { types.with(FcType::FCP) } else { types })
            }
            Query::GffId(id) => {
                features[FCP_FEATURES] = features_of(&port(id)?).0;
                Answer::Features(features)
            }
            Query::GspnId(id) => {
                let bytes = named(port(id)?.port_symbol, Explanation::SYMBOLIC_PORT_NAME)?;
                Answer::SymbolicName(SymbolicName::new(&symbol[..bytes]).unwrap_or_default())
            }
            Query::GsnnNn(node) => {
                let name = objects.of_node(san, node).map_or(&[][..], |entry| entry.node_symbol);
                let bytes = named(name, Explanation::SYMBOLIC_NODE_NAME)?;
                Answer::SymbolicName(SymbolicName::new(&symbol[..bytes]).unwrap_or_default())
            }
            Query::GidPn(wwpn) => {
                let found = wwpn.and_then(|wwpn| san.by_name(link.fabric, wwpn));
                let found = found.filter(|&ix| ix == asker || san.reach(asker, ix).is_ok());
                let found = found.ok_or_else(|| unable(Explanation::PORT_NAME))?;
                Answer::PortId(san.nport(found).fc_id())
            }
            Query::GidNn(_) => objects.ids(Explanation::NODE_NAME)?,
            Query::GidFt(_) => objects.ids(Explanation::FC4_TYPES)?,
            Query::GidPt(_) => objects.ids(Explanation::PORT_TYPE)?,
            Query::GpnFt(_) => objects.port_names(Explanation::FC4_TYPES)?,
            Query::GnnFt(_) => objects.node_names(Explanation::FC4_TYPES)?,
            _ => return Err(Reject::new(Reason::UNSUPPORTED, Explanation::NONE)),
        })
    }
}

pub(super) fn unable(explanation: Explanation) -> Reject {
    Reject::new(Reason::UNABLE, explanation)
}

/// What an N_Port does in FCP.
fn features_of(entry: &npivot_fabric::san::Entry<'_>) -> Features {
    let mut features = Features::NONE;
    if entry.roles.target {
        features = features.with(Features::TARGET);
    }
    if entry.roles.initiator {
        features = features.with(Features::INITIATOR);
    }
    features
}

/// What a request registers: `None` if it is a question, an inner `None` if there is nothing to keep.
fn registration_of(
    asker: FcId,
    names: WwnPair,
    query: &Query<'_>,
) -> Option<Result<Option<Registration>, Reject>> {
    // An N_Port registers itself, nobody else (FC-GS, "Registration Request").
    let own = |id: FcId, registration: Option<Registration>| {
        if id == asker { Ok(registration) } else { Err(unable(Explanation::UNACCEPTABLE_PORT_ID)) }
    };
    Some(match *query {
        // Names are those of the login; classes and port type follow from it.
        Query::RpnId(of) if of.wwpn != Some(names.wwpn) => Err(unable(Explanation::PORT_NAME)),
        Query::RnnId(of) if of.wwnn != Some(names.wwnn) => Err(unable(Explanation::NODE_NAME)),
        Query::RpnId(of) => own(of.id, None),
        Query::RnnId(of) => own(of.id, None),
        Query::RcsId(of) => own(of.id, None),
        Query::RptId(of) => own(of.id, None),
        Query::RftId(of) => {
            let types = (0..=u8::MAX).filter(|&fc_type| of.types.has(FcType(fc_type)));
            own(of.id, Some(Registration::Types(types.collect())))
        }
        Query::RffId(FeaturesOf { id, features, fc_type }) => {
            let roles = Registration::Roles {
                target: features.has(Features::TARGET),
                initiator: features.has(Features::INITIATOR),
            };
            own(id, (fc_type.0 == FCP_TYPE).then_some(roles))
        }
        Query::RspnId(id, name) => own(id, Some(Registration::PortSymbol(name.bytes().to_vec()))),
        Query::RsnnNn(node, _) if node != Some(names.wwnn) => Err(unable(Explanation::NODE_NAME)),
        Query::RsnnNn(_, name) => Ok(Some(Registration::NodeSymbol(name.bytes().to_vec()))),
        Query::DaId(id) => own(id, Some(Registration::Nothing)),
        _ => return None,
    })
}

/// The node that a request is about.
pub(super) type Node = Option<Wwnn>;
