//! What attributes say: pure readers of text. None fails: what is not there, not set or not understood is
//! `None`, or the word for unknown.
//!
//! Sources: `drivers/scsi/scsi_transport_fc.c` for formats and words, `drivers/scsi/scsi_sysfs.c` for
//! devices; the names of directories come from the same files.

mod names;
mod words;

pub use names::{adapter, pci_address, remote_port, scsi_address, target, vport};
pub use words::{path_state, port_state, roles, speed_gbit, vport_state};

use npivot_hal::{FcId, Wwnn, Wwpn};

/// The text of an attribute: up to its line's end, or to a NUL; `None` for what is not UTF-8.
pub fn text(bytes: &[u8]) -> Option<&str> {
    let end = bytes.iter().position(|byte| matches!(byte, b'\n' | 0)).unwrap_or(bytes.len());
    std::str::from_utf8(&bytes[..end]).ok().map(str::trim)
}

/// Words for people; `None` where there are none, or the kernel has printed a null pointer. A control
/// character, which a terminal would obey, reads as a space.
pub fn words(bytes: &[u8]) -> Option<String> {
    let words = text(bytes).filter(|words| !words.is_empty() && *words != "<NULL>")?;
    Some(words.replace(char::is_control, " "))
}

/// A world wide name that is set: `0x%llx`, **not padded**.
pub fn wwn(bytes: &[u8]) -> Option<u64> {
    any_wwn(bytes).filter(|value| is_set(*value))
}

/// The same, whether it is set or not.
pub fn any_wwn(bytes: &[u8]) -> Option<u64> {
    let digits = text(bytes)?.strip_prefix("0x")?;
    let all_hex = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    all_hex.then(|| u64::from_str_radix(digits, 16).ok()).flatten()
}

/// Whether a world wide name is set: all ones and zero mean that it is not.
pub const fn is_set(wwn: u64) -> bool {
    wwn != 0 && wwn != u64::MAX
}

/// A port name.
pub fn wwpn(bytes: &[u8]) -> Option<Wwpn> {
    Wwpn::new(wwn(bytes)?)
}

/// A node name.
pub fn wwnn(bytes: &[u8]) -> Option<Wwnn> {
    Wwnn::new(wwn(bytes)?)
}

/// An address: `0x%06x`; `0xffffffff` is not set, and zero is what lpfc and qla2xxx show without a login.
pub fn port_id(bytes: &[u8]) -> Option<FcId> {
    let value = u32::try_from(wwn(bytes)?).ok()?;
    FcId::new(value)
}

/// A device's major and minor number, `8:16`: the attribute `dev` (`Documentation/ABI/testing/sysfs-dev`).
pub fn device_number(bytes: &[u8]) -> Option<(u32, u32)> {
    let (major, minor) = text(bytes)?.split_once(':')?;
    Some((number(major.as_bytes())?, number(minor.as_bytes())?))
}

/// A whole number.
pub fn number<T: std::str::FromStr>(bytes: &[u8]) -> Option<T> {
    let text = text(bytes)?;
    // `from_str` takes a sign, which the kernel never writes before what is positive.
    text.starts_with(|first: char| first.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
