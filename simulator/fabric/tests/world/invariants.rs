//! What is true of every world at every instant, whatever is asked of it.

use std::collections::BTreeMap;

use npivot_fabric::host::Kind;
use npivot_fabric::san::ids::{AdapterIx, SwitchIx};
use npivot_hal::{DefaultZone, LunId, Zone, ZoneDatabase, ZoneMember};
use proptest::prelude::*;

use super::*;

/// A command, or time: in microseconds.
#[derive(Debug, Clone)]
enum Step {
    Ask(Box<Command>),
    Pass(u64),
}

fn host_no() -> impl Strategy<Value = HostNo> {
    prop_oneof![4 => 0..2_u32, 3 => 2..8_u32, 1 => any::<u32>()].prop_map(HostNo)
}

fn host_ix() -> impl Strategy<Value = HostIx> {
    prop_oneof![8 => 0..2_u32, 1 => any::<u32>()].prop_map(HostIx)
}

fn fabric_ix() -> impl Strategy<Value = FabricIx> {
    prop_oneof![8 => 0..2_u32, 1 => any::<u32>()].prop_map(FabricIx)
}

/// Those of the example in use, some that are free, and nonsense.
fn port_ix() -> impl Strategy<Value = PortIx> {
    let used = prop::sample::select(vec![0_u32, 1, 8, 9, 48, 49, 56, 57]);
    prop_oneof![8 => used, 4 => 10..14_u32, 4 => 58..62_u32, 1 => any::<u32>()].prop_map(PortIx)
}

/// Those of guests, and a few of machines of the example.
fn a_name() -> impl Strategy<Value = Wwpn> {
    let machines = ["2100001b32a9da01", "2101001b32a9db01", "5006016041e0aa00"];
    let machines = machines.map(|text| text.parse().expect("a name"));
    prop_oneof![6 => (1..6_u16).prop_map(wwpn), 1 => prop::sample::select(machines.to_vec())]
}

fn pair() -> impl Strategy<Value = WwnPair> {
    a_name().prop_map(|wwpn| WwnPair::new(wwpn, names(1).wwnn))
}

fn address() -> impl Strategy<Value = ScsiAddress> {
    let lun = prop_oneof![4 => 0..3_u64, 1 => any::<u64>()];
    (host_no(), prop_oneof![9 => Just(0_u32), 1 => any::<u32>()], 0..3_u32, lun)
        .prop_map(|(host, channel, target, lun)| ScsiAddress { host, channel, target, lun })
}

fn host_command() -> impl Strategy<Value = HostCommand> {
    let secs = || prop_oneof![0..90_u32, any::<u32>()];
    let scan = (
        host_no(),
        prop::option::of(prop_oneof![0..3_u32, any::<u32>()]),
        prop::option::of(prop_oneof![0..3_u64, any::<u64>()]),
    );
    prop_oneof![
        6 => (host_no(), pair())
            .prop_map(|(parent, names)| HostCommand::CreateVport { parent, names }),
        3 => (host_no(), pair())
            .prop_map(|(parent, names)| HostCommand::DeleteVport { parent, names }),
        2 => scan.prop_map(|(adapter, target, lun)| HostCommand::Scan { adapter, target, lun }),
        2 => address().prop_map(HostCommand::Remove),
        3 => host_no().prop_map(HostCommand::Reset),
        1 => (host_no(), secs())
            .prop_map(|(adapter, secs)| HostCommand::SetDevLoss { adapter, secs }),
        1 => (host_no(), prop::option::of(secs()))
            .prop_map(|(adapter, secs)| HostCommand::SetFastIoFail { adapter, rport: 1, secs }),
        1 => address().prop_map(HostCommand::Identify),
        2 => (address(), prop_oneof![0..9_u64, any::<u64>()], prop_oneof![0..9_u32, any::<u32>()])
            .prop_map(|(address, lba, blocks)| HostCommand::Read { address, lba, blocks }),
        2 => (address(), 0..9_u64, 0..1_100_usize).prop_map(|(address, lba, length)| {
            HostCommand::Write { address, lba, data: vec![7; length] }
        }),
    ]
}

