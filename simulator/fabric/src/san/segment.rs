//! Links between switches, and the segments of a fabric that they leave connected.

use npivot_hal::{DomainId, FabricName};

use super::ids::{FabricIx, PortIx, SwitchIx};
use super::switch::{Attached, fabric_name};
use super::{San, Switch, WiringError};

impl San {
    /// Connects two free ports of two switches of one fabric, with light.
    ///
    /// # Errors
    /// [`WiringError::PortInUse`], [`WiringError::NotOneFabric`].
    pub fn connect(&mut self, a: PortIx, b: PortIx) -> Result<(), WiringError> {
        self.must_be_free(a)?;
        self.must_be_free(b)?;
        let (one, other) = (self.switch_of(a), self.switch_of(b));
        if one.fabric != other.fabric || one.domain == other.domain {
            let (a, b) = (one.name.clone(), other.name.clone());
            return Err(WiringError::NotOneFabric { a, b });
        }
        let fabric = one.fabric;
        for (port, peer) in [(a, b), (b, a)] {
            let port = &mut self.ports[port.index()];
            port.attached = Attached::Switch(peer);
            port.online = true;
        }
        self.find_segments(fabric);
        Ok(())
    }

    /// Turns the light of an inter-switch link on or off, by either end. Whether the fabric is cut in other
    /// segments than before.
    pub fn set_isl_light(&mut self, port: PortIx, online: bool) -> bool {
        let Attached::Switch(peer) = self.port(port).attached else {
            return false;
        };
        self.ports[port.index()].online = online;
        self.ports[peer.index()].online = online;
        self.find_segments(self.switch_of(port).fabric)
    }

    /// Numbers each connected part of a fabric by its lowest switch. Whether anything changed.
    fn find_segments(&mut self, fabric: FabricIx) -> bool {
        let members = self.fabrics[fabric.index()].switches.clone();
        let before: Vec<u32> = members.iter().map(|s| self.switches[s.index()].segment).collect();
        for &switch in &members {
            self.switches[switch.index()].segment = u32::MAX;
        }
        for &start in &members {
            if self.switches[start.index()].segment == u32::MAX {
                self.flood(start);
            }
        }
        members.iter().zip(before).any(|(s, old)| self.switches[s.index()].segment != old)
    }

    fn flood(&mut self, start: SwitchIx) {
        let mut reached = vec![start];
        while let Some(ix) = reached.pop() {
            self.switches[ix.index()].segment = start.0;
            for port in self.switches[ix.index()].ports() {
                let Attached::Switch(peer) = self.port(port).attached else {
                    continue;
                };
                let next = self.port(peer).switch;
                if self.port(port).online && self.switches[next.index()].segment == u32::MAX {
                    reached.push(next);
                }
            }
        }
    }

    /// The principal switch of the segment that a switch is in: best priority (1 best, 255 never), then
    /// lowest world wide name (FC-SW, "Principal Switch selection").
    pub fn principal(&self, switch: &Switch) -> Option<&Switch> {
        self.fabrics[switch.fabric.index()]
            .switches
            .iter()
            .map(|s| &self.switches[s.index()])
            .filter(|s| s.segment == switch.segment && s.settings.priority < 255)
            .min_by_key(|s| (s.settings.priority, s.wwn()))
    }

    /// The name by which N_Ports behind a switch know their fabric.
    pub fn fabric_name(&self, switch: &Switch) -> Option<FabricName> {
        self.principal(switch).and_then(fabric_name)
    }

    /// The domain that answers for a whole fabric: the principal switch of its first segment.
    pub fn lead_domain(&self, fabric: FabricIx) -> Option<DomainId> {
        let first = self.fabrics[fabric.index()].switches.first()?;
        let first = &self.switches[first.index()];
        Some(self.principal(first).unwrap_or(first).domain)
    }
}
