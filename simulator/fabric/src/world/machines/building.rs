//! Adding machines and links.

use npivot_hal::WwnPair;

use super::{ArrayNode, Node, TargetPort};
use crate::array::{Array, ArrayLimits};
use crate::host::{Host, Kind};
use crate::san::ids::{ArrayIx, HostIx, PortIx, TargetIx};
use crate::world::{Answer, Build, Due, Refusal, Reply, World};

impl World {
    pub(in crate::world) fn build(&mut self, build: Build) -> Answer {
        match build {
            Build::Fabric { name } => {
                if self.san.fabrics.iter().any(|fabric| fabric.name == name) {
                    return Err(Refusal::NameTaken(name));
                }
                Ok(Reply::Fabric(self.san.add_fabric(name)))
            }
            Build::Switch { fabric, name, domain, settings } => {
                self.must_have_fabric(fabric)?;
                if self.san.switches.iter().any(|switch| switch.name == name) {
                    return Err(Refusal::NameTaken(name));
                }
                Ok(Reply::Switch(self.san.add_switch(fabric, name, domain, settings)?))
            }
            Build::Isl { a, b } => {
                if !self.san.has_port(a) || !self.san.has_port(b) {
                    return Err(Refusal::NoSuch("switch port"));
                }
                let joins = self.san.switch_of(a).segment != self.san.switch_of(b).segment;
                self.san.connect(a, b)?;
                if joins {
                    self.announce_to_all(self.san.switch_of(a).fabric);
                }
                Ok(Reply::Done)
            }
            Build::Host { name, driver } => {
                if self.hosts.iter().any(|host| host.name == name) {
                    return Err(Refusal::NameTaken(name));
                }
                self.hosts.push(Host::new(name, driver));
                Ok(Reply::Host(HostIx::from_index(self.hosts.len() - 1)))
            }
            Build::Adapter { host, names, port, max_vports } => {
                self.build_adapter(host, names, port, max_vports)
            }
            Build::Array { name, wwnn, product } => {
                if self.arrays.iter().any(|array| array.name() == name) {
                    return Err(Refusal::NameTaken(name));
                }
                let mut array = Array::new(name, wwnn, vec![], ArrayLimits::default());
                array
                    .set_product(product)
                    .map_err(|refused| Refusal::Argument(refused.to_string()))?;
                self.arrays.push(ArrayNode { array, targets: vec![] });
                Ok(Reply::Array(ArrayIx::from_index(self.arrays.len() - 1)))
            }
            Build::Target { array, wwpn, port } => {
                let node = self.arrays.get(array.index()).ok_or(Refusal::NoSuch("array"))?;
                let names = WwnPair::new(wwpn, node.array.wwnn());
                self.build_target(array, names, port)
            }
            Build::Volume { array, name, identity, serial, size_bytes } => {
                let node = self.arrays.get_mut(array.index()).ok_or(Refusal::NoSuch("array"))?;
                node.array.add_volume(&name, identity, &serial, size_bytes)?;
                Ok(Reply::Done)
            }
            Build::Zones { fabric, database, enabled } => {
                self.must_have_fabric(fabric)?;
                self.san.fabrics[fabric.index()].zoning.install(database, enabled.as_deref())?;
                self.announce_to_all(fabric);
                Ok(Reply::Done)
            }
        }
    }

    fn build_adapter(
        &mut self,
        host: HostIx,
        names: WwnPair,
        port: PortIx,
        max_vports: Option<u32>,
    ) -> Answer {
        let driver = self.hosts.get(host.index()).ok_or(Refusal::NoSuch("host"))?.driver;
        if !self.san.has_port(port) {
            return Err(Refusal::NoSuch("switch port"));
        }
        self.san.attach_node(port)?;
        let max_vports = max_vports.unwrap_or(driver.max_vports());
        let position = self.physical_adapters(host);
        let pci = driver.pci_address(position);
        let kind =
            Kind::Physical { port, position, pci, max_vports, vports: vec![], next_vport: 0 };
        let ix = self.add_adapter(host, names, kind);
        self.nodes.insert(port, Node::Adapter(ix));
        self.begin_login(ix);
        Ok(Reply::Adapter(ix))
    }

    fn physical_adapters(&self, host: HostIx) -> u32 {
        let adapters = self.hosts[host.index()].adapters.values();
        let physical = adapters.filter(|&&ix| self.adapter_ref(ix).vport_state().is_none());
        u32::try_from(physical.count()).unwrap_or(u32::MAX)
    }

    fn build_target(&mut self, array: ArrayIx, names: WwnPair, port: PortIx) -> Answer {
        // What an array shows it shows through a port, and a port is known by its name.
        let own = self.arrays[array.index()].targets.iter().map(|ix| &self.targets[ix.index()]);
        if own.into_iter().any(|target| target.names.wwpn == names.wwpn) {
            return Err(Refusal::NameTaken(names.wwpn.to_string()));
        }
        let ix = TargetIx::from_index(self.targets.len());
        self.plug(port, Node::Target(ix))?;
        let number = u16::try_from(self.arrays[array.index()].targets.len()).unwrap_or(u16::MAX);
        self.arrays[array.index()].array.add_port(names);
        self.arrays[array.index()].targets.push(ix);
        self.targets.push(TargetPort { array, number, names, port, nport: None });
        self.queue_after(self.latencies.login_us, Due::TargetLogin(ix));
        Ok(Reply::Target(ix))
    }
}