fn member() -> impl Strategy<Value = ZoneMember> {
    let domain = (1..3_u8).prop_map(|n| DomainId::new(n).expect("small"));
    prop_oneof![
        6 => a_name().prop_map(ZoneMember::Wwpn),
        1 => (domain, 0..12_u16).prop_map(|(domain, port)| ZoneMember::DomainPort(domain, port)),
        1 => Just(ZoneMember::Alias("vault_a".into())),
    ]
}

fn a_zone() -> impl Strategy<Value = Zone> {
    let members = || prop::collection::btree_set(member(), 0..4);
    let principals = prop_oneof![3 => Just(std::collections::BTreeSet::new()), 1 => members()];
    (members(), principals).prop_map(|(members, principals)| Zone { members, principals })
}

fn zone_name() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["web1_a", "alpha_a", "web1_b", "new", "vault_a", ""])
        .prop_map(ToOwned::to_owned)
}

fn edit() -> impl Strategy<Value = ZoneEdit> {
    let add = |zone| ZoneEdit::AddToZoneSet { zone_set: "cfg".into(), zone };
    let default = prop::sample::select(vec![DefaultZone::Deny, DefaultZone::Permit]);
    prop_oneof![
        (zone_name(), a_zone()).prop_map(|(name, zone)| ZoneEdit::PutZone(name, zone)),
        zone_name().prop_map(ZoneEdit::DeleteZone),
        zone_name().prop_map(add),
        default.prop_map(ZoneEdit::SetDefaultZone),
        zone_name().prop_map(ZoneEdit::DeleteAlias),
        zone_name().prop_map(ZoneEdit::DeleteZoneSet),
    ]
}

/// Tokens and checksums here are nonsense, or 0, which `run` takes for "those of the open transaction".
fn zoning() -> impl Strategy<Value = ZoningCommand> {
    let odd = || prop_oneof![6 => Just(0_u64), 1 => any::<u64>()];
    let set = prop::option::weighted(0.8, Just("cfg".to_owned()));
    prop_oneof![
        3 => Just(ZoningCommand::Begin),
        4 => (odd(), odd(), edit())
            .prop_map(|(token, checksum, edit)| ZoningCommand::Edit { token, checksum, edit }),
        3 => (odd(), odd(), set).prop_map(|(token, checksum, enable)| {
            ZoningCommand::Commit { token, checksum, enable }
        }),
        1 => odd().prop_map(|token| ZoningCommand::Abort { token }),
    ]
}

fn masking() -> impl Strategy<Value = MaskingCommand> {
    let group = || prop::sample::select(vec!["web1", "other", ""]).prop_map(ToOwned::to_owned);
    let volume = || {
        let volumes = vec!["web1-root", "web1-data", "scratch", "none"];
        prop::sample::select(volumes).prop_map(ToOwned::to_owned)
    };
    let lun = prop_oneof![4 => 0..4_u32, 1 => 250..260_u32, 1 => any::<u32>()];
    prop_oneof![
        1 => group().prop_map(|group| MaskingCommand::CreateGroup { group }),
        1 => group().prop_map(|group| MaskingCommand::DeleteGroup { group }),
        2 => (group(), a_name())
            .prop_map(|(group, initiator)| MaskingCommand::AddInitiator { group, initiator }),
        1 => (group(), a_name())
            .prop_map(|(group, initiator)| MaskingCommand::RemoveInitiator { group, initiator }),
        3 => (group(), volume(), lun)
            .prop_map(|(group, volume, lun)| MaskingCommand::Map { group, volume, lun }),
        2 => (group(), volume()).prop_map(|(group, volume)| MaskingCommand::Unmap { group, volume }),
    ]
}

