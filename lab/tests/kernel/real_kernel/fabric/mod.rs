//! The kernel as the judge of the simulated fabric: it logs in, makes vports, finds disks, uses them. What it
//! shows is compared with what the world holds.

mod command_line;
mod disks;
mod logins;
mod meanwhile;
mod outside;
mod pools;
mod targets;
mod travel;
mod vports;

use std::path::{Path, PathBuf};

use npivot_fabric::Topology;
use npivot_fabric::san::ids::{ArrayIx, FabricIx, PortIx};
use npivot_fabric::world::Command;
use npivot_hal::Wwpn;
use npivot_lab::kernel::{Finished, Kernel, Program, Running};
use npivot_lab::rack::{Options, Rack};

use super::{LIMIT, text};

pub(super) const TOPOLOGY: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/kernel-lab.toml");

/// alpha's adapter, beta's, and the vHBA that either can have.
const ALPHA: &str = "2000001b32a9da01";
const BETA: &str = "2000001b32a9db01";
const WEB1: &str = "5001a4a000000001";

/// What a script of a machine begins with: waiting for something to become true, in steps of its own clock.
const UNTIL: &str = "until_true() { n=0; until eval \"$1\"; do n=$((n+1)); \
                     [ $n -lt 400 ] || { echo \"never: $1\"; exit 9; }; sleep 0.1; done; }\n";

fn kernel() -> Kernel {
    Kernel::find().unwrap_or_else(|error| panic!("{error}"))
}

fn topology() -> Topology {
    Topology::load(Path::new(TOPOLOGY)).unwrap()
}

/// The SAN with these hosts as kernels.
fn rack(hosts: &[&str]) -> Rack {
    with(&topology(), hosts, Options::default())
}

fn with(topology: &Topology, hosts: &[&str], options: Options) -> Rack {
    Rack::with(topology, hosts, &kernel(), options).unwrap_or_else(|error| panic!("{error}"))
}

/// Boots a host with a shell script.
fn boot(rack: &mut Rack, host: &str, script: &str) -> Running {
    let script = format!("{UNTIL}{script}");
    let program = Program::new(["sh", "-c", &script]);
    rack.boot(host, &program).unwrap_or_else(|error| panic!("{error}"))
}

/// The script's end: what it printed, if it went well.
fn finished(running: Running) -> String {
    let finished: Finished = running.wait(LIMIT).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(finished.status, 0, "{}{}", text(&finished.stdout), text(&finished.stderr));
    text(&finished.stdout).to_owned()
}

/// Boots a host, and what its script printed.
fn run(rack: &mut Rack, host: &str, script: &str) -> String {
    let running = boot(rack, host, script);
    finished(running)
}

/// Waits until the world shows something.
fn until<T>(
    rack: &Rack,
    what: &str,
    look: impl FnMut(&npivot_fabric::World, &npivot_wire::fcf::Forwarder) -> Option<T>,
) -> T {
    rack.plant().wait(LIMIT, look).unwrap_or_else(|| panic!("never in the world: {what}"))
}

/// The address that a name is logged in with.
fn address_of(rack: &Rack, wwpn: &str) -> Option<String> {
    let wwpn: Wwpn = wwpn.parse().unwrap();
    rack.plant().with(|world, _| {
        let nport = world.san().by_name(FabricIx(0), wwpn)?;
        Some(world.san().nport(nport).fc_id().to_string())
    })
}

/// Turns the light of a port of switch a1 on or off.
fn light(rack: &Rack, port: u32, on: bool) {
    let command = Command::Light { port: PortIx(port), on };
    rack.plant().with(|world, _| world.apply(command).unwrap());
}

/// What a volume holds at a byte.
fn content(rack: &Rack, volume: &str, at: u64, bytes: usize) -> Vec<u8> {
    rack.plant().with(|world, _| world.volume_content(ArrayIx(0), volume, at, bytes).unwrap())
}

/// The `npivot` command of this build.
pub(super) fn npivot() -> PathBuf {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    let path = path.join("npivot");
    assert!(path.is_file(), "{}: build the workspace first", path.display());
    path
}
