//! From the XML: the adapter, where most mistakes are made.

use std::str::FromStr;

use npivot_hal::{WwnPair, WwnParseError, Wwnn, Wwpn};

use super::adapter::FcHostAdapter;
use crate::libvirt::xml::{Kept, Node, XmlError, quoted};

/// The attributes of an `fc_host` adapter.
const KNOWN: [&str; 8] = [
    "type",
    "parent",
    "parent_wwnn",
    "parent_wwpn",
    "parent_fabric_wwn",
    "managed",
    "wwnn",
    "wwpn",
];

/// The adapter, and what of it was not understood.
pub(super) fn fc_host(adapter: &Node<'_>) -> Result<(FcHostAdapter, Kept), XmlError> {
    check_type(adapter)?;
    let both = "a vHBA has both names, wwnn and wwpn";
    let wwns = WwnPair {
        wwnn: wwn(&adapter.required_attribute("wwnn", &KNOWN, both)?)?,
        wwpn: wwn(&adapter.required_attribute("wwpn", &KNOWN, both)?)?,
    };
    let definition = FcHostAdapter {
        wwns,
        parent: parent(adapter)?,
        parent_wwns: parent_wwns(adapter)?,
        parent_fabric_wwn: adapter
            .attribute("parent_fabric_wwn")
            .map(|value| wwn(&value))
            .transpose()?,
        managed: managed(adapter)?,
    };
    Ok((definition, adapter.kept(&KNOWN, &[], &[])))
}

fn check_type(adapter: &Node<'_>) -> Result<(), XmlError> {
    // Before there was `type`, `name` alone meant a SCSI host.
    if let (None, Some(name)) = (adapter.attribute("type"), adapter.attribute("name")) {
        return Err(name.error(
            "without 'type' this is an adapter of type 'scsi_host', which is not supported yet: only adapter type 'fc_host'",
        ));
    }
    let given = adapter.required_attribute("type", &KNOWN[1..], "expected type='fc_host'")?;
    match given.text.as_str() {
        "fc_host" => Ok(()),
        "scsi_host" => Err(given.error(format!(
            "{} is not supported yet: only adapter type 'fc_host'",
            quoted("scsi_host")
        ))),
        _ => Err(given.none_of(&["fc_host", "scsi_host"], "'fc_host'")),
    }
}

fn parent(adapter: &Node<'_>) -> Result<Option<String>, XmlError> {
    let Some(value) = adapter.attribute("parent") else {
        return Ok(None);
    };
    if value.text.is_empty() {
        return Err(value
            .error("is empty, expected the HBA's name, as scsi_host3")
            .with_help("leave `parent` out to have an HBA chosen"));
    }
    if value.text.chars().any(char::is_control) {
        let found = quoted(&value.text);
        return Err(value.error(format!(
            "{found} has control characters in it, expected the HBA's name, as scsi_host3"
        )));
    }
    Ok(Some(value.text))
}

fn parent_wwns(adapter: &Node<'_>) -> Result<Option<WwnPair>, XmlError> {
    let (wwnn, wwpn) = ("parent_wwnn", "parent_wwpn");
    if adapter.attribute(wwnn).is_none() && adapter.attribute(wwpn).is_none() {
        return Ok(None);
    }
    let both = "a parent is named by both, parent_wwnn and parent_wwpn, or by neither";
    Ok(Some(WwnPair {
        wwnn: wwn::<Wwnn>(&adapter.required_attribute(wwnn, &KNOWN, both)?)?,
        wwpn: wwn::<Wwpn>(&adapter.required_attribute(wwpn, &KNOWN, both)?)?,
    }))
}

fn managed(adapter: &Node<'_>) -> Result<Option<bool>, XmlError> {
    let Some(value) = adapter.attribute("managed") else {
        return Ok(None);
    };
    match value.text.as_str() {
        "yes" => Ok(Some(true)),
        "no" => Ok(Some(false)),
        _ => Err(value.none_of(&["yes", "no"], "'yes' or 'no'")),
    }
}

fn wwn<T: FromStr<Err = WwnParseError>>(
    value: &crate::libvirt::xml::Value<'_>,
) -> Result<T, XmlError> {
    value.parsed(|error| {
        let given = quoted(&value.text);
        match error {
            WwnParseError::Length { found, .. } => {
                let digits = if *found == 1 { "digit" } else { "digits" };
                format!("{given} has {found} hexadecimal {digits}, a world wide name has 16")
            }
            WwnParseError::Digit { found, .. } => format!(
                "{given} has {} where a hexadecimal digit was expected",
                quoted(found.encode_utf8(&mut [0; 4]))
            ),
            _ => format!("{given} means \"not set\", expected a world wide name"),
        }
    })
}
