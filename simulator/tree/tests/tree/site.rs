//! The SAN of these tests.

use npivot_fabric::san::ids::{HostIx, PortIx};
use npivot_fabric::world::{Command, HostCommand};
use npivot_fabric::{Simulation, Topology, World};
use npivot_hal::{HostNo, WwnPair};
use npivot_tree::Tree;

pub(crate) const ALPHA: HostIx = HostIx(0);
pub(crate) const BETA: HostIx = HostIx(1);
pub(crate) const GAMMA: HostIx = HostIx(2);

pub(crate) fn topology() -> Topology {
    Topology::parse("san.toml", include_str!("san.toml")).unwrap()
}

/// Logged in, all devices found.
pub(crate) fn world() -> World {
    let mut world = World::from_topology(&topology(), 1).unwrap();
    assert!(world.settle(World::BOOT_LIMIT));
    world
}

pub(crate) fn simulation() -> Simulation {
    Simulation::booted(&topology(), 1)
}

/// The nth name for vports, from 1.
pub(crate) fn guest(n: u64) -> WwnPair {
    let wwpn = format!("5001a4a000000{n:03x}").parse().unwrap();
    WwnPair::new(wwpn, format!("5001a4a000001{n:03x}").parse().unwrap())
}

/// The names as they are written into `vport_create`.
pub(crate) fn text(names: WwnPair) -> String {
    format!("{}:{}", names.wwpn, names.wwnn)
}

pub(crate) fn create(world: &mut World, host: HostIx, names: WwnPair) {
    let create = HostCommand::CreateVport { parent: HostNo(0), names };
    world.apply(Command::Host(host, create)).unwrap();
    world.settle(world.now().plus_secs(1));
}

pub(crate) fn light(world: &mut World, port: u16, on: bool) {
    let port = world.san().switch_of(PortIx(0)).port(port).unwrap();
    world.apply(Command::Light { port, on }).unwrap();
}

/// What a file says, without its newline.
pub(crate) fn says(tree: &Tree<'_>, path: &str) -> String {
    let bytes = tree.read(path).unwrap_or_else(|errno| panic!("{path}: {errno}"));
    let text = String::from_utf8(bytes).unwrap();
    text.strip_suffix('\n').unwrap_or(&text).to_owned()
}
