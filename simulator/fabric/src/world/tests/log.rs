//! A run is its log: written, read, repeated, and refused where it is damaged.

use npivot_hal::{HostNo, ScsiAddress};
use proptest::prelude::*;

use super::{ALPHA, ALPHA_PORT, BETA, campus, create, run, state, topology};
use crate::world::{Command, HostCommand, LogError, World};

/// A run in which something happens.
fn some_run(seed: u64) -> World {
    let mut world = World::from_topology(&topology(), seed).unwrap();
    world.watch();
    run(&mut world, 50);
    world.apply(create(ALPHA, 1)).unwrap();
    assert!(world.apply(create(ALPHA, 1)).is_err(), "a refusal is part of the run");
    run(&mut world, 50);
    let address = ScsiAddress { host: HostNo(2), channel: 0, target: 0, lun: 1 };
    let write = HostCommand::Write { address, lba: 3, data: vec![0xa5; 512] };
    world.apply(Command::Host(ALPHA, write)).unwrap();
    world.apply(Command::Light { port: ALPHA_PORT, on: false }).unwrap();
    run(&mut world, 61_000);
    world.apply(Command::Light { port: ALPHA_PORT, on: true }).unwrap();
    world.apply(create(BETA, 2)).unwrap();
    run(&mut world, 77);
    world
}

#[test]
fn the_seed_and_the_commands_make_the_run() {
    let (mut one, mut two, mut other) = (some_run(7), some_run(7), some_run(8));
    let disks = |world: &World| world.hosts.iter().map(|h| h.disks.in_use()).collect::<Vec<_>>();
    assert_eq!(disks(&one), disks(&other), "what comes to pass does not hang on chance");
    assert_eq!(one.fingerprint(), two.fingerprint());
    assert_eq!(state(&one), state(&two));
    assert_ne!(one.fingerprint(), other.fingerprint());
    let (one, two, other) = (one.take_happenings(), two.take_happenings(), other.take_happenings());
    assert_eq!(one, two);
    let times = |all: &[(crate::world::SimTime, _)]| all.iter().map(|(at, _)| *at).collect();
    let (mine, others): (Vec<_>, Vec<_>) = (times(&one), times(&other));
    assert_ne!(mine, others, "another seed, other times");
}

#[test]
fn a_written_run_can_be_repeated_and_gone_on_with() {
    let mut world = some_run(7);
    let text = world.write_log().unwrap();
    let mut again = World::replay(&text).unwrap();
    assert_eq!(again.fingerprint(), world.fingerprint());
    assert_eq!((again.now(), again.seed()), (world.now(), 7));
    assert_eq!(state(&again), state(&world));
    assert_eq!(again.write_log().unwrap(), text);
    assert_eq!(again.log().unwrap().len(), text.lines().count() - 1);
    let lines: Vec<String> = world.log().unwrap().lines(0).collect();
    assert_eq!(format!("{}\n{}\n", world.log_header(), lines.join("\n")), text);
    assert_eq!(
        world.log().unwrap().lines(lines.len() - 1).collect::<Vec<_>>(),
        lines[lines.len() - 1..]
    );
    for world in [&mut world, &mut again] {
        world.apply(create(ALPHA, 3)).unwrap();
        run(world, 500);
    }
    assert_eq!(again.fingerprint(), world.fingerprint());
    assert_eq!(World::new(0, *world.latencies()).write_log(), None);
}

#[test]
fn how_time_is_cut_does_not_matter() {
    let (mut one, mut many) = (campus(3), campus(3));
    for world in [&mut one, &mut many] {
        world.apply(create(ALPHA, 1)).unwrap();
    }
    run(&mut one, 30);
    for _ in 0..30 {
        run(&mut many, 1);
    }
    assert_eq!(one.fingerprint(), many.fingerprint());
    assert_eq!(state(&one), state(&many));
}

#[test]
fn a_damaged_log_is_refused_with_its_line() {
    let text = some_run(7).write_log().unwrap();
    let says = |text: &str| World::replay(text).unwrap_err().to_string();
    assert!(matches!(World::replay(""), Err(LogError::Empty)));
    assert!(says("{}").starts_with("line 1 of the command log: missing field"));
    assert!(says(&text[..text.len() - 9]).contains(": EOF while parsing"), "cut short");
    let lines: Vec<&str> = text.lines().collect();
    let with = |line: usize, instead: &str| {
        let mut lines = lines.clone();
        lines[line - 1] = instead;
        says(&lines.join("\n"))
    };
    let newer = lines[0].replace("npivot_command_log\":1", "npivot_command_log\":2");
    assert_eq!(with(1, &newer), "the command log has version 2, this program reads version 1");
    let end = lines[0].rfind(':').unwrap();
    let long = format!("{}:{}}}", &lines[0][..end], u64::MAX);
    assert!(with(1, &long).starts_with("line 1 of the command log tells of a run of "));
    assert!(with(3, "").starts_with("line 3 of the command log: EOF"));
    let last = lines.len();
    let backwards = lines[last - 1].replacen("\"at\":", "\"at\":0,\"was\":", 1);
    assert!(with(last, &backwards).contains("is earlier than the line before it"));
    let late = lines[last - 1].replacen("\"at\":", "\"at\":99", 1);
    assert!(with(last, &late).contains("is later than the end of the run"));
    let write = lines.iter().position(|line| line.contains("\"write\"")).unwrap();
    for wrong in ["a", "+5", "é", "zz"] {
        let line = lines[write].replacen("a5", wrong, 1);
        assert!(with(write + 1, &line).starts_with(&format!("line {} ", write + 1)), "{wrong}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Whatever is in a log: an error, or a run; never a panic.
    #[test]
    fn a_log_may_say_anything(
        at in any::<prop::sample::Index>(),
        instead in prop_oneof![4 => b' '..b'~', 4 => b'0'..b':', 1 => any::<u8>()],
        cut: bool,
    ) {
        static TEXT: std::sync::LazyLock<String> =
            std::sync::LazyLock::new(|| some_run(7).write_log().unwrap());
        let mut bytes = TEXT.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = instead;
        if cut {
            bytes.truncate(at + 1);
        }
        let _ = World::replay(&String::from_utf8_lossy(&bytes));
    }
}
