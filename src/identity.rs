//! New world wide names that nobody has.

use std::collections::BTreeSet;

use npivot_hal::{Result, WwnPair, Wwnn, Wwpn, ZoneDatabase, ZoneMember};
use rand::{Rng, RngExt};

use crate::Site;

/// The names that new identities are drawn from: NAA 5, a company's OUI, 36 random bits (FC-FS,
/// "IEEE Registered Name_Identifier"). libvirt makes its names the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WwnRange {
    oui: u32,
}

impl WwnRange {
    /// QEMU's OUI, which libvirt uses on its hypervisors.
    pub const QEMU: Self = Self { oui: 0x00_1a4a };

    /// The range of this OUI, or `None` above 24 bits.
    pub const fn of_oui(oui: u32) -> Option<Self> {
        if oui <= 0xff_ffff { Some(Self { oui }) } else { None }
    }

    /// A pair that is not among the names in use, nor equal to each other. `None` after a thousand
    /// collisions in a row: the range is exhausted, or the generator is broken.
    pub fn draw(self, chance: &mut impl Rng, in_use: &NamesInUse) -> Option<WwnPair> {
        let mut name = || {
            let raw = 5 << 60 | u64::from(self.oui) << 36 | chance.random_range(0..1_u64 << 36);
            (raw, !in_use.all.contains(&raw))
        };
        (0..1_000).find_map(|_| {
            let ((wwpn, one_free), (wwnn, other_free)) = (name(), name());
            let free = one_free && other_free && wwpn != wwnn;
            Some(WwnPair::new(Wwpn::new(wwpn)?, Wwnn::new(wwnn)?)).filter(|_| free)
        })
    }
}

/// Every name that a site knows of: logged in, configured on an adapter, zoned, or masked. A name that is
/// only zoned or masked counts too: giving it to a stranger would give him somebody's storage.
#[derive(Debug, Clone, Default)]
pub struct NamesInUse {
    all: BTreeSet<u64>,
    /// Those that somebody has now: on an adapter, or logged in.
    live: BTreeSet<u64>,
}

impl NamesInUse {
    /// Asks all machines of a site.
    ///
    /// # Errors
    /// That of the first machine that does not answer: a name cannot be called free then.
    pub async fn of(site: &Site) -> Result<Self> {
        let mut names = Self::default();
        for host in [&site.source, &site.destination] {
            for adapter in host.adapters().await? {
                names.add(adapter.names);
                names.live.extend([adapter.names.wwpn.get(), adapter.names.wwnn.get()]);
            }
        }
        for fabric in &site.fabrics {
            for entry in fabric.name_server().await? {
                names.add(entry.names);
                names.live.extend([entry.names.wwpn.get(), entry.names.wwnn.get()]);
            }
            if let Some(zoning) = fabric.zoning() {
                names.add_zoned(&zoning.defined().await?);
            }
        }
        for array in &site.arrays {
            for port in array.target_ports().await? {
                names.add(port.names);
            }
            if let Some(masking) = array.masking() {
                for group in masking.groups().await? {
                    names.all.extend(group.initiators.iter().map(|wwpn| wwpn.get()));
                }
            }
        }
        Ok(names)
    }

    /// Adds a pair.
    pub fn add(&mut self, names: WwnPair) {
        self.all.extend([names.wwpn.get(), names.wwnn.get()]);
    }

    /// Whether one of a pair's names is somebody's now, not only written down for somebody.
    pub fn is_live(&self, names: WwnPair) -> bool {
        self.live.contains(&names.wwpn.get()) || self.live.contains(&names.wwnn.get())
    }

    fn add_zoned(&mut self, database: &ZoneDatabase) {
        let zones = database.zones.values();
        let members = zones.flat_map(|zone| zone.members.iter().chain(&zone.principals));
        let aliased = database.aliases.values().flatten();
        self.all.extend(members.chain(aliased).filter_map(|member| match member {
            ZoneMember::Wwpn(wwpn) => Some(wwpn.get()),
            _ => None,
        }));
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

    #[test]
    fn a_name_is_naa_5_with_the_oui() {
        let pair = WwnRange::QEMU.draw(&mut Words(vec![0, u64::MAX], 0), &NamesInUse::default());
        let pair = pair.unwrap();
        assert_eq!(pair.wwpn.to_string(), "5001a4a000000000");
        assert_eq!(pair.wwnn.to_string(), "5001a4afffffffff");
    }

    #[test]
    fn names_in_use_and_equal_names_are_not_drawn() {
        let mut in_use = NamesInUse::default();
        in_use.all.insert(0x5001_a4a0_0000_0000);
        let drawn = WwnRange::QEMU.draw(&mut Words(vec![0, u64::MAX], 0), &in_use);
        assert_eq!(drawn, None, "each attempt meets the name in use");
        let equal = WwnRange::QEMU.draw(&mut Words(vec![u64::MAX], 0), &NamesInUse::default());
        assert_eq!(equal, None);
        assert_eq!(WwnRange::of_oui(1 << 24), None);
    }
}
