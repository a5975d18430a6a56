//! PERSISTENT RESERVE OUT, done (SPC-5, 5.14.6 to 5.14.11).

use super::{Kind, MAX_REGISTRATIONS, Registry};
use crate::array::Refused;
use crate::array::attention::{Condition, Nexus};
use crate::array::scsi::{Check, Sense};

/// Where the service action reservation key begins in the parameter list.
const SERVICE_ACTION_KEY: u16 = 8;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::array) enum Action {
    Register { ignoring: bool, persist: bool },
    Reserve(Kind),
    Release(Kind),
    Clear,
    Preempt(Kind),
}

/// PERSISTENT RESERVE OUT, decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::array) struct Order {
    pub(in crate::array) action: Action,
    /// RESERVATION KEY: who the sender says that it is.
    pub(in crate::array) key: u64,
    /// SERVICE ACTION RESERVATION KEY: the new one, or the other's.
    pub(in crate::array) service_key: u64,
}

/// Who is to be told what.
pub(in crate::array) type Notices = Vec<(Nexus, Condition)>;

impl Registry {
    /// Does what a nexus orders, and returns what others are owed for it.
    ///
    /// # Errors
    /// RESERVATION CONFLICT; 05/26/00, 05/26/04, 05/55/04. Nothing has changed then.
    pub(in crate::array) fn obey(&mut self, from: Nexus, order: Order) -> Result<Notices, Refused> {
        let own = self.key(from);
        let Action::Register { ignoring, persist } = order.action else {
            if own != Some(order.key) {
                return Err(Refused::Conflict);
            }
            return match order.action {
                Action::Reserve(kind) => self.reserve(from, kind),
                Action::Release(kind) => self.release(from, kind),
                Action::Preempt(kind) => self.preempt(from, order.service_key, kind),
                _ => Ok(self.clear(from)),
            };
        };
        if !ignoring && order.key != own.unwrap_or(0) {
            return Err(Refused::Conflict);
        }
        self.register(from, order.service_key, persist)
    }

    fn register(&mut self, from: Nexus, key: u64, persist: bool) -> Result<Notices, Refused> {
        let registered = self.keys.contains_key(&from);
        if key == 0 && !registered {
            return Ok(vec![]);
        }
        if !registered && self.keys.len() >= MAX_REGISTRATIONS {
            return Err(Check::of(Sense::NO_REGISTRATION_RESOURCES).into());
        }
        self.changed();
        self.persists = persist;
        if key != 0 {
            self.keys.insert(from, key);
            return Ok(vec![]);
        }
        self.keys.remove(&from);
        match self.held {
            Some((kind, _)) if kind.is_all_registrants() => {
                self.release_if_nobody_is_left();
                Ok(vec![])
            }
            Some((kind, holder)) if holder == from => {
                self.held = None;
                Ok(if kind.is_shared() { self.released(from) } else { vec![] })
            }
            _ => Ok(vec![]),
        }
    }

    fn reserve(&mut self, from: Nexus, kind: Kind) -> Result<Notices, Refused> {
        match self.held {
            None => self.held = Some((kind, from)),
            Some((held, _)) if held == kind && self.holds(from) => {}
            Some(_) => return Err(Refused::Conflict),
        }
        Ok(vec![])
    }

    fn release(&mut self, from: Nexus, kind: Kind) -> Result<Notices, Refused> {
        let Some((held, _)) = self.held.filter(|_| self.holds(from)) else {
            return Ok(vec![]);
        };
        if held != kind {
            return Err(Check::of(Sense::INVALID_RELEASE).into());
        }
        self.held = None;
        Ok(if held.is_shared() { self.released(from) } else { vec![] })
    }

    fn clear(&mut self, from: Nexus) -> Notices {
        self.changed();
        self.held = None;
        let keys = std::mem::take(&mut self.keys);
        let others = keys.into_keys().filter(|nexus| *nexus != from);
        others.map(|nexus| (nexus, Condition::ReservationsPreempted)).collect()
    }

    /// Takes the reservation, if the key is its holder's, or only registrations.
    fn preempt(&mut self, from: Nexus, key: u64, kind: Kind) -> Result<Notices, Refused> {
        match self.held {
            Some((held, _)) if held.is_all_registrants() && key == 0 => {
                Ok(self.take_over(from, held, kind, |_| true))
            }
            Some((held, holder)) if !held.is_all_registrants() && self.key(holder) == Some(key) => {
                Ok(self.take_over(from, held, kind, |other| other == key))
            }
            _ if key == 0 => Err(Check::list(SERVICE_ACTION_KEY, None).into()),
            _ if !self.keys.values().any(|other| *other == key) => Err(Refused::Conflict),
            _ => {
                self.changed();
                let lost = self.unregister(|_, other| other == key);
                self.release_if_nobody_is_left();
                let others = lost.into_iter().filter(|nexus| *nexus != from);
                Ok(others.map(|nexus| (nexus, Condition::RegistrationsPreempted)).collect())
            }
        }
    }

    fn take_over(
        &mut self,
        from: Nexus,
        before: Kind,
        kind: Kind,
        lose: impl Fn(u64) -> bool,
    ) -> Notices {
        self.changed();
        let lost = self.unregister(|nexus, key| nexus != from && lose(key));
        self.held = Some((kind, from));
        let lost = lost.into_iter().map(|nexus| (nexus, Condition::RegistrationsPreempted));
        let mut notices: Notices = lost.collect();
        if before != kind {
            notices.extend(self.released(from));
        }
        notices
    }

    fn unregister(&mut self, which: impl Fn(Nexus, u64) -> bool) -> Vec<Nexus> {
        self.keys.extract_if(.., |nexus, key| which(*nexus, *key)).map(|(nexus, _)| nexus).collect()
    }

    fn release_if_nobody_is_left(&mut self) {
        if self.keys.is_empty() {
            self.held = None;
        }
    }

    /// All who are registered, but one, hear that the reservation is over.
    fn released(&self, but: Nexus) -> Notices {
        let others = self.keys.keys().filter(|nexus| **nexus != but);
        others.map(|nexus| (*nexus, Condition::ReservationsReleased)).collect()
    }

    fn changed(&mut self) {
        self.generation = self.generation.wrapping_add(1);
    }
}
