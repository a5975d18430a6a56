//! The world under any sequence of commands: no panic, its tables agree with each other, and the run
//! replays to the same fingerprint.
//!
//! It begins with the booted example. The input is read as steps of eight bytes: which command, four small
//! operands, how much time passes. A zoning step presents what the fabric answered to the step before it,
//! as a real administrator does, and now and then something else.
#![no_main]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use npivot_fabric::array::VolumeIx;
use npivot_fabric::config::{DuplicateWwpn, SwitchSettings};
use npivot_fabric::san::ids::{ArrayIx, FabricIx, HostIx, NPortIx, PortIx};
use npivot_fabric::visibility::{Initiator, Path};
use npivot_fabric::world::{
    Build, Command, HostCommand, MaskingCommand, NPortCommand, Reply, SimTime, ZoningCommand,
};
use npivot_fabric::{Topology, World};
use npivot_hal::{
    DefaultZone, DomainId, FcId, HostNo, ScsiAddress, WwnPair, Wwnn, Wwpn, Zone, ZoneEdit,
    ZoneMember,
};

static SAN: LazyLock<Topology> = LazyLock::new(|| {
    let text = include_str!("../../../examples/two-fabrics.toml");
    Topology::parse("two-fabrics.toml", text).expect("the example is right")
});

/// The most steps of one input.
const STEPS: usize = 200;

/// Above this no check of all pairs: the time goes into steps rather.
const MANY: usize = 24;

/// The switches of the example have 96 ports; those that are added come after them.
const PORTS: u32 = 120;

type Step = [u8; 8];

/// What the fabrics answered last: token and checksum of the open transaction.
type Open = [(u64, u64); 2];

/// A name out of a few: those of the example, and some more.
fn wwpn(n: u8) -> Wwpn {
    const KNOWN: [u64; 6] = [
        0x2100_001b_32a9_da01,
        0x2101_001b_32a9_db01,
        0x5001_a4a0_0000_0001,
        0x5001_a4a0_0000_0002,
        0x5006_0160_41e0_aa00,
        0x5006_0168_41e0_aa00,
    ];
    let other = 0x5001_a4a0_0000_0100 + u64::from(n % 8);
    Wwpn::new(KNOWN.get(usize::from(n % 9)).copied().unwrap_or(other)).expect("not zero")
}

fn pair(n: u8) -> WwnPair {
    let wwnn = Wwnn::new(wwpn(n).get() ^ 0x0100_0000_0000_0000).expect("not zero");
    WwnPair::new(wwpn(n), wwnn)
}

fn domain(n: u8) -> DomainId {
    DomainId::new(n % 6 + 1).expect("1 to 6")
}

fn port(n: u8) -> PortIx {
    PortIx(u32::from(n) % PORTS)
}

/// A member of each kind.
fn member(n: u8) -> ZoneMember {
    match n >> 6 {
        0 | 1 => ZoneMember::Wwpn(wwpn(n)),
        2 => ZoneMember::DomainPort(domain(n), u16::from(n >> 3 & 7)),
        _ => ZoneMember::FcId(FcId::from_parts(domain(n), n >> 3 & 7, n & 1)),
    }
}

fn host(step: Step) -> Command {
    let [kind, a, b, c, d, ..] = step;
    let (parent, names) = (HostNo(u32::from(b % 6)), pair(c));
    let address =
        ScsiAddress { host: parent, channel: 0, target: u32::from(c % 3), lun: u64::from(d % 4) };
    let command = match kind {
        0 => HostCommand::CreateVport { parent, names },
        1 => HostCommand::DeleteVport { parent, names },
        2 => {
            let target = (c % 2 == 0).then(|| u32::from(c % 3));
            HostCommand::Scan { adapter: parent, target, lun: Some(u64::from(d)) }
        }
        3 => HostCommand::Remove(address),
        4 => HostCommand::Reset(parent),
        5 if d % 2 == 0 => HostCommand::SetDevLoss { adapter: parent, secs: u32::from(c) * 4 },
        5 => {
            let secs = (c != 0).then(|| u32::from(c));
            HostCommand::SetFastIoFail { adapter: parent, rport: u32::from(c) % 4, secs }
        }
        6 => HostCommand::Identify(address),
        7 => HostCommand::Read { address, lba: u64::from(a), blocks: 1 },
        _ => {
            let data = vec![a; usize::from(b % 3) * 256];
            HostCommand::Write { address, lba: u64::from(c), data }
        }
    };
    Command::Host(HostIx(u32::from(a % 3)), command)
}

