//! Who is behind a port name, in people's words.

use std::collections::BTreeMap;

use npivot_fabric::World;
use npivot_fabric::san::ids::{FabricIx, PortIx};
use npivot_hal::{Wwpn, ZoneMember};

/// What people call the owner of each port name: `alpha host0`, `vault port 0`.
#[derive(Debug)]
pub(crate) struct Who(BTreeMap<Wwpn, String>);

impl Who {
    /// Everybody who is in the world, logged in or not.
    pub(crate) fn of(world: &World) -> Self {
        let mut who = BTreeMap::new();
        for host in world.hosts() {
            for adapter in host.adapters.values().filter_map(|&ix| world.adapter(ix)) {
                who.insert(adapter.names.wwpn, format!("{} {}", host.name, adapter.no));
            }
        }
        for target in world.targets() {
            let array = world.arrays()[target.array.index()].name();
            who.insert(target.names.wwpn, format!("{array} port {}", target.number));
        }
        Self(who)
    }

    /// Whose name this is.
    pub(crate) fn has(&self, wwpn: Wwpn) -> Option<&str> {
        self.0.get(&wwpn).map(String::as_str)
    }

    /// Everybody, by name.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Wwpn, &str)> {
        self.0.iter().map(|(&wwpn, who)| (wwpn, who.as_str()))
    }

    /// Whom a zone means by a member: by switch port or address, those that are logged in there.
    pub(super) fn member(
        &self,
        world: &World,
        fabric: FabricIx,
        member: &ZoneMember,
    ) -> Option<String> {
        let san = world.san();
        match member {
            ZoneMember::Wwpn(wwpn) => self.has(*wwpn).map(str::to_owned),
            ZoneMember::DomainPort(domain, number) => {
                let port = san.switch_with_domain(fabric, *domain)?.port(*number)?;
                self.behind(world, port)
            }
            ZoneMember::FcId(id) => {
                let nport = san.by_address(fabric, *id)?;
                self.has(san.nport(nport).names.wwpn).map(str::to_owned)
            }
            // What is in force has its aliases resolved.
            _ => None,
        }
    }

    fn behind(&self, world: &World, port: PortIx) -> Option<String> {
        let nports = world.san().behind(port).map(|ix| world.san().nport(ix).names.wwpn);
        let names: Vec<&str> = nports.filter_map(|wwpn| self.has(wwpn)).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }
}
