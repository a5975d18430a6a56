//! An HBA as libvirt's node device.

use npivot_hal::{Adapter, PciAddress, Vport};

use super::record::{Hba, libvirt_name};
use crate::libvirt::{DeviceParent, DevicePort, NodeDevice, VirtPorts, VportList, VportOps};

/// What a device's XML tells beyond libvirt, and in which words. libvirt reads all three alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum DeviceForm {
    /// Only what libvirt's schema (`nodedev.rng`) has: for programs that validate.
    Schema,
    /// With the state, the vendor, the address and the vHBAs in npivot's namespace.
    #[default]
    Libvirt,
    /// The same, but HBA and vHBA name each other as a PCI function and its virtual functions do in SR-IOV.
    VirtualFunctions,
}

impl Hba {
    /// The device. It has libvirt's name, which lasts until the next reboot; whoever keeps a definition of a
    /// vHBA puts that one's name in its place.
    pub fn to_device(&self, form: DeviceForm) -> NodeDevice {
        let adapter = &self.adapter;
        let parent = match (&self.parent, adapter.pci) {
            (Some(parent), _) => DeviceParent::named(libvirt_name(parent.no)),
            (None, Some(pci)) => DeviceParent::named(pci_name(pci)),
            // libvirt's root of everything, which has the devices whose place it does not know.
            (None, None) => DeviceParent::named("computer"),
        };
        let mut device = NodeDevice::new(adapter.names, parent);
        device.name = self.name().parse().ok();
        device.driver = self.driver().map(Into::into);
        device.host = Some(adapter.no);
        device.unique_id = adapter.unique_id;
        device.fabric_wwn = adapter.fabric;
        device.vport_ops = adapter
            .npiv()
            .map(|npiv| VportOps { max_vports: Some(npiv.max), vports: Some(npiv.in_use) });
        if form != DeviceForm::Schema {
            self.extend(&mut device, form);
        }
        device
    }

    fn extend(&self, device: &mut NodeDevice, form: DeviceForm) {
        let extension = &mut device.extension;
        extension.online = self.is_online();
        extension.state = Some(self.adapter.state.to_string());
        extension.vendor = self.vendor().map(Into::into);
        extension.model = self.model().map(Into::into);
        extension.speed_gbit = self.adapter.speed_gbit;
        extension.symbolic_name.clone_from(&self.adapter.symbolic_name);
        extension.address = self.pci();
        let children: Vec<DevicePort> = self.vports.iter().map(child).collect();
        let npiv = self.adapter.npiv();
        let lists = npiv.is_some() || !children.is_empty();
        if form == DeviceForm::VirtualFunctions {
            extension.phys_port = self.parent.as_ref().map(of_parent);
            extension.virt_ports =
                lists.then(|| VirtPorts::new(npiv.map(|npiv| npiv.max), children));
        } else if lists {
            let named = u32::try_from(children.len()).unwrap_or(u32::MAX);
            let num = npiv.map_or(named, |npiv| npiv.in_use);
            extension.vports = Some(VportList::new(num, npiv.map(|npiv| npiv.max), children));
        }
    }
}

fn child(vport: &Vport) -> DevicePort {
    let mut port = DevicePort::new(vport.no.map(libvirt_name), vport.names);
    port.state = Some(vport.state.to_string());
    port
}

fn of_parent(parent: &Adapter) -> DevicePort {
    let mut port = DevicePort::new(Some(libvirt_name(parent.no)), parent.names);
    port.state = Some(parent.state.to_string());
    port
}

/// libvirt's name of a PCI function: `pci_0000_05_00_0`.
fn pci_name(pci: PciAddress) -> String {
    let PciAddress { domain, bus, slot, function } = pci;
    format!("pci_{domain:04x}_{bus:02x}_{slot:02x}_{function:x}")
}
