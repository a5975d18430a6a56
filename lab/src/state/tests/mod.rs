//! Worlds that are kept: what comes back, after whatever has happened to their files.

mod crash;
mod file;
mod frame;
mod refusals;
mod steps;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use npivot_fabric::san::ids::HostIx;
use npivot_fabric::world::{Command, HostCommand};
use npivot_fabric::{Topology, World};
use npivot_hal::{HostNo, WwnPair};

use super::{Kept, LOG, Opened, StateDir, StateError};

const ALPHA: HostIx = HostIx(0);

/// The example that has everything.
fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/two-fabrics.toml")
}

static TOPOLOGY: LazyLock<Topology> =
    LazyLock::new(|| Topology::load(example()).unwrap_or_else(|error| panic!("{error}")));

fn open(dir: &Path) -> Result<Opened, StateError> {
    Kept::open(&StateDir::new(dir), &TOPOLOGY, &example())
}

fn names(n: u64) -> WwnPair {
    let text = |range: &str| format!("{range}{n:02x}");
    WwnPair::new(text("5001a4a0000000").parse().unwrap(), text("5001a4a0000001").parse().unwrap())
}

/// Makes vport `n` on alpha's first adapter.
fn create(world: &mut World, n: u64) {
    let command = HostCommand::CreateVport { parent: HostNo(0), names: names(n) };
    world.apply(Command::Host(ALPHA, command)).unwrap();
}

fn run(world: &mut World, millis: u64) {
    world.advance(world.now() + millis * 1_000);
}

fn log_of(dir: &Path) -> Vec<u8> {
    std::fs::read(dir.join(LOG)).unwrap()
}

/// A world with three steps after its boot, and the fingerprint after each, that of the boot first.
fn with_steps(dir: &Path) -> Vec<String> {
    let Opened { mut world, mut kept, notice } = open(dir).unwrap();
    assert_eq!(notice, None);
    let print = |world: &World| world.fingerprint().unwrap().to_string();
    let mut prints = vec![print(&world)];
    for n in 1..4 {
        create(&mut world, n);
        run(&mut world, 100);
        assert!(kept.keep(&world).unwrap());
        prints.push(print(&world));
    }
    prints
}
