//! The names of directories.

use npivot_hal::{HostNo, PciAddress, ScsiAddress};

fn digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// `host5`.
pub fn adapter(name: &str) -> Option<HostNo> {
    digits(name.strip_prefix("host")?).map(HostNo)
}

/// The adapter and number of `rport-5:0-3`.
pub fn remote_port(name: &str) -> Option<(HostNo, u32)> {
    numbered(name.strip_prefix("rport-")?)
}

/// The parent and number of `vport-5:0-3`.
pub fn vport(name: &str) -> Option<(HostNo, u32)> {
    numbered(name.strip_prefix("vport-")?)
}

fn numbered(rest: &str) -> Option<(HostNo, u32)> {
    let (place, number) = rest.split_once('-')?;
    let (host, channel) = place.split_once(':')?;
    let _: u32 = digits(channel)?;
    Some((HostNo(digits(host)?), digits(number)?))
}

/// The target id of `target5:0:3`.
pub fn target(name: &str) -> Option<u32> {
    let mut parts = name.strip_prefix("target")?.split(':');
    let (host, channel, id) = (parts.next()?, parts.next()?, parts.next()?);
    let (_, _): (u32, u32) = (digits(host)?, digits(channel)?);
    if parts.next().is_some() { None } else { digits(id) }
}

/// `5:0:3:1`.
pub fn scsi_address(name: &str) -> Option<ScsiAddress> {
    name.split(':').all(|part| digits::<u64>(part).is_some()).then(|| name.parse().ok()).flatten()
}

/// `0000:05:00.1`.
pub fn pci_address(name: &str) -> Option<PciAddress> {
    let (rest, function) = name.split_once('.')?;
    let mut parts = rest.split(':');
    let (domain, bus, slot) = (parts.next()?, parts.next()?, parts.next()?);
    let lengths = (domain.len(), bus.len(), slot.len(), function.len(), parts.next());
    if lengths != (4, 2, 2, 1, None) {
        return None;
    }
    let number = |text: &str| {
        let hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        hex.then(|| u16::from_str_radix(text, 16).ok()).flatten()
    };
    let small = |text: &str| u8::try_from(number(text)?).ok();
    let (slot, function) = (small(slot)?, small(function)?);
    let domain = number(domain)?;
    let address = PciAddress { domain, bus: small(bus)?, slot, function };
    (slot < 32 && function < 8).then_some(address)
}
