//! From the XML: a SCSI device that is passed through.

use npivot_hal::{HostNo, ScsiAddress};

use super::definition::{DeviceSource, GuestDevice, Spans, scsi_key};
use super::disk::{access_of, span, spans};
use super::place::Places;
use super::read::{clean, number};
use crate::libvirt::xml::{Node, Value, XmlError, quoted};

/// A hostdev; `None` for one that is none of npivot's business.
pub(super) fn read(
    hostdev: &Node<'_>,
    places: &mut Places<'_>,
) -> Result<Option<GuestDevice>, XmlError> {
    let kind = hostdev.attribute("type").map(|kind| kind.text).unwrap_or_default();
    if !["scsi", "scsi_host"].contains(&kind.as_str()) {
        return Ok(None);
    }
    let source = hostdev.required_child("source", &["address", "alias", "boot"])?;
    let place = places.of(source.node.range().start);
    let (key, source, spans) = if kind == "scsi" {
        // An iSCSI session is not on this host's adapters.
        if source.attribute("protocol").is_some_and(|protocol| protocol.text == "iscsi") {
            return Ok(None);
        }
        scsi(&source)?
    } else {
        vhost(&source)?
    };
    let access = access_of(hostdev);
    Ok(Some(GuestDevice { key, place, source, access, spans }))
}

fn scsi(source: &Node<'_>) -> Result<(String, DeviceSource, Spans), XmlError> {
    let known = ["adapter", "address"];
    let adapter = source.required_child("adapter", &known)?;
    let name = adapter.required_attribute("name", &[], "expected the SCSI host, as scsi_host5")?;
    let address = source.required_child("address", &known)?;
    let part = |name: &'static str, max: u64| {
        let why = "a SCSI device is named by bus, target and unit";
        number(&address.required_attribute(name, &["type", "bus", "target", "unit"], why)?, max)
    };
    let small =
        |name| part(name, u64::from(u32::MAX)).map(|n| u32::try_from(n).unwrap_or(u32::MAX));
    let device = ScsiAddress {
        host: host_no(&name)?,
        channel: small("bus")?,
        target: small("target")?,
        lun: part("unit", u64::MAX)?,
    };
    let mut all: Vec<_> = span(&adapter, "name").map(|range| ("name", range)).into_iter().collect();
    all.extend(spans(&address, &["bus", "target", "unit"]));
    all.sort_by_key(|(_, range)| range.start);
    Ok((scsi_key(device), DeviceSource::ScsiDevice(device), Spans { kind: None, source: all }))
}

/// `scsi_host5`, as libvirt names SCSI hosts.
fn host_no(name: &Value<'_>) -> Result<HostNo, XmlError> {
    let digits = name.text.strip_prefix("scsi_host").unwrap_or_default();
    let plain = digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|_| plain).map(HostNo).ok_or_else(|| {
        name.error(format!("expected a SCSI host, as scsi_host5, found {}", quoted(&name.text)))
    })
}

fn vhost(source: &Node<'_>) -> Result<(String, DeviceSource, Spans), XmlError> {
    let known = ["protocol", "wwpn"];
    let protocol = source.required_attribute("protocol", &known, "expected protocol='vhost'")?;
    if protocol.text != "vhost" {
        return Err(protocol.none_of(&["vhost"], "'vhost'"));
    }
    let wwpn =
        source.required_attribute("wwpn", &known, "expected the vhost-scsi target's name")?;
    clean(&wwpn, "the vhost-scsi target's name, as naa.5001405bd4b5ac06")?;
    let source = DeviceSource::VhostScsi { wwpn: wwpn.text.clone() };
    Ok((wwpn.text, source, Spans::default()))
}
