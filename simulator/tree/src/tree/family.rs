//! Which devices hang below which: for listings.

use npivot_fabric::host::{Adapter, Kind};

use super::Tree;
use super::device::Device;

impl Tree<'_> {
    /// The positions of the FCoE controllers.
    pub(crate) fn ctlrs(&self) -> impl Iterator<Item = u32> {
        self.adapters().filter_map(|adapter| match adapter.kind {
            Kind::Physical { position, pci: None, .. } => Some(position),
            _ => None,
        })
    }

    /// Everything that the SCSI and FC classes know: hosts, vports, remote ports, targets, logical units.
    pub(crate) fn all_scsi(&self) -> Vec<Device> {
        let mut all = vec![];
        for adapter in self.adapters() {
            all.push(Device::Host(adapter.no));
            if let Kind::Virtual { .. } = adapter.kind {
                all.push(Device::Vport(adapter.no));
            }
            all.extend(adapter.rports.keys().map(|&number| Device::Rport(adapter.no, number)));
            all.extend(self.targets_of(adapter));
            all.extend(adapter.devices.keys().map(|&key| Device::Lu(adapter.address(key))));
        }
        all
    }

    /// The targets of an adapter: those that have a logical unit.
    fn targets_of(&self, adapter: &Adapter) -> Vec<Device> {
        let mut targets: Vec<u32> = adapter.devices.keys().map(|key| key.target).collect();
        targets.dedup();
        let known = |target: &u32| self.rport_of_target(adapter.no, *target).is_some();
        targets.retain(known);
        targets.into_iter().map(|target| Device::Target(adapter.no, target)).collect()
    }

    /// The roots of `devices`.
    pub(crate) fn pci_roots(&self) -> Vec<Device> {
        let mut domains: Vec<u16> = self.functions().map(|at| at.domain).collect();
        domains.sort_unstable();
        domains.dedup();
        domains.into_iter().map(Device::PciRoot).collect()
    }

    /// The devices directly below one.
    pub(crate) fn children(&self, device: Device) -> Vec<Device> {
        match device {
            Device::PciRoot(domain) => {
                let here = self.functions().filter(|at| at.domain == domain);
                let mut buses: Vec<_> = here.map(|at| (at.domain, at.bus)).collect();
                buses.sort_unstable();
                buses.dedup();
                buses.into_iter().map(|(domain, bus)| Device::PciBridge(domain, bus)).collect()
            }
            Device::PciBridge(domain, bus) => {
                let here = self.functions().filter(|at| (at.domain, at.bus) == (domain, bus));
                here.map(Device::Pci).collect()
            }
            Device::Pci(_) => {
                let hosts = self.adapters().map(|adapter| Device::Host(adapter.no));
                hosts.filter(|host| host.parent(self) == Some(device)).collect()
            }
            Device::Net(position) => vec![Device::Ctlr(position)],
            Device::Ctlr(position) => {
                let fcf = Some(Device::Fcf(position)).filter(|fcf| fcf.exists(self));
                let host = self.ctlr(position).map(|adapter| Device::Host(adapter.no));
                fcf.into_iter().chain(host).collect()
            }
            Device::Host(no) => {
                let rports = self.adapter(no).into_iter().flat_map(|a| a.rports.keys());
                let rports = rports.map(|&number| Device::Rport(no, number));
                let vports = self.vports_of(no).map(|(no, _)| Device::Vport(no));
                rports.chain(vports).collect()
            }
            Device::Rport(no, number) => {
                let target = self.rport(no, number).and_then(|rport| rport.target);
                let target = target.map(|target| Device::Target(no, target));
                target.filter(|target| target.exists(self)).into_iter().collect()
            }
            Device::Target(no, target) => {
                let adapter = self.adapter(no).into_iter();
                let lus = adapter.flat_map(|a| a.devices.keys().map(|&key| a.address(key)));
                lus.filter(|address| address.target == target).map(Device::Lu).collect()
            }
            Device::Vport(no) => vec![Device::Host(no)],
            Device::Fcf(_) | Device::Lu(_) | Device::Bdi(_) => vec![],
        }
    }
}
