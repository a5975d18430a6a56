//! What the fabric's services answer: who is there, who may see whom.

use std::collections::BTreeSet;

use npivot_hal::DefaultZone;

use super::San;
use super::ids::{FabricIx, NPortIx, PortIx};
use crate::zoning::{MemberKey, PortKey};

/// Why one N_Port cannot reach another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreachable {
    /// They are in different fabrics.
    OtherFabric,
    /// The fabric is split between them.
    OtherSegment,
    /// No zone has both.
    NotZoned,
}

impl San {
    /// Whether frames of one N_Port reach another: same fabric, same segment, a common zone.
    ///
    /// # Errors
    /// The first of these that is not so.
    pub fn reach(&self, a: NPortIx, b: NPortIx) -> Result<(), Unreachable> {
        self.connected(a, b)?;
        let zones = self.fabrics[self.fabric_of(a).index()].zoning.compiled();
        if zones.can_see(&self.key(a), &self.key(b)) { Ok(()) } else { Err(Unreachable::NotZoned) }
    }

    /// Whether there is a way at all: same fabric, same segment.
    ///
    /// # Errors
    /// The first of these that is not so.
    pub fn connected(&self, a: NPortIx, b: NPortIx) -> Result<(), Unreachable> {
        let (one, other) = (self.switch_of(self.nport(a).port), self.switch_of(self.nport(b).port));
        if one.fabric != other.fabric {
            Err(Unreachable::OtherFabric)
        } else if one.segment != other.segment {
            Err(Unreachable::OtherSegment)
        } else {
            Ok(())
        }
    }

    /// The other N_Ports that one may see, by address: the name server's answer to it (FC-GS: answers are
    /// filtered by the asker's zones). It costs what it returns, not what the fabric holds.
    pub fn visible_from(&self, asker: NPortIx) -> Vec<NPortIx> {
        let mut found = self.visible_at(self.nport(asker).port, &self.key(asker));
        found.retain(|&other| other != asker);
        found
    }

    /// The N_Ports that one with this key behind this port may see, or might have seen before it went.
    pub fn visible_at(&self, port: PortIx, key: &PortKey) -> Vec<NPortIx> {
        let switch = self.switch_of(port);
        let zones = self.fabrics[switch.fabric.index()].zoning.compiled();
        let mut found = BTreeSet::new();
        if zones.in_default_zone(key) {
            // With access for all, everybody outside the zones is visible; with none, nobody is.
            if zones.default_zone() == DefaultZone::Permit {
                let outside = |ix: &NPortIx| zones.in_default_zone(&self.key(*ix));
                found.extend(self.all(switch.fabric).filter(outside));
            }
        } else {
            for member in zones.visible_members(key) {
                self.resolve(switch.fabric, member, &mut found);
            }
        }
        let here = |ix: &NPortIx| self.switch_of(self.nport(*ix).port).segment == switch.segment;
        let mut found: Vec<NPortIx> = found.into_iter().filter(here).collect();
        found.sort_by_key(|&ix| self.nport(ix).fc_id());
        found
    }

    fn resolve(&self, fabric: FabricIx, member: MemberKey, found: &mut BTreeSet<NPortIx>) {
        match member {
            MemberKey::Wwpn(wwpn) => found.extend(self.by_name(fabric, wwpn)),
            MemberKey::FcId(id) => found.extend(self.by_address(fabric, id)),
            MemberKey::DomainPort(domain, number) => {
                let port = self.switch_with_domain(fabric, domain).and_then(|s| s.port(number));
                found.extend(port.into_iter().flat_map(|port| self.behind(port)));
            }
        }
    }

    /// All N_Ports of a fabric, by address.
    pub fn all(&self, fabric: FabricIx) -> impl Iterator<Item = NPortIx> {
        let switches = self.fabrics[fabric.index()].switches.iter();
        switches.flat_map(|s| self.switches[s.index()].addresses.owners())
    }

    /// The zones that let two N_Ports see each other.
    pub fn shared_zones(&self, fabric: FabricIx, a: &PortKey, b: &PortKey) -> Vec<String> {
        let zones = self.fabrics[fabric.index()].zoning.compiled();
        zones.shared_zones(a, b).map(ToOwned::to_owned).collect()
    }
}
