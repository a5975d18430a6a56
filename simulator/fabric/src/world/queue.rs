//! What is due when: one queue, ordered by time and then by the order of arrival.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use npivot_hal::{FcId, Wwpn};

use super::{SimTime, World};
use crate::san::ids::{AdapterIx, FabricIx, NPortIx, TargetIx};

/// A stamp that is given out once in a world. What is scheduled carries the stamp of the state that it
/// belongs to; once that state is over, the stamp does not match and nothing happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp(pub u64);

/// Something that will happen unless its stamp is outdated by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Due {
    /// An adapter sends FLOGI or FDISC.
    Login(AdapterIx, Stamp),
    /// An adapter asks the name server who is there.
    Discover(AdapterIx, Stamp),
    /// An adapter logs in to a target port.
    PortLogin(AdapterIx, Stamp, Wwpn),
    /// An adapter looks for the LUNs of a remote port.
    Probe(AdapterIx, Stamp, u32),
    /// The time to fail the I/O of a lost remote port.
    FastIoFail(AdapterIx, Stamp, u32),
    /// The time to give a lost remote port up.
    DevLoss(AdapterIx, Stamp, u32),
    /// An RSCN arrives.
    Rscn(AdapterIx, Stamp, FcId),
    /// An RSCN arrives at an N_Port from outside, if it still has this address.
    StateChange(NPortIx, FcId, FcId),
    /// A port of an array sends FLOGI.
    TargetLogin(TargetIx),
    /// The transaction with this token ends by itself, unless it was edited meanwhile.
    ZoneExpiry(FabricIx, u64),
}

/// So many may wait before those that are over are looked for.
const CROWD: usize = 1_024;

/// The queue.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    heap: BinaryHeap<Reverse<(SimTime, u64, Due)>>,
    pushed: u64,
    /// What was left when those that are over were last looked for.
    left: usize,
}

impl Queue {
    pub(crate) fn push(&mut self, at: SimTime, due: Due) {
        self.heap.push(Reverse((at, self.pushed, due)));
        self.pushed += 1;
    }

    pub(crate) fn next_at(&self) -> Option<SimTime> {
        self.heap.peek().map(|Reverse((at, ..))| *at)
    }

    pub(crate) fn pop_until(&mut self, until: SimTime) -> Option<(SimTime, Due)> {
        if self.next_at()? > until {
            return None;
        }
        self.heap.pop().map(|Reverse((at, _, due))| (at, due))
    }

    fn is_crowded(&self) -> bool {
        self.heap.len() >= CROWD.max(2 * self.left)
    }

    fn retain(&mut self, keep: impl Fn(&Due) -> bool) {
        self.heap.retain(|Reverse((_, _, due))| keep(due));
        self.left = self.heap.len();
    }

    /// Whether one like this waits.
    #[cfg(test)]
    pub(super) fn any(&self, like: impl Fn(&Due) -> bool) -> bool {
        self.heap.iter().any(|Reverse((_, _, due))| like(due))
    }

    #[cfg(test)]
    pub(super) fn first(&self) -> Option<&Due> {
        self.heap.peek().map(|Reverse((_, _, due))| due)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.heap.len()
    }
}

impl World {
    /// Whether nothing is to happen any more, because what it belonged to is over.
    pub(super) fn is_over(&self, due: &Due) -> bool {
        match *due {
            Due::Login(adapter, stamp)
            | Due::Discover(adapter, stamp)
            | Due::PortLogin(adapter, stamp, _)
            | Due::Probe(adapter, stamp, _)
            | Due::Rscn(adapter, stamp, _) => !self.is_current(adapter, stamp),
            Due::FastIoFail(adapter, stamp, rport) | Due::DevLoss(adapter, stamp, rport) => {
                !self.is_still_lost(adapter, stamp, rport)
            }
            Due::StateChange(to, fc_id, _) => self.nobody_to_tell(to, fc_id),
            Due::TargetLogin(target) => {
                let target = &self.targets[target.index()];
                target.nport.is_some() || !self.san.port(target.port).online
            }
            Due::ZoneExpiry(fabric, token) => {
                let open = self.san.fabrics[fabric.index()].zoning.open_transaction();
                open.is_none_or(|open| open.token != token)
            }
        }
    }

    /// What is over does not stand first, so the first entry says when something happens.
    pub(super) fn drop_what_is_over(&mut self) {
        while self.queue.heap.peek().is_some_and(|Reverse((_, _, due))| self.is_over(due)) {
            self.queue.heap.pop();
        }
    }

    /// Keeps the queue within twice of what will happen, at constant cost an entry: a link that bounces
    /// leaves a time-out behind each time.
    pub(super) fn make_room_in_queue(&mut self) {
        if self.queue.is_crowded() {
            let mut queue = std::mem::take(&mut self.queue);
            queue.retain(|due| !self.is_over(due));
            self.queue = queue;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_times_keep_their_order() {
        let mut queue = Queue::default();
        let due = |n| Due::TargetLogin(TargetIx(n));
        for n in [3, 1, 2] {
            queue.push(SimTime(5), due(n));
        }
        queue.push(SimTime(4), due(9));
        let order: Vec<Due> =
            std::iter::from_fn(|| queue.pop_until(SimTime(5))).map(|(_, d)| d).collect();
        assert_eq!(order, [due(9), due(3), due(1), due(2)]);
        assert_eq!(queue.pop_until(SimTime::NEVER), None);
    }
}
