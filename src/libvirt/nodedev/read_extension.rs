//! From the XML: what a device tells beyond libvirt.

use npivot_hal::WwnPair;

use super::extension::{DeviceExtension, DevicePort, UnreadExtension, VirtPorts, VportList};
use super::leaf::number;
use crate::libvirt::pool::{ADDRESS, pci_address, wwn};
use crate::libvirt::xml::{Kept, Node, XmlError};

/// The namespace of the element.
pub(super) const NAMESPACE: &str = "urn:npivot:nodedev:1";
/// The prefix that it is written with.
const PREFIX: &str = "npivot";
/// The element, as [`Node`] finds it.
pub(super) const ELEMENT: &str = "{urn:npivot:nodedev:1}hba";
const ONLINE: &str = "{urn:npivot:nodedev:1}online";
const STATE: &str = "{urn:npivot:nodedev:1}state";
const VENDOR: &str = "{urn:npivot:nodedev:1}vendor";
const MODEL: &str = "{urn:npivot:nodedev:1}model";
const SPEED: &str = "{urn:npivot:nodedev:1}speed_gbit";
const SYMBOLIC_NAME: &str = "{urn:npivot:nodedev:1}symbolic_name";
const PCI: &str = "{urn:npivot:nodedev:1}address";
const VPORTS: &str = "{urn:npivot:nodedev:1}vports";
const VPORT: &str = "{urn:npivot:nodedev:1}vport";
const CAPABILITY: &str = "{urn:npivot:nodedev:1}capability";
const PORT: &str = "{urn:npivot:nodedev:1}port";

/// Reads the element, if the capability has one.
pub(super) fn read(scsi_host: &Node<'_>) -> Result<DeviceExtension, XmlError> {
    let mut read = DeviceExtension::default();
    let Some(element) = scsi_host.child(ELEMENT)? else { return Ok(read) };
    let unread = &mut read.unread;
    if let Some(online) = known(&element, ONLINE)? {
        read.online = true;
        unread.online = kept(&online, &[], &[]);
    }
    read.state = text(&element, STATE, unread)?;
    read.vendor = text(&element, VENDOR, unread)?;
    read.model = text(&element, MODEL, unread)?;
    known(&element, SPEED)?;
    read.speed_gbit = unread.leaves.number(&element, SPEED)?;
    read.symbolic_name = text(&element, SYMBOLIC_NAME, unread)?;
    let address = known(&element, PCI)?;
    if let Some(address) = &address {
        let kind = address.required_attribute("type", &ADDRESS, "expected type='pci'")?;
        if kind.text != "pci" {
            return Err(kind.none_of(&["pci"], "'pci'"));
        }
        read.address = Some(pci_address(address)?);
        let [a, b, c, d] = ADDRESS;
        unread.address = kept(address, &["type", a, b, c, d], &[]);
    }
    if let Some(list) = known(&element, VPORTS)? {
        read.vports = Some(vports(&list)?);
    }
    let virt_ports = capability(&element, "virt_ports")?;
    if let Some(list) = &virt_ports {
        read.virt_ports = Some(VirtPorts {
            max_count: list.attribute("maxCount").map(|max| number(&max)).transpose()?,
            ports: ports(list, PORT)?,
            unread: kept(list, &["type", "maxCount"], &[PORT]),
        });
    }
    let phys_port = capability(&element, "phys_port")?;
    if let Some(capability) = &phys_port {
        let known_port = known(capability, PORT)?;
        let named = known_port.ok_or_else(|| {
            capability.error("there is no <npivot:port> in it: a vHBA has an HBA that it is on")
        })?;
        read.phys_port = Some(port(&named)?);
        unread.phys_port = kept(capability, &["type"], &[PORT]);
    }
    let is_read = |child: &Node<'_>| {
        [ONLINE, STATE, VENDOR, MODEL, SPEED, SYMBOLIC_NAME, PCI, VPORTS]
            .iter()
            .any(|name| child.is(name))
            || [&virt_ports, &phys_port]
                .into_iter()
                .any(|known| known.as_ref().is_some_and(|known| known.node == child.node))
    };
    element.check_prefix(PREFIX, NAMESPACE)?;
    unread.element = element.kept_but(&[], is_read, &[]).declared_outside(PREFIX, NAMESPACE);
    Ok(read)
}

/// The child of this name, if there is one, in which the prefix means what it will be written for.
fn known<'a>(node: &Node<'a>, name: &str) -> Result<Option<Node<'a>>, XmlError> {
    let child = node.child(name)?;
    child.iter().try_for_each(|child| child.check_prefix(PREFIX, NAMESPACE))?;
    Ok(child)
}

fn text(
    element: &Node<'_>,
    name: &'static str,
    unread: &mut UnreadExtension,
) -> Result<Option<String>, XmlError> {
    known(element, name)?;
    let text = unread.leaves.text(element, name)?;
    Ok(text.map(|text| text.text))
}

fn capability<'a>(element: &Node<'a>, kind: &str) -> Result<Option<Node<'a>>, XmlError> {
    let is_it = |node: &Node<'_>| node.attribute("type").is_some_and(|t| t.text == kind);
    let mut found = element.children_named(CAPABILITY).filter(is_it);
    let first = found.next();
    if let Some(second) = found.next() {
        let error = format!("a second capability '{kind}'");
        return Err(second.error(error).with_help("keep one of them"));
    }
    first.iter().try_for_each(|first| first.check_prefix(PREFIX, NAMESPACE))?;
    Ok(first)
}

fn vports(list: &Node<'_>) -> Result<VportList, XmlError> {
    let num = list.required_attribute("num", &["max"], "expected the number of vports")?;
    Ok(VportList {
        num: number(&num)?,
        max: list.attribute("max").map(|max| number(&max)).transpose()?,
        ports: ports(list, VPORT)?,
        unread: kept(list, &["num", "max"], &[VPORT]),
    })
}

fn ports(list: &Node<'_>, name: &str) -> Result<Vec<DevicePort>, XmlError> {
    list.children_named(name).map(|node| port(&node)).collect()
}

fn port(node: &Node<'_>) -> Result<DevicePort, XmlError> {
    const KNOWN: [&str; 4] = ["name", "wwnn", "wwpn", "state"];
    node.check_prefix(PREFIX, NAMESPACE)?;
    let both = "a port has both names, wwnn and wwpn";
    Ok(DevicePort {
        name: node.attribute("name").map(|name| name.text),
        wwns: WwnPair {
            wwnn: wwn(&node.required_attribute("wwnn", &KNOWN, both)?)?,
            wwpn: wwn(&node.required_attribute("wwpn", &KNOWN, both)?)?,
        },
        state: node.attribute("state").map(|state| state.text),
        unread: kept(node, &KNOWN, &[]),
    })
}

fn kept(node: &Node<'_>, attributes: &[&str], children: &[&str]) -> Kept {
    node.kept(attributes, children, &[]).declared_outside(PREFIX, NAMESPACE)
}