fn nport() -> impl Strategy<Value = NPortCommand> {
    prop_oneof![
        port_ix().prop_map(NPortCommand::Attach),
        (port_ix(), pair(), any::<bool>()).prop_map(|(port, names, target)| NPortCommand::Flogi {
            port,
            names,
            target
        }),
        (port_ix(), pair(), any::<bool>()).prop_map(|(port, names, target)| NPortCommand::Fdisc {
            port,
            names,
            target
        }),
        (fabric_ix(), a_name()).prop_map(|(fabric, wwpn)| NPortCommand::Logo { fabric, wwpn }),
    ]
}

fn build() -> impl Strategy<Value = Build> {
    let domain = || (1..5_u8).prop_map(|n| DomainId::new(n).expect("small"));
    let settings = (0..3_u16, any::<bool>(), any::<bool>()).prop_map(|(ports, npiv, keep)| {
        SwitchSettings { ports, npiv, keep_npiv_on_base_logout: keep, ..SwitchSettings::default() }
    });
    let array = || prop_oneof![4 => Just(0_u32), 1 => any::<u32>()].prop_map(ArrayIx);
    let identity = prop::array::uniform16(any::<u8>()).prop_map(LunId::Naa16);
    prop_oneof![
        Just(Build::Fabric { name: "c".into() }),
        (fabric_ix(), domain(), settings).prop_map(|(fabric, domain, settings)| {
            Build::Switch { fabric, name: format!("s{domain}"), domain, settings }
        }),
        (prop_oneof![port_ix(), (96..100_u32).prop_map(PortIx)], port_ix())
            .prop_map(|(a, b)| Build::Isl { a, b }),
        (host_ix(), pair(), port_ix(), prop::option::of(0..3_u32)).prop_map(
            |(host, names, port, max_vports)| Build::Adapter { host, names, port, max_vports }
        ),
        (array(), a_name(), port_ix()).prop_map(|(array, wwpn, port)| Build::Target {
            array,
            wwpn,
            port
        }),
        (array(), identity, any::<u64>()).prop_map(|(array, identity, size_bytes)| {
            Build::Volume { array, name: "v".into(), identity, serial: "1".into(), size_bytes }
        }),
        fabric_ix().prop_map(|fabric| {
            Build::Zones { fabric, database: ZoneDatabase::default(), enabled: None }
        }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let array = prop_oneof![8 => Just(0_u32), 1 => any::<u32>()].prop_map(ArrayIx);
    let command = prop_oneof![
        10 => (host_ix(), host_command().boxed()).prop_map(|(host, ask)| Command::Host(host, ask)),
        4 => (fabric_ix(), zoning().boxed()).prop_map(|(fabric, ask)| Command::Zoning(fabric, ask)),
        3 => (array, masking().boxed()).prop_map(|(array, ask)| Command::Masking(array, ask)),
        4 => (port_ix(), any::<bool>()).prop_map(|(port, on)| Command::Light { port, on }),
        3 => nport().boxed().prop_map(Command::NPort),
        1 => build().boxed().prop_map(Command::Build),
    ];
    let time = prop_oneof![3 => 0..8_000_u64, 2 => 0..3_000_000_u64, 1 => 0..90_000_000_u64];
    prop_oneof![
        3 => command.prop_map(|command| Step::Ask(Box::new(command))),
        2 => time.prop_map(Step::Pass),
    ]
}

/// Puts the open transaction's token and checksum where 0 stands for them.
fn with_proof(world: &World, command: Command) -> Command {
    let Command::Zoning(ix, mut command) = command else {
        return command;
    };
    let fabric = world.san().fabrics.get(ix.index());
    let open = fabric.and_then(|fabric| fabric.zoning.open_transaction());
    if let Some(open) = open {
        match &mut command {
            ZoningCommand::Edit { token, checksum, .. }
            | ZoningCommand::Commit { token, checksum, .. } => {
                *token = if *token == 0 { open.token } else { *token };
                *checksum = if *checksum == 0 { open.checksum } else { *checksum };
            }
            ZoningCommand::Abort { token } if *token == 0 => *token = open.token,
            _ => {}
        }
    }
    Command::Zoning(ix, command)
}

fn run(world: &mut World, step: Step) {
    match step {
        Step::Ask(command) => {
            let command = with_proof(world, *command);
            let _ = world.apply(command);
        }
        Step::Pass(micros) => world.advance(world.now() + micros),
    }
}

/// Every adapter that a host lists, with where.
fn listed(world: &World) -> Vec<(HostIx, HostNo, AdapterIx)> {
    let hosts = world.hosts().iter().enumerate();
    hosts
        .flat_map(|(i, host)| {
            host.adapters.iter().map(move |(&no, &ix)| (HostIx::from_index(i), no, ix))
        })
        .collect()
}

fn check_adapters(world: &World) -> Result<(), TestCaseError> {
    let mut places = BTreeMap::new();
    for (host, no, ix) in listed(world) {
        let adapter = world.adapter(ix);
        prop_assert!(adapter.is_some(), "{no} is listed and is not there");
        let Some(adapter) = adapter else { continue };
        prop_assert_eq!((adapter.host, adapter.no), (host, no));
        prop_assert_eq!(places.insert(ix, no), None, "an adapter is listed twice");
        if let Some(nport) = adapter.nport {
            let owner = world.san().nport(nport).owner;
            prop_assert_eq!(owner.as_adapter(), Some(ix), "{} has another's login", no);
            prop_assert_eq!(world.san().nport(nport).names, adapter.names);
            prop_assert_eq!(adapter.state, PortState::Online);
        } else {
            prop_assert_ne!(adapter.state, PortState::Online, "{} is not logged in", no);
            let online = adapter.rports.values().any(|r| r.state == PortState::Online);
            prop_assert!(!online, "{no} has a remote port online without a login");
        }
        if adapter.vport_state().is_some() {
            let active = adapter.vport_state() == Some(VportState::Active);
            prop_assert_eq!(active, adapter.nport.is_some(), "{} {:?}", no, adapter.vport_state());
        }
        match &adapter.kind {
            Kind::Physical { vports, max_vports, .. } => {
                prop_assert!(vports.len() <= *max_vports as usize);
                for &vport in vports {
                    let of = world.adapter(vport).map(|vport| &vport.kind);
                    let back = matches!(of, Some(Kind::Virtual { parent, .. }) if *parent == ix);
                    prop_assert!(back, "{no} lists a vport that is not its own");
                }
            }
            Kind::Virtual { parent, .. } => {
                let kind = world.adapter(*parent).map(|parent| &parent.kind);
                let back =
                    matches!(kind, Some(Kind::Physical { vports, .. }) if vports.contains(&ix));
                prop_assert!(back, "the parent of {no} does not list it");
            }
        }
    }
    let there = (0..1_000).map(AdapterIx).filter(|&ix| world.adapter(ix).is_some()).count();
    prop_assert_eq!(there, places.len(), "an adapter is there that no host lists");
    Ok(())
}

fn check_devices(world: &World) -> Result<(), TestCaseError> {
    let mut disks = BTreeMap::new();
    for (host, no, ix) in listed(world) {
        let Some(adapter) = world.adapter(ix) else { continue };
        for (&key, device) in &adapter.devices {
            let rport = adapter.rports.get(&device.rport);
            prop_assert_eq!(rport.and_then(|rport| rport.target), Some(key.target), "{}", no);
            let gone = rport.is_some_and(|rport| rport.state == PortState::NotPresent);
            prop_assert!(!gone, "a device of {no} outlived its remote port");
            let address = adapter.address(key);
            prop_assert_eq!(disks.insert((host, device.disk), address), None);
        }
        let names: Vec<Wwpn> = adapter.rports.values().map(|rport| rport.names.wwpn).collect();
        let mut sorted = names.clone();
        sorted.sort();
        sorted.dedup();
        prop_assert_eq!(sorted.len(), names.len(), "a remote port is listed twice");
    }
    Ok(())
}

fn check_logins(world: &World) -> Result<(), TestCaseError> {
    let san = world.san();
    let mut total = 0;
    for (i, switch) in san.switches.iter().enumerate() {
        let mut through_it = 0;
        for port in switch.ports() {
            let count = san.behind(port).count();
            prop_assert_eq!(san.port(port).logins as usize, count);
            through_it += count;
            for ix in san.behind(port) {
                let nport = san.nport(ix);
                prop_assert_eq!(nport.port, port);
                prop_assert_eq!(san.by_name(switch.fabric, nport.names.wwpn), Some(ix));
                prop_assert_eq!(san.by_address(switch.fabric, nport.fc_id()), Some(ix));
                prop_assert_eq!(san.switch_of(port).domain, switch.domain);
                if let Some(owner) = nport.owner.as_adapter() {
                    let back = world.adapter(owner).and_then(|adapter| adapter.nport);
                    prop_assert_eq!(back, Some(ix), "its owner does not know of the login");
                }
                if let Some(target) = nport.owner.as_target() {
                    prop_assert_eq!(world.targets()[target.index()].nport, Some(ix));
                }
            }
        }
        prop_assert_eq!(switch.logins as usize, through_it, "{:?}", SwitchIx::from_index(i));
        prop_assert_eq!(switch.addresses_used() as usize, through_it);
        total += through_it;
    }
    for (i, fabric) in san.fabrics.iter().enumerate() {
        let listed = san.all(FabricIx::from_index(i)).count();
        let switches = fabric.switches.iter().map(|s| san.switches[s.index()].logins as usize);
        prop_assert_eq!(switches.sum::<usize>(), listed, "{}", fabric.name);
    }
    prop_assert_eq!(san.logins() as usize, total);
    Ok(())
}

/// Nothing waits in the past, and what the name server says is what frames do.
fn check_the_rest(world: &World) -> Result<(), TestCaseError> {
    if let Some(next) = world.next_due() {
        prop_assert!(next >= world.now(), "{next} is due at {}", world.now());
    }
    let san = world.san();
    for target in world.targets() {
        let Some(nport) = target.nport else { continue };
        prop_assert_eq!(san.nport(nport).names, target.names);
        for other in san.visible_from(nport) {
            prop_assert_eq!(san.reach(nport, other), Ok(()));
        }
    }
    Ok(())
}

fn check(world: &World) -> Result<(), TestCaseError> {
    check_adapters(world)?;
    check_devices(world)?;
    check_logins(world)?;
    check_the_rest(world)
}

fn check_replay(world: &World) -> Result<(), TestCaseError> {
    let log = world.write_log().expect("it records");
    let again = World::replay(&log).map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(again.fingerprint(), world.fingerprint());
    prop_assert_eq!(again.now(), world.now());
    Ok(())
}

fn hold(text: &str, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let mut world = booted(text);
    check(&world)?;
    for step in steps {
        run(&mut world, step);
        check(&world)?;
    }
    check_replay(&world)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_world_holds_together_whatever_is_asked_of_it(
        steps in prop::collection::vec(step().boxed(), 1..60),
    ) {
        hold(EXAMPLE, steps)?;
    }

    #[test]
    fn it_does_with_every_driver_and_policy_and_little_room(
        steps in prop::collection::vec(step().boxed(), 1..60),
        driver in prop::sample::select(vec!["qla2xxx", "lpfc", "libfc"]),
        policy in prop::sample::select(vec!["first-wins", "second-wins", "second-wins-if-fdisc"]),
        keep: bool,
        room in 2..8_u32,
    ) {
        let driver = format!("driver = \"{driver}\"");
        let domain = format!(
            "domain = 1, duplicate-wwpn = \"{policy}\", keep-npiv-on-base-logout = {keep}, logins = {room}",
        );
        hold(&example(&[("driver = \"qla2xxx\"", &driver), ("domain = 1", &domain)]), steps)?;
    }
}
