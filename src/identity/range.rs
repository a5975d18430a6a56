//! Where names are drawn from.

use std::fmt;
use std::ops::RangeInclusive;

use npivot_hal::{WwnPair, Wwnn, Wwpn};
use rand::{Rng, RngExt};

use super::NamesInUse;

/// How many numbers an OUI has: 36 bits.
const NUMBERS: u64 = 1 << 36;

/// The names that new identities are drawn from: NAA 5, a company's OUI, 36 bits of number (FC-FS,
/// "IEEE Registered Name_Identifier"). libvirt makes its names the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WwnRange {
    oui: u32,
    first: u64,
    last: u64,
}

impl WwnRange {
    /// The OUI that libvirt uses on QEMU's hypervisors, with all its numbers.
    pub const QEMU: Self = Self { oui: 0x00_1a4a, first: 0, last: NUMBERS - 1 };

    /// All names of this OUI, or `None` above 24 bits.
    pub const fn of_oui(oui: u32) -> Option<Self> {
        if oui <= 0xff_ffff { Some(Self { oui, first: 0, last: NUMBERS - 1 }) } else { None }
    }

    /// Of these names only those with such numbers; `None` if there are none.
    #[must_use]
    pub fn numbered(self, numbers: RangeInclusive<u64>) -> Option<Self> {
        let (first, last) = (self.first.max(*numbers.start()), self.last.min(*numbers.end()));
        (first <= last).then_some(Self { first, last, ..self })
    }

    /// How many names there are: a pair takes two.
    #[allow(clippy::len_without_is_empty, reason = "a range is never empty")]
    pub const fn len(self) -> u64 {
        self.last - self.first + 1
    }

    /// A pair that is not among the names in use, nor equal to each other. `None` after a thousand
    /// collisions in a row: the range is exhausted, or the generator is broken. What a
    /// [`Ledger`](super::Ledger) draws is never drawn again.
    pub fn draw(self, chance: &mut impl Rng, in_use: &NamesInUse) -> Option<WwnPair> {
        (0..1_000).find_map(|_| {
            let (wwpn, wwnn) = (self.any(chance), self.any(chance));
            let free = !in_use.contains(wwpn) && !in_use.contains(wwnn) && wwpn != wwnn;
            Some(WwnPair::new(Wwpn::new(wwpn)?, Wwnn::new(wwnn)?)).filter(|_| free)
        })
    }

    /// A name of the range by chance.
    pub(super) fn any(self, chance: &mut impl Rng) -> u64 {
        self.name(chance.random_range(self.first..=self.last))
    }

    /// The name after this one; after the last comes the first.
    pub(super) fn after(self, name: u64) -> u64 {
        let number = name % NUMBERS;
        self.name(if number >= self.last { self.first } else { number + 1 })
    }

    const fn name(self, number: u64) -> u64 {
        5 << 60 | (self.oui as u64) << 36 | number
    }
}

/// `first-last`, as libvirt writes names.
impl fmt::Display for WwnRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{:016x}", self.name(self.first), self.name(self.last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    /// A generator that gives these words over and over.
    struct Words(Vec<u64>, usize);

    impl rand::TryRng for Words {
        type Error = Infallible;
        fn try_next_u32(&mut self) -> std::result::Result<u32, Infallible> {
            self.try_next_u64().map(|word| u32::try_from(word >> 32).unwrap())
        }
        fn try_next_u64(&mut self) -> std::result::Result<u64, Infallible> {
            self.1 += 1;
            Ok(self.0[(self.1 - 1) % self.0.len()])
        }
        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> std::result::Result<(), Infallible> {
            bytes.fill(0);
            Ok(())
        }
    }

    fn pair(wwpn: &str, wwnn: &str) -> WwnPair {
        WwnPair::new(wwpn.parse().unwrap(), wwnn.parse().unwrap())
    }

    #[test]
    fn a_name_is_naa_5_with_the_oui() {
        let drawn = WwnRange::QEMU.draw(&mut Words(vec![0, u64::MAX], 0), &NamesInUse::default());
        assert_eq!(drawn, Some(pair("5001a4a000000000", "5001a4afffffffff")));
    }

    #[test]
    fn names_in_use_and_equal_names_are_not_drawn() {
        let mut in_use = NamesInUse::default();
        in_use.add(pair("5001a4a000000000", "5001a4a000000001"));
        let drawn = WwnRange::QEMU.draw(&mut Words(vec![0, u64::MAX], 0), &in_use);
        assert_eq!(drawn, None, "each attempt meets the name in use");
        let equal = WwnRange::QEMU.draw(&mut Words(vec![u64::MAX], 0), &NamesInUse::default());
        assert_eq!(equal, None);
        assert_eq!(WwnRange::of_oui(1 << 24), None);
    }

    #[test]
    fn a_part_of_a_range_wraps_around() {
        let part = WwnRange::QEMU.numbered(0x10..=0x12).unwrap();
        assert_eq!((part.len(), part.to_string()), (3, "5001a4a000000010-5001a4a000000012".into()));
        assert_eq!(part.after(0x5001_a4a0_0000_0010), 0x5001_a4a0_0000_0011);
        assert_eq!(part.after(0x5001_a4a0_0000_0012), 0x5001_a4a0_0000_0010);
        assert_eq!(part.numbered(0x12..=0x99).unwrap().len(), 1);
        assert_eq!(part.numbered(0x13..=0x99), None);
        assert_eq!(WwnRange::QEMU.len(), 1 << 36);
    }
}
