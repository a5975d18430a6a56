//! Finding a host's things in the world by the numbers that file names carry.

use npivot_fabric::World;
use npivot_fabric::array::{Array, Volume};
use npivot_fabric::config::Driver;
use npivot_fabric::host::{Adapter, Device as Lu, DeviceKey, Host, Kind, Rport};
use npivot_fabric::san::ids::{AdapterIx, PortIx};
use npivot_hal::{FabricName, FcId, HostNo, PciAddress, ScsiAddress};

use super::Tree;
use super::device::Device;

impl<'w> Tree<'w> {
    pub(crate) const fn world(&self) -> &'w World {
        self.world
    }

    pub(crate) fn host(&self) -> &'w Host {
        &self.world.hosts()[self.host.index()]
    }

    pub(crate) fn driver(&self) -> Driver {
        self.host().driver
    }

    pub(crate) fn adapter(&self, no: HostNo) -> Option<&'w Adapter> {
        self.world.adapter(self.world.find_adapter(self.host, no)?)
    }

    pub(crate) fn adapters(&self) -> impl Iterator<Item = &'w Adapter> + use<'w> {
        let world = self.world;
        self.host().adapters.values().filter_map(move |&ix| world.adapter(ix))
    }

    /// The physical ones.
    fn hbas(&self) -> impl Iterator<Item = &'w Adapter> + use<'w> {
        let world = self.world;
        self.host().hbas.iter().filter_map(move |&ix| world.adapter(ix))
    }

    pub(crate) fn rport(&self, no: HostNo, number: u32) -> Option<&'w Rport> {
        self.adapter(no)?.rports.get(&number)
    }

    /// The number of the remote port that a target id is bound to.
    pub(crate) fn rport_of_target(&self, no: HostNo, target: u32) -> Option<u32> {
        let mut rports = self.adapter(no)?.rports.iter();
        rports.find(|(_, rport)| rport.target == Some(target)).map(|(number, _)| *number)
    }

    pub(crate) fn lu(&self, address: ScsiAddress) -> Option<(&'w Adapter, &'w Lu)> {
        let adapter = self.adapter(address.host).filter(|_| address.channel == 0)?;
        let key = DeviceKey { target: address.target, lun: address.lun };
        Some((adapter, adapter.devices.get(&key)?))
    }

    /// All logical units, by address.
    pub(crate) fn lus(&self) -> impl Iterator<Item = (ScsiAddress, &'w Lu)> + use<'w> {
        self.adapters()
            .flat_map(|adapter| adapter.devices.iter().map(|(key, lu)| (adapter.address(*key), lu)))
    }

    /// The logical unit whose disk has this number.
    pub(crate) fn lu_of_disk(&self, disk: u32) -> Option<ScsiAddress> {
        self.lus().find(|(_, lu)| lu.disk == disk).map(|(address, _)| address)
    }

    /// What Linux takes a logical unit for: the volume that it found there.
    pub(crate) fn volume(&self, lu: &Lu) -> (&'w Array, &'w Volume) {
        let array = &self.world.arrays()[lu.array.index()].array;
        (array, array.volume(lu.seen))
    }

    /// The number of the vport's parent and its own, for a virtual adapter.
    pub(crate) fn vport(&self, no: HostNo) -> Option<(u32, u32)> {
        match self.adapter(no)?.kind {
            Kind::Virtual { parent, number, .. } => {
                Some((self.world.adapter(parent)?.no.0, number))
            }
            Kind::Physical { .. } => None,
        }
    }

    /// The vport with this number on an adapter.
    pub(crate) fn vport_numbered(&self, parent: HostNo, wanted: u32) -> Option<Device> {
        // They are in order of creation, and their numbers only grow.
        let vports = self.vport_slice(parent);
        let number = |ix: AdapterIx| match self.world.adapter(ix)?.kind {
            Kind::Virtual { number, .. } => Some(number),
            Kind::Physical { .. } => None,
        };
        let at = vports.partition_point(|&ix| number(ix) < Some(wanted));
        let ix = *vports.get(at).filter(|&&ix| number(ix) == Some(wanted))?;
        Some(Device::Vport(self.world.adapter(ix)?.no))
    }

    fn vport_slice(&self, parent: HostNo) -> &'w [AdapterIx] {
        match self.adapter(parent).map(|adapter| &adapter.kind) {
            Some(Kind::Physical { vports, .. }) => vports.as_slice(),
            _ => &[],
        }
    }

    /// The virtual adapters on an adapter, with their vports' numbers.
    pub(crate) fn vports_of(
        &self,
        parent: HostNo,
    ) -> impl Iterator<Item = (HostNo, u32)> + use<'w> {
        let world = self.world;
        self.vport_slice(parent).iter().filter_map(move |&ix| {
            let adapter = world.adapter(ix)?;
            match adapter.kind {
                Kind::Virtual { number, .. } => Some((adapter.no, number)),
                Kind::Physical { .. } => None,
            }
        })
    }

    /// The physical adapter that is, or carries, this one.
    pub(crate) fn base<'a>(&self, adapter: &'a Adapter) -> Option<&'a Adapter>
    where
        'w: 'a,
    {
        match adapter.kind {
            Kind::Physical { .. } => Some(adapter),
            Kind::Virtual { parent, .. } => self.world.adapter(parent),
        }
    }

    /// The switch port that an adapter is behind.
    pub(crate) fn port(&self, adapter: &Adapter) -> Option<PortIx> {
        match self.base(adapter)?.kind {
            Kind::Physical { port, .. } => Some(port),
            Kind::Virtual { .. } => None,
        }
    }

    /// Whether the link of an adapter has light.
    pub(crate) fn has_light(&self, adapter: &Adapter) -> bool {
        self.port(adapter).is_some_and(|port| self.world.san().port(port).online)
    }

    /// The address of an adapter that is logged in.
    pub(crate) fn fc_id(&self, adapter: &Adapter) -> Option<FcId> {
        Some(self.world.san().nport(adapter.nport?).fc_id())
    }

    /// The fabric that an adapter is logged in to.
    pub(crate) fn fabric(&self, adapter: &Adapter) -> Option<FabricName> {
        let san = self.world.san();
        san.fabric_name(san.switch_of(san.nport(adapter.nport?).port))
    }

    /// The PCI functions of the physical adapters.
    pub(crate) fn functions(&self) -> impl Iterator<Item = PciAddress> + use<'w> {
        self.hbas().filter_map(|adapter| match adapter.kind {
            Kind::Physical { pci, .. } => pci,
            Kind::Virtual { .. } => None,
        })
    }

    /// The adapter on the nth FCoE controller.
    pub(crate) fn ctlr(&self, wanted: u32) -> Option<&'w Adapter> {
        self.hbas().find(|adapter| match adapter.kind {
            Kind::Physical { position, pci: None, .. } => position == wanted,
            _ => false,
        })
    }

    /// The PCI device of this name.
    pub(crate) fn pci_named(&self, name: &str) -> Option<Device> {
        let mut all = self.functions().flat_map(|at| {
            [Device::Pci(at), Device::PciBridge(at.domain, at.bus), Device::PciRoot(at.domain)]
        });
        all.find(|device| device.name(self) == name)
    }
}
