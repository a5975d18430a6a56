//! From the XML: the adapter, where most mistakes are made.

use std::str::FromStr;

use npivot_hal::{WwnPair, WwnParseError, Wwnn, Wwpn};

use super::adapter::{FcHostAdapter, PoolAdapter};
use super::read_place;
use crate::libvirt::xml::{Kept, Node, XmlError, quoted};

/// The attributes of an `fc_host` adapter.
pub(super) const FC_HOST: [&str; 8] = [
    "type",
    "parent",
    "parent_wwnn",
    "parent_wwpn",
    "parent_fabric_wwn",
    "managed",
    "wwnn",
    "wwpn",
];

/// What was read of an adapter, and what of it was not understood.
pub(super) struct ReadAdapter {
    pub(super) adapter: PoolAdapter,
    pub(super) rest: Kept,
    /// Those of `parentaddr` and of its `address`.
    pub(super) place: [Kept; 2],
}

/// The adapter.
pub(super) fn adapter(node: &Node<'_>) -> Result<ReadAdapter, XmlError> {
    // Before there was `type`, `name` alone meant a SCSI host.
    let is_old = node.attribute("type").is_none() && node.attribute("name").is_some();
    if is_old {
        return read_place::scsi_host(node);
    }
    let given =
        node.required_attribute("type", &FC_HOST[1..], "expected type='fc_host' or 'scsi_host'")?;
    match given.text.as_str() {
        "fc_host" => {
            let (adapter, rest) = fc_host(node, &FC_HOST)?;
            Ok(ReadAdapter { adapter: adapter.into(), rest, place: Default::default() })
        }
        "scsi_host" => read_place::scsi_host(node),
        _ => Err(given.none_of(&["fc_host", "scsi_host"], "'fc_host' or 'scsi_host'")),
    }
}

/// A vHBA; `known` are the attributes that the element may have.
pub(super) fn fc_host(
    adapter: &Node<'_>,
    known: &[&str],
) -> Result<(FcHostAdapter, Kept), XmlError> {
    let both = "a vHBA has both names, wwnn and wwpn";
    let wwns = WwnPair {
        wwnn: wwn(&adapter.required_attribute("wwnn", known, both)?)?,
        wwpn: wwn(&adapter.required_attribute("wwpn", known, both)?)?,
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
    Ok((definition, adapter.kept(known, &[], &[])))
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
        wwnn: wwn::<Wwnn>(&adapter.required_attribute(wwnn, &FC_HOST, both)?)?,
        wwpn: wwn::<Wwpn>(&adapter.required_attribute(wwpn, &FC_HOST, both)?)?,
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

/// A world wide name in whatever notation.
pub(in crate::libvirt) fn wwn<T: FromStr<Err = WwnParseError>>(
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
