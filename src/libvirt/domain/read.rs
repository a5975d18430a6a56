//! From the XML: the domain, its devices one by one.

use std::collections::BTreeSet;

use super::definition::{Domain, GuestDevice, Spots};
use super::place::Places;
use super::{disk, hostdev, record};
use crate::libvirt::Uuid;
use crate::libvirt::xml::{Node, Source, Value, XmlError, is_space, quoted};

pub(super) fn domain(file_name: &str, xml: &str) -> Result<Domain, XmlError> {
    let text = Source::new(file_name, xml);
    let document = text.parse()?;
    let root = Node::root(&text, &document, "domain")?;
    let name_element = root.required_child("name", &["uuid", "metadata", "devices"])?;
    let name = name(&name_element)?;
    let uuid = uuid(&root)?;
    let metadata = root.child("metadata")?;
    let after_name = name_element.node.range().end;
    let mut domain = Domain {
        file: file_name.into(),
        xml: xml.into(),
        name,
        uuid,
        devices: Vec::new(),
        faults: Vec::new(),
        records: std::collections::BTreeMap::new(),
        spots: Spots { after_name, ..Spots::default() },
    };
    if let Some(metadata) = metadata {
        domain.spots.metadata = Some(metadata.node.range());
        match record::read(&metadata) {
            Ok(Some((range, records))) => {
                domain.spots.record = Some(range);
                domain.records = records;
            }
            Ok(None) => {}
            Err(error) => domain.faults.push(error),
        }
    }
    if let Some(devices) = root.child("devices")? {
        read_devices(&devices, &mut domain, Places::new(text.text));
    }
    Ok(domain)
}

/// Each device on its own, so that all faults are found.
fn read_devices(devices: &Node<'_>, domain: &mut Domain, mut places: Places<'_>) {
    let mut targets = BTreeSet::new();
    for element in devices.children() {
        let device = if element.is("disk") {
            disk::read(&element, &mut places)
                .and_then(|disk| first_of_its_target(disk, &mut targets))
        } else if element.is("hostdev") {
            hostdev::read(&element, &mut places)
        } else {
            Ok(None)
        };
        match device {
            Ok(device) => domain.devices.extend(device),
            Err(_) if domain.faults.len() + 1 == Domain::MAX_FAULTS => {
                let error = element.error("too many faults: reading ends here");
                domain.faults.push(error.with_help("mend those above first"));
                return;
            }
            Err(error) => domain.faults.push(error),
        }
    }
}

/// Two disks under one target cannot be told apart, and libvirt refuses them.
fn first_of_its_target(
    disk: Option<(GuestDevice, Value<'_>)>,
    targets: &mut BTreeSet<String>,
) -> Result<Option<GuestDevice>, XmlError> {
    let Some((disk, target)) = disk else { return Ok(None) };
    if targets.insert(disk.key.clone()) {
        return Ok(Some(disk));
    }
    Err(target.error(format!("{} is another disk's target already", quoted(&disk.key))))
}

fn name(element: &Node<'_>) -> Result<String, XmlError> {
    let text = element.text()?;
    if text.text.trim_matches(is_space).is_empty() {
        return Err(text.error("is empty, expected the guest's name"));
    }
    if text.text.contains('/') {
        return Err(text.error(format!("{}: a name cannot contain `/`", quoted(&text.text))));
    }
    clean(&text, "the guest's name")?;
    Ok(text.text)
}

fn uuid(root: &Node<'_>) -> Result<Option<Uuid>, XmlError> {
    let Some(element) = root.child("uuid")? else { return Ok(None) };
    let text = element.text()?;
    if text.text.is_empty() {
        return Ok(None);
    }
    let refused = |_: &_| {
        let given = quoted(text.text.trim_matches(is_space));
        format!("{given} is not a UUID, expected 32 hexadecimal digits in groups of 8-4-4-4-12")
    };
    text.parsed(refused).map(Some)
}

/// Refuses a value that has control characters in it: it names something, and goes into messages.
pub(super) fn clean(value: &Value<'_>, expected: &str) -> Result<(), XmlError> {
    if value.text.chars().any(char::is_control) {
        let given = quoted(&value.text);
        return Err(
            value.error(format!("{given} has control characters in it, expected {expected}"))
        );
    }
    if value.text.is_empty() {
        return Err(value.error(format!("is empty, expected {expected}")));
    }
    Ok(())
}

/// A decimal number without a sign.
pub(super) fn number(value: &Value<'_>, max: u64) -> Result<u64, XmlError> {
    let digits = value.text.bytes().all(|b| b.is_ascii_digit());
    let parsed = value.text.parse::<u64>().ok().filter(|n| digits && *n <= max);
    parsed.ok_or_else(|| {
        value.error(format!("expected a number from 0 to {max}, found {}", quoted(&value.text)))
    })
}
