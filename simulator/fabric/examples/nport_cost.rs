//! What one logged-in N_Port costs in memory.
//!
//! `cargo run --release -p npivot-fabric --example nport_cost [-- --full]`: a million NPIV logins over 16
//! switches, or the whole 24-bit address space over 239. Two measures stand side by side: the bytes that
//! are allocated, which is exact and the same on every run, and resident memory as the kernel counts it
//! (`VmRSS` in `/proc/self/status`; a table's spare room that was never written to is not in it).
//!
//! With `zones`, each initiator has a zone of its own with one target of its switch. What the zoning costs,
//! from its database to the compiled index, is in a column of its own.

use std::alloc::System;
use std::collections::BTreeMap;
use std::fs;
use std::time::Instant;

use npivot_fabric::World;
use npivot_fabric::config::{Latencies, SwitchSettings};
use npivot_fabric::san::ids::{FabricIx, PortIx};
use npivot_fabric::world::{Build, Command, NPortCommand};
use npivot_fabric::zoning::{Zoning, ZoningLimits};
use npivot_hal::{DomainId, WwnPair, Wwnn, Wwpn, Zone, ZoneDatabase, ZoneMember};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Ports of each switch.
const PORTS: u16 = 256;

/// The only fabric.
const FABRIC: FabricIx = FabricIx(0);

/// What is laid out.
#[derive(Debug, Clone, Copy)]
struct Layout {
    switches: u8,
    per_switch: u32,
    /// Whether room for all is made beforehand.
    reserve: bool,
    /// Whether each initiator has a zone.
    zones: bool,
}

/// What is in use at one moment, in bytes.
#[derive(Debug, Clone, Copy)]
struct Memory {
    allocated: usize,
    resident: usize,
}

impl Memory {
    fn now() -> Self {
        let stats = ALLOCATOR.stats();
        let allocated = stats.bytes_allocated - stats.bytes_deallocated;
        Self { allocated, resident: status("VmRSS:") }
    }

    fn since(self, before: Self) -> Self {
        Self {
            allocated: self.allocated.saturating_sub(before.allocated),
            resident: self.resident.saturating_sub(before.resident),
        }
    }
}

/// A line of the process's status, in bytes; zero where the system does not tell.
fn status(key: &str) -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<usize>().ok());
    kib.unwrap_or(0) * 1024
}

#[expect(clippy::disallowed_methods, reason = "how long it took is for the reader")]
fn now() -> Instant {
    Instant::now()
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
    let logins = 65_536;
    SwitchSettings { ports: PORTS, logins_per_port: logins, logins, ..SwitchSettings::default() }
}

/// A zone for each initiator, with the first N_Port of its switch, which is the target there.
fn zoning(layout: Layout) -> Zoning {
    let mut zones = BTreeMap::new();
    let per_switch = u64::from(layout.per_switch);
    for n in (0..u64::from(layout.switches) * per_switch).filter(|n| n % per_switch != 0) {
        let target = pair(n - n % per_switch).wwpn;
        let members = [pair(n).wwpn, target].map(ZoneMember::Wwpn);
        zones.insert(format!("zone_{n:08}"), Zone::of(members));
    }
    let all = zones.keys().cloned().collect();
    let zone_sets = BTreeMap::from([("cfg".to_owned(), all)]);
    let database = ZoneDatabase { zones, zone_sets, ..ZoneDatabase::default() };
    let mut zoning =
        Zoning::new(ZoningLimits { max_database_bytes: u64::MAX, ..ZoningLimits::default() });
    zoning.install(database, Some("cfg")).expect("the zones are right");
    zoning
}

/// The switches, with something attached to each port.
fn switches(layout: Layout) -> World {
    let mut world = World::new(0, Latencies::default());
    let mut build = |build| world.apply(Command::Build(build)).expect("it can be built");
    build(Build::Fabric { name: "a".into() });
    for id in 1..=layout.switches {
        let domain = DomainId::new(id).expect("1 to 239");
        let name = format!("s{id}");
        build(Build::Switch { fabric: FABRIC, name, domain, settings: settings() });
    }
    for port in 0..u32::from(layout.switches) * u32::from(PORTS) {
        let attach = NPortCommand::Attach(PortIx(port));
        world.apply(Command::NPort(attach)).expect("the port is free");
    }
    world
}

/// Logs everybody in: a FLOGI on each port, then FDISCs on all of them in turn.
fn log_in(world: &mut World, layout: Layout) {
    let mut n = 0;
    for switch in 0..u32::from(layout.switches) {
        for login in 0..layout.per_switch {
            let port = PortIx(switch * u32::from(PORTS) + login % u32::from(PORTS));
            let (names, target) = (pair(n), login == 0);
            let command = if login < u32::from(PORTS) {
                NPortCommand::Flogi { port, names, target }
            } else {
                NPortCommand::Fdisc { port, names, target }
            };
            world.apply(Command::NPort(command)).expect("there is room");
            n += 1;
        }
    }
    assert_eq!(u64::from(world.san().logins()), n);
}

/// Lays it out, and prints a line of what it took.
fn measure(layout: Layout) {
    let mut world = switches(layout);
    let empty = Memory::now();
    if layout.zones {
        world.san_mut().fabrics[0].zoning = zoning(layout);
    }
    let zoned = Memory::now();
    let all = usize::from(layout.switches) * layout.per_switch as usize;
    let begun = now();
    if layout.reserve {
        world.san_mut().reserve_logins(FABRIC, all);
    }
    log_in(&mut world, layout);
    let took = begun.elapsed();
    let logins = Memory::now().since(zoned);
    let each = |bytes: usize| format!("{}.{}", bytes / all, bytes * 10 / all % 10);
    println!(
        "{all:>9}  {:>5}  {:>8}  {:>9}  {:>8}  {:>5}  {:>11}  {:>7.1}",
        if layout.zones { "zones" } else { "none" },
        if layout.reserve { "yes" } else { "no" },
        each(logins.allocated),
        each(logins.resident),
        logins.resident >> 20,
        each(zoned.since(empty).allocated),
        took.as_secs_f64(),
    );
}

fn main() {
    let full = std::env::args().any(|arg| arg == "--full");
    let (switches, per_switch) = if full { (239, 65_536) } else { (16, 62_500) };
    println!(
        "{:>9}  {:>5}  {:>8}  {:>9}  {:>8}  {:>5}  {:>11}  {:>7}",
        "N_Ports", "zones", "reserved", "allocated", "resident", "MiB", "zoning each", "seconds"
    );
    for (zones, reserve) in [(false, true), (false, false), (true, true)] {
        // Fifteen million zones would be gigabytes of names, which no switch holds.
        if !(full && zones) {
            measure(Layout { switches, per_switch, reserve, zones });
        }
    }
    println!("peak of the whole process: {} MiB resident", status("VmHWM:") >> 20);
}