fn zone_edit(c: u8, d: u8) -> ZoneEdit {
    let zone = || ["z", "alpha_a", "web1_a"][usize::from(d % 3)].to_owned();
    let zone_set = || ["cfg", "other"][usize::from(d >> 2 & 1)].to_owned();
    match c % 10 {
        0 => ZoneEdit::PutAlias("vault_a".into(), [member(d)].into()),
        1 => ZoneEdit::DeleteAlias("vault_a".into()),
        2 => ZoneEdit::DeleteZone(zone()),
        3 => ZoneEdit::CreateZoneSet(zone_set()),
        4 => ZoneEdit::DeleteZoneSet(zone_set()),
        5 => ZoneEdit::AddToZoneSet { zone_set: zone_set(), zone: zone() },
        6 => ZoneEdit::RemoveFromZoneSet { zone_set: zone_set(), zone: zone() },
        7 if d.is_multiple_of(2) => ZoneEdit::SetDefaultZone(DefaultZone::Permit),
        7 => ZoneEdit::SetDefaultZone(DefaultZone::Deny),
        8 => {
            let mut peers = Zone::of([member(d), member(c)]);
            peers.principals = [member(d)].into();
            ZoneEdit::PutZone(zone(), peers)
        }
        _ => ZoneEdit::PutZone(zone(), Zone::of([member(c), member(d)])),
    }
}

fn zoning(step: Step, open: &Open) -> Command {
    let [kind, a, b, c, d, ..] = step;
    let fabric = FabricIx(u32::from(a % 3));
    let (mut token, mut checksum) = open.get(usize::from(a % 3)).copied().unwrap_or_default();
    match b % 16 {
        15 => token = u64::from(c % 4),
        14 => checksum = u64::from(c),
        _ => {}
    }
    let command = match kind {
        10 => ZoningCommand::Begin,
        11 => ZoningCommand::Edit { token, checksum, edit: zone_edit(c, d) },
        12 => {
            let enable = (d % 4 != 0).then(|| ["cfg", "other"][usize::from(d % 3 / 2)].to_owned());
            ZoningCommand::Commit { token, checksum, enable }
        }
        _ => ZoningCommand::Abort { token },
    };
    Command::Zoning(fabric, command)
}

fn masking(step: Step) -> Command {
    let [kind, a, b, c, d, ..] = step;
    let group = ["web1", "other", "none"][usize::from(b % 3)].to_owned();
    let volume = ["web1-root", "web1-data", "scratch", "none"][usize::from(c % 4)].to_owned();
    let command = match kind {
        13 => MaskingCommand::AddInitiator { group, initiator: wwpn(d) },
        14 => MaskingCommand::RemoveInitiator { group, initiator: wwpn(d) },
        15 => MaskingCommand::Map { group, volume, lun: u32::from(d) * 80 },
        16 => MaskingCommand::Unmap { group, volume },
        _ if d % 2 == 0 => MaskingCommand::CreateGroup { group },
        _ => MaskingCommand::DeleteGroup { group },
    };
    Command::Masking(ArrayIx(u32::from(a % 2)), command)
}

fn nport(step: Step) -> Command {
    let [_, a, b, c, d, ..] = step;
    let (port, names, target) = (port(b), pair(d), d >= 128);
    Command::NPort(match c % 4 {
        0 => NPortCommand::Attach(port),
        1 => NPortCommand::Flogi { port, names, target },
        2 => NPortCommand::Fdisc { port, names, target },
        _ => NPortCommand::Logo { fabric: FabricIx(u32::from(a % 3)), wwpn: wwpn(d) },
    })
}

/// Small switches with narrow limits, links between them, adapters and array ports on them.
fn build(step: Step) -> Command {
    let [kind, a, b, c, d, ..] = step;
    let names = pair(d);
    Command::Build(match kind {
        20 => {
            let settings = SwitchSettings {
                ports: 4,
                npiv: c & 1 == 0,
                logins_per_port: u32::from(c >> 1 & 3) + 1,
                logins: u32::from(c >> 3 & 7) + 1,
                duplicate_wwpn: [
                    DuplicateWwpn::FirstWins,
                    DuplicateWwpn::SecondWins,
                    DuplicateWwpn::SecondWinsIfFdisc,
                ][usize::from(c % 3)],
                keep_npiv_on_base_logout: c & 64 != 0,
                priority: d,
            };
            let (fabric, name) = (FabricIx(u32::from(a % 3)), format!("s{}", b % 6));
            Build::Switch { fabric, name, domain: domain(b), settings }
        }
        21 => Build::Isl { a: port(a), b: port(b) },
        22 => {
            let max_vports = (c % 2 == 0).then(|| u32::from(c));
            Build::Adapter { host: HostIx(u32::from(a % 3)), names, port: port(b), max_vports }
        }
        _ => Build::Target { array: ArrayIx(u32::from(a % 2)), wwpn: names.wwpn, port: port(b) },
    })
}

