//! The whole world through its one door: what `docs/` and the reference say must be true of it.

mod host;
mod invariants;
mod logins;
mod paths;
mod replay;
mod stale;
mod zoning;

use npivot_fabric::config::{Latencies, SwitchSettings};
use npivot_fabric::host::Adapter;
use npivot_fabric::san::Accepted;
use npivot_fabric::san::ids::{ArrayIx, FabricIx, HostIx, PortIx};
use npivot_fabric::world::{
    Build, Command, HostCommand, MaskingCommand, NPortCommand, Refusal, Reply, SimTime,
    ZoningCommand,
};
use npivot_fabric::{Topology, World};
use npivot_hal::{
    DomainId, HostNo, PortState, ScsiAddress, VportState, WwnPair, Wwnn, Wwpn, ZoneEdit,
};

const EXAMPLE: &str = include_str!("../../../../examples/two-fabrics.toml");

/// The first fabric: `a` of the example.
const A: FabricIx = FabricIx(0);
/// The host `alpha` of the example. Its `host0` is on fabric a.
const ALPHA: HostIx = HostIx(0);
/// The host `beta` of the example.
const BETA: HostIx = HostIx(1);
/// Its array.
const VAULT: ArrayIx = ArrayIx(0);
/// Its guest's vHBA on fabric a: zoned, and in a host group with LUNs 0 and 1.
const WEB1: u16 = 1;

/// The nth name of those of the example's guests.
fn wwpn(n: u16) -> Wwpn {
    Wwpn::new(0x5001_a4a0_0000_0000 | u64::from(n)).expect("not zero")
}

fn names(n: u16) -> WwnPair {
    let wwnn = Wwnn::new(0x5001_a4a0_0001_0000 | u64::from(n)).expect("not zero");
    WwnPair::new(wwpn(n), wwnn)
}

fn must(world: &mut World, command: Command) -> Reply {
    let text = format!("{command:?}");
    world.apply(command).unwrap_or_else(|refusal| panic!("{text}: {refusal}"))
}

/// One fabric of switches that are not linked, domains 1 and up, with everybody allowed to see everybody.
/// Something is plugged into the first eight ports of each.
fn open_fabric(switches: &[SwitchSettings]) -> World {
    let mut world = bare_fabric(switches);
    let database = npivot_hal::ZoneDatabase {
        default_zone: npivot_hal::DefaultZone::Permit,
        ..npivot_hal::ZoneDatabase::default()
    };
    must(&mut world, Command::Build(Build::Zones { fabric: A, database, enabled: None }));
    world
}

/// The same without zoning.
fn bare_fabric(switches: &[SwitchSettings]) -> World {
    let mut world = World::new(7, Latencies::default());
    world.record();
    world.watch();
    must(&mut world, Command::Build(Build::Fabric { name: "a".into() }));
    for (n, &settings) in (1..).zip(switches) {
        let domain = DomainId::new(n).expect("few switches");
        let build = Build::Switch { fabric: A, name: format!("a{n}"), domain, settings };
        must(&mut world, Command::Build(build));
        for number in 0..8 {
            let port = port(&world, u32::from(n - 1), number);
            must(&mut world, Command::NPort(NPortCommand::Attach(port)));
        }
    }
    world
}

fn port(world: &World, switch: u32, number: u16) -> PortIx {
    world.san().switches[switch as usize].port(number).expect("a port")
}

fn login(world: &mut World, command: NPortCommand) -> Result<Accepted, Refusal> {
    match world.apply(Command::NPort(command))? {
        Reply::Accepted(accepted) => Ok(accepted),
        other => panic!("{other:?}"),
    }
}

fn flogi(world: &mut World, port: PortIx, n: u16) -> Result<Accepted, Refusal> {
    login(world, NPortCommand::Flogi { port, names: names(n), target: false })
}

fn fdisc(world: &mut World, port: PortIx, n: u16) -> Result<Accepted, Refusal> {
    login(world, NPortCommand::Fdisc { port, names: names(n), target: false })
}

fn logo(world: &mut World, n: u16) {
    must(world, Command::NPort(NPortCommand::Logo { fabric: A, wwpn: wwpn(n) }));
}

fn light(world: &mut World, port: PortIx, on: bool) {
    must(world, Command::Light { port, on });
}

/// The names that are logged in behind a port.
fn behind(world: &World, port: PortIx) -> Vec<Wwpn> {
    world.san().behind(port).map(|ix| world.san().nport(ix).names.wwpn).collect()
}

