//! From the XML: a SCSI host as an adapter, by name or by where it sits.

use npivot_hal::{HostNo, PciAddress};

use super::adapter::ScsiHostAdapter;
use super::read_adapter::ReadAdapter;
use crate::libvirt::xml::{Kept, Node, Value, XmlError, quoted};

/// The attributes of a `scsi_host` adapter.
const KNOWN: [&str; 2] = ["type", "name"];
/// Those of a PCI address.
pub(in crate::libvirt) const ADDRESS: [&str; 4] = ["domain", "bus", "slot", "function"];

pub(super) fn scsi_host(node: &Node<'_>) -> Result<ReadAdapter, XmlError> {
    for name in ["wwnn", "wwpn", "parent"] {
        if let Some(value) = node.attribute(name) {
            return Err(value
                .error("a SCSI host has no such attribute")
                .with_help("a vHBA has; write type='fc_host' for one"));
        }
    }
    let rest = node.kept(&KNOWN, &["parentaddr"], &[]);
    let (adapter, place) = match (node.attribute("name"), node.child("parentaddr")?) {
        (Some(_), Some(parent)) => {
            return Err(parent
                .error("a SCSI host is given by 'name' or by <parentaddr>, not by both")
                .with_help("keep <parentaddr>: it stays true when hosts are numbered anew"));
        }
        (Some(name), None) => (ScsiHostAdapter::ByName(number(&name)?), Default::default()),
        (None, Some(parent)) => by_place(&parent)?,
        (None, None) => {
            let why = "a SCSI host is given by its name, as scsi_host3, or by <parentaddr>";
            return Err(match node.required_attribute("name", &KNOWN, why) {
                Err(error) => error,
                Ok(name) => name.error(why),
            });
        }
    };
    Ok(ReadAdapter { adapter: adapter.into(), rest, place })
}

/// `scsi_host3`, or `host3` as sysfs has it (libvirt's `virSCSIHostGetNumber`).
fn number(name: &Value<'_>) -> Result<HostNo, XmlError> {
    let digits = name.text.strip_prefix("scsi_host").or_else(|| name.text.strip_prefix("host"));
    let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|digits| digits.parse().ok()).map(HostNo).ok_or_else(|| {
        name.error(format!("{} is no SCSI host, expected one as scsi_host3", quoted(&name.text)))
    })
}

fn by_place(parent: &Node<'_>) -> Result<(ScsiHostAdapter, [Kept; 2]), XmlError> {
    let why = "it tells the hosts of one PCI function apart, as the host's `unique_id` in sysfs";
    let unique_id = parent.required_attribute("unique_id", &[], why)?;
    let unique_id = unique_id.parsed(|_: &std::num::ParseIntError| {
        format!("{} is no number, expected one from 0 on", quoted(&unique_id.text))
    })?;
    let address = parent.required_child("address", &[])?;
    let pci = pci_address(&address)?;
    let kept = [parent.kept(&["unique_id"], &["address"], &[]), address.kept(&ADDRESS, &[], &[])];
    Ok((ScsiHostAdapter::ByPlace { address: pci, unique_id }, kept))
}

/// A PCI address in libvirt's attributes.
pub(in crate::libvirt) fn pci_address(address: &Node<'_>) -> Result<PciAddress, XmlError> {
    let part = |name: &str, most: u32| match address.attribute(name) {
        // As libvirt: what is left out is zero.
        None => Ok(0),
        Some(value) => up_to(&value, most),
    };
    Ok(PciAddress {
        domain: u16::try_from(part("domain", 0xffff)?).unwrap_or_default(),
        bus: u8::try_from(part("bus", 0xff)?).unwrap_or_default(),
        slot: u8::try_from(part("slot", 0x1f)?).unwrap_or_default(),
        function: u8::try_from(part("function", 7)?).unwrap_or_default(),
    })
}

/// A number as libvirt reads those of PCI addresses: hexadecimal behind `0x`, else decimal.
fn up_to(value: &Value<'_>, most: u32) -> Result<u32, XmlError> {
    let text = value.text.as_str();
    let read = match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => text.parse(),
    };
    let signed = text.contains(['+', '-']);
    read.ok()
        .filter(|number| *number <= most && !signed)
        .ok_or_else(|| value.error(format!("{} is no number from 0 to {most:#x}", quoted(text))))
}
