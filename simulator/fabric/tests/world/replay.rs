//! Runs that are repeated: from the same seed, and from a written log, be it damaged.

use npivot_fabric::world::{Fingerprint, LogError};
use proptest::prelude::*;

use super::*;

/// A run of some length over all kinds of command, and refusals.
fn a_run(seed: u64) -> World {
    let topology = Topology::parse("san.toml", EXAMPLE).expect("the example");
    let mut world = World::from_topology(&topology, seed).expect("a checked topology");
    world.watch();
    world.settle(World::BOOT_LIMIT);
    create(&mut world, 0, WEB1).unwrap();
    moment(&mut world);
    let address = ScsiAddress { host: HostNo(2), channel: 0, target: 0, lun: 0 };
    let write = HostCommand::Write { address, lba: 8, data: vec![0xa5; 1_024] };
    ask(&mut world, ALPHA, write).unwrap();
    unmap(&mut world, "web1-root");
    map(&mut world, "scratch", 0);
    ask(&mut world, ALPHA, HostCommand::Read { address, lba: 8, blocks: 2 }).unwrap();
    rezone(&mut world, [ZoneEdit::DeleteZone("web1_a".into())]);
    let alpha = port(&world, 0, 0);
    light(&mut world, alpha, false);
    wait(&mut world, 30);
    light(&mut world, alpha, true);
    assert!(create(&mut world, 0, WEB1).is_err());
    assert!(create(&mut world, 99, 5).is_err());
    begin(&mut world);
    wait(&mut world, 90);
    delete(&mut world, 0, WEB1).unwrap();
    world.advance(second(300));
    world
}

fn fingerprint(world: &World) -> Fingerprint {
    world.fingerprint().expect("it records")
}

fn log() -> String {
    a_run(7).write_log().expect("it records")
}

fn error(text: &str) -> LogError {
    World::replay(text).expect_err("a damaged log")
}

/// The log with one line changed; lines count from 1, as in errors.
fn with_line(log: &str, number: usize, line: &str) -> String {
    let mut lines: Vec<&str> = log.lines().collect();
    lines[number - 1] = line;
    lines.join("\n")
}

/// The log with a number of its header replaced.
fn with_header(log: &str, key: &str, value: u64) -> String {
    let first = log.lines().next().expect("a header");
    let mut header: serde_json::Value = serde_json::from_str(first).expect("JSON");
    assert!(header.get(key).is_some(), "{first}");
    header[key] = value.into();
    with_line(log, 1, &header.to_string())
}

#[test]
fn the_same_seed_gives_the_same_run() {
    assert_eq!(fingerprint(&a_run(7)), fingerprint(&a_run(7)));
    assert_eq!(a_run(7).take_happenings(), a_run(7).take_happenings());
}

#[test]
fn another_seed_gives_another_run() {
    assert_ne!(fingerprint(&a_run(7)), fingerprint(&a_run(8)));
}

#[test]
fn a_run_does_not_depend_on_the_steps_in_which_time_passes() {
    let topology = Topology::parse("san.toml", EXAMPLE).expect("the example");
    let fresh = || World::from_topology(&topology, 7).expect("a checked topology");
    let (mut whole, mut steps) = (fresh(), fresh());
    whole.advance(second(10));
    for ms in 0..=10_000 {
        steps.advance(SimTime(ms * 1_000));
    }
    assert_eq!(fingerprint(&whole), fingerprint(&steps));
    assert_eq!(whole.now(), steps.now());
}

#[test]
fn time_does_not_run_backwards() {
    let mut world = booted(EXAMPLE);
    world.advance(second(10));
    world.advance(second(5));
    assert_eq!(world.now(), second(10));
}

#[test]
fn a_written_run_is_repeated_exactly() {
    let world = a_run(7);
    let text = world.write_log().expect("it records");
    let again = World::replay(&text).unwrap();
    assert_eq!(fingerprint(&again), fingerprint(&world));
    assert_eq!((again.now(), again.seed()), (world.now(), 7));
    assert_eq!(
        again.log().map(npivot_fabric::world::CommandLog::len),
        world.log().map(npivot_fabric::world::CommandLog::len)
    );
    assert_eq!(again.write_log(), Some(text), "and is written again as it was");
    assert_eq!(again.san().logins(), world.san().logins());
}

#[test]
fn a_run_goes_on_after_its_replay_as_it_would_have() {
    let mut world = a_run(7);
    let mut again = World::replay(&world.write_log().expect("it records")).unwrap();
    for world in [&mut world, &mut again] {
        create(world, 0, 3).unwrap();
        wait(world, 100);
    }
    assert_eq!(fingerprint(&again), fingerprint(&world));
}

#[test]
fn nothing_is_written_where_nothing_was_recorded() {
    let world = World::new(1, Latencies::default());
    assert_eq!((world.write_log(), world.fingerprint()), (None, None));
}

#[test]
fn a_damaged_log_is_refused_with_its_line() {
    let log = log();
    assert!(matches!(error(""), LogError::Empty));
    for number in [1, 2, 17] {
        for bad in ["", "{", "{}", "null", "[1]", "{\"at\":0,\"command\":{\"build\":\"x\"}}"] {
            let error = error(&with_line(&log, number, bad));
            assert!(matches!(error, LogError::Line { line, .. } if line == number), "{error}");
            assert!(error.to_string().contains(&format!("line {number} ")), "{error}");
        }
    }
    let cut = &log[..log.len() - 20];
    let last = log.lines().count();
    assert!(matches!(error(cut), LogError::Line { line, .. } if line == last));
}

#[test]
fn a_log_of_another_version_or_out_of_order_is_refused() {
    let log = log();
    let version = error(&with_header(&log, "npivot_command_log", 99));
    assert!(matches!(version, LogError::Version(99)), "{version}");
    let end = error(&with_header(&log, "end", 1));
    assert!(matches!(end, LogError::AfterEnd(_)), "{end}");
    let far = error(&with_header(&log, "end", u64::MAX));
    assert!(matches!(far, LogError::TooLong(_)), "{far}");
    let mut lines: Vec<&str> = log.lines().collect();
    let count = lines.len();
    lines.swap(1, count - 1);
    let backwards = error(&lines.join("\n"));
    assert!(matches!(backwards, LogError::Backwards(3)), "{backwards}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_text_is_never_taken_for_a_log_and_never_panics(text in "\\PC{0,200}") {
        prop_assert!(World::replay(&text).is_err());
    }

    #[test]
    fn a_log_with_anything_changed_never_panics(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
    ) {
        let mut bytes = log().into_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte % 0x60 + 0x20;
        }
        let _ = World::replay(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn a_log_with_other_digits_never_panics(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0..10_u8), 1..8),
    ) {
        let mut bytes = log().into_bytes();
        let digits: Vec<usize> =
            (0..bytes.len()).filter(|&at| bytes[at].is_ascii_digit()).collect();
        for (at, digit) in changes {
            bytes[digits[at.index(digits.len())]] = b'0' + digit;
        }
        let _ = World::replay(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn a_log_with_lines_lost_repeats_what_is_left(
        lost in prop::collection::vec(any::<prop::sample::Index>(), 1..5),
    ) {
        let log = log();
        let mut lines: Vec<&str> = log.lines().collect();
        for at in lost {
            lines.remove(1 + at.index(lines.len() - 1));
        }
        let world = World::replay(&lines.join("\n"));
        prop_assert!(world.is_ok(), "{:?}", world.err());
    }
}