/// The names that one N_Port sees, in order of address.
fn seen_by(world: &World, n: u16) -> Vec<Wwpn> {
    let own = world.san().by_name(A, wwpn(n)).expect("it is logged in");
    let others = world.san().visible_from(own).into_iter();
    others.map(|ix| world.san().nport(ix).names.wwpn).collect()
}

/// The example with these words replaced, each of which is in it.
fn example(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(EXAMPLE.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

/// A world from a topology file, watched, with everybody logged in.
fn booted(text: &str) -> World {
    let topology = Topology::parse("san.toml", text).unwrap_or_else(|error| panic!("{error}"));
    let mut world = World::from_topology(&topology, 7).expect("a checked topology");
    world.watch();
    world.settle(World::BOOT_LIMIT);
    world
}

fn wait(world: &mut World, secs: u32) {
    world.advance(world.now().plus_secs(secs));
}

/// Time enough for logins, discovery and scans, too little for a time-out of seconds.
fn moment(world: &mut World) {
    world.advance(world.now() + 500_000);
}

fn ask(world: &mut World, host: HostIx, command: HostCommand) -> Result<Reply, Refusal> {
    world.apply(Command::Host(host, command))
}

fn create(world: &mut World, parent: u32, n: u16) -> Result<HostNo, Refusal> {
    let command = HostCommand::CreateVport { parent: HostNo(parent), names: names(n) };
    match ask(world, ALPHA, command)? {
        Reply::Adapter(ix) => Ok(world.adapter(ix).expect("it was just made").no),
        other => panic!("{other:?}"),
    }
}

fn delete(world: &mut World, parent: u32, n: u16) -> Result<Reply, Refusal> {
    ask(world, ALPHA, HostCommand::DeleteVport { parent: HostNo(parent), names: names(n) })
}

/// An adapter of `alpha`.
fn adapter(world: &World, no: HostNo) -> &Adapter {
    let ix = world.find_adapter(ALPHA, no).unwrap_or_else(|| panic!("there is no {no}"));
    world.adapter(ix).expect("the host has it")
}

fn vport_state(world: &World, no: HostNo) -> VportState {
    adapter(world, no).vport_state().expect("a vport")
}

/// The example with the guest's vHBA on host0 of `alpha`, and its devices found.
fn with_web1(text: &str) -> (World, HostNo) {
    let mut world = booted(text);
    let no = create(&mut world, 0, WEB1).expect("a free name");
    moment(&mut world);
    assert_eq!(vport_state(&world, no), VportState::Active);
    (world, no)
}

/// The devices of an adapter, each with its disk number.
fn devices(world: &World, no: HostNo) -> Vec<(ScsiAddress, u32)> {
    let adapter = adapter(world, no);
    adapter.devices.iter().map(|(&key, device)| (adapter.address(key), device.disk)).collect()
}

fn rport_states(world: &World, no: HostNo) -> Vec<PortState> {
    adapter(world, no)
        .rports
        .values()
        .filter(|r| r.target.is_some())
        .map(|rport| rport.state)
        .collect()
}

fn mask(world: &mut World, command: MaskingCommand) {
    must(world, Command::Masking(VAULT, command));
}

fn map(world: &mut World, volume: &str, lun: u32) {
    let (group, volume) = ("web1".into(), volume.into());
    mask(world, MaskingCommand::Map { group, volume, lun });
}

fn unmap(world: &mut World, volume: &str) {
    mask(world, MaskingCommand::Unmap { group: "web1".into(), volume: volume.into() });
}

/// One zoning transaction on fabric a: these edits, and its zone set put in force anew.
fn rezone(world: &mut World, edits: impl IntoIterator<Item = ZoneEdit>) {
    let (token, mut checksum) = begin(world);
    for edit in edits {
        let edit = ZoningCommand::Edit { token, checksum, edit };
        let Reply::Transaction(open, _) = must(world, Command::Zoning(A, edit)) else {
            panic!("an edit answers the transaction");
        };
        checksum = open.checksum;
    }
    let commit = ZoningCommand::Commit { token, checksum, enable: Some("cfg".into()) };
    must(world, Command::Zoning(A, commit));
}

/// The token and the checksum of a transaction that was just opened.
fn begin(world: &mut World) -> (u64, u64) {
    match must(world, Command::Zoning(A, ZoningCommand::Begin)) {
        Reply::Transaction(open, _) => (open.token, open.checksum),
        other => panic!("{other:?}"),
    }
}

/// An instant this many seconds after the beginning.
fn second(secs: u32) -> SimTime {
    SimTime::ZERO.plus_secs(secs)
}
