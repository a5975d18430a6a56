//! To the XML, in libvirt's order.

use super::definition::NodeDevice;
use super::extension::{DeviceExtension, DevicePort};
use super::read_extension::NAMESPACE;
use crate::libvirt::pool::pci_attributes;
use crate::libvirt::xml::{Attribute, Kept, Writer};

/// The elements of a device in the order in which libvirt prints them (`virNodeDeviceDefFormat`), with the
/// `uuid`, which it does not have, behind the name.
pub(super) const DEVICE_ORDER: [&str; 7] =
    ["name", "uuid", "path", "devnode", "parent", "driver", "capability"];
/// Those of a SCSI host (`virNodeDeviceCapSCSIHostDefFormat`).
pub(super) const SCSI_HOST_ORDER: [&str; 3] = ["host", "unique_id", "capability"];
pub(super) const FC_HOST_ORDER: [&str; 3] = ["wwnn", "wwpn", "fabric_wwn"];
pub(super) const VPORT_OPS_ORDER: [&str; 2] = ["max_vports", "vports"];

pub(super) fn device(device: &NodeDevice) -> String {
    let unread = &device.unread;
    let leaves = &unread.leaves;
    let (before_parent, after_parent) = unread.device.around("parent", &DEVICE_ORDER);
    let mut to = Writer::new();
    to.element("device", &[], &unread.device.attributes, |to| {
        leaves.write(to, "name", device.name.as_ref().map(ToString::to_string));
        leaves.write(to, "uuid", device.uuid.map(|uuid| uuid.to_string()));
        to.children(before_parent);
        parent(to, device);
        driver(to, device);
        scsi_host(to, device);
        to.children(after_parent);
    });
    to.finish()
}

fn parent(to: &mut Writer, device: &NodeDevice) {
    let parent = &device.parent;
    let given = [
        ("wwnn", parent.wwns.map(|pair| pair.wwnn.to_string())),
        ("wwpn", parent.wwns.map(|pair| pair.wwpn.to_string())),
        ("fabric_wwn", parent.fabric_wwn.map(|name| name.to_string())),
    ];
    let given = given.into_iter().filter_map(|(name, value)| {
        let name = name.to_owned();
        value.map(|value| Attribute { name, value })
    });
    let attributes: Vec<_> = given.chain(device.unread.parent.iter().cloned()).collect();
    if parent.name.is_some() || !attributes.is_empty() {
        to.text("parent", &attributes, parent.name.as_deref().unwrap_or_default());
    }
}

fn driver(to: &mut Writer, device: &NodeDevice) {
    let (kept, name_kept) = (&device.unread.driver, &device.unread.driver_name);
    if device.driver.is_none() && *kept == Kept::default() && name_kept.is_empty() {
        return;
    }
    to.element("driver", &[], &kept.attributes, |to| {
        if device.driver.is_some() || !name_kept.is_empty() {
            to.text("name", name_kept, device.driver.as_deref().unwrap_or_default());
        }
        to.children(&kept.children);
    });
}

fn capability(kind: &str) -> [(&'static str, String); 1] {
    [("type", kind.to_owned())]
}

fn scsi_host(to: &mut Writer, device: &NodeDevice) {
    let unread = &device.unread;
    let leaves = &unread.leaves;
    to.element("capability", &capability("scsi_host"), &unread.scsi_host.attributes, |to| {
        leaves.write(to, "host", device.host.map(|no| no.0.to_string()));
        leaves.write(to, "unique_id", device.unique_id.map(|id| id.to_string()));
        fc_host(to, device);
        vport_ops(to, device);
        extension(to, &device.extension);
        to.children(&unread.scsi_host.children);
    });
}

fn fc_host(to: &mut Writer, device: &NodeDevice) {
    let leaves = &device.unread.leaves;
    let unread = &device.unread.fc_host;
    to.element("capability", &capability("fc_host"), &unread.attributes, |to| {
        leaves.write(to, "wwnn", device.wwns.map(|pair| pair.wwnn.to_string()));
        leaves.write(to, "wwpn", device.wwns.map(|pair| pair.wwpn.to_string()));
        let fabric = device.fabric_wwn.map(|fabric| fabric.to_string());
        leaves.write(to, "fabric_wwn", fabric.or_else(|| device.unread.unset_fabric.clone()));
        to.children(&unread.children);
    });
}

fn vport_ops(to: &mut Writer, device: &NodeDevice) {
    let Some(ops) = device.vport_ops else { return };
    let leaves = &device.unread.leaves;
    let unread = &device.unread.vport_ops;
    to.element("capability", &capability("vport_ops"), &unread.attributes, |to| {
        leaves.write(to, "max_vports", ops.max_vports.map(|max| max.to_string()));
        leaves.write(to, "vports", ops.vports.map(|vports| vports.to_string()));
        to.children(&unread.children);
    });
}

fn extension(to: &mut Writer, extension: &DeviceExtension) {
    if *extension == DeviceExtension::default() {
        return;
    }
    let unread = &extension.unread;
    let namespace = [("xmlns:npivot", NAMESPACE.to_owned())];
    to.element("npivot:hba", &namespace, &unread.element.attributes, |to| {
        if extension.online {
            to.leaf("npivot:online", &[], &unread.online);
        }
        unread.leaves.write(to, "npivot:state", extension.state.clone());
        unread.leaves.write(to, "npivot:vendor", extension.vendor.clone());
        unread.leaves.write(to, "npivot:model", extension.model.clone());
        let speed = extension.speed_gbit.map(|gbit| gbit.to_string());
        unread.leaves.write(to, "npivot:speed_gbit", speed);
        unread.leaves.write(to, "npivot:symbolic_name", extension.symbolic_name.clone());
        if let Some(address) = extension.address {
            let [domain, bus, slot, function] = pci_attributes(address);
            let known = [("type", "pci".to_owned()), domain, bus, slot, function];
            to.leaf("npivot:address", &known, &unread.address);
        }
        children(to, extension);
        to.children(&unread.element.children);
    });
}

/// Who is on it, and on whom it is.
fn children(to: &mut Writer, extension: &DeviceExtension) {
    if let Some(list) = &extension.vports {
        let num = Some(("num", list.num.to_string()));
        let max = list.max.map(|max| ("max", max.to_string()));
        let known: Vec<_> = num.into_iter().chain(max).collect();
        to.element("npivot:vports", &known, &list.unread.attributes, |to| {
            list.ports.iter().for_each(|one| port(to, "npivot:vport", one));
            to.children(&list.unread.children);
        });
    }
    if let Some(list) = &extension.virt_ports {
        let max = list.max_count.map(|max| ("maxCount", max.to_string()));
        let known: Vec<_> = capability("virt_ports").into_iter().chain(max).collect();
        to.element("npivot:capability", &known, &list.unread.attributes, |to| {
            list.ports.iter().for_each(|one| port(to, "npivot:port", one));
            to.children(&list.unread.children);
        });
    }
    if let Some(parent) = &extension.phys_port {
        let unread = &extension.unread.phys_port;
        let known = capability("phys_port");
        to.element("npivot:capability", &known, &unread.attributes, |to| {
            port(to, "npivot:port", parent);
            to.children(&unread.children);
        });
    }
}

fn port(to: &mut Writer, element: &str, port: &DevicePort) {
    let given = [
        ("name", port.name.clone()),
        ("wwnn", Some(port.wwns.wwnn.to_string())),
        ("wwpn", Some(port.wwns.wwpn.to_string())),
        ("state", port.state.clone()),
    ];
    let known: Vec<_> =
        given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    to.leaf(element, &known, &port.unread);
}
