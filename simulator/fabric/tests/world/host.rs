//! What Linux shows above its HBAs: vports with each driver's answers, remote ports, devices, scans.

use npivot_fabric::host::VportRefusal;
use npivot_hal::{ErrorKind, PathState};

use super::*;

const ENOENT: i32 = 2;
const ENODEV: i32 = 19;
const EINVAL: i32 = 22;
const ENOSPC: i32 = 28;
const ENOTUNIQ: i32 = 76;
const EOPNOTSUPP: i32 = 95;

const DRIVERS: [&str; 3] = ["qla2xxx", "lpfc", "libfc"];

/// The example with this driver, and these words replaced too.
fn with_driver(driver: &str, changes: &[(&str, &str)]) -> World {
    let driver = format!("driver = \"{driver}\"");
    let mut all = vec![("driver = \"qla2xxx\"", driver.as_str())];
    all.extend(changes);
    booted(&example(&all))
}

fn refused(answer: Result<HostNo, Refusal>) -> VportRefusal {
    match answer {
        Err(Refusal::Vport(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn errno(answer: Result<HostNo, Refusal>) -> i32 {
    refused(answer).errno
}

/// The switch port of `alpha`'s first HBA.
fn alpha_port(world: &World) -> PortIx {
    port(world, 0, 0)
}

fn bounce(world: &mut World, dark_secs: u32) {
    let port = alpha_port(world);
    light(world, port, false);
    wait(world, dark_secs);
    light(world, port, true);
    moment(world);
}

fn rports(world: &World, no: HostNo) -> Vec<(Wwpn, u32)> {
    adapter(world, no).rports.values().filter_map(|r| Some((r.names.wwpn, r.target?))).collect()
}

fn device_names(world: &World, no: HostNo) -> Vec<String> {
    devices(world, no).iter().map(|(address, disk)| format!("{address} {disk}")).collect()
}

fn scan(world: &mut World, no: HostNo, at: (Option<u32>, Option<u64>)) -> Result<Reply, Refusal> {
    ask(world, ALPHA, HostCommand::Scan { adapter: no, target: at.0, lun: at.1 })
}

#[test]
fn hosts_boot_with_their_ports_online_and_their_targets_found() {
    for driver in DRIVERS {
        let world = with_driver(driver, &[]);
        assert_eq!(world.san().logins(), 8);
        for host in world.hosts() {
            let numbers: Vec<u32> = host.adapters.keys().map(|no| no.0).collect();
            assert_eq!(numbers, [0, 1], "numbers are each host's own, from 0");
            for &ix in host.adapters.values() {
                let adapter = world.adapter(ix).expect("listed");
                assert_eq!(adapter.state, PortState::Online);
                let targets: Vec<_> =
                    adapter.rports.values().filter_map(|r| Some((r.target?, r.state))).collect();
                assert_eq!(targets, [(0, PortState::Online), (1, PortState::Online)]);
                assert!(adapter.devices.is_empty(), "nothing is masked to the hosts");
                assert_eq!(adapter.dev_loss_secs, 60);
            }
        }
        assert_eq!(world.next_due(), None, "all is quiet");
    }
}

#[test]
fn a_vport_is_made_before_it_logs_in() {
    for driver in DRIVERS {
        let mut world = with_driver(driver, &[]);
        let no = create(&mut world, 0, WEB1).unwrap();
        assert_eq!(no, HostNo(2));
        assert_eq!(vport_state(&world, no), VportState::Initializing);
        assert_eq!(adapter(&world, no).nport, None);
        moment(&mut world);
        assert_eq!(vport_state(&world, no), VportState::Active);
        assert_eq!(adapter(&world, no).state, PortState::Online);
        assert_eq!(devices(&world, no).len(), 4, "two LUNs through two ports");
    }
}

#[test]
fn an_adapter_that_is_full_says_enospc_with_every_driver() {
    for driver in DRIVERS {
        let port = ("port = \"a1/0\"", "port = \"a1/0\", vports = 2");
        let mut world = with_driver(driver, &[port]);
        create(&mut world, 0, 1).unwrap();
        create(&mut world, 0, 2).unwrap();
        let full = refused(create(&mut world, 0, 3));
        assert_eq!((full.errno, full.kind), (ENOSPC, ErrorKind::LimitReached));
        // Full comes before a duplicate: the transport looks before it calls the driver.
        assert_eq!(errno(create(&mut world, 0, 2)), ENOSPC);
        assert!(create(&mut world, 1, 3).is_ok(), "the other adapter has room");
        delete(&mut world, 0, 1).unwrap();
        assert!(create(&mut world, 0, 4).is_ok());
    }
}

#[test]
fn an_adapter_has_as_many_vports_as_its_driver_unless_told() {
    for (driver, max) in [("qla2xxx", 63), ("lpfc", 255)] {
        let switch = ("domain = 1", "domain = 1, logins-per-port = 1000");
        let mut world = with_driver(driver, &[switch]);
        for n in 1..=max {
            create(&mut world, 0, n).unwrap();
        }
        assert_eq!(errno(create(&mut world, 0, max + 1)), ENOSPC);
    }
}

#[test]
fn a_name_that_the_adapter_has_is_refused_in_each_drivers_own_number() {
    for (driver, number) in [("qla2xxx", ENOTUNIQ), ("lpfc", ENOENT), ("libfc", EINVAL)] {
        let mut world = with_driver(driver, &[]);
        create(&mut world, 0, 1).unwrap();
        let twice = refused(create(&mut world, 0, 1));
        assert_eq!((twice.errno, twice.kind), (number, ErrorKind::AlreadyExists), "{driver}");
        assert_eq!(world.hosts()[0].adapters.len(), 3, "nothing was made");
    }
}

#[test]
fn an_adapter_or_a_vport_without_the_hook_says_enoent() {
    for driver in DRIVERS {
        let port = ("port = \"a1/0\"", "port = \"a1/0\", npiv = false");
        let mut world = with_driver(driver, &[port]);
        let refusal = refused(create(&mut world, 0, 1));
        assert_eq!((refusal.errno, refusal.kind), (ENOENT, ErrorKind::Unsupported));
        let vport = create(&mut world, 1, 1).unwrap();
        assert_eq!(errno(create(&mut world, vport.0, 2)), ENOENT);
        assert_eq!(create(&mut world, 9, 2), Err(Refusal::NoAdapter(HostNo(9))));
    }
}

#[test]
fn a_switch_without_npiv_fails_the_write_or_the_vport() {
    let without = ("domain = 1", "domain = 1, npiv = false");
    let mut world = with_driver("qla2xxx", &[without]);
    let refusal = refused(create(&mut world, 0, 1));
    assert_eq!((refusal.errno, refusal.kind), (EOPNOTSUPP, ErrorKind::Unsupported));
    assert_eq!(world.hosts()[0].adapters.len(), 2);
    assert!(create(&mut world, 1, 1).is_ok(), "the other switch has it");
    for driver in ["lpfc", "libfc"] {
        let mut world = with_driver(driver, &[without]);
        let no = create(&mut world, 0, 1).unwrap();
        assert_eq!(vport_state(&world, no), VportState::NoFabricSupport, "{driver}");
        wait(&mut world, 10);
        assert_eq!(vport_state(&world, no), VportState::NoFabricSupport, "{driver}");
        assert_ne!(adapter(&world, no).state, PortState::Online);
    }
}

#[test]
fn an_fdisc_rejected_for_resources_ends_in_each_drivers_own_state() {
    let little = ("domain = 1", "domain = 1, logins-per-port = 2");
    for (driver, state) in
        [("qla2xxx", VportState::Failed), ("lpfc", VportState::NoFabricResources)]
    {
        let mut world = with_driver(driver, &[little]);
        create(&mut world, 0, 1).unwrap();
        moment(&mut world);
        let no = create(&mut world, 0, 2).unwrap();
        moment(&mut world);
        assert_eq!(vport_state(&world, no), state);
        delete(&mut world, 0, 1).unwrap();
        wait(&mut world, 60);
        assert_eq!(vport_state(&world, no), state, "{driver} does not try again by itself");
        bounce(&mut world, 1);
        assert_eq!(vport_state(&world, no), VportState::Active, "a new login of the base does");
    }
}

#[test]
fn libfc_stays_initializing_and_tries_every_two_seconds() {
    let little = ("domain = 1", "domain = 1, logins-per-port = 2");
    let mut world = with_driver("libfc", &[little]);
    create(&mut world, 0, 1).unwrap();
    moment(&mut world);
    let no = create(&mut world, 0, 2).unwrap();
    moment(&mut world);
    world.take_happenings();
    wait(&mut world, 20);
    assert_eq!(vport_state(&world, no), VportState::Initializing);
    let refusals: Vec<SimTime> = world.take_happenings().iter().map(|(at, _)| *at).collect();
    assert_eq!(refusals.len(), 10);
    for pair in refusals.windows(2) {
        assert_eq!(pair[1], pair[0] + 2_000_000);
    }
    delete(&mut world, 0, 1).unwrap();
    wait(&mut world, 2);
    assert_eq!(vport_state(&world, no), VportState::Active);
}

#[test]
fn a_name_that_another_host_has_ends_in_each_drivers_own_state() {
    let states = [VportState::Failed, VportState::FabricRejectedWwn, VportState::Initializing];
    for (driver, state) in DRIVERS.into_iter().zip(states) {
        let mut world = with_driver(driver, &[]);
        create(&mut world, 0, 1).unwrap();
        moment(&mut world);
        let command = HostCommand::CreateVport { parent: HostNo(0), names: names(1) };
        ask(&mut world, BETA, command).expect("no driver knows what other hosts have");
        moment(&mut world);
        let there = world.find_adapter(BETA, HostNo(2)).and_then(|ix| world.adapter(ix));
        assert_eq!(there.and_then(Adapter::vport_state), Some(state), "{driver}");
        assert_eq!(vport_state(&world, HostNo(2)), VportState::Active, "the first stays");
    }
}

#[test]
fn a_vport_that_is_deleted_is_gone_at_once_and_needs_both_its_names() {
    let (mut world, web1) = with_web1(EXAMPLE);
    let wrong = WwnPair::new(wwpn(WEB1), names(9).wwnn);
    let command = HostCommand::DeleteVport { parent: HostNo(0), names: wrong };
    let no_such = |answer| match answer {
        Err(Refusal::Vport(refusal)) => assert_eq!(refusal.errno, ENODEV),
        other => panic!("{other:?}"),
    };
    no_such(ask(&mut world, ALPHA, command));
    no_such(delete(&mut world, 1, WEB1));
    delete(&mut world, 0, WEB1).unwrap();
    assert_eq!(world.find_adapter(ALPHA, web1), None);
    assert_eq!(world.san().by_name(A, wwpn(WEB1)), None);
    no_such(delete(&mut world, 0, WEB1));
    let again = create(&mut world, 0, WEB1).unwrap();
    assert_eq!(again, HostNo(web1.0 + 1), "host numbers only grow");
    moment(&mut world);
    let disks: Vec<u32> = devices(&world, again).iter().map(|(_, disk)| *disk).collect();
    assert_eq!(disks, [0, 1, 2, 3], "disk names are used again");
}

#[test]
fn a_link_that_bounces_keeps_the_names_of_its_devices() {
    for driver in DRIVERS {
        let mut world = with_driver(driver, &[]);
        let no = create(&mut world, 0, WEB1).unwrap();
        moment(&mut world);
        let (names, ports) = (device_names(&world, no), rports(&world, no));
        let port = alpha_port(&world);
        light(&mut world, port, false);
        assert_eq!(vport_state(&world, no), VportState::Linkdown);
        assert_eq!(adapter(&world, no).state, PortState::Linkdown);
        assert_eq!(rport_states(&world, no), [PortState::Blocked; 2]);
        let blocked = |world: &World| {
            adapter(world, no).devices.values().all(|d| d.state == PathState::Blocked)
        };
        assert!(blocked(&world));
        wait(&mut world, 59);
        assert!(blocked(&world), "I/O is held");
        light(&mut world, port, true);
        moment(&mut world);
        assert_eq!(rport_states(&world, no), [PortState::Online; 2]);
        wait(&mut world, 120);
        assert_eq!((device_names(&world, no), rports(&world, no)), (names, ports));
        assert!(adapter(&world, no).devices.values().all(|d| d.state == PathState::Running));
    }
}

#[test]
fn devices_go_with_dev_loss_and_the_port_returns_under_its_number() {
    let (mut world, web1) = with_web1(EXAMPLE);
    let ports = rports(&world, web1);
    let vault = port(&world, 0, 8);
    light(&mut world, vault, false);
    moment(&mut world);
    assert_eq!(rport_states(&world, web1), [PortState::Blocked, PortState::Online]);
    wait(&mut world, 59);
    assert_eq!(devices(&world, web1).len(), 4);
    wait(&mut world, 1);
    assert_eq!(rport_states(&world, web1), [PortState::NotPresent, PortState::Online]);
    assert_eq!(adapter(&world, web1).rports[&0].fc_id, None);
    let left: Vec<u32> = devices(&world, web1).iter().map(|(address, _)| address.target).collect();
    assert_eq!(left, [1, 1], "those of the other port stay");
    wait(&mut world, 600);
    light(&mut world, vault, true);
    moment(&mut world);
    assert_eq!(rport_states(&world, web1), [PortState::Online; 2]);
    assert_eq!(rports(&world, web1), ports);
    assert_eq!(devices(&world, web1).len(), 4);
}

#[test]
fn two_losses_have_two_time_outs() {
    let (mut world, web1) = with_web1(EXAMPLE);
    bounce(&mut world, 40);
    wait(&mut world, 5);
    let port = alpha_port(&world);
    light(&mut world, port, false);
    wait(&mut world, 40);
    assert_eq!(devices(&world, web1).len(), 4, "the first loss is over");
    wait(&mut world, 20);
    assert_eq!(devices(&world, web1), []);
}

#[test]
fn fast_io_fail_ends_the_io_and_keeps_the_devices() {
    let (mut world, web1) = with_web1(EXAMPLE);
    for rport in 0..2 {
        let set = HostCommand::SetFastIoFail { adapter: web1, rport, secs: Some(5) };
        ask(&mut world, ALPHA, set).unwrap();
    }
    let port = alpha_port(&world);
    light(&mut world, port, false);
    wait(&mut world, 5);
    assert_eq!(rport_states(&world, web1), [PortState::Blocked; 2]);
    let states = |world: &World| -> Vec<PathState> {
        adapter(world, web1).devices.values().map(|device| device.state).collect()
    };
    assert_eq!(states(&world), [PathState::TransportOffline; 4]);
    light(&mut world, port, true);
    moment(&mut world);
    assert_eq!(states(&world), [PathState::Running; 4]);
}

#[test]
fn the_time_outs_have_their_limits() {
    let mut world = booted(EXAMPLE);
    let adapter = HostNo(0);
    let mut dev_loss = |secs| {
        let set = HostCommand::SetRportDevLoss { adapter, rport: 0, secs };
        ask(&mut world, ALPHA, set).is_ok()
    };
    assert_eq!([dev_loss(600), dev_loss(601), dev_loss(30)], [true, false, true]);
    let mut fast = |secs| {
        let secs = Some(secs);
        ask(&mut world, ALPHA, HostCommand::SetFastIoFail { adapter, rport: 0, secs }).is_ok()
    };
    assert_eq!([fast(30), fast(29)], [false, true], "below dev_loss_tmo");
    let set = HostCommand::SetRportDevLoss { adapter, rport: 0, secs: 100_000 };
    assert!(ask(&mut world, ALPHA, set).is_ok(), "above 600 s with fast_io_fail");
}

#[test]
fn numbers_of_hosts_remote_ports_targets_and_vports_only_grow() {
    let (mut world, web1) = with_web1(EXAMPLE);
    let mut last = web1;
    for n in 10..15 {
        let no = create(&mut world, 0, n).unwrap();
        assert!(no > last);
        last = no;
        delete(&mut world, 0, n).unwrap();
    }
    // A port that is new after one was given up does not take its place.
    let vault = port(&world, 0, 8);
    light(&mut world, vault, false);
    wait(&mut world, 61);
    let free = port(&world, 0, 20);
    let fresh = "50:06:01:62:41:e0:aa:00".parse().expect("a name");
    must(&mut world, Command::Build(Build::Target { array: VAULT, wwpn: fresh, port: free }));
    let zone = |name: &str| {
        let members = [wwpn(WEB1), fresh].map(npivot_hal::ZoneMember::Wwpn);
        ZoneEdit::PutZone(name.into(), npivot_hal::Zone::of(members))
    };
    let add = ZoneEdit::AddToZoneSet { zone_set: "cfg".into(), zone: "fresh".into() };
    rezone(&mut world, [zone("fresh"), add]);
    moment(&mut world);
    assert_eq!(rports(&world, web1).last(), Some(&(fresh, 2)));
    assert_eq!(rports(&world, web1).len(), 3);
}

#[test]
fn a_scan_takes_wildcards_and_finds_what_was_mapped_since() {
    let (mut world, web1) = with_web1(EXAMPLE);
    map(&mut world, "scratch", 2);
    wait(&mut world, 60);
    assert_eq!(devices(&world, web1).len(), 4, "nobody told the host");
    scan(&mut world, web1, (Some(0), Some(1))).unwrap();
    assert_eq!(devices(&world, web1).len(), 4, "that one is there");
    scan(&mut world, web1, (Some(1), Some(2))).unwrap();
    let found: Vec<_> = devices(&world, web1).iter().map(|(a, _)| (a.target, a.lun)).collect();
    assert_eq!(found, [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2)]);
    scan(&mut world, web1, (None, None)).unwrap();
    assert_eq!(devices(&world, web1).len(), 6);
    let (address, _) = devices(&world, web1)[0];
    ask(&mut world, ALPHA, HostCommand::Remove(address)).unwrap();
    assert_eq!(devices(&world, web1).len(), 5);
    scan(&mut world, web1, (Some(0), None)).unwrap();
    assert_eq!(devices(&world, web1).len(), 6);
}

#[test]
fn a_scan_is_refused_only_above_the_adapters_limits() {
    let (mut world, web1) = with_web1(EXAMPLE);
    assert!(scan(&mut world, web1, (Some(999), Some(7))).is_ok(), "nobody is there");
    assert!(scan(&mut world, web1, (Some(u32::MAX), None)).is_err());
    assert!(scan(&mut world, web1, (None, Some(u64::MAX))).is_err());
    let port = alpha_port(&world);
    light(&mut world, port, false);
    let (address, _) = devices(&world, web1)[0];
    ask(&mut world, ALPHA, HostCommand::Remove(address)).unwrap();
    assert!(scan(&mut world, web1, (None, None)).is_ok(), "blocked ports are skipped");
    assert_eq!(devices(&world, web1).len(), 3);
}

#[test]
fn lun_256_reads_16640() {
    let flat = [("1 = \"web1-data\"", "1 = \"web1-data\", 255 = \"scratch\"")];
    let luns = |world: &World, no| -> Vec<u64> {
        let devices = devices(world, no);
        devices.iter().filter(|(a, _)| a.target == 0).map(|(a, _)| a.lun).collect()
    };
    let (world, web1) = with_web1(&example(&flat));
    assert_eq!(luns(&world, web1), [0, 1, 255]);
    let flat = [("1 = \"web1-data\"", "1 = \"web1-data\", 256 = \"scratch\"")];
    let (mut world, web1) = with_web1(&example(&flat));
    assert_eq!(luns(&world, web1), [0, 1, 16_640]);
    let address = ScsiAddress { host: web1, channel: 0, target: 0, lun: 16_640 };
    ask(&mut world, ALPHA, HostCommand::Remove(address)).unwrap();
    scan(&mut world, web1, (Some(0), Some(256))).unwrap();
    assert_eq!(luns(&world, web1), [0, 1], "256 is another LUN to Linux");
    scan(&mut world, web1, (Some(0), Some(16_640))).unwrap();
    assert_eq!(luns(&world, web1), [0, 1, 16_640]);
}

#[test]
fn issue_lip_logs_in_anew_and_keeps_the_devices() {
    let (mut world, web1) = with_web1(EXAMPLE);
    let names = device_names(&world, web1);
    ask(&mut world, ALPHA, HostCommand::Reset(HostNo(0))).unwrap();
    assert_ne!(vport_state(&world, web1), VportState::Active);
    moment(&mut world);
    assert_eq!(vport_state(&world, web1), VportState::Active);
    wait(&mut world, 120);
    assert_eq!(device_names(&world, web1), names);
}
