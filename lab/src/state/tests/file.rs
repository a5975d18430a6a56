//! Adding to a log, on a medium that fails.

use std::io;

use crate::state::file::{Medium, NotAdded, Tail};
use crate::state::frame::decode;

/// A medium in memory that takes so many bytes and so many syncs.
#[derive(Debug)]
struct Frail {
    bytes: Vec<u8>,
    room: usize,
    syncs: usize,
    cuts: bool,
}

impl Medium for &mut Frail {
    fn write(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        assert_eq!(at, self.bytes.len() as u64, "at the end");
        let taken = bytes.len().min(self.room - self.bytes.len());
        self.bytes.extend(&bytes[..taken]);
        if taken < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn sync(&mut self) -> io::Result<()> {
        self.syncs = self.syncs.checked_sub(1).ok_or(io::ErrorKind::Other)?;
        Ok(())
    }

    fn cut(&mut self, at: u64) -> io::Result<()> {
        if !self.cuts {
            return Err(io::ErrorKind::Other.into());
        }
        self.bytes.truncate(usize::try_from(at).unwrap());
        Ok(())
    }
}

const STEPS: [&str; 3] = ["eins", "zwei", "drei"];

/// How many steps were acknowledged, and how many are read.
fn tried(medium: &mut Frail) -> (usize, usize) {
    let mut tail = Tail::new(&mut *medium, 0, 0);
    let acknowledged = STEPS.iter().take_while(|step| tail.add(step, 1_000).is_ok()).count();
    for step in STEPS.iter().skip(acknowledged + 1) {
        assert!(matches!(tail.add(step, 1_000), Err(NotAdded::Refused(_))), "none after a gap");
    }
    let read = decode(&medium.bytes).unwrap().payloads;
    assert_eq!(read, STEPS[..read.len()]);
    (acknowledged, read.len())
}

#[test]
fn a_disk_that_fills_up_loses_nothing_that_was_acknowledged() {
    let mut all = Frail { bytes: vec![], room: 1_000, syncs: 9, cuts: true };
    assert_eq!(tried(&mut all), (3, 3));
    for cuts in [true, false] {
        for room in 0..all.bytes.len() {
            let mut medium = Frail { bytes: vec![], room, syncs: 9, cuts };
            let (acknowledged, read) = tried(&mut medium);
            assert_eq!(acknowledged, read, "{room}");
            assert!(acknowledged < 3);
        }
    }
}

#[test]
fn a_step_is_acknowledged_only_once_it_is_durable() {
    for cuts in [true, false] {
        for syncs in 0..3 {
            let mut medium = Frail { bytes: vec![], room: 1_000, syncs, cuts };
            let (acknowledged, read) = tried(&mut medium);
            assert_eq!(acknowledged, syncs);
            // One that cannot be taken back was made all the same: its caller knows that it may be there.
            assert_eq!(read, acknowledged + usize::from(!cuts));
        }
    }
}

#[test]
fn a_log_has_an_end() {
    let mut medium = Frail { bytes: vec![], room: 1_000, syncs: 9, cuts: true };
    let mut tail = Tail::new(&mut medium, 0, 0);
    tail.add("eins", 62).unwrap();
    assert!(matches!(tail.add("zwei", 61), Err(NotAdded::Full)));
    assert!(matches!(tail.add("drei", 1_000), Err(NotAdded::Refused(_))));
    assert_eq!(decode(&medium.bytes).unwrap().payloads, ["eins"]);
}
