//! What ports and members are known by.

use npivot_hal::{DomainId, FcId, Wwpn, ZoneMember};

/// An N_Port as zones know it: its name, its address and the switch port it is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortKey {
    /// Its name.
    pub wwpn: Wwpn,
    /// Its address.
    pub fc_id: FcId,
    /// The domain of the switch it is logged in at.
    pub domain: DomainId,
    /// The switch port that it is behind, counted from 0; its vports share it.
    pub port: u16,
}

impl PortKey {
    /// The member keys that stand for this port.
    pub(super) fn keys(&self) -> [MemberKey; 3] {
        [
            MemberKey::Wwpn(self.wwpn),
            MemberKey::DomainPort(self.domain, self.port),
            MemberKey::FcId(self.fc_id),
        ]
    }
}

/// A member of a zone in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MemberKey {
    /// The N_Port of this name.
    Wwpn(Wwpn),
    /// All N_Ports behind this port of this domain.
    DomainPort(DomainId, u16),
    /// The N_Port at this address.
    FcId(FcId),
}

impl MemberKey {
    /// The key of a member, or `None` of one that stands for no port by itself (an alias).
    pub fn of(member: &ZoneMember) -> Option<Self> {
        match member {
            ZoneMember::Wwpn(wwpn) => Some(Self::Wwpn(*wwpn)),
            ZoneMember::DomainPort(domain, port) => Some(Self::DomainPort(*domain, *port)),
            ZoneMember::FcId(id) => Some(Self::FcId(*id)),
            _ => None,
        }
    }

    /// Whether it stands for this port.
    pub fn matches(&self, port: &PortKey) -> bool {
        port.keys().contains(self)
    }
}

/// The keys of all distinct members, each type in an array of its own: 8 bytes a name, 4 bytes the others.
/// A member's number is its place in the three arrays, one after the other.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    wwpns: Box<[Wwpn]>,
    domain_ports: Box<[(DomainId, u16)]>,
    fc_ids: Box<[FcId]>,
}

impl Keys {
    /// The distinct ones of these.
    pub(super) fn of(keys: impl Iterator<Item = MemberKey>) -> Self {
        let (mut wwpns, mut domain_ports, mut fc_ids) = (vec![], vec![], vec![]);
        for key in keys {
            match key {
                MemberKey::Wwpn(wwpn) => wwpns.push(wwpn),
                MemberKey::DomainPort(domain, port) => domain_ports.push((domain, port)),
                MemberKey::FcId(id) => fc_ids.push(id),
            }
        }
        Self {
            wwpns: distinct(wwpns),
            domain_ports: distinct(domain_ports),
            fc_ids: distinct(fc_ids),
        }
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        self.wwpns.len() + self.domain_ports.len() + self.fc_ids.len()
    }

    /// The number of a key. O(log n).
    pub(super) fn find(&self, key: MemberKey) -> Option<usize> {
        let (names, ports) = (self.wwpns.len(), self.domain_ports.len());
        match key {
            MemberKey::Wwpn(wwpn) => self.wwpns.binary_search(&wwpn).ok(),
            MemberKey::DomainPort(domain, port) => {
                let found = self.domain_ports.binary_search(&(domain, port)).ok();
                found.map(|i| names + i)
            }
            MemberKey::FcId(id) => {
                let found = self.fc_ids.binary_search(&id).ok();
                found.map(|i| names + ports + i)
            }
        }
    }

    /// The key with this number.
    pub(super) fn get(&self, number: usize) -> Option<MemberKey> {
        if let Some(wwpn) = self.wwpns.get(number) {
            return Some(MemberKey::Wwpn(*wwpn));
        }
        let number = number - self.wwpns.len();
        if let Some((domain, port)) = self.domain_ports.get(number) {
            return Some(MemberKey::DomainPort(*domain, *port));
        }
        let number = number - self.domain_ports.len();
        self.fc_ids.get(number).copied().map(MemberKey::FcId)
    }

    /// The heap that they take.
    pub(super) fn memory_bytes(&self) -> usize {
        size_of_val(&*self.wwpns) + size_of_val(&*self.domain_ports) + size_of_val(&*self.fc_ids)
    }
}

fn distinct<T: Ord>(mut all: Vec<T>) -> Box<[T]> {
    all.sort_unstable();
    all.dedup();
    all.into()
}