fn command(step: Step, open: &Open) -> Command {
    let [kind, a, b, c, d, rest @ ..] = step;
    let kind = kind % 24;
    let step = [kind, a, b, c, d, rest[0], rest[1], rest[2]];
    match kind {
        0..=8 => host(step),
        9 => Command::Light { port: port(b), on: c % 2 == 0 },
        10..=12 | 18 => zoning(step, open),
        13..=16 | 19 => masking(step),
        17 => nport(step),
        _ => build(step),
    }
}

/// What must hold in every world: each table of logins says the same.
fn agree(world: &World) {
    let san = world.san();
    let mut logins = 0;
    for fabric in (0..san.fabrics.len()).map(FabricIx::from_index) {
        let all: Vec<NPortIx> = san.all(fabric).collect();
        logins += all.len();
        let behind: BTreeSet<NPortIx> = san.fabrics[fabric.index()]
            .switches
            .iter()
            .flat_map(|switch| san.switches[switch.index()].ports())
            .flat_map(|port| san.behind(port))
            .collect();
        assert_eq!(behind, all.iter().copied().collect(), "behind the ports and by address");
        for &one in &all {
            let nport = san.nport(one);
            assert_eq!(san.by_name(fabric, nport.names.wwpn), Some(one));
            assert_eq!(san.by_address(fabric, nport.fc_id()), Some(one));
            if let Some(adapter) = nport.owner.as_adapter() {
                assert_eq!(world.adapter(adapter).and_then(|a| a.nport), Some(one));
            }
            if let Some(target) = nport.owner.as_target() {
                assert_eq!(world.targets()[target.index()].nport, Some(one));
            }
        }
        if all.len() <= MANY {
            see_each_other(world, &all);
        }
    }
    assert_eq!(usize::try_from(san.logins()), Ok(logins));
    for switch in &san.switches {
        let through: u32 = switch.ports().map(|port| san.port(port).logins).sum();
        assert_eq!((switch.logins, switch.addresses_used()), (through, through));
    }
}

/// The name server lists those whom frames reach, and nobody else. Seeing is mutual.
fn see_each_other(world: &World, all: &[NPortIx]) {
    let san = world.san();
    for &one in all {
        let listed: BTreeSet<NPortIx> = san.visible_from(one).into_iter().collect();
        for &other in all.iter().filter(|&&other| other != one) {
            let reach = san.reach(one, other).is_ok();
            assert_eq!(reach, listed.contains(&other), "{:?}", (san.nport(one), san.nport(other)));
            assert_eq!(reach, san.reach(other, one).is_ok());
        }
    }
}

/// The explanation of a path ends at the layer that the one visibility function names.
fn explained(world: &World) {
    for &adapter in world.hosts().iter().flat_map(|host| host.adapters.values()) {
        for &target in &world.arrays()[0].targets {
            for volume in [VolumeIx(0), VolumeIx(2)] {
                let path = Path { initiator: Initiator::Adapter(adapter), target, volume };
                let blocked = world.sees(path).err().map(|(layer, _)| layer);
                assert_eq!(world.trace(path).blocked_at(), blocked, "{path:?}");
            }
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut world = World::from_topology(&SAN, 1).expect("the example can be built");
    world.settle(World::BOOT_LIMIT);
    let mut open = Open::default();
    let (steps, _) = bytes.as_chunks::<8>();
    for step in steps.iter().take(STEPS) {
        let asked = command(*step, &open);
        let fabric = if let Command::Zoning(fabric, _) = asked { fabric.index() } else { 0 };
        if let Ok(Reply::Transaction(next, _)) = world.apply(asked) {
            open[fabric] = (next.token, next.checksum);
        }
        let wait = u64::from(u16::from_be_bytes([step[5], step[6]])) << (step[7] % 12);
        world.advance(SimTime(world.now().0 + wait));
    }
    agree(&world);
    explained(&world);
    let log = world.write_log().expect("it is recorded");
    let again = World::replay(&log).expect("what was written can be read");
    assert_eq!(again.fingerprint(), world.fingerprint());
});
