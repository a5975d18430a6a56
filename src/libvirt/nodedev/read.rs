//! From the XML: the device and its capabilities, with errors at their place.

use npivot_hal::{FabricName, HostNo, WwnPair, WwnParseError, Wwnn, Wwpn};

use super::definition::{NodeDevice, Unread, VportOps};
use super::leaf::Leaves;
use super::parent::DeviceParent;
use super::read_extension::{self, ELEMENT};
use super::write::{DEVICE_ORDER, FC_HOST_ORDER, SCSI_HOST_ORDER, VPORT_OPS_ORDER};
use crate::libvirt::pool::{uuid, wwn};
use crate::libvirt::xml::{Node, Source, XmlError, is_space, quoted};
use crate::node::NodeName;

/// The attributes of a parent.
const PARENT: [&str; 3] = ["wwnn", "wwpn", "fabric_wwn"];

pub(super) fn device(file_name: &str, xml: &str) -> Result<NodeDevice, XmlError> {
    let text = Source::new(file_name, xml);
    let document = text.parse()?;
    let device = Node::root(&text, &document, "device")?;
    let mut unread = Unread::default();
    let leaves = &mut unread.leaves;

    let name = name(&device, leaves)?;
    let (uuid, uuid_attributes) = uuid(&device)?;
    leaves.keep("uuid", uuid_attributes);
    let parent = parent(&device, &mut unread)?;
    let driver = driver(&device, &mut unread)?;

    let leaves = &mut unread.leaves;
    let scsi_host = required(&device, "scsi_host", &["scsi_host"])?;
    let host = leaves.number(&scsi_host, "host")?.map(HostNo);
    let unique_id = leaves.number(&scsi_host, "unique_id")?;
    let known = ["fc_host", "vport_ops"];
    let fc_host = required(&scsi_host, "fc_host", &known)?;
    let wwns = wwns(&fc_host, leaves)?;
    let fabric_wwn = fabric_wwn(&fc_host, &mut unread)?;
    let vport_ops = capability(&scsi_host, "vport_ops")?;
    let numbers = vport_ops.map(|ops| numbers(&ops, &mut unread.leaves)).transpose()?;
    let extension = read_extension::read(&scsi_host)?;

    let read = ["name", "uuid", "parent", "driver"];
    let is_read =
        |child: &Node<'_>| read.iter().any(|name| child.is(name)) || child.node == scsi_host.node;
    unread.device = device.kept_but(&[], is_read, &DEVICE_ORDER);
    let is_read = |child: &Node<'_>| {
        ["host", "unique_id", ELEMENT].iter().any(|name| child.is(name))
            || child.node == fc_host.node
            || vport_ops.is_some_and(|ops| child.node == ops.node)
    };
    unread.scsi_host = scsi_host.kept_but(&["type"], is_read, &SCSI_HOST_ORDER);
    unread.fc_host = fc_host.kept(&["type"], &FC_HOST_ORDER, &FC_HOST_ORDER);
    if let Some(ops) = vport_ops {
        unread.vport_ops = ops.kept(&["type"], &VPORT_OPS_ORDER, &VPORT_OPS_ORDER);
    }
    Ok(NodeDevice {
        name,
        uuid,
        parent,
        driver,
        host,
        unique_id,
        wwns,
        fabric_wwn,
        vport_ops: numbers,
        extension,
        unread,
    })
}

fn name(device: &Node<'_>, leaves: &mut Leaves) -> Result<Option<NodeName>, XmlError> {
    let Some(element) = device.child("name")? else { return Ok(None) };
    let text = element.text()?;
    if text.text.is_empty() {
        return Err(text
            .error("is empty, expected the device's name, as scsi_host5")
            .with_help("leave <name> out to have one given"));
    }
    leaves.keep("name", element.kept(&[], &[], &[]).attributes);
    let refused = |_: &_| {
        let found = quoted(&text.text);
        format!(
            "{found} is no name, expected 1 to 200 characters without `/`, white space or control characters"
        )
    };
    text.parsed(refused).map(Some)
}

