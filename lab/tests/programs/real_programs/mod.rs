//! The machine that they run on, and what its scripts have in common.

mod libvirt;
mod multipath;
mod scsi_tools;
mod udev;

use std::path::Path;
use std::time::Duration;

use npivot_fabric::Topology;
use npivot_fabric::san::ids::{ArrayIx, FabricIx};
use npivot_hal::Wwpn;
use npivot_lab::kernel::{Kernel, Program, Running, debian};
use npivot_lab::rack::Rack;

const TOPOLOGY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/kernel-lab.toml");

/// The array's ports, and the vHBA.
const VAULT: [&str; 2] = ["5006016041e0aa00", "5006016141e0aa00"];
const WEB1: &str = "5001a4a000000001";

/// The longest that anything may take.
const LIMIT: Duration = Duration::from_mins(3);

/// What scripts begin with: waiting for something to become true, acting on the SAN, udev as at boot.
const BEGIN: &str = r#"
until_true() {
    n=0
    until eval "$1"; do n=$((n+1)); [ $n -lt 600 ] || { echo "never: $1"; exit 9; }; sleep 0.1; done
}
san() {
    echo "$*" > /run/npivot/san/x.tmp
    mv /run/npivot/san/x.tmp /run/npivot/san/x.ask
    until_true '[ -e /run/npivot/san/x.answer ]'
    grep -qx done /run/npivot/san/x.answer || { cat /run/npivot/san/x.answer; exit 8; }
    rm /run/npivot/san/x.answer
}
/lib/systemd/systemd-udevd --daemon 2>/dev/null
udevadm trigger --action=add
udevadm settle -t 60
"#;

fn topology() -> Topology {
    Topology::load(Path::new(TOPOLOGY)).unwrap()
}

/// The SAN with alpha as a kernel on Debian's files.
fn rack(topology: &Topology) -> Rack {
    let mut rack = Rack::of(topology, &["alpha"], &Kernel::find().unwrap()).unwrap();
    let debian = debian().unwrap_or_else(|error| panic!("{error}"));
    rack.machine("alpha").unwrap().memory_mib(512).root(debian);
    rack
}

fn boot(rack: &mut Rack, script: &str) -> Running {
    rack.boot("alpha", &Program::new(["sh", "-c", &format!("{BEGIN}{script}")])).unwrap()
}

/// What the script printed, if it went well.
fn finished(running: Running) -> String {
    let finished = running.wait(LIMIT).unwrap_or_else(|error| panic!("{error}"));
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(finished.stdout), text(finished.stderr));
    assert_eq!(finished.status, 0, "{out}{err}");
    out
}

/// Boots a machine, and what its script printed.
fn run(rack: &mut Rack, script: &str) -> String {
    let running = boot(rack, script);
    finished(running)
}

/// The address that a name is logged in with, in hexadecimal digits.
fn address_of(rack: &Rack, wwpn: &str) -> Option<String> {
    let wwpn: Wwpn = wwpn.parse().unwrap();
    rack.plant().with(|world, _| {
        let nport = world.san().by_name(FabricIx(0), wwpn)?;
        Some(format!("{:06x}", world.san().nport(nport).fc_id().get()))
    })
}

/// What a volume holds at a byte.
fn content(rack: &Rack, volume: &str, at: u64, bytes: usize) -> Vec<u8> {
    rack.plant().with(|world, _| world.volume_content(ArrayIx(0), volume, at, bytes).unwrap())
}

/// The NAA name of a volume, in hexadecimal digits.
fn naa(topology: &Topology, volume: &str) -> String {
    let volume = topology.arrays[0].volumes.iter().find(|spec| spec.name == volume).unwrap();
    volume.identity.to_string().trim_start_matches("naa.").to_owned()
}
