//! The numbers of device nodes.

use std::fmt;

use crate::tree::Tree;
use crate::tree::class::Class;
use crate::tree::device::Device;

/// `SCSI_GENERIC_MAJOR` (`include/uapi/linux/major.h`).
const SG_MAJOR: u32 = 21;
/// The first major that the kernel gives out dynamically, which bsg asks for (`block/bsg.c`).
const BSG_MAJOR: u32 = 254;
/// How many minors a disk has: itself and 15 partitions (`SD_MINORS`, `drivers/scsi/sd.c`).
const SD_MINORS: u32 = 16;

/// Major and minor of a node, as `dev` shows them: `8:16`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Numbered {
    pub(crate) major: u32,
    pub(crate) minor: u32,
}

impl fmt::Display for Numbered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.major, self.minor)
    }
}

impl Numbered {
    /// The nth disk: sixteen majors of sixteen disks each; then the same again, 256 minors higher
    /// (`sd_major` and `sd_probe`, `drivers/scsi/sd.c`).
    pub(crate) const fn disk(index: u32) -> Self {
        let nth = (index & 0xf0) >> 4;
        let major = match nth {
            0 => 8,
            1..=7 => 64 + nth,
            _ => 128 + nth - 8,
        };
        Self { major, minor: ((index & 0xf) * SD_MINORS) | (index & 0x000f_ff00) }
    }

    pub(crate) const fn generic(minor: u32) -> Self {
        Self { major: SG_MAJOR, minor }
    }

    pub(crate) const fn bsg(minor: u32) -> Self {
        Self { major: BSG_MAJOR, minor }
    }

    /// The node of a device's interface in this class.
    pub(crate) fn of(tree: &Tree<'_>, device: Device, class: Class) -> Option<Self> {
        Some(match (class, device) {
            (Class::Bsg, Device::Host(no)) => Self::bsg(tree.adapter(no)?.bsg),
            (Class::Bsg, Device::Rport(no, number)) => Self::bsg(tree.rport(no, number)?.bsg),
            (Class::Bsg, Device::Lu(address)) => Self::bsg(tree.lu(address)?.1.bsg),
            (Class::ScsiGeneric, Device::Lu(address)) => Self::generic(tree.lu(address)?.1.generic),
            (Class::Block, Device::Lu(address)) => Self::disk(tree.lu(address)?.1.disk),
            _ => return None,
        })
    }

    /// The number of a logical unit's disk: 0 is `sda`.
    pub(crate) fn disk_of(tree: &Tree<'_>, device: Device) -> Option<u32> {
        match device {
            Device::Lu(address) => Some(tree.lu(address)?.1.disk),
            _ => None,
        }
    }

    /// Whether this is its text.
    pub(crate) fn is(self, text: &str) -> bool {
        let (major, minor) = text.split_once(':').unwrap_or_default();
        let same = |number: u32, text: &str| number.to_string() == text;
        same(self.minor, minor) && same(self.major, major)
    }
}

/// The number of the disk of this name.
pub(crate) fn disk_number(name: &str) -> Option<u32> {
    let letters = name.strip_prefix("sd").filter(|letters| !letters.is_empty())?;
    let mut number: u32 = 0;
    for letter in letters.bytes() {
        let digit = u32::from(letter.checked_sub(b'a').filter(|digit| *digit < 26)?);
        number = number.checked_mul(26)?.checked_add(digit + 1)?;
    }
    Some(number - 1)
}

#[cfg(test)]
mod tests {
    use npivot_fabric::host::disk_name;

    use super::*;

    #[test]
    fn majors_and_minors_of_disks() {
        let text = |index| Numbered::disk(index).to_string();
        assert_eq!([text(0), text(1), text(15)], ["8:0", "8:16", "8:240"]);
        assert_eq!([text(16), text(127), text(128)], ["65:0", "71:240", "128:0"]);
        assert_eq!([text(255), text(256), text(272)], ["135:240", "8:256", "65:256"]);
        assert!(Numbered::disk(1).is("8:16") && !Numbered::disk(1).is("8:016"));
    }

    #[test]
    fn names_of_disks_and_back() {
        for (number, name) in [(0, "sda"), (25, "sdz"), (26, "sdaa"), (701, "sdzz"), (702, "sdaaa")]
        {
            assert_eq!((disk_name(number).as_str(), disk_number(name)), (name, Some(number)));
        }
        for bad in ["", "sd", "sd1", "sdA", "xda", "sdzzzzzzzzzz"] {
            assert_eq!(disk_number(bad), None, "{bad}");
        }
    }
}
