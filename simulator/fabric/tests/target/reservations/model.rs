//! Reservations told the slow way: one list of who is registered, one of who holds, and each sentence of
//! SPC-5, 5.14 as a line.

use super::{CLEAR, End, PREEMPT, PREEMPT_AND_ABORT, REGISTER_AND_IGNORE, RELEASE, RESERVE};
use crate::bench::Sense;

/// Initiator and port.
pub(super) type Who = (u64, u16);

#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) generation: u32,
    pub(super) registered: Vec<(Who, u64)>,
    /// Type, and who reserved.
    pub(super) reserved: Option<(u8, Who)>,
    /// What each is owed, in order of the codes; each once.
    pub(super) owed: Vec<(Who, Sense)>,
}

const ALL_REGISTRANTS: [u8; 2] = [7, 8];
const WRITE_EXCLUSIVE: [u8; 3] = [1, 5, 7];

impl Model {
    pub(super) fn key(&self, who: Who) -> Option<u64> {
        self.registered.iter().find(|(one, _)| *one == who).map(|(_, key)| *key)
    }

    pub(super) fn holders(&self) -> Vec<Who> {
        match self.reserved {
            None => vec![],
            Some((kind, _)) if ALL_REGISTRANTS.contains(&kind) => {
                self.registered.iter().map(|(who, _)| *who).collect()
            }
            Some((_, who)) => vec![who],
        }
    }

    /// Whether somebody may read, and write.
    pub(super) fn may(&self, who: Who) -> (bool, bool) {
        let Some((kind, _)) = self.reserved else { return (true, true) };
        let member = kind >= 5 && self.key(who).is_some();
        let all = self.holders().contains(&who) || member;
        (all || WRITE_EXCLUSIVE.contains(&kind), all)
    }

    fn owe(&mut self, who: Who, codes: (u8, u8)) {
        let owed = (who, (0x06, codes.0, codes.1));
        if !self.owed.contains(&owed) {
            self.owed.push(owed);
        }
    }

    fn owe_registered_but(&mut self, but: Who, codes: (u8, u8)) {
        for (who, _) in self.registered.clone() {
            if who != but {
                self.owe(who, codes);
            }
        }
    }

    fn release_of_nobody(&mut self) {
        if self.registered.is_empty() {
            self.reserved = None;
        }
    }

    pub(super) fn order(&mut self, who: Who, action: u8, kind: u8, key: u64, other: u64) -> End {
        let own = self.key(who);
        match action {
            0 | REGISTER_AND_IGNORE => {
                if action == 0 && key != own.unwrap_or(0) {
                    return End::Conflict;
                }
                match (own, other) {
                    (None, 0) => {}
                    (None, new) => {
                        self.generation += 1;
                        self.registered.push((who, new));
                    }
                    (Some(_), 0) => {
                        self.generation += 1;
                        self.unregister(who);
                    }
                    (Some(_), new) => {
                        self.generation += 1;
                        self.registered.retain(|(one, _)| *one != who);
                        self.registered.push((who, new));
                    }
                }
                End::Good
            }
            _ if own != Some(key) => End::Conflict,
            RESERVE => self.reserve(who, kind),
            RELEASE => self.release(who, kind),
            CLEAR => {
                self.generation += 1;
                self.owe_registered_but(who, (0x2a, 0x03));
                self.registered.clear();
                self.reserved = None;
                End::Good
            }
            PREEMPT | PREEMPT_AND_ABORT => self.preempt(who, kind, other),
            _ => unreachable!("no such action is sent"),
        }
    }

    fn unregister(&mut self, who: Who) {
        let held = self.holders() == [who] && self.reserved.map(|(_, one)| one) == Some(who);
        self.registered.retain(|(one, _)| *one != who);
        match self.reserved {
            Some((kind, _)) if ALL_REGISTRANTS.contains(&kind) => self.release_of_nobody(),
            Some((kind, _)) if held => {
                self.reserved = None;
                if kind >= 5 {
                    self.owe_registered_but(who, (0x2a, 0x04));
                }
            }
            _ => {}
        }
    }

    fn reserve(&mut self, who: Who, kind: u8) -> End {
        match self.reserved {
            None => {
                self.reserved = Some((kind, who));
                End::Good
            }
            Some((held, _)) if held == kind && self.holders().contains(&who) => End::Good,
            _ => End::Conflict,
        }
    }

    fn release(&mut self, who: Who, kind: u8) -> End {
        if !self.holders().contains(&who) {
            return End::Good;
        }
        if self.reserved.is_none_or(|(held, _)| held != kind) {
            return End::Check((0x05, 0x26, 0x04));
        }
        self.reserved = None;
        if kind >= 5 {
            self.owe_registered_but(who, (0x2a, 0x04));
        }
        End::Good
    }

    fn preempt(&mut self, who: Who, kind: u8, key: u64) -> End {
        let holders_key = match self.reserved {
            Some((held, _)) if ALL_REGISTRANTS.contains(&held) => Some(0),
            Some((_, holder)) => self.key(holder),
            None => None,
        };
        if holders_key == Some(key) {
            let before = self.reserved.map(|(kind, _)| kind);
            self.generation += 1;
            for (one, its) in self.registered.clone() {
                if one != who && (key == 0 || its == key) {
                    self.registered.retain(|(other, _)| *other != one);
                    self.owe(one, (0x2a, 0x05));
                }
            }
            self.reserved = Some((kind, who));
            if before != Some(kind) {
                self.owe_registered_but(who, (0x2a, 0x04));
            }
            return End::Good;
        }
        if key == 0 {
            return End::Check((0x05, 0x26, 0x00));
        }
        if !self.registered.iter().any(|(_, its)| *its == key) {
            return End::Conflict;
        }
        self.generation += 1;
        for (one, its) in self.registered.clone() {
            if its == key {
                self.registered.retain(|(other, _)| *other != one);
                if one != who {
                    self.owe(one, (0x2a, 0x05));
                }
            }
        }
        self.release_of_nobody();
        End::Good
    }
}
