//! The world as a whole: its log, its queue, its invariants under anything that may be asked of it.

mod invariants;
mod log;
mod queue;
mod random;
mod reboot;
mod steps;
mod zoning;

use npivot_hal::{HostNo, WwnPair, Wwpn};

use super::{Command, HostCommand, SimTime, World};
use crate::san::ids::{HostIx, PortIx};
use crate::topology::Topology;

const CAMPUS: &str = include_str!("../../../tests/behaviour/campus.toml");
const ALPHA: HostIx = HostIx(0);
const BETA: HostIx = HostIx(1);
/// Where alpha's first adapter is plugged in: `a1/0`.
const ALPHA_PORT: PortIx = PortIx(0);

fn topology() -> Topology {
    Topology::parse("campus.toml", CAMPUS).unwrap_or_else(|error| panic!("{error}"))
}

/// The campus, logged in.
fn campus(seed: u64) -> World {
    let mut world = World::from_topology(&topology(), seed).unwrap();
    assert!(world.settle(World::BOOT_LIMIT));
    world
}

fn run(world: &mut World, millis: u64) {
    world.advance(world.now() + millis * 1_000);
}

/// The names of vport `gN`.
fn guest(n: u64) -> WwnPair {
    let wwpn = Wwpn::new(0x5001_a4a0_0000_0000 | n).unwrap();
    WwnPair::new(wwpn, "50:01:a4:a0:00:00:01:00".parse().unwrap())
}

fn create(host: HostIx, n: u64) -> Command {
    Command::Host(host, HostCommand::CreateVport { parent: HostNo(0), names: guest(n) })
}

/// Everything that can be seen of a world, as text.
fn state(world: &World) -> String {
    let World { san, hosts, adapters, arrays, targets, .. } = world;
    format!(
        "{:?} {san:?} {hosts:?} {adapters:?} {arrays:?} {targets:?}",
        SimTime::elapsed(world.now)
    )
}
