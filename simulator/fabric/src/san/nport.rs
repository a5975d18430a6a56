//! The table of logged-in N_Ports: the one that must hold a whole address space.

use foldhash::quality::FixedState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

use npivot_hal::{FcId, Roles, WwnPair, Wwpn};

use super::ids::{AdapterIx, NPortIx, PortIx, TargetIx};

/// Whose N_Port it is: an adapter of a simulated host, a port of a simulated array, or somebody outside
/// (a decoded frame, a bulk login), packed into four bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Owner(u32);

impl Owner {
    /// Somebody outside of the simulated machines.
    pub const OUTSIDE: Self = Self(0);
    const KIND: u32 = 0xc000_0000;
    const ADAPTER: u32 = 0x4000_0000;
    const TARGET: u32 = 0x8000_0000;

    /// An adapter's.
    pub const fn adapter(ix: AdapterIx) -> Self {
        Self(Self::ADAPTER | ix.0)
    }

    /// An array port's.
    pub const fn target(ix: TargetIx) -> Self {
        Self(Self::TARGET | ix.0)
    }

    /// The adapter, if it is one's.
    pub const fn as_adapter(self) -> Option<AdapterIx> {
        if self.0 & Self::KIND == Self::ADAPTER {
            Some(AdapterIx(self.0 & !Self::KIND))
        } else {
            None
        }
    }

    /// The array port, if it is one's.
    pub const fn as_target(self) -> Option<TargetIx> {
        if self.0 & Self::KIND == Self::TARGET {
            Some(TargetIx(self.0 & !Self::KIND))
        } else {
            None
        }
    }
}

const TARGET: u8 = 1;
const INITIATOR: u8 = 2;
const NO_NEXT: u32 = u32::MAX;

/// A logged-in N_Port: 32 bytes.
#[derive(Debug, Clone)]
pub struct NPort {
    /// Its names.
    pub names: WwnPair,
    /// The switch port that it is behind.
    pub port: PortIx,
    /// Whose it is.
    pub owner: Owner,
    /// The next one behind the same switch port, in order of login.
    next: u32,
    /// The address in the low 24 bits, the FC-4 features above: together they fill one word.
    id_and_roles: u32,
}

impl NPort {
    /// Its address.
    pub fn fc_id(&self) -> FcId {
        FcId::new(self.id_and_roles & 0xff_ffff).unwrap_or(FcId::FABRIC_LOGIN)
    }

    /// What it has registered as.
    pub const fn roles(&self) -> Roles {
        let flags = (self.id_and_roles >> 24) as u8;
        Roles { target: flags & TARGET != 0, initiator: flags & INITIATOR != 0 }
    }

    /// The next N_Port behind the same switch port.
    pub const fn next(&self) -> Option<NPortIx> {
        if self.next == NO_NEXT { None } else { Some(NPortIx(self.next)) }
    }
}

const fn flags(roles: Roles) -> u8 {
    (roles.target as u8 * TARGET) | (roles.initiator as u8 * INITIATOR)
}

/// What a login brings.
#[derive(Debug, Clone, Copy)]
pub struct Login {
    /// Its names.
    pub names: WwnPair,
    /// What it registers as.
    pub roles: Roles,
    /// Whose it is.
    pub owner: Owner,
}

/// All logged-in N_Ports of all fabrics.
#[derive(Debug, Default)]
pub(super) struct NPorts {
    slots: Vec<NPort>,
    /// Free slots, chained by their `next`.
    free: Option<NPortIx>,
    live: u32,
}

impl NPorts {
    /// Room for this many more, so that filling a fabric does not grow the table in steps.
    pub(super) fn reserve(&mut self, additional: usize) {
        self.slots.reserve_exact(additional);
    }

    /// Adds an N_Port; its address comes by [`set_fc_id`](Self::set_fc_id).
    pub(super) fn add(&mut self, login: &Login, port: PortIx) -> NPortIx {
        let slot = NPort {
            names: login.names,
            port,
            owner: login.owner,
            next: NO_NEXT,
            id_and_roles: u32::from(flags(login.roles)) << 24,
        };
        self.live += 1;
        if let Some(ix) = self.free {
            self.free = self.slots[ix.index()].next();
            self.slots[ix.index()] = slot;
            return ix;
        }
        self.slots.push(slot);
        NPortIx::from_index(self.slots.len() - 1)
    }

    /// Sets what it has registered as.
    pub(super) fn set_roles(&mut self, ix: NPortIx, roles: Roles) {
        let word = &mut self.slots[ix.index()].id_and_roles;
        *word = *word & 0xff_ffff | u32::from(flags(roles)) << 24;
    }

    /// Sets the address.
    pub(super) fn set_fc_id(&mut self, ix: NPortIx, id: FcId) {
        let word = &mut self.slots[ix.index()].id_and_roles;
        *word = *word & 0xff00_0000 | id.get();
    }

    /// Links the next N_Port behind the same switch port.
    pub(super) fn set_next(&mut self, ix: NPortIx, next: Option<NPortIx>) {
        self.slots[ix.index()].next = next.map_or(NO_NEXT, |n| n.0);
    }

    /// Frees a slot. The caller has taken it off every list.
    pub(super) fn remove(&mut self, ix: NPortIx) {
        self.live -= 1;
        self.set_next(ix, self.free);
        self.slots[ix.index()].owner = Owner::OUTSIDE;
        self.free = Some(ix);
    }

    /// How many are logged in.
    pub(super) const fn len(&self) -> u32 {
        self.live
    }
}

impl std::ops::Index<NPortIx> for NPorts {
    type Output = NPort;
    fn index(&self, ix: NPortIx) -> &NPort {
        &self.slots[ix.index()]
    }
}

/// N_Ports of one fabric by port name: four bytes an entry and one of the table's own.
#[derive(Debug, Default)]
pub(super) struct ByName {
    table: HashTable<u32>,
}

impl ByName {
    fn hash(wwpn: Wwpn) -> u64 {
        FixedState::with_seed(0).hash_one(wwpn.get())
    }

    /// Room for this many more.
    pub(super) fn reserve(&mut self, additional: usize, nports: &NPorts) {
        self.table.reserve(additional, |&ix| Self::hash(nports[NPortIx(ix)].names.wwpn));
    }

    /// The N_Port with this name.
    pub(super) fn get(&self, wwpn: Wwpn, nports: &NPorts) -> Option<NPortIx> {
        let same = |&ix: &u32| nports[NPortIx(ix)].names.wwpn == wwpn;
        self.table.find(Self::hash(wwpn), same).copied().map(NPortIx)
    }

    /// Adds an N_Port whose name is not in here.
    pub(super) fn insert(&mut self, ix: NPortIx, nports: &NPorts) {
        let of = |&ix: &u32| Self::hash(nports[NPortIx(ix)].names.wwpn);
        self.table.insert_unique(of(&ix.0), ix.0, of);
    }

    /// Takes an N_Port out.
    pub(super) fn remove(&mut self, ix: NPortIx, nports: &NPorts) {
        let hash = Self::hash(nports[ix].names.wwpn);
        if let Ok(entry) = self.table.find_entry(hash, |&other| other == ix.0) {
            entry.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_n_port_is_32_bytes() {
        assert_eq!(size_of::<NPort>(), 32);
    }
}
