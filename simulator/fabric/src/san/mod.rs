//! The network: switches, logins, addresses, name server, who can reach whom.
//!
//! It knows N_Ports, not where they come from: a simulated host's driver, an array's port and a login
//! from outside are served alike. It has no clock: the world calls it, and schedules what follows.
//!
//! | file | what |
//! |---|---|
//! | `ids` | dense ids of all tables |
//! | `address` | the 65,536 addresses of a domain |
//! | `nport` | the table of N_Ports and its index by name |
//! | `switch` | switches, ports, fabrics |
//! | `login` | FLOGI, FDISC, LOGO, with limits and the duplicate-WWPN policy |
//! | `segment` | links between switches, segments, principal switches |
//! | `query` | what zoning answers: who sees whom |
//! | `directory` | what N_Ports have registered with the name server |

mod address;
mod directory;
pub mod ids;
mod login;
mod nport;
mod query;
mod segment;
mod switch;

pub use directory::{Entry, FCP_TYPE, Registration};
pub use login::{Accepted, LoggedOut, LoginReject};
pub use nport::{Login, NPort, Owner};
pub use query::Unreachable;
pub use switch::{Attached, Fabric, Port, Switch};

use ids::{FabricIx, NPortIx, PortIx, SwitchIx};
use npivot_hal::{DomainId, FcId, Wwpn};

use crate::config::SwitchSettings;
use crate::zoning::{PortKey, Zoning};
use nport::NPorts;

/// All fabrics of the world.
#[derive(Debug, Default)]
pub struct San {
    /// The fabrics, by id.
    pub fabrics: Vec<Fabric>,
    /// The switches of all fabrics, by id.
    pub switches: Vec<Switch>,
    ports: Vec<Port>,
    nports: NPorts,
    directory: directory::Directory,
}

/// Why a switch or a link cannot be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WiringError {
    /// The domain id is taken: on a real fabric the E_Port would be isolated.
    #[error(
        "domain id {domain} of switch {name} is taken by switch {by}; give one of them another"
    )]
    DomainTaken {
        /// The id.
        domain: DomainId,
        /// The switch that was to have it.
        name: String,
        /// The switch that has it.
        by: String,
    },
    /// Something is plugged in there.
    #[error("port {number} of switch {switch} is in use")]
    PortInUse {
        /// The switch.
        switch: String,
        /// The port's number.
        number: u16,
    },
    /// An ISL must join two switches of one fabric.
    #[error("an inter-switch link joins two switches of one fabric: {a} and {b} are not")]
    NotOneFabric {
        /// One end.
        a: String,
        /// The other.
        b: String,
    },
    /// A switch without ports is of no use.
    #[error("switch {0} has no ports")]
    NoPorts(String),
}

impl San {
    /// Adds a fabric without switches.
    pub fn add_fabric(&mut self, name: String) -> FabricIx {
        let zoning = Zoning::default();
        self.fabrics.push(Fabric {
            name,
            switches: vec![],
            zoning,
            by_name: nport::ByName::default(),
        });
        FabricIx::from_index(self.fabrics.len() - 1)
    }

    /// Adds a switch, connected with nothing.
    ///
    /// # Errors
    /// [`WiringError::DomainTaken`], [`WiringError::NoPorts`].
    pub fn add_switch(
        &mut self,
        fabric: FabricIx,
        name: String,
        domain: DomainId,
        settings: SwitchSettings,
    ) -> Result<SwitchIx, WiringError> {
        if settings.ports == 0 {
            return Err(WiringError::NoPorts(name));
        }
        let members = &self.fabrics[fabric.index()].switches;
        let place = members.binary_search_by_key(&domain, |&s| self.switches[s.index()].domain);
        let place = match place {
            Ok(taken) => {
                let by = self.switches[members[taken].index()].name.clone();
                return Err(WiringError::DomainTaken { domain, name, by });
            }
            Err(place) => place,
        };
        let ix = SwitchIx::from_index(self.switches.len());
        let first_port = PortIx::from_index(self.ports.len());
        self.ports.extend((0..settings.ports).map(|number| Port {
            switch: ix,
            number,
            attached: Attached::Nothing,
            online: false,
            logins: 0,
            base: None,
            first: None,
            last: None,
        }));
        let addresses = address::Addresses::new(domain);
        let segment = ix.0;
        self.switches.push(Switch {
            fabric,
            name,
            domain,
            settings,
            first_port,
            logins: 0,
            segment,
            addresses,
        });
        self.fabrics[fabric.index()].switches.insert(place, ix);
        Ok(ix)
    }

