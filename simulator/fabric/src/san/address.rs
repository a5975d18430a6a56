//! The 65,536 addresses of one domain, and who has which.
//!
//! A page of 256 entries exists per area in use, so an empty switch costs two kilobytes and a full one
//! four bytes per address. The page is allocator and look-up table at once.

use npivot_hal::{DomainId, FcId};

use super::ids::NPortIx;

const NOBODY: u32 = u32::MAX;

#[derive(Debug, Clone)]
struct Area {
    used: u16,
    ports: [u32; 256],
}

/// The addresses behind one switch.
#[derive(Debug, Clone)]
pub(super) struct Addresses {
    domain: DomainId,
    used: u32,
    /// Where the search for an area with room begins once a port's own area is full: it only moves on
    /// while addresses are taken, so that filling a domain costs one pass over it.
    search_from: u8,
    areas: Vec<Option<Box<Area>>>,
}

impl Addresses {
    /// All addresses of this domain, unused.
    pub(super) fn new(domain: DomainId) -> Self {
        Self { domain, used: 0, search_from: 0, areas: vec![None; 256] }
    }

    /// Takes an address for an N_Port behind the switch port with this number: in the port's own area
    /// (port number modulo 256, as switches do) with the lowest free port byte, else in the first area
    /// with room. `None` when all 65,536 are taken.
    pub(super) fn take(&mut self, port_number: u16, owner: NPortIx) -> Option<FcId> {
        let own = port_number.to_be_bytes()[1];
        if let Some(id) = self.take_in(own, owner) {
            return Some(id);
        }
        for step in 0..=255_u8 {
            let area = self.search_from.wrapping_add(step);
            if let Some(id) = self.take_in(area, owner) {
                self.search_from = area;
                return Some(id);
            }
        }
        None
    }

    fn take_in(&mut self, area: u8, owner: NPortIx) -> Option<FcId> {
        let page = self.areas[usize::from(area)]
            .get_or_insert_with(|| Box::new(Area { used: 0, ports: [NOBODY; 256] }));
        if page.used == 256 {
            return None;
        }
        let port = page.ports.iter().position(|&p| p == NOBODY)?;
        page.ports[port] = owner.0;
        page.used += 1;
        self.used += 1;
        Some(FcId::from_parts(self.domain, area, u8::try_from(port).ok()?))
    }

    /// Gives an address back.
    pub(super) fn release(&mut self, id: FcId) {
        let Some(page) = &mut self.areas[usize::from(id.area())] else {
            return;
        };
        let entry = &mut page.ports[usize::from(id.port())];
        if *entry == NOBODY {
            return;
        }
        *entry = NOBODY;
        page.used -= 1;
        self.used -= 1;
        self.search_from = self.search_from.min(id.area());
        if page.used == 0 {
            self.areas[usize::from(id.area())] = None;
        }
    }

    /// Who has an address of this domain.
    pub(super) fn owner(&self, id: FcId) -> Option<NPortIx> {
        let page = self.areas[usize::from(id.area())].as_ref()?;
        Some(page.ports[usize::from(id.port())]).filter(|&p| p != NOBODY).map(NPortIx)
    }

    /// Those who have an address, in order of address.
    pub(super) fn owners(&self) -> impl Iterator<Item = NPortIx> {
        let pages = self.areas.iter().flatten();
        pages.flat_map(|page| page.ports.iter().copied().filter(|&p| p != NOBODY).map(NPortIx))
    }

    /// How many addresses are taken.
    pub(super) const fn used(&self) -> u32 {
        self.used
    }

    /// How many there are.
    pub(super) const ALL: u32 = 65_536;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses() -> Addresses {
        Addresses::new(DomainId::new(1).unwrap())
    }

    #[test]
    fn a_port_has_its_own_area_until_it_is_full() {
        let mut all = addresses();
        assert_eq!(all.take(8, NPortIx(0)).unwrap().to_string(), "0x010800");
        assert_eq!(all.take(8, NPortIx(1)).unwrap().to_string(), "0x010801");
        all.release(FcId::new(0x01_0800).unwrap());
        assert_eq!(all.take(8, NPortIx(2)).unwrap().to_string(), "0x010800", "lowest free first");
        for n in 2..256 {
            all.take(8, NPortIx(n)).unwrap();
        }
        assert_eq!(all.take(8, NPortIx(256)).unwrap().to_string(), "0x010000");
        assert_eq!(all.owner(FcId::new(0x01_0801).unwrap()), Some(NPortIx(1)));
    }

    #[test]
    fn a_domain_holds_exactly_its_addresses() {
        let mut all = addresses();
        for n in 0..65_536 {
            assert!(all.take(u16::try_from(n % 48).unwrap(), NPortIx(n)).is_some(), "{n}");
        }
        assert_eq!(all.take(0, NPortIx(65_536)), None);
        assert_eq!((all.used(), all.owners().count()), (65_536, 65_536));
        all.release(FcId::new(0x01_7705).unwrap());
        assert_eq!(all.take(0, NPortIx(9)).unwrap().to_string(), "0x017705");
    }
}
