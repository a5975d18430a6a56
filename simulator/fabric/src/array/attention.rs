//! Unit attentions: how an array tells an initiator that things are not what they were.
//!
//! A condition is owed to an I_T_L nexus: an initiator, the port it talks to, a logical unit. REPORTED
//! LUNS DATA HAS CHANGED alone is of the whole I_T nexus: once it was told on one logical unit it is
//! settled for all (SPC-5, LUICLR). What is owed is a set, so it takes no more memory however much
//! happens: a record for each nexus, and two bytes for each logical unit that was used through it.

use std::collections::BTreeMap;

use npivot_hal::Wwpn;

use super::VolumeIx;
use super::scsi::{Sense, SenseKey};

/// An I_T nexus: an initiator, and the port of the array that it talks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_structs, reason = "an I_T nexus is these two")]
pub struct Nexus {
    /// The initiator.
    pub initiator: Wwpn,
    /// The array's port, as its place in [`Array::ports`](super::Array::ports).
    pub port: u16,
}

impl Nexus {
    /// The nexus of these two.
    pub const fn new(initiator: Wwpn, port: u16) -> Self {
        Self { initiator, port }
    }
}

/// A unit attention condition (SPC-5, table of additional sense codes), the one to be told first on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(super) enum Condition {
    /// 29/00: the first command of a nexus. Whether power was lost or a login, an array that keeps nothing
    /// of a lost nexus cannot say; this code stands for all of it, and is the one that Linux looks for
    /// (`alua_check_sense`, `drivers/scsi/device_handler/scsi_dh_alua.c`).
    PowerOn,
    /// 29/03: a reset of the logical unit or the target.
    Reset,
    /// 2A/01: another initiator has changed mode parameters.
    ModeParametersChanged,
    /// 2A/03: another initiator has taken the reservation away, or cleared everything.
    ReservationsPreempted,
    /// 2A/04: the reservation is over.
    ReservationsReleased,
    /// 2A/05: another initiator has taken the registration away.
    RegistrationsPreempted,
    /// 2A/06: a port is faster or slower, or serves no more.
    AccessStateChanged,
    /// 2A/09: another size.
    CapacityChanged,
    /// 3F/0E: REPORT LUNS would answer otherwise than it did.
    LunsChanged,
}

impl Condition {
    const ALL: [Self; 9] = [
        Self::PowerOn,
        Self::Reset,
        Self::ModeParametersChanged,
        Self::ReservationsPreempted,
        Self::ReservationsReleased,
        Self::RegistrationsPreempted,
        Self::AccessStateChanged,
        Self::CapacityChanged,
        Self::LunsChanged,
    ];

    const fn bit(self) -> u16 {
        1 << self as u8
    }

    /// Its sense data.
    pub(super) const fn sense(self) -> Sense {
        let (asc, ascq) = match self {
            Self::PowerOn => (0x29, 0x00),
            Self::Reset => (0x29, 0x03),
            Self::ModeParametersChanged => (0x2a, 0x01),
            Self::ReservationsPreempted => (0x2a, 0x03),
            Self::ReservationsReleased => (0x2a, 0x04),
            Self::RegistrationsPreempted => (0x2a, 0x05),
            Self::AccessStateChanged => (0x2a, 0x06),
            Self::CapacityChanged => (0x2a, 0x09),
            Self::LunsChanged => (0x3f, 0x0e),
        };
        Sense::new(SenseKey::UnitAttention, asc, ascq)
    }

    /// Whether it is told even where a reservation conflict would be (SAM-5, 5.3.3).
    pub(super) const fn before_conflicts(self) -> bool {
        matches!(self, Self::PowerOn | Self::Reset)
    }
}

/// What one nexus is owed.
#[derive(Debug, Clone, Default)]
struct Owed {
    /// 3F/0E, which is of no one logical unit.
    luns_changed: bool,
    /// At each logical unit that has no entry of its own.
    elsewhere: u16,
    /// At those that were used, or at which something happened.
    units: BTreeMap<VolumeIx, u16>,
}

impl Owed {
    fn unit(&mut self, volume: VolumeIx) -> &mut u16 {
        let elsewhere = self.elsewhere;
        self.units.entry(volume).or_insert(elsewhere)
    }

