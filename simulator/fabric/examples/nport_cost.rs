//! What one logged-in N_Port costs in memory.
//!
//! `cargo run --release -p npivot-fabric --example nport_cost [-- --full]`: a million NPIV logins over 16
//! switches, or the whole 24-bit address space over 239. It prints bytes of resident memory per login, as
//! the kernel counts them (`VmRSS` in `/proc/self/status`).

use std::fs;

use npivot_fabric::World;
use npivot_fabric::config::{Latencies, SwitchSettings};
use npivot_fabric::san::ids::{FabricIx, PortIx};
use npivot_fabric::world::{Build, Command, NPortCommand};
use npivot_hal::{DomainId, WwnPair, Wwnn, Wwpn};

/// Resident memory in bytes; zero where the system does not tell.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

fn pair(n: u64) -> WwnPair {
    // The field's names are not consecutive: spread them.
    let spread = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 24;
    let name = |naa: u64| naa << 60 | spread << 8 | n & 0xff;
    let wwpn = Wwpn::new(name(2)).expect("its NAA is not zero");
    WwnPair::new(wwpn, Wwnn::new(name(1)).expect("its NAA is not zero"))
}

/// A switch whose limits are those of its address space.
fn settings() -> SwitchSettings {
    let (ports, logins) = (256, 65_536);
    SwitchSettings { ports, logins_per_port: logins, logins, ..SwitchSettings::default() }
}

fn fill(switches: u8, per_switch: u32, reserve: bool) -> (World, u64) {
    let mut world = World::new(0, Latencies::default());
    let mut build = |build| world.apply(Command::Build(build)).expect("it can be built");
    build(Build::Fabric { name: "a".into() });
    for id in 1..=switches {
        let (fabric, name) = (FabricIx(0), format!("s{id}"));
        let domain = DomainId::new(id).expect("1 to 239");
        build(Build::Switch { fabric, name, domain, settings: settings() });
    }
    let before = resident();
    let all = usize::from(switches) * per_switch as usize;
    if reserve {
        world.san_mut().reserve_logins(FabricIx(0), all);
    }
    let mut n = 0;
    for switch in 0..u32::from(switches) {
        for login in 0..per_switch {
            let port = PortIx(switch * 256 + login % 256);
            let (names, target) = (pair(n), false);
            let command = if login < 256 {
                let attach = NPortCommand::Attach(port);
                world.apply(Command::NPort(attach)).expect("the port is free");
                NPortCommand::Flogi { port, names, target }
            } else {
                NPortCommand::Fdisc { port, names, target }
            };
            world.apply(Command::NPort(command)).expect("there is room");
            n += 1;
        }
    }
    assert_eq!(u64::from(world.san().logins()), n);
    let grown = resident().saturating_sub(before);
    (world, grown)
}

fn main() {
    let full = std::env::args().any(|arg| arg == "--full");
    let (switches, per_switch) = if full { (239, 65_536) } else { (16, 62_500) };
    println!("{:>10}  {:>9}  {:>12}  {:>14}", "N_Ports", "reserved", "MiB", "bytes/N_Port");
    // Each in turn, so that the one before has given its memory back or not grown into the next.
    for reserve in [true, false] {
        let (world, grown) = fill(switches, per_switch, reserve);
        let logins = u64::from(world.san().logins());
        println!("{logins:>10}  {reserve:>9}  {:>12}  {:>14}", grown >> 20, grown / logins);
    }
}
