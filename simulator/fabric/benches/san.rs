//! What the fabric's basic operations cost: logins, visibility, explanations, zone activation.

use std::cell::{Cell, RefCell};

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use npivot_fabric::array::VolumeIx;
use npivot_fabric::config::{Latencies, SwitchSettings};
use npivot_fabric::san::ids::{ArrayIx, FabricIx, HostIx, PortIx, TargetIx};
use npivot_fabric::visibility::{Initiator, Path};
use npivot_fabric::world::{Build, Command, HostCommand, NPortCommand, Reply, ZoningCommand};
use npivot_fabric::{Topology, World};
use npivot_hal::{
    DomainId, HostNo, Outcome, WwnPair, Wwnn, Wwpn, Zone, ZoneDatabase, ZoneEdit, ZoneMember,
};

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

/// How many initiators have a zone.
const INITIATORS: u32 = 1_000;

/// The port of the target that all of them are zoned with, and its name.
const TARGET: (u32, u64) = (1_023, 0xffff_ffff);

/// A zone of its own for each initiator, all with the same target.
fn single_initiator_zones() -> ZoneDatabase {
    let mut database = ZoneDatabase::default();
    let target = ZoneMember::Wwpn(pair(TARGET.1).wwpn);
    for n in 0..INITIATORS {
        let zone = Zone::of([ZoneMember::Wwpn(pair(n.into()).wwpn), target.clone()]);
        database.zones.insert(format!("z{n}"), zone);
    }
    database.zone_sets.insert("cfg".into(), database.zones.keys().cloned().collect());
    database
}

fn flogi(port: u32, names: WwnPair, target: bool) -> Command {
    Command::NPort(NPortCommand::Flogi { port: PortIx(port), names, target })
}

fn fdisc(port: u32, names: WwnPair) -> Command {
    Command::NPort(NPortCommand::Fdisc { port: PortIx(port), names, target: false })
}

/// The zoned switch with its target logged in.
fn zoned_switch() -> World {
    let mut world = large_switch(single_initiator_zones());
    world.apply(flogi(TARGET.0, pair(TARGET.1), true)).unwrap();
    world
}

/// Measures the logins of the zoned initiators, in turn. The logout before each one, which makes room for it
/// again, is not measured.
fn login(c: &mut Criterion, name: &str, world: World, command: impl Fn(u32, WwnPair) -> Command) {
    let (world, turn) = (RefCell::new(world), Cell::new(0));
    let make_room = || {
        let n = turn.get();
        turn.set((n + 1) % INITIATORS);
        let logo = NPortCommand::Logo { fabric: FabricIx(0), wwpn: pair(n.into()).wwpn };
        // In the first round nobody is logged in yet.
        let _ = world.borrow_mut().apply(Command::NPort(logo));
        command(n, pair(n.into()))
    };
    let log_in = |command| world.borrow_mut().apply(command).unwrap();
    c.bench_function(name, |b| b.iter_batched(make_room, log_in, BatchSize::PerIteration));
}

fn logins(c: &mut Criterion) {
    let by_flogi = |n, names| flogi(n, names, false);
    login(c, "flogi_with_registration", zoned_switch(), by_flogi);
    let mut with_bases = zoned_switch();
    for port in 0..INITIATORS {
        // Names of their own: it is the vHBAs behind them that are zoned.
        let names = pair(u64::from(port) + 100_000);
        with_bases.apply(flogi(port, names, false)).unwrap();
    }
    login(c, "fdisc", with_bases, fdisc);
}

fn name_server(c: &mut Criterion) {
    let mut world = zoned_switch();
    for port in 0..INITIATORS {
        world.apply(flogi(port, pair(port.into()), false)).unwrap();
    }
    for (name, asker, listed) in
        [("name_server_query", 7, 1), ("name_server_query_of_1000", TARGET.1, 1_000)]
    {
        let asker = world.san().by_name(FabricIx(0), pair(asker).wwpn).unwrap();
        assert_eq!(world.san().visible_from(asker).len(), listed);
        c.bench_function(name, |b| b.iter(|| world.san().visible_from(asker)));
    }
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

/// A transaction that changes one zone of the thousand and puts the set in force again.
fn zone_activation(c: &mut Criterion) {
    let mut world = zoned_switch();
    for port in 0..INITIATORS {
        world.apply(flogi(port, pair(port.into()), false)).unwrap();
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
            let commit = ZoningCommand::Commit { token, checksum, enable };
            assert_eq!(world.apply(zoning(commit)), Ok(Reply::Outcome(Outcome::Changed)));
        });
    });
}

criterion_group!(benches, logins, name_server, visibility, zone_activation);
criterion_main!(benches);
