//! LUN numbers with their addressing method (SAM-5, 4.7): what REPORT LUNS returns and sysfs shows.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How the first two bytes of a LUN are to be read (SAM-5, 4.7.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AddressMethod {
    /// Peripheral device addressing: 0 to 255 on bus 0.
    Peripheral,
    /// Flat space addressing: 0 to 16,383.
    Flat,
    /// Logical unit addressing, extended addressing, or a second level: kept as it came.
    Other,
}

/// A logical unit number as it is on the wire: eight bytes, whose first two tell the method.
///
/// Two LUNs with the same *number* in different methods are different wire values, and Linux treats them
/// as different devices. A LUN says where a volume is shown, never which volume it is: that is
/// [`LunId`](crate::LunId).
///
/// ```
/// # use npivot_hal::Lun;
/// let lun = Lun::from_number(256).unwrap();
/// assert_eq!(lun.sysfs(), 16_640); // what Linux calls it: flat addressing, 0x4100
/// assert_eq!(lun.number(), Some(256));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lun(u64);

impl Lun {
    /// The largest number that flat addressing holds.
    pub const MAX_FLAT: u32 = 0x3fff;

    /// The LUN with this number in the method that arrays use for it: peripheral to 255, flat to 16,383,
    /// `None` above.
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            0..=0xff => Some(Self((number as u64) << 48)),
            0x100..=Self::MAX_FLAT => Some(Self((0x4000 | number as u64) << 48)),
            _ => None,
        }
    }

    /// The LUN with these eight bytes.
    pub const fn from_wire(bytes: [u8; 8]) -> Self {
        Self(u64::from_be_bytes(bytes))
    }

    /// The eight bytes of it, as CDBs and REPORT LUNS carry them.
    pub const fn to_wire(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }

    /// The LUN that Linux shows with this number (the inverse of [`sysfs`](Self::sysfs)).
    pub const fn from_sysfs(value: u64) -> Self {
        Self(swap_levels(value))
    }

    /// What Linux calls it in `H:C:T:L`, by `scsilun_to_int` (`drivers/scsi/scsi_common.c`): each
    /// two-byte level is read big-endian, the first level is the lowest.
    pub const fn sysfs(self) -> u64 {
        swap_levels(self.0)
    }

    /// How its first level is addressed.
    pub const fn method(self) -> AddressMethod {
        if self.0 & 0x0000_ffff_ffff_ffff != 0 {
            return AddressMethod::Other;
        }
        match (self.0 >> 56) as u8 {
            0 => AddressMethod::Peripheral,
            0x40..=0x7f => AddressMethod::Flat,
            _ => AddressMethod::Other,
        }
    }

    /// The number that an array's administrator knows, or `None` for methods that have no plain number.
    pub const fn number(self) -> Option<u32> {
        match self.method() {
            AddressMethod::Peripheral => Some((self.0 >> 48) as u32 & 0xff),
            AddressMethod::Flat => Some((self.0 >> 48) as u32 & Self::MAX_FLAT),
            AddressMethod::Other => None,
        }
    }
}

/// Reverses the order of the four two-byte levels.
const fn swap_levels(value: u64) -> u64 {
    value >> 48 | (value >> 16 & 0xffff_0000) | (value << 16 & 0xffff_0000_0000) | value << 48
}

/// The plain number where there is one, else Linux's.
impl fmt::Display for Lun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number() {
            Some(number) => number.fmt(f),
            None => self.sysfs().fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn methods() {
        let of = |number| Lun::from_number(number).unwrap();
        assert_eq!(of(255).to_wire(), [0, 255, 0, 0, 0, 0, 0, 0]);
        assert_eq!(of(255).sysfs(), 255);
        assert_eq!(of(256).to_wire(), [0x41, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(of(16_383).method(), AddressMethod::Flat);
        assert_eq!(Lun::from_number(16_384), None);
        let well_known = Lun::from_wire([0xc1, 1, 0, 0, 0, 0, 0, 0]);
        assert_eq!((well_known.method(), well_known.number()), (AddressMethod::Other, None));
        assert_eq!(well_known.sysfs(), 49_409, "REPORT LUNS well-known LUN as Linux shows it");
    }

    proptest! {
        #[test]
        fn wire_and_sysfs_are_inverse(raw: u64) {
            let lun = Lun::from_wire(raw.to_be_bytes());
            prop_assert_eq!(Lun::from_sysfs(lun.sysfs()), lun);
        }

        #[test]
        fn numbers_survive(number in 0..=Lun::MAX_FLAT) {
            prop_assert_eq!(Lun::from_number(number).unwrap().number(), Some(number));
        }
    }
}
