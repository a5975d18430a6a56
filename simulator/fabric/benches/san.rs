//! What the fabric's basic operations cost: logins, visibility, explanations, zone activation.

use criterion::{Criterion, criterion_group, criterion_main};
use npivot_fabric::array::VolumeIx;
use npivot_fabric::config::{Latencies, SwitchSettings};
use npivot_fabric::san::ids::{ArrayIx, FabricIx, HostIx, PortIx, TargetIx};
use npivot_fabric::visibility::{Initiator, Path};
use npivot_fabric::world::{Build, Command, HostCommand, NPortCommand, Reply, ZoningCommand};
use npivot_fabric::{Topology, World};
use npivot_hal::{DomainId, HostNo, WwnPair, Wwnn, Wwpn, Zone, ZoneDatabase, ZoneEdit, ZoneMember};

const SAN: &str = include_str!("../../../examples/two-fabrics.toml");

fn pair(n: u64) -> WwnPair {
    let (wwpn, wwnn) = (0x5001_0000_0000_0000 + n, 0x5002_0000_0000_0000 + n);
    WwnPair::new(Wwpn::new(wwpn).unwrap(), Wwnn::new(wwnn).unwrap())
}

/// One fabric of one large switch, with these zones in force.
fn large_switch(database: ZoneDatabase) -> World {
    let mut world = World::new(0, Latencies::default());
    let mut build = |build| world.apply(Command::Build(build)).unwrap();
    build(Build::Fabric { name: "a".into() });
    let settings = SwitchSettings {
        ports: 1_024,
        logins_per_port: 65_536,
        logins: 65_536,
        ..SwitchSettings::default()
    };
    let (fabric, domain) = (FabricIx(0), DomainId::new(1).unwrap());
    build(Build::Switch { fabric, name: "a1".into(), domain, settings });
    let enabled = (!database.zones.is_empty()).then(|| "cfg".to_owned());
    build(Build::Zones { fabric, database, enabled });
    for port in 0..1_024 {
        world.apply(Command::NPort(NPortCommand::Attach(PortIx(port)))).unwrap();
    }
    world
}

/// A zone of its own for each of these many initiators, all with the same target.
fn single_initiator_zones(initiators: u64) -> ZoneDatabase {
    let mut database = ZoneDatabase::default();
    let target = ZoneMember::Wwpn(pair(0xffff_ffff).wwpn);
    for n in 0..initiators {
        let zone = Zone::of([ZoneMember::Wwpn(pair(n).wwpn), target.clone()]);
        database.zones.insert(format!("z{n}"), zone);
    }
    database.zone_sets.insert("cfg".into(), database.zones.keys().cloned().collect());
    database
}

fn flogi(port: u32, n: u64) -> Command {
    Command::NPort(NPortCommand::Flogi { port: PortIx(port), names: pair(n), target: false })
}

fn logins(c: &mut Criterion) {
    let zones = single_initiator_zones(1_000);
    c.bench_function("flogi_with_registration", |b| {
        let mut world = large_switch(zones.clone());
        let mut n = 0_u32;
        b.iter(|| {
            // The port's own FLOGI again: the login before ends, a new one begins.
            n = (n + 1) % 1_000;
            world.apply(flogi(n, u64::from(n))).unwrap()
        });
    });
    c.bench_function("fdisc_and_logo", |b| {
        let mut world = large_switch(zones.clone());
        for port in 0..1_000 {
            world.apply(flogi(port, u64::from(port))).unwrap();
        }
        let mut n = 10_000;
        // The LOGO that makes room again is part of each round.
        b.iter(|| {
            n += 1;
            let (port, names) = (PortIx(n % 1_000), pair(u64::from(n)));
            let fdisc = NPortCommand::Fdisc { port, names, target: false };
            world.apply(Command::NPort(fdisc)).unwrap();
            let logo = NPortCommand::Logo { fabric: FabricIx(0), wwpn: names.wwpn };
            world.apply(Command::NPort(logo)).unwrap()
        });
    });
    c.bench_function("name_server_query", |b| {
        let mut world = large_switch(zones.clone());
        for port in 0..1_000 {
            world.apply(flogi(port, u64::from(port))).unwrap();
        }
        let asker = world.san().by_name(FabricIx(0), pair(7).wwpn).unwrap();
        b.iter(|| world.san().visible_from(asker));
    });
}

/// The example with the guest's first vHBA up on alpha, and its path to the guest's first volume.
fn example() -> (World, Path) {
    let topology = Topology::parse("two-fabrics.toml", SAN).unwrap();
    let mut world = World::from_topology(&topology, 0).unwrap();
    world.settle(World::BOOT_LIMIT);
    let names =
        WwnPair::new("5001a4a000000001".parse().unwrap(), "5001a4a000000101".parse().unwrap());
    let create = HostCommand::CreateVport { parent: HostNo(0), names };
    let Ok(Reply::Adapter(vhba)) = world.apply(Command::Host(HostIx(0), create)) else {
        panic!("the example's vHBA can be made")
    };
    world.settle(World::BOOT_LIMIT);
    let path =
        Path { initiator: Initiator::Adapter(vhba), target: TargetIx(0), volume: VolumeIx(0) };
    (world, path)
}

fn visibility(c: &mut Criterion) {
    let (world, path) = example();
    world.sees(path).expect("the example's guest sees its volume");
    c.bench_function("visibility_query", |b| b.iter(|| world.sees(path)));
    c.bench_function("explain", |b| {
        b.iter(|| world.explain(HostIx(0), ArrayIx(0), VolumeIx(0), None));
    });
}

fn zone_activation(c: &mut Criterion) {
    let mut world = large_switch(single_initiator_zones(1_000));
    for port in 0..1_000 {
        world.apply(flogi(port, u64::from(port))).unwrap();
    }
    let zoning = |command| Command::Zoning(FabricIx(0), command);
    let mut n = 0;
    c.bench_function("zone_activation_of_1000", |b| {
        b.iter(|| {
            n += 1;
            let Ok(Reply::Transaction(open, _)) = world.apply(zoning(ZoningCommand::Begin)) else {
                panic!("somebody else has it open")
            };
            let zone = Zone::of([ZoneMember::Wwpn(pair(n % 2).wwpn)]);
            let edit = ZoneEdit::PutZone("z0".into(), zone);
            let edit = ZoningCommand::Edit { token: open.token, checksum: open.checksum, edit };
            let Ok(Reply::Transaction(open, _)) = world.apply(zoning(edit)) else {
                panic!("the edit is right")
            };
            let (token, checksum) = (open.token, open.checksum);
            let enable = Some("cfg".to_owned());
            world.apply(zoning(ZoningCommand::Commit { token, checksum, enable })).unwrap();
        });
    });
}

criterion_group!(benches, logins, visibility, zone_activation);
criterion_main!(benches);
