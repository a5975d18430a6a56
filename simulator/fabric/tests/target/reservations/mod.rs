//! Persistent reservations (SPC-5, 5.14, 6.16 and 6.17).

mod conflicts;
mod data;
mod like_the_model;
mod model;
mod orders;
mod refusals;

use npivot_fabric::array::{Nexus, Status};

use crate::bench::{Bench, Sense, codes, nexus};

pub(crate) const REGISTER: u8 = 0;
pub(crate) const RESERVE: u8 = 1;
pub(crate) const RELEASE: u8 = 2;
pub(crate) const CLEAR: u8 = 3;
pub(crate) const PREEMPT: u8 = 4;
pub(crate) const PREEMPT_AND_ABORT: u8 = 5;
pub(crate) const REGISTER_AND_IGNORE: u8 = 6;

pub(crate) const TYPES: [u8; 6] = [1, 3, 5, 6, 7, 8];

const PREEMPTED: Option<Sense> = Some((0x06, 0x2a, 0x03));
const RELEASED: Option<Sense> = Some((0x06, 0x2a, 0x04));
const UNREGISTERED: Option<Sense> = Some((0x06, 0x2a, 0x05));

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Good,
    Conflict,
    Check(Sense),
}

/// The parameter list: key, service action's key, and the byte of SPEC_I_PT, ALL_TG_PT and APTPL.
pub(crate) fn list(key: u64, other: u64, flags: u8) -> [u8; 24] {
    let mut list = [0; 24];
    list[..8].copy_from_slice(&key.to_be_bytes());
    list[8..16].copy_from_slice(&other.to_be_bytes());
    list[20] = flags;
    list
}

/// PERSISTENT RESERVE OUT.
pub(crate) fn order(action: u8, kind: u8) -> [u8; 10] {
    [0x5f, action, kind, 0, 0, 0, 0, 0, 24, 0]
}

pub(crate) fn ended(bench: &mut Bench, from: Nexus, cdb: &[u8], data: &[u8]) -> End {
    let done = bench.serve(from, 0, cdb, data);
    match done.status {
        Status::Good => End::Good,
        Status::ReservationConflict => {
            assert!(done.sense.is_empty() && done.data.is_empty());
            End::Conflict
        }
        _ => End::Check(codes(&done.sense)),
    }
}

/// Initiator `n`, through the first port, orders something.
pub(crate) fn out(
    bench: &mut Bench,
    n: u64,
    action: u8,
    kind: u8,
    (key, other): (u64, u64),
) -> End {
    ended(bench, nexus(n, 0), &order(action, kind), &list(key, other, 0))
}

/// Initiators 1 to 3 registered, each with ten times its number.
pub(crate) fn registered() -> Bench {
    let mut bench = Bench::new();
    for n in 1..4 {
        assert_eq!(out(&mut bench, n, REGISTER, 0, (0, 10 * n)), End::Good);
    }
    bench
}

/// PERSISTENT RESERVE IN, through a port that is not registered by anybody, so that nothing is owed to it.
pub(crate) fn read(bench: &mut Bench, action: u8) -> Vec<u8> {
    let done = bench.serve(nexus(3, 2), 0, &[0x5e, action, 0, 0, 0, 0, 0, 255, 255, 0], &[]);
    assert_eq!(done.status, Status::Good, "{:?}", done.check);
    done.data
}

pub(crate) fn keys(bench: &mut Bench) -> Vec<u64> {
    let data = read(bench, 0);
    assert_eq!(u32::from_be_bytes(data[4..8].try_into().unwrap()) as usize, data.len() - 8);
    data[8..].as_chunks().0.iter().map(|key| u64::from_be_bytes(*key)).collect()
}

pub(crate) fn generation(bench: &mut Bench) -> u32 {
    u32::from_be_bytes(read(bench, 0)[..4].try_into().unwrap())
}

/// Key and type of the reservation.
pub(crate) fn holder(bench: &mut Bench) -> Option<(u64, u8)> {
    let data = read(bench, 1);
    (data.len() > 8).then(|| (u64::from_be_bytes(data[8..16].try_into().unwrap()), data[21]))
}

/// What the next TEST UNIT READY of initiators 1 to 3 ends with.
pub(crate) fn told(bench: &mut Bench) -> [Option<Sense>; 3] {
    [1, 2, 3].map(|n| bench.ready(nexus(n, 0)))
}
