//! Unit attentions (SAM-5, 5.14; SPC-5, table of additional sense codes).

use crate::bench::{
    Bench, DISK, NO_COMMAND, NO_UNIT, READY, Sense, cdb_10, codes, lun, nexus, wwpn,
};

const POWER_ON: Option<Sense> = Some((0x06, 0x29, 0x00));
const LUNS_CHANGED: Option<Sense> = Some((0x06, 0x3f, 0x0e));
const RESIZED: Option<Sense> = Some((0x06, 0x2a, 0x09));
const INQUIRY: [u8; 6] = [0x12, 0, 0, 0, 36, 0];
const LUNS: [u8; 12] = [0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0];
const SENSE: [u8; 6] = [0x03, 0, 0, 0, 18, 0];

fn at(bench: &mut Bench, n: u64, port: u16, unit: u32) -> Option<Sense> {
    let done = bench.serve(nexus(n, port), unit, &READY, &[]);
    (!done.sense.is_empty()).then(|| codes(&done.sense))
}

#[test]
fn the_first_command_of_a_nexus_at_each_unit() {
    let mut bench = Bench::new();
    bench.array.forget_nexus(wwpn(1), 0);
    assert_eq!(at(&mut bench, 1, 0, 0), POWER_ON);
    assert_eq!(at(&mut bench, 1, 0, 0), None);
    assert_eq!(at(&mut bench, 1, 0, 1), POWER_ON, "each unit tells it");
    assert_eq!(at(&mut bench, 1, 0, 1), None);
    assert_eq!(at(&mut bench, 1, 1, 0), None, "another nexus");
    assert_eq!(at(&mut bench, 1, 9, 0), POWER_ON, "never used before");
    assert_eq!(at(&mut bench, 4, 9, 0), Some(NO_UNIT), "only what is there");
}

#[test]
fn commands_that_are_answered_all_the_same() {
    let mut bench = Bench::new();
    bench.array.forget_nexus(wwpn(1), 0);
    assert_eq!(bench.good(&INQUIRY, &[]).len(), 36);
    assert_eq!(bench.good(&LUNS, &[]).len(), 24);
    assert_eq!(at(&mut bench, 1, 0, 0), POWER_ON, "neither settles it");
    bench.array.forget_nexus(wwpn(1), 0);
    // REQUEST SENSE tells it as data, in the format that is asked for, and settles it.
    assert_eq!(bench.good(&[0x03, 1, 0, 0, 255, 0], &[]), [0x72, 6, 0x29, 0, 0, 0, 0, 0]);
    assert_eq!(codes(&bench.good(&SENSE, &[])), (0, 0, 0));
    assert_eq!(bench.good(&[0x03, 0, 0, 0, 4, 0], &[]), [0x70, 0, 0, 0]);
    assert_eq!(at(&mut bench, 1, 0, 0), None);
}

#[test]
fn report_luns_settles_what_is_of_luns_alone() {
    let mut bench = Bench::new();
    bench.array.resize(DISK, 512).unwrap().changed();
    bench.array.unmap("g", "large").unwrap().changed();
    bench.good(&LUNS, &[]);
    assert_eq!(at(&mut bench, 1, 0, 0), RESIZED);
    assert_eq!(at(&mut bench, 1, 0, 0), None);
    let well_known = [0xa0, 0, 1, 0, 0, 0, 0, 0, 0, 255, 0, 0];
    bench.serve(nexus(2, 0), 0, &well_known, &[]);
    assert_eq!(at(&mut bench, 2, 0, 0), RESIZED);
    assert_eq!(at(&mut bench, 2, 0, 0), LUNS_CHANGED, "it was not asked for the others");
    assert_eq!(at(&mut bench, 2, 0, 0), None);
}

#[test]
fn luns_that_have_changed_are_told_once_at_any_lun() {
    let mut bench = Bench::new();
    bench.array.unmap("g", "disk").unwrap().changed();
    assert_eq!(at(&mut bench, 1, 0, 0), LUNS_CHANGED, "where nothing is any more");
    assert_eq!(at(&mut bench, 1, 0, 1), None);
    assert_eq!(at(&mut bench, 1, 0, 0), Some(NO_UNIT));
    assert_eq!(at(&mut bench, 1, 1, 1), LUNS_CHANGED, "the other nexus");
    assert_eq!(at(&mut bench, 1, 1, 0), Some(NO_UNIT));
    // At a LUN that is not there, REQUEST SENSE tells of it too.
    let sense = bench.serve(nexus(2, 0), 0, &SENSE, &[]).data;
    assert_eq!(Some(codes(&sense)), LUNS_CHANGED);
    assert_eq!(codes(&bench.serve(nexus(2, 0), 0, &SENSE, &[]).data), NO_UNIT);
}

#[test]
fn several_are_told_in_order_of_weight() {
    let mut bench = Bench::new();
    bench.array.forget_nexus(wwpn(1), 0);
    bench.array.note_nexus(wwpn(1), 0);
    bench.array.unmap("g", "large").unwrap().changed();
    bench.array.resize(DISK, 512).unwrap().changed();
    bench.array.resize(DISK, 1024).unwrap().changed();
    let told = [(); 4].map(|()| at(&mut bench, 1, 0, 0));
    assert_eq!(told, [POWER_ON, RESIZED, LUNS_CHANGED, None], "each once, however often");
}

#[test]
fn a_unit_attention_comes_before_what_is_wrong_with_the_command() {
    let mut bench = Bench::new();
    bench.array.resize(DISK, 512).unwrap().changed();
    assert_eq!(bench.sense(&[0xc0; 16], &[]), RESIZED.unwrap());
    assert_eq!(bench.sense(&[0xc0; 16], &[]), NO_COMMAND);
    bench.array.resize(DISK, 1024).unwrap().changed();
    let told = bench.array.admit(nexus(1, 0), lun(0), &cdb_10(0x2a, 0, 0, 1)).unwrap_err();
    assert_eq!(Some(codes(&told.sense)), RESIZED, "before data is sent for");
    bench.good(&cdb_10(0x2a, 0, 0, 1), &[1; 512]);
}

#[test]
fn power_that_fails_and_returns() {
    let mut bench = Bench::new();
    bench.good(&cdb_10(0x2a, 0, 0, 1), &[9; 512]);
    bench.array.unmap("g", "large").unwrap().changed();
    bench.array.power_cycle();
    for n in 1..4 {
        assert_eq!(at(&mut bench, n, 0, 0), POWER_ON);
        assert_eq!(at(&mut bench, n, 0, 0), None, "it stands for all that was owed");
    }
    assert_eq!(bench.good(&cdb_10(0x28, 0, 0, 1), &[]), [9; 512]);
}

#[test]
fn what_is_forgotten_takes_no_room() {
    let mut bench = Bench::new();
    let before = bench.array.nexus_count();
    (0..100).for_each(|port| bench.array.note_nexus(wwpn(77), port));
    assert_eq!(bench.array.nexus_count(), before + 100);
    (0..100).for_each(|port| bench.array.forget_nexus(wwpn(77), port));
    assert_eq!(bench.array.nexus_count(), before);
}
