//! Persistent reservations of one logical unit (SPC-5, 5.14 and 6.16 to 6.17).
//!
//! A registration belongs to an I_T nexus and outlives its logout; a reservation belongs to a
//! registration. What a command of the administrator's kind does to other nexuses is returned as the
//! conditions that they are owed, so nothing here knows of queues, volumes or bytes.
//!
//! | file | what is in it |
//! |---|---|
//! | `mod` | [`Registry`]: who is registered, who holds what, and who may do what |
//! | `order` | what PERSISTENT RESERVE OUT asks for, and its being done |

mod order;

use std::collections::BTreeMap;

use npivot_hal::ReservationKind;

pub(super) use order::{Action, Order};

use super::attention::Nexus;

/// The most registrations of one logical unit; one more is INSUFFICIENT REGISTRATION RESOURCES.
pub const MAX_REGISTRATIONS: usize = 4096;

/// The type of a reservation, of those that SPC-5 has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    WriteExclusive = 1,
    ExclusiveAccess = 3,
    WriteExclusiveRegistrantsOnly = 5,
    ExclusiveAccessRegistrantsOnly = 6,
    WriteExclusiveAllRegistrants = 7,
    ExclusiveAccessAllRegistrants = 8,
}

impl Kind {
    /// The type of this code.
    pub(super) const fn of(code: u8) -> Option<Self> {
        Some(match code {
            1 => Self::WriteExclusive,
            3 => Self::ExclusiveAccess,
            5 => Self::WriteExclusiveRegistrantsOnly,
            6 => Self::ExclusiveAccessRegistrantsOnly,
            7 => Self::WriteExclusiveAllRegistrants,
            8 => Self::ExclusiveAccessAllRegistrants,
            _ => return None,
        })
    }

    pub(super) const fn code(self) -> u8 {
        self as u8
    }

    const fn lets_others_read(self) -> bool {
        matches!(
            self,
            Self::WriteExclusive
                | Self::WriteExclusiveRegistrantsOnly
                | Self::WriteExclusiveAllRegistrants
        )
    }

    /// Whether all who are registered may do all.
    const fn is_shared(self) -> bool {
        !matches!(self, Self::WriteExclusive | Self::ExclusiveAccess)
    }

    const fn is_all_registrants(self) -> bool {
        matches!(self, Self::WriteExclusiveAllRegistrants | Self::ExclusiveAccessAllRegistrants)
    }

    const fn record(self) -> ReservationKind {
        match self {
            Self::WriteExclusive => ReservationKind::WriteExclusive,
            Self::ExclusiveAccess => ReservationKind::ExclusiveAccess,
            Self::WriteExclusiveRegistrantsOnly => ReservationKind::WriteExclusiveRegistrantsOnly,
            Self::ExclusiveAccessRegistrantsOnly => ReservationKind::ExclusiveAccessRegistrantsOnly,
            Self::WriteExclusiveAllRegistrants => ReservationKind::WriteExclusiveAllRegistrants,
            Self::ExclusiveAccessAllRegistrants => ReservationKind::ExclusiveAccessAllRegistrants,
        }
    }
}

/// What a command does, as far as reservations care (SPC-5, table of commands allowed in the presence of
/// reservations; SBC-4, likewise).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Allowed to everybody: it asks about the unit, not for its content.
    Always,
    /// Like a read: allowed where others may read.
    Read,
    /// Like a write: for the holder, or for those who are registered.
    Write,
}

/// Who is registered at a logical unit, and who holds it.
#[derive(Debug, Clone, Default)]
pub(super) struct Registry {
    generation: u32,
    keys: BTreeMap<Nexus, u64>,
    /// The type, and who reserved: of no meaning where all registrants hold it.
    held: Option<(Kind, Nexus)>,
    /// APTPL of the last registration: it outlives a loss of power.
    persists: bool,
}

impl Registry {
    /// Counts the changes since power on, but for those of RESERVE and RELEASE.
    pub(super) const fn generation(&self) -> u32 {
        self.generation
    }

    /// Whether registrations outlive a loss of power now.
    pub(super) const fn persists(&self) -> bool {
        self.persists
    }

    /// The registrations, in order of initiator and port.
    pub(super) fn registrations(&self) -> impl Iterator<Item = (Nexus, u64)> {
        self.keys.iter().map(|(nexus, key)| (*nexus, *key))
    }

    /// The reservation's type and key: zero where all registrants hold it.
    pub(super) fn reservation(&self) -> Option<(Kind, u64)> {
        let (kind, holder) = self.held?;
        let key = if kind.is_all_registrants() { 0 } else { self.key(holder).unwrap_or(0) };
        Some((kind, key))
    }

    /// Whether a nexus holds the reservation, alone or with all others.
    pub(super) fn holds(&self, nexus: Nexus) -> bool {
        match self.held {
            Some((kind, _)) if kind.is_all_registrants() => self.keys.contains_key(&nexus),
            Some((_, holder)) => holder == nexus,
            None => false,
        }
    }

    /// Whether the reservation lets a nexus do that.
    pub(super) fn admits(&self, nexus: Nexus, access: Access) -> bool {
        let Some((kind, _)) = self.held else { return true };
        match access {
            Access::Always => true,
            Access::Read if kind.lets_others_read() => true,
            Access::Read | Access::Write => {
                self.holds(nexus) || kind.is_shared() && self.keys.contains_key(&nexus)
            }
        }
    }

    /// The HAL's record of it.
    pub(super) fn record(&self) -> npivot_hal::Reservations {
        let holder =
            |(kind, key): (Kind, u64)| npivot_hal::Reservation { key, kind: kind.record() };
        npivot_hal::Reservations {
            generation: self.generation,
            keys: self.keys.values().copied().collect(),
            holder: self.reservation().map(holder),
        }
    }

    /// Power is lost and back: only with APTPL is anything kept, and the generation begins anew.
    pub(super) fn power_on(&mut self) {
        if self.persists {
            self.generation = 0;
        } else {
            *self = Self::default();
        }
    }

    fn key(&self, nexus: Nexus) -> Option<u64> {
        self.keys.get(&nexus).copied()
    }
}
