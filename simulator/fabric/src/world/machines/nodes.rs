//! What is plugged into the switches, and the administrators' commands on them.

use npivot_hal::{Outcome, Roles, WwnPair, Wwpn};

use crate::array::Array;
use crate::host::RETRY_US;
use crate::san::ids::{AdapterIx, ArrayIx, FabricIx, NPortIx, PortIx, TargetIx};
use crate::san::{Accepted, Attached, LoggedOut, Login, Owner};
use crate::world::{Answer, Due, Happening, Notice, Refusal, Reply, World};
use crate::zoning::PortKey;

/// What is at the other end of a switch port's cable.
#[derive(Debug, Clone, Copy)]
pub(in crate::world) enum Node {
    Adapter(AdapterIx),
    Target(TargetIx),
    Outside,
}

/// An array in the world: its volumes and masking, and where its ports are.
#[derive(Debug)]
pub struct ArrayNode {
    /// Volumes and masking.
    pub array: Array,
    /// Its ports, in order of definition.
    pub targets: Vec<TargetIx>,
}

impl ArrayNode {
    /// Its name.
    pub fn name(&self) -> &str {
        self.array.name()
    }
}

/// A port of an array.
#[derive(Debug, Clone)]
pub struct TargetPort {
    /// Its array.
    pub array: ArrayIx,
    /// Which port of the array it is, from 0.
    pub number: u16,
    /// Its names.
    pub names: WwnPair,
    /// Where it is plugged in.
    pub port: PortIx,
    /// Its login.
    pub nport: Option<NPortIx>,
}

impl World {
    pub(in crate::world) fn plug(&mut self, port: PortIx, node: Node) -> Result<(), Refusal> {
        if !self.san.has_port(port) {
            return Err(Refusal::NoSuch("switch port"));
        }
        self.san.attach_node(port)?;
        self.nodes.insert(port, node);
        Ok(())
    }

    pub(in crate::world) fn must_have_fabric(&self, fabric: FabricIx) -> Result<(), Refusal> {
        self.san.fabrics.get(fabric.index()).map(|_| ()).ok_or(Refusal::NoSuch("fabric"))
    }

    /// What follows a login: those displaced are told, the members of its zones get an RSCN.
    pub(crate) fn logged_in(&mut self, accepted: &Accepted) {
        self.logged_out(&accepted.displaced);
        let nport = self.san.nport(accepted.nport);
        let (port, wwpn) = (nport.port, nport.names.wwpn);
        let fabric = self.san.fabric_of(accepted.nport);
        self.tell(Happening::Login { fabric, wwpn, fc_id: accepted.fc_id });
        // Who has registered nothing is nothing that the name server could tell of.
        if self.san.entry(accepted.nport).fcp {
            let key = self.san.key(accepted.nport);
            self.announce(port, &key);
        }
    }

    /// What follows logouts: the owners lose their logins, the members of their zones get an RSCN.
    pub(crate) fn logged_out(&mut self, gone: &[LoggedOut]) {
        for one in gone {
            let fabric = self.san.switch_of(one.port).fabric;
            self.tell(Happening::Logout { fabric, wwpn: one.names.wwpn, fc_id: one.fc_id });
            if let Some(target) = one.owner.as_target() {
                self.targets[target.index()].nport = None;
                self.notice(Notice::TargetLoggedOut { fabric, fc_id: one.fc_id });
            } else {
                self.forget_nexuses(fabric, one.names.wwpn);
                match one.owner.as_adapter() {
                    Some(adapter) => self.adapter_lost_login(adapter),
                    None => self.outside_lost_login(one),
                }
            }
            let key = self.san.key_at(one.port, one.names.wwpn, one.fc_id);
            self.announce(one.port, &key);
        }
    }

    /// The arrays on a fabric forget an initiator that is gone, and what they owe it.
    fn forget_nexuses(&mut self, fabric: FabricIx, initiator: Wwpn) {
        for target in &self.targets {
            if self.san.switch_of(target.port).fabric == fabric {
                self.arrays[target.array.index()].array.forget_nexus(initiator, target.number);
            }
        }
    }

