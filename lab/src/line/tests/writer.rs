//! The guest's writer, with ordinary files as its block devices.

use std::path::Path;

use super::line;
use crate::guest::{BLOCK_BYTES, Block};
use crate::line::{GuestOrder, GuestReport, Line, LineError};

/// A directory with these files, long enough for all blocks.
fn disks(names: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in names {
        std::fs::write(folder.path().join(name), vec![0; 256 * BLOCK_BYTES]).unwrap();
    }
    folder
}

fn begin(volumes: &[&[&str]], next: u64) -> GuestOrder {
    let volumes = volumes.iter().map(|paths| paths.iter().map(|&p| p.to_owned()).collect());
    let (name, volumes) = ("web1".to_owned(), volumes.collect());
    GuestOrder::Begin { name, volumes, next, write_every_ms: 0 }
}

fn order(line: &Line, order: GuestOrder) -> GuestReport {
    line.guest(order).unwrap()
}

fn block(folder: &Path, disk: &str, sequence: u64) -> Option<Block> {
    let bytes = std::fs::read(folder.join(disk)).unwrap();
    let at = usize::try_from(Block::lba(sequence)).unwrap() * BLOCK_BYTES;
    Block::decode(&bytes[at..at + BLOCK_BYTES])
}

#[test]
fn it_writes_until_it_is_paused_and_goes_on_elsewhere() {
    let folder = disks(&["sda", "sdb", "sdc", "sdd"]);
    let (line, _server) = line(folder.path());
    let begun = order(&line, begin(&[&["sda"], &["sdb"]], 10));
    assert!(begun.there && begun.running && begun.next >= 10, "{begun:?}");
    let reached = order(&line, GuestOrder::Report { reached: 60 });
    assert!(reached.next >= 60, "{reached:?}");
    let paused = order(&line, GuestOrder::Pause);
    assert_eq!(order(&line, GuestOrder::Report { reached: u64::MAX }), paused, "it rests");
    for sequence in 10..paused.next {
        let disk = ["sda", "sdb"][usize::from(sequence % 2 == 1)];
        let there = block(folder.path(), disk, sequence).unwrap();
        // An older one may have been overwritten: 256 places are written in turn.
        assert_eq!(there.sequence % 256, sequence % 256);
        assert!(there.sequence >= sequence && there.sequence < paused.next, "{there:?}");
    }
    let elsewhere = order(&line, begin(&[&["sdc"], &["sdd"]], paused.next));
    assert!(elsewhere.next >= paused.next);
    order(&line, GuestOrder::Report { reached: paused.next + 2 });
    let ended = order(&line, GuestOrder::Pause).next;
    assert_eq!(order(&line, GuestOrder::End), GuestReport::default());
    let first = paused.next;
    let disk = ["sdc", "sdd"][usize::from(first % 2 == 1)];
    assert!(
        block(folder.path(), disk, first).is_some_and(|b| (first..ended).contains(&b.sequence))
    );
}

#[test]
fn a_path_that_fails_is_passed_over_and_without_one_it_holds() {
    let folder = disks(&["sda"]);
    // What nothing can be written to.
    std::os::unix::fs::symlink("/dev/full", folder.path().join("full")).unwrap();
    let (line, _server) = line(folder.path());
    order(&line, begin(&[&["full", "sda"]], 0));
    assert!(order(&line, GuestOrder::Report { reached: 5 }).next >= 5);
    order(&line, begin(&[&["full"]], 0));
    let held = loop {
        let report = order(&line, GuestOrder::Report { reached: 0 });
        assert_eq!(report.next, 0, "what no path took is not acknowledged");
        if report.held > 1 {
            break report;
        }
    };
    assert!(held.trouble.unwrap().contains("No space left"));
}

#[test]
fn what_it_cannot_do_is_refused_and_changes_nothing() {
    let folder = disks(&["sda"]);
    let (line, _server) = line(folder.path());
    let refused = |asked: GuestOrder, what: &str| match line.guest(asked) {
        Err(LineError::Refused(why)) => assert!(why.contains(what), "{why}"),
        other => panic!("{what}: {other:?}"),
    };
    refused(GuestOrder::Pause, "no guest here");
    refused(GuestOrder::Resume, "no guest here");
    order(&line, begin(&[&["sda"]], 3));
    refused(begin(&[&["sdz"]], 0), "block device sdz");
    refused(begin(&[&["../sda"]], 0), "block device ../sda");
    refused(begin(&[], 0), "needs a volume");
    refused(begin(&[&[]], 0), "needs a volume");
    let still = order(&line, GuestOrder::Report { reached: 4 });
    assert!(still.running && still.next >= 4, "{still:?}");
}