fn parent(device: &Node<'_>, unread: &mut Unread) -> Result<DeviceParent, XmlError> {
    let Some(parent) = device.child("parent")? else { return Ok(DeviceParent::default()) };
    unread.parent = parent.kept(&PARENT, &[], &[]).attributes;
    let text = parent.text()?;
    let odd = |c: char| c.is_control() || c == '/';
    let name = if text.text.trim_matches(is_space).is_empty() {
        None
    } else if text.text.contains(odd) {
        let found = quoted(&text.text);
        return Err(text.error(format!(
            "{found} has a `/`, control characters or line breaks in it, expected the HBA's name, as scsi_host3"
        )));
    } else {
        Some(text.text)
    };
    let both = "a parent is named by both, wwnn and wwpn, or by neither";
    let given = PARENT[..2].iter().any(|name| parent.attribute(name).is_some());
    let wwns = if given {
        let wwnn = parent.required_attribute("wwnn", &PARENT, both)?;
        let wwpn = parent.required_attribute("wwpn", &PARENT, both)?;
        Some(WwnPair { wwnn: wwn(&wwnn)?, wwpn: wwn(&wwpn)? })
    } else {
        None
    };
    let fabric_wwn = parent.attribute("fabric_wwn").map(|value| wwn(&value)).transpose()?;
    Ok(DeviceParent { name, wwns, fabric_wwn })
}

fn driver(device: &Node<'_>, unread: &mut Unread) -> Result<Option<String>, XmlError> {
    let Some(driver) = device.child("driver")? else { return Ok(None) };
    unread.driver = driver.kept(&[], &["name"], &["name"]);
    let mut leaves = Leaves::default();
    let name = leaves.text(&driver, "name")?;
    unread.driver_name = leaves.of("name").to_vec();
    Ok(name.map(|name| name.text))
}

/// The capability of this type, if there is one.
fn capability<'a>(node: &Node<'a>, kind: &str) -> Result<Option<Node<'a>>, XmlError> {
    let mut found = None;
    for child in node.children_named("capability") {
        let why = format!("expected one as type='{kind}'");
        if child.required_attribute("type", &[], &why)?.text != kind {
            continue;
        }
        if found.replace(child).is_some() {
            let error = format!("a second <capability type='{kind}'>");
            return Err(child.error(error).with_help("keep one of them"));
        }
    }
    Ok(found)
}

/// The capability of this type; without it, one that may have been meant is what is wrong.
fn required<'a>(node: &Node<'a>, kind: &str, known: &[&str]) -> Result<Node<'a>, XmlError> {
    if let Some(found) = capability(node, kind)? {
        return Ok(found);
    }
    let mut types = node.children_named("capability").filter_map(|child| child.attribute("type"));
    let other = types.find(|t| !known.contains(&t.text.as_str()));
    if let Some(other) = other {
        return Err(other.none_of(&[kind], &format!("'{kind}'")));
    }
    let error = format!("there is no <capability type='{kind}'> in it");
    let help = "only Fibre Channel adapters, real and virtual, are supported";
    Err(node.error(error).with_help(help))
}

/// Both names, or none, as in what is to be made under names that somebody else chooses.
fn wwns(fc_host: &Node<'_>, leaves: &mut Leaves) -> Result<Option<WwnPair>, XmlError> {
    let [wwnn, wwpn] = [leaves.text(fc_host, "wwnn")?, leaves.text(fc_host, "wwpn")?];
    let missing = match (wwnn, wwpn) {
        (None, None) => return Ok(None),
        (Some(node), Some(port)) => {
            return Ok(Some(WwnPair { wwnn: wwn::<Wwnn>(&node)?, wwpn: wwn::<Wwpn>(&port)? }));
        }
        (None, Some(_)) => "wwnn",
        (Some(_), None) => "wwpn",
    };
    let error = match fc_host.required_child(missing, &FC_HOST_ORDER) {
        Ok(element) => element.error(format!("<{missing}> is empty, expected 16 digits")),
        Err(error) if error.help().is_some() => return Err(error),
        Err(error) => error,
    };
    Err(error.with_help("give both names, wwnn and wwpn, or neither to have them chosen"))
}

/// The fabric. The kernel has words for "not set", which are kept as they are.
fn fabric_wwn(fc_host: &Node<'_>, unread: &mut Unread) -> Result<Option<FabricName>, XmlError> {
    let Some(text) = unread.leaves.text(fc_host, "fabric_wwn")? else { return Ok(None) };
    if let Err(WwnParseError::Unset { .. }) = text.text.parse::<FabricName>() {
        unread.unset_fabric = Some(text.text);
        return Ok(None);
    }
    wwn(&text).map(Some)
}

fn numbers(vport_ops: &Node<'_>, leaves: &mut Leaves) -> Result<VportOps, XmlError> {
    Ok(VportOps {
        max_vports: leaves.number(vport_ops, "max_vports")?,
        vports: leaves.number(vport_ops, "vports")?,
    })
}
