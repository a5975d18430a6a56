//! Acts and how they are asked for: words, refusals, and a directory in which somebody means harm.

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::{Arc, Mutex};

use npivot_fabric::{Topology, World};

use super::{Act, ActError, AskError, Requests, ask};

const TOPOLOGY: &str = include_str!("../../../examples/kernel-lab.toml");

fn world() -> World {
    let topology = Topology::parse("kernel-lab.toml", TOPOLOGY).unwrap();
    let mut world = World::from_topology(&topology, 0).unwrap();
    world.advance(World::BOOT_LIMIT);
    world
}

fn act(words: &str) -> Result<(), ActError> {
    words.parse::<Act>()?.apply(&mut world())
}

#[test]
fn words_are_read_as_they_are_shown() {
    for words in ["link-down a1/8", "link-up a1/0", "map v g w 3", "unmap v g w"] {
        assert_eq!(words.parse::<Act>().unwrap().to_string(), words);
    }
    assert_eq!(" link-down\ta1/8\n".parse::<Act>().unwrap().to_string(), "link-down a1/8");
    for wrong in ["", "link-down", "link-down a b", "map v g w x", "pull a1/8"] {
        let error = wrong.parse::<Act>().unwrap_err();
        assert_eq!(error, ActError::Words(wrong.into()));
        assert!(error.to_string().contains("link-down SWITCH/PORT"), "{error}");
    }
}

#[test]
fn an_act_changes_the_world() {
    let mut world = world();
    let wwpn = "5006016041e0aa00".parse().unwrap();
    let is_there = |world: &World| world.san().by_name(fabric(), wwpn).is_some();
    assert!(is_there(&world));
    "link-down a1/8".parse::<Act>().unwrap().apply(&mut world).unwrap();
    assert!(!is_there(&world));
    "link-down a1/8".parse::<Act>().unwrap().apply(&mut world).unwrap();
    "link-up a1/8".parse::<Act>().unwrap().apply(&mut world).unwrap();
    world.advance(world.now() + 1_000_000);
    assert!(is_there(&world));
    "map vault alpha log 5".parse::<Act>().unwrap().apply(&mut world).unwrap();
    "unmap vault alpha log".parse::<Act>().unwrap().apply(&mut world).unwrap();
}

fn fabric() -> npivot_fabric::san::ids::FabricIx {
    npivot_fabric::san::ids::FabricIx(0)
}

#[test]
fn what_names_nothing_is_told_with_what_there_is() {
    let told = |words| act(words).unwrap_err().to_string();
    assert_eq!(told("link-up z/1"), "there is no switch port `z/1`: there are a1/0 to a1/47");
    assert_eq!(told("link-up a1/48"), "there is no switch port `a1/48`: there are a1/0 to a1/47");
    assert_eq!(told("map safe alpha log 5"), "there is no array `safe`: there are vault");
    assert!(told("link-down a1/30").starts_with("refused: "), "{}", told("link-down a1/30"));
    assert!(told("map vault alpha nothing 5").starts_with("refused: "));
}

#[test]
fn what_is_asked_for_is_done_once_and_answered() {
    let directory = tempfile::tempdir().unwrap();
    let done = Arc::new(Mutex::new(vec![]));
    let acts = Arc::clone(&done);
    fs::write(directory.path().join("0.ask"), "link-up a1/1").unwrap();
    let act = move |act: &Act| {
        acts.lock().unwrap().push(act.to_string());
        match act {
            Act::Map { .. } => Err(ActError::Refused("it is mapped".into())),
            _ => Ok(()),
        }
    };
    let requests = Requests::serve(directory.path(), act).unwrap();
    ask(directory.path(), &"link-down a1/8".parse().unwrap()).unwrap();
    let refused = ask(directory.path(), &"map a g v 1".parse().unwrap()).unwrap_err();
    assert_eq!(refused.to_string(), "refused: it is mapped");
    drop(requests);
    assert_eq!(*done.lock().unwrap(), ["link-up a1/1", "link-down a1/8", "map a g v 1"]);
    let left: Vec<_> =
        fs::read_dir(directory.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["0.answer"]);
    assert_eq!(fs::read(directory.path().join("0.answer")).unwrap(), b"done\n");
}

#[test]
fn nothing_is_read_or_written_through_what_a_machine_has_left_there() {
    let directory = tempfile::tempdir().unwrap();
    let secret = directory.path().join("secret");
    fs::write(&secret, "link-up a1/1").unwrap();
    let at = directory.path().join("san");
    fs::create_dir(&at).unwrap();
    // A link to another file, a pipe, a directory, a flood; and a link where the answer is written first.
    symlink(&secret, at.join("a.ask")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        at.join("b.ask"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    fs::create_dir(at.join("c.ask")).unwrap();
    fs::write(at.join("d.ask"), "x ".repeat(1 << 20)).unwrap();
    symlink(&secret, at.join("e.tmp")).unwrap();
    fs::write(at.join("e.ask"), "link-down a1/8").unwrap();
    let requests = Requests::serve(&at, |act| {
        assert_eq!(act.to_string(), "link-down a1/8");
        Ok(())
    });
    let requests = requests.unwrap();
    // Served in the order of names: what comes before is over.
    ask(&at, &"link-down a1/8".parse().unwrap()).unwrap();
    drop(requests);
    assert_eq!(fs::read(&secret).unwrap(), b"link-up a1/1");
    let answer = |name: &str| fs::read_to_string(at.join(name)).unwrap_or_default();
    assert!(answer("a.answer").starts_with("refused: "), "{}", answer("a.answer"));
    assert!(answer("b.answer").starts_with("refused: "), "{}", answer("b.answer"));
    let flood = answer("d.answer");
    assert!(flood.starts_with("refused: ") && flood.len() < 8192, "{}", flood.len());
    assert_eq!(answer("e.answer"), "");
}

#[test]
fn a_directory_that_is_not_there_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let nowhere = directory.path().join("nowhere");
    assert!(Requests::serve(&nowhere, |_| Ok(())).is_err());
    let error = ask(&nowhere, &"link-up a1/1".parse().unwrap()).unwrap_err();
    assert!(matches!(&error, AskError::Io(path, _) if *path == nowhere), "{error}");
    assert!(error.to_string().contains("No such file"), "{error}");
}
