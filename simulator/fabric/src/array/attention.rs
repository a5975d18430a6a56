//! Unit attentions: how an array tells an initiator that its LUNs are not what they were.
//!
//! One condition exists, REPORTED LUNS DATA HAS CHANGED. It is kept per nexus, not per LUN: an array
//! clears it for all LUNs of a nexus once it was reported on one (SPC-5, LUICLR in the extended INQUIRY
//! data page).

use std::collections::BTreeMap;

use npivot_hal::Wwpn;

/// An I_T nexus: an initiator, and the index of the array's port it talks to.
type Nexus = (Wwpn, u16);

/// The nexuses that were used, and whether each is owed a unit attention.
#[derive(Debug, Clone, Default)]
pub(super) struct Attentions {
    owed: BTreeMap<Nexus, bool>,
}

impl Attentions {
    /// Remembers that the nexus was used: what changes from now on is told to it.
    pub(super) fn used(&mut self, initiator: Wwpn, port: u16) {
        self.owed.entry((initiator, port)).or_insert(false);
    }

    /// What the initiator sees has changed: each nexus of it is owed a unit attention.
    pub(super) fn changed(&mut self, initiator: Wwpn) {
        let all = (initiator, 0)..=(initiator, u16::MAX);
        self.owed.range_mut(all).for_each(|(_, owed)| *owed = true);
    }

    /// Whether the nexus is owed one, which it is not any more then.
    pub(super) fn take(&mut self, initiator: Wwpn, port: u16) -> bool {
        let owed = self.owed.entry((initiator, port)).or_insert(false);
        std::mem::take(owed)
    }

    /// The nexus is lost.
    pub(super) fn forget(&mut self, initiator: Wwpn, port: u16) {
        self.owed.remove(&(initiator, port));
    }

    /// How many nexuses are known.
    pub(super) fn len(&self) -> usize {
        self.owed.len()
    }
}