    /// Plugs a node into a free port, with light.
    ///
    /// # Errors
    /// [`WiringError::PortInUse`].
    pub fn attach_node(&mut self, port: PortIx) -> Result<(), WiringError> {
        self.must_be_free(port)?;
        let port = &mut self.ports[port.index()];
        port.attached = Attached::Node;
        port.online = true;
        Ok(())
    }

    fn must_be_free(&self, port: PortIx) -> Result<(), WiringError> {
        let Port { switch, number, attached, .. } = self.port(port);
        if *attached == Attached::Nothing {
            return Ok(());
        }
        let switch = self.switches[switch.index()].name.clone();
        Err(WiringError::PortInUse { switch, number: *number })
    }

    /// A switch port.
    pub fn port(&self, ix: PortIx) -> &Port {
        &self.ports[ix.index()]
    }

    /// Whether there is a switch port with this id.
    pub fn has_port(&self, ix: PortIx) -> bool {
        ix.index() < self.ports.len()
    }

    /// The switch of a port.
    pub fn switch_of(&self, port: PortIx) -> &Switch {
        &self.switches[self.port(port).switch.index()]
    }

    /// A logged-in N_Port.
    pub fn nport(&self, ix: NPortIx) -> &NPort {
        &self.nports[ix]
    }

    /// How many N_Ports are logged in, in all fabrics.
    pub fn logins(&self) -> u32 {
        self.nports.len()
    }

    /// Makes room for this many logins in a fabric, so that tables do not grow in steps.
    pub fn reserve_logins(&mut self, fabric: FabricIx, additional: usize) {
        self.nports.reserve(additional);
        self.fabrics[fabric.index()].by_name.reserve(additional, &self.nports);
    }

    /// The fabric of an N_Port.
    pub fn fabric_of(&self, ix: NPortIx) -> FabricIx {
        self.switch_of(self.nport(ix).port).fabric
    }

    /// The N_Port with this name in a fabric.
    pub fn by_name(&self, fabric: FabricIx, wwpn: Wwpn) -> Option<NPortIx> {
        self.fabrics[fabric.index()].by_name.get(wwpn, &self.nports)
    }

    /// The N_Port with this address in a fabric.
    pub fn by_address(&self, fabric: FabricIx, id: FcId) -> Option<NPortIx> {
        let domain = id.domain()?;
        self.switch_with_domain(fabric, domain)?.addresses.owner(id)
    }

    /// The switch with this domain id in a fabric.
    pub fn switch_with_domain(&self, fabric: FabricIx, domain: DomainId) -> Option<&Switch> {
        let members = &self.fabrics[fabric.index()].switches;
        let place =
            members.binary_search_by_key(&domain, |&s| self.switches[s.index()].domain).ok()?;
        Some(&self.switches[members[place].index()])
    }

    /// The N_Ports behind a switch port, the base one first.
    pub fn behind(&self, port: PortIx) -> impl Iterator<Item = NPortIx> {
        std::iter::successors(self.port(port).first, |&ix| self.nport(ix).next())
    }

    /// What zoning knows an N_Port by.
    pub fn key(&self, ix: NPortIx) -> PortKey {
        let nport = self.nport(ix);
        self.key_at(nport.port, nport.names.wwpn, nport.fc_id())
    }

    /// What zoning would know an N_Port by that had this name and address behind this port.
    pub fn key_at(&self, port: PortIx, wwpn: Wwpn, fc_id: FcId) -> PortKey {
        let domain = self.switch_of(port).domain;
        PortKey { wwpn, fc_id, domain, port: self.port(port).number }
    }
}

#[cfg(test)]
mod tests;
