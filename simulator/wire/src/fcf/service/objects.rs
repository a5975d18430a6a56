//! The name server's answers that tell of several ports.

use npivot_fabric::san::ids::NPortIx;
use npivot_fabric::san::{Entry, San};
use npivot_hal::FcId;

use super::Reject;
use super::directory::{Node, unable};
use crate::ct::directory::{
    Answer, EntryControl, Explanation, Fc4Types, Next, NodeNameEntry, PortIdEntry, PortNameEntry,
    PortType, Query, ServiceClasses, SymbolicName,
};
use crate::fc2::FcType;
use crate::{Field, List};

/// The ports that an answer tells of, in the forms that it may have.
#[derive(Debug, Default)]
pub(super) struct Objects {
    ports: Vec<NPortIx>,
    ids: Vec<PortIdEntry>,
    port_names: Vec<PortNameEntry>,
    node_names: Vec<NodeNameEntry>,
    /// Symbolic port and node name of the first.
    symbols: [Vec<u8>; 2],
}

impl Objects {
    /// Finds the ports that a request asks for, among those that the asker may see, by address.
    pub(super) fn gather(&mut self, san: &San, asker: NPortIx, query: &Query<'_>) {
        let within = |id: FcId, domain: u8, area: u8| {
            let [_, d, a, _] = id.get().to_be_bytes();
            (domain == 0 || d == domain) && (area == 0 || a == area)
        };
        let wanted = |entry: &Entry<'_>| match *query {
            Query::GidFt(by) | Query::GpnFt(by) | Query::GnnFt(by) => {
                entry.speaks(by.fc_type.0) && within(entry.fc_id, by.domain, by.area)
            }
            Query::GidPt(by) => {
                matches!(by.port_type, PortType::N_PORT | PortType::NX_PORT)
                    && within(entry.fc_id, by.domain, by.area)
            }
            Query::GidNn(node) | Query::GsnnNn(node) => node == Some(entry.names.wwnn),
            _ => true,
        };
        match *query {
            Query::GaNxt(after) => self.ports = next_after(san, asker, after),
            Query::GidFt(_)
            | Query::GpnFt(_)
            | Query::GnnFt(_)
            | Query::GidPt(_)
            | Query::GidNn(_)
            | Query::GsnnNn(_) => {
                self.ports = with_asker(san, asker);
                self.ports.retain(|&ix| wanted(&san.entry(ix)));
            }
            _ => return,
        }
        // Only one answer has them.
        if let (Query::GaNxt(_), Some(&first)) = (query, self.ports.first()) {
            let entry = san.entry(first);
            self.symbols = [entry.port_symbol.to_vec(), entry.node_symbol.to_vec()];
        }
        let control = EntryControl::NONE;
        match query {
            Query::GpnFt(_) => self.port_names.reserve_exact(self.ports.len()),
            Query::GnnFt(_) => self.node_names.reserve_exact(self.ports.len()),
            _ => self.ids.reserve_exact(self.ports.len()),
        }
        for nport in self.ports.iter().map(|&ix| san.nport(ix)) {
            let (id, names) = (nport.fc_id(), nport.names);
            match query {
                Query::GpnFt(_) => {
                    self.port_names.push(PortNameEntry { control, id, wwpn: Some(names.wwpn) });
                }
                Query::GnnFt(_) => {
                    self.node_names.push(NodeNameEntry { control, id, wwnn: Some(names.wwnn) });
                }
                _ => self.ids.push(PortIdEntry { control, id }),
            }
        }
        let last = EntryControl::LAST;
        self.port_names.last_mut().into_iter().for_each(|entry| entry.control = last);
        self.node_names.last_mut().into_iter().for_each(|entry| entry.control = last);
        self.ids.last_mut().into_iter().for_each(|entry| entry.control = last);
    }

    pub(super) fn ids(&self, missing: Explanation) -> Result<Answer<'_>, Reject> {
        if self.ids.is_empty() {
            return Err(unable(missing));
        }
        Ok(Answer::PortIds(List::new(&self.ids)))
    }

    pub(super) fn port_names(&self, missing: Explanation) -> Result<Answer<'_>, Reject> {
        if self.port_names.is_empty() {
            return Err(unable(missing));
        }
        Ok(Answer::PortNames(List::new(&self.port_names)))
    }

    pub(super) fn node_names(&self, missing: Explanation) -> Result<Answer<'_>, Reject> {
        if self.node_names.is_empty() {
            return Err(unable(missing));
        }
        Ok(Answer::NodeNames(List::new(&self.node_names)))
    }

    /// A port of a node.
    pub(super) fn of_node<'w>(&self, san: &'w San, node: Node) -> Option<Entry<'w>> {
        let entries = self.ports.iter().map(|&ix| san.entry(ix));
        entries.into_iter().find(|entry| Some(entry.names.wwnn) == node)
    }

    /// All about the port that comes next.
    pub(super) fn next(&self, san: &San) -> Result<Next<'_>, Reject> {
        let ix = *self.ports.first().ok_or_else(|| unable(Explanation::PORT_ID))?;
        let entry = san.entry(ix);
        let types = entry
            .other_types
            .iter()
            .fold(Fc4Types::default(), |all, &fc_type| all.with(FcType(fc_type)));
        Ok(Next {
            port_type: PortType::N_PORT,
            id: entry.fc_id,
            wwpn: Some(entry.names.wwpn),
            port_symbol: SymbolicName::new(&self.symbols[0]).unwrap_or_default(),
            wwnn: Some(entry.names.wwnn),
            node_symbol: SymbolicName::new(&self.symbols[1]).unwrap_or_default(),
            associator: [0; 8],
            node_ip: [0; 16],
            classes: ServiceClasses::CLASS_3,
            types: if entry.fcp { types.with(FcType::FCP) } else { types },
            port_ip: [0; 16],
            fabric_port: Some(san.f_port_name(san.nport(ix).port)),
            hard_address: Field::of([0; 3]),
        })
    }
}

/// All whom an N_Port may see, itself among them, by address.
fn with_asker(san: &San, asker: NPortIx) -> Vec<NPortIx> {
    let mut seen = san.visible_from(asker);
    let own = san.nport(asker).fc_id();
    let place = seen.partition_point(|&ix| san.nport(ix).fc_id() < own);
    seen.insert(place, asker);
    seen
}

/// GA_NXT: the port with the next higher address; after the highest, the lowest.
fn next_after(san: &San, asker: NPortIx, after: FcId) -> Vec<NPortIx> {
    let seen = with_asker(san, asker);
    let next = seen.iter().find(|&&ix| san.nport(ix).fc_id() > after).or(seen.first());
    next.copied().into_iter().collect()
}
