//! What is due when: one queue, ordered by time and then by the order of arrival.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use npivot_hal::{FcId, Wwpn};

use super::SimTime;
use crate::san::ids::{AdapterIx, FabricIx, TargetIx};

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
    /// A port of an array sends FLOGI.
    TargetLogin(TargetIx),
    /// A zoning transaction ends by itself, if nobody has touched it since it had this checksum.
    ZoneExpiry(FabricIx, u64, u64),
}

/// The queue.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    heap: BinaryHeap<Reverse<(SimTime, u64, Due)>>,
    pushed: u64,
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