    /// Sends an RSCN about an N_Port to those that may see it (FC-LS, "RSCN").
    pub(super) fn announce(&mut self, port: PortIx, key: &PortKey) {
        let told = self.san.visible_at(port, key);
        for other in told {
            let nport = self.san.nport(other);
            if nport.names.wwpn == key.wwpn {
                continue;
            }
            match nport.owner.as_adapter() {
                Some(adapter) => self.send_rscn(adapter, key.fc_id),
                None => self.send_rscn_outside(other, key.fc_id),
            }
        }
    }

    /// Sends an RSCN to everybody who is logged in to a fabric: what zoning changes and splits do.
    pub(super) fn announce_to_all(&mut self, fabric: FabricIx) {
        let told: Vec<(AdapterIx, NPortIx)> = (self.adapters.iter().enumerate())
            .filter_map(|(i, a)| Some((AdapterIx::from_index(i), a.as_deref()?.nport?)))
            .filter(|&(_, nport)| self.san.fabric_of(nport) == fabric)
            .collect();
        for (adapter, nport) in told {
            let own = self.san.nport(nport).fc_id();
            self.send_rscn(adapter, own);
        }
        let outside: Vec<NPortIx> = (self.san.told_of_state_changes())
            .filter(|&nport| self.san.fabric_of(nport) == fabric)
            .collect();
        for nport in outside {
            self.send_rscn_outside(nport, self.san.nport(nport).fc_id());
        }
    }

    pub(in crate::world) fn target_login_is_due(&mut self, ix: TargetIx) {
        let target = self.targets[ix.index()].clone();
        let roles = Roles { target: true, initiator: false };
        let login = Login { names: target.names, roles, owner: Owner::target(ix) };
        match self.san.flogi(target.port, &login) {
            Ok(accepted) => {
                self.targets[ix.index()].nport = Some(accepted.nport);
                self.logged_in(&accepted);
            }
            Err(reason) => {
                self.refused(target.port, target.names.wwpn, &reason.to_string());
                self.queue_at(self.now + RETRY_US, Due::TargetLogin(ix));
            }
        }
    }

    pub(crate) fn refused(&mut self, port: PortIx, wwpn: Wwpn, reason: &str) {
        let fabric = self.san.switch_of(port).fabric;
        self.tell(Happening::LoginRefused { fabric, wwpn, reason: reason.into() });
    }

    pub(in crate::world) fn set_light(&mut self, port: PortIx, on: bool) -> Answer {
        if !self.san.has_port(port) {
            return Err(Refusal::NoSuch("switch port"));
        }
        let attached = self.san.port(port).attached;
        if attached == Attached::Nothing {
            return Err(Refusal::Argument("nothing is plugged into this port".into()));
        }
        if self.san.port(port).online == on {
            return Ok(Reply::Outcome(Outcome::Unchanged));
        }
        self.tell(Happening::Link { between: self.link_name(port), up: on });
        if let Attached::Switch(_) = attached {
            if self.san.set_isl_light(port, on) {
                self.announce_to_all(self.san.switch_of(port).fabric);
            }
            return Ok(Reply::Outcome(Outcome::Changed));
        }
        let gone = self.san.set_light(port, on);
        self.logged_out(&gone);
        match self.nodes.get(&port) {
            Some(&Node::Adapter(adapter)) => self.adapter_light_changed(adapter, on),
            Some(&Node::Target(target)) if on => {
                self.queue_after(self.latencies.login_us, Due::TargetLogin(target));
            }
            _ => {}
        }
        Ok(Reply::Outcome(Outcome::Changed))
    }

    /// What is at both ends of a cable, as people say it.
    pub fn link_name(&self, port: PortIx) -> String {
        let end = |port: PortIx| {
            format!("{}/{}", self.san.switch_of(port).name, self.san.port(port).number)
        };
        let other = match (self.san.port(port).attached, self.nodes.get(&port)) {
            (Attached::Switch(peer), _) => end(peer),
            (_, Some(&Node::Adapter(adapter))) => self.adapter(adapter).map_or_else(
                || "adapter".into(),
                |a| format!("{} {}", self.hosts[a.host.index()].name, a.no),
            ),
            (_, Some(&Node::Target(target))) => {
                let target = &self.targets[target.index()];
                format!("{} {}", self.arrays[target.array.index()].name(), target.names.wwpn)
            }
            _ => "N_Port".into(),
        };
        format!("{other} - {}", end(port))
    }
}