    fn set(&self, volume: Option<VolumeIx>) -> u16 {
        let unit = volume.map_or(0, |v| self.units.get(&v).copied().unwrap_or(self.elsewhere));
        unit | if self.luns_changed { Condition::LunsChanged.bit() } else { 0 }
    }
}

/// The nexuses that were used, and what each is owed.
#[derive(Debug, Clone, Default)]
pub(super) struct Attentions {
    owed: BTreeMap<Nexus, Owed>,
}

impl Attentions {
    /// Remembers that the nexus was used: what changes from now on is told to it. If it is new, it is
    /// told so at each logical unit.
    pub(super) fn used(&mut self, nexus: Nexus) {
        let new = || Owed { elsewhere: Condition::PowerOn.bit(), ..Owed::default() };
        self.owed.entry(nexus).or_insert_with(new);
    }

    /// What the initiator sees has changed: each nexus of it is owed 3F/0E.
    pub(super) fn luns_changed(&mut self, initiator: Wwpn) {
        let all = Nexus::new(initiator, 0)..=Nexus::new(initiator, u16::MAX);
        self.owed.range_mut(all).for_each(|(_, owed)| owed.luns_changed = true);
    }

    /// Owes a condition at one logical unit to one nexus, if it was ever used.
    pub(super) fn owe(&mut self, nexus: Nexus, volume: VolumeIx, condition: Condition) {
        if let Some(owed) = self.owed.get_mut(&nexus) {
            *owed.unit(volume) |= condition.bit();
        }
    }

    /// Owes a condition at one logical unit to every nexus but one, as far as its initiator sees it.
    pub(super) fn owe_others(
        &mut self,
        but: Option<Nexus>,
        volume: VolumeIx,
        condition: Condition,
        sees: impl Fn(Wwpn) -> bool,
    ) {
        for (nexus, owed) in &mut self.owed {
            if Some(*nexus) != but && sees(nexus.initiator) {
                *owed.unit(volume) |= condition.bit();
            }
        }
    }

    /// A logical unit was reset: that stands for all that was owed there, but for a first command.
    pub(super) fn reset(&mut self, volume: VolumeIx, sees: impl Fn(Wwpn) -> bool) {
        for (nexus, owed) in &mut self.owed {
            if sees(nexus.initiator) {
                let unit = owed.unit(volume);
                *unit = *unit & Condition::PowerOn.bit() | Condition::Reset.bit();
            }
        }
    }

    /// Owes a condition at every logical unit to every nexus.
    pub(super) fn owe_everywhere(&mut self, condition: Condition) {
        for owed in self.owed.values_mut() {
            owed.elsewhere |= condition.bit();
            owed.units.values_mut().for_each(|unit| *unit |= condition.bit());
        }
    }

    /// The condition that is told first, if the nexus is owed any there. Where it has no logical unit
    /// only 3F/0E is.
    pub(super) fn first(&self, nexus: Nexus, volume: Option<VolumeIx>) -> Option<Condition> {
        let set = self.owed.get(&nexus)?.set(volume);
        Condition::ALL.into_iter().find(|condition| set & condition.bit() != 0)
    }

    /// A condition was told, or settled.
    pub(super) fn told(&mut self, nexus: Nexus, volume: Option<VolumeIx>, condition: Condition) {
        let Some(owed) = self.owed.get_mut(&nexus) else { return };
        if condition == Condition::LunsChanged {
            owed.luns_changed = false;
        } else if let Some(volume) = volume {
            *owed.unit(volume) &= !condition.bit();
        }
    }

    /// Nothing is owed to the nexus any more, at any logical unit.
    pub(super) fn settle(&mut self, nexus: Nexus) {
        self.owed.insert(nexus, Owed::default());
    }

    /// The nexus is lost.
    pub(super) fn forget(&mut self, nexus: Nexus) {
        self.owed.remove(&nexus);
    }

    /// Every nexus begins anew.
    pub(super) fn power_on(&mut self) {
        for owed in self.owed.values_mut() {
            *owed = Owed { elsewhere: Condition::PowerOn.bit(), ..Owed::default() };
        }
    }

    /// How many nexuses are known.
    pub(super) fn len(&self) -> usize {
        self.owed.len()
    }
}
