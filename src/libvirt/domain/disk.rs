//! From the XML: a disk.

use std::ops::Range;
use std::str::FromStr;

use npivot_hal::{Lun, LunId, WwnPair, WwnParseError, Wwnn, Wwpn};

use super::definition::{Access, DeviceSource, GuestDevice, Spans};
use super::place::Places;
use super::read::{clean, number};
use crate::libvirt::xml::{Node, Value, XmlError, quoted};

/// The attributes that say which LUN a disk is on, for each type that is read.
const VOLUME: [&str; 3] = ["pool", "volume", "mode"];
const FC: [&str; 5] = ["wwnn", "wwpn", "lun", "target", "wwid"];
const BLOCK: [&str; 1] = ["dev"];

/// A disk and its target's name in the text; `None` for a disk that is none of npivot's business.
pub(super) fn read<'a>(
    disk: &Node<'a>,
    places: &mut Places<'_>,
) -> Result<Option<(GuestDevice, Value<'a>)>, XmlError> {
    let kind = disk.attribute("type").map_or_else(|| "file".to_owned(), |kind| kind.text);
    let Some(source) = disk.child("source")? else {
        return missing_source(disk, &kind);
    };
    let known: &[&'static str] = match kind.as_str() {
        "volume" => &VOLUME,
        "fc" => &FC,
        // A drive may be empty.
        "block" if source.attribute("dev").is_some() => &BLOCK,
        _ => return foreign(&source, &kind).map(|()| None),
    };
    if kind != "fc" {
        foreign(&source, &kind)?;
    }
    let target = disk.required_child("target", &["source", "driver", "address", "alias"])?;
    let dev = target.required_attribute("dev", &[], "it is the disk's name in its guest")?;
    clean(&dev, "the disk's name in its guest, as vda")?;
    let device = GuestDevice {
        key: dev.text.clone(),
        place: places.of(source.node.range().start),
        source: match kind.as_str() {
            "volume" => volume(&source)?,
            "fc" => fc(&source)?,
            _ => block(&source)?,
        },
        access: access(disk)?,
        spans: Spans { kind: span(disk, "type"), source: spans(&source, known) },
    };
    Ok(Some((device, dev)))
}

/// An empty drive has no source; a disk of ours must have one.
fn missing_source<T>(disk: &Node<'_>, kind: &str) -> Result<Option<T>, XmlError> {
    let removable = ["cdrom", "floppy"].contains(&device(disk)?.as_str());
    if removable || !["volume", "fc"].contains(&kind) {
        return Ok(None);
    }
    disk.required_child("source", &["target", "driver", "address", "alias"]).map(|_| None)
}

/// World wide names in another type's source: whoever wrote that expects them to mean something.
fn foreign(source: &Node<'_>, kind: &str) -> Result<(), XmlError> {
    match source.attribute("wwpn").or_else(|| source.attribute("wwnn")) {
        None => Ok(()),
        Some(name) => Err(name
            .error(format!("a source of disk type {} has no world wide names", quoted(kind)))
            .with_help("a LUN behind a vHBA is <disk type='fc'>")),
    }
}

fn device(disk: &Node<'_>) -> Result<String, XmlError> {
    const KNOWN: [&str; 4] = ["disk", "lun", "cdrom", "floppy"];
    let Some(device) = disk.attribute("device") else { return Ok("disk".into()) };
    if KNOWN.contains(&device.text.as_str()) {
        return Ok(device.text);
    }
    Err(device.none_of(&KNOWN, "'disk', 'lun', 'cdrom' or 'floppy'"))
}

fn access(disk: &Node<'_>) -> Result<Access, XmlError> {
    let device = device(disk)?;
    let access = access_of(disk);
    Ok(if device == "cdrom" { Access::ReadOnly } else { access })
}

/// What `<readonly/>` and `<shareable/>` in a device say.
pub(super) fn access_of(device: &Node<'_>) -> Access {
    let has = |name: &str| device.children().any(|child| child.is(name));
    if has("readonly") {
        Access::ReadOnly
    } else if has("shareable") {
        Access::Shared
    } else {
        Access::Exclusive
    }
}

fn volume(source: &Node<'_>) -> Result<DeviceSource, XmlError> {
    let both = "a volume is named by both, pool and volume";
    let pool = source.required_attribute("pool", &VOLUME, both)?;
    let volume = source.required_attribute("volume", &VOLUME, both)?;
    clean(&pool, "the pool's name or UUID")?;
    clean(&volume, "the volume's name, as unit:0:0:1 or naa.…")?;
    Ok(DeviceSource::Volume { pool: pool.text, volume: volume.text })
}

fn fc(source: &Node<'_>) -> Result<DeviceSource, XmlError> {
    let both = "a vHBA has both names, wwnn and wwpn";
    let names = WwnPair {
        wwnn: wwn::<Wwnn>(&source.required_attribute("wwnn", &FC, both)?)?,
        wwpn: wwn::<Wwpn>(&source.required_attribute("wwpn", &FC, both)?)?,
    };
    let target = source.attribute("target").map(|value| wwn::<Wwpn>(&value)).transpose()?;
    let wwid = source.attribute("wwid").map(|value| lun_id(&value)).transpose()?;
    let lun = match source.attribute("lun") {
        Some(value) => {
            let number = number(&value, u64::from(Lun::MAX_FLAT))?;
            u32::try_from(number).ok().and_then(Lun::from_number)
        }
        None if wwid.is_some() => None,
        None => {
            let why =
                "the LUN behind the vHBA is named by its number, or by its identity in 'wwid'";
            source.required_attribute("lun", &FC, why).map(|_| None)?
        }
    };
    Ok(DeviceSource::Fc { names, lun, target, wwid })
}

fn block(source: &Node<'_>) -> Result<DeviceSource, XmlError> {
    let dev = source.required_attribute("dev", &[], "expected the block device's path")?;
    clean(&dev, "the block device's path")?;
    Ok(DeviceSource::Block { dev: dev.text })
}

fn wwn<T: FromStr<Err = WwnParseError>>(value: &Value<'_>) -> Result<T, XmlError> {
    value.parsed(|error| {
        let given = quoted(&value.text);
        match error {
            WwnParseError::Length { found, .. } => {
                format!("{given} has not 16 hexadecimal digits but {found}")
            }
            WwnParseError::Digit { .. } => {
                format!("{given} is not a world wide name, expected 16 hexadecimal digits")
            }
            _ => format!("{given} means \"not set\", expected a world wide name"),
        }
    })
}

/// The identity of a volume.
pub(super) fn lun_id(value: &Value<'_>) -> Result<LunId, XmlError> {
    value.parsed(|_| {
        let given = quoted(&value.text);
        format!("{given} is not a LUN identity, expected naa.… with 16 or 32 hexadecimal digits, eui.… or t10.…")
    })
}

/// The whole attribute in the text.
pub(super) fn span(node: &Node<'_>, name: &str) -> Option<Range<usize>> {
    let mut attributes = node.node.attributes();
    // By itself the parser's search takes `x:pool` for `pool`.
    let found = attributes.find(|a| a.name() == name && a.namespace().is_none());
    found.map(|attribute| attribute.range())
}

/// Those of these attributes that are there, in the order in which they stand.
pub(super) fn spans(node: &Node<'_>, names: &[&'static str]) -> Vec<(&'static str, Range<usize>)> {
    let found = names.iter().filter_map(|name| Some((*name, span(node, name)?)));
    let mut spans: Vec<_> = found.collect();
    spans.sort_by_key(|(_, range)| range.start);
    spans
}
