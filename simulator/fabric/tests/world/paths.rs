//! What hosts notice of the fabric: cut links, names taken over, vports made in the dark, LUN limits.

use npivot_fabric::world::Happening;

use super::*;

/// The example with the array's ports of fabric a on a second switch, linked with the first.
fn behind_an_isl() -> String {
    let second = "{ name = \"a1\", domain = 1 }, { name = \"a2\", domain = 3 }]";
    let isls = format!("{second}\nisls = [[\"a1/47\", \"a2/47\"]]");
    example(&[
        ("{ name = \"a1\", domain = 1 }]", &isls),
        ("port = \"a1/8\"", "port = \"a2/8\""),
        ("port = \"a1/9\"", "port = \"a2/9\""),
    ])
}

/// The example with this policy on fabric a.
fn with_policy(driver: &str, policy: &str) -> World {
    let driver = format!("driver = \"{driver}\"");
    let domain = format!("domain = 1, duplicate-wwpn = \"{policy}\"");
    booted(&example(&[("driver = \"qla2xxx\"", &driver), ("domain = 1", &domain)]))
}

#[test]
fn a_cut_fabric_blocks_the_remote_ports_beyond_it_until_it_heals() {
    let (mut world, web1) = with_web1(&behind_an_isl());
    let before = devices(&world, web1);
    assert_eq!(before.len(), 4);
    let isl = port(&world, 0, 47);
    light(&mut world, isl, false);
    moment(&mut world);
    assert_eq!(rport_states(&world, web1), [PortState::Blocked; 2]);
    assert_eq!(vport_state(&world, web1), VportState::Active, "its own login stands");
    wait(&mut world, 30);
    light(&mut world, isl, true);
    moment(&mut world);
    assert_eq!(rport_states(&world, web1), [PortState::Online; 2]);
    wait(&mut world, 120);
    assert_eq!(devices(&world, web1), before);
    light(&mut world, isl, false);
    wait(&mut world, 61);
    assert_eq!(devices(&world, web1), []);
    assert_eq!(rport_states(&world, web1), [PortState::NotPresent; 2]);
}

#[test]
fn a_name_taken_over_by_another_host_blocks_the_one_that_had_it() {
    for policy in ["second-wins", "second-wins-if-fdisc"] {
        for driver in ["qla2xxx", "lpfc", "libfc"] {
            let mut world = with_policy(driver, policy);
            let no = create(&mut world, 0, WEB1).unwrap();
            moment(&mut world);
            let command = HostCommand::CreateVport { parent: HostNo(0), names: names(WEB1) };
            ask(&mut world, BETA, command).unwrap();
            moment(&mut world);
            let there = world.find_adapter(BETA, HostNo(2)).and_then(|ix| world.adapter(ix));
            let there = there.expect("it was made");
            assert_eq!(there.vport_state(), Some(VportState::Active));
            assert_eq!(there.devices.len(), 4, "it sees what the name sees");
            assert_ne!(vport_state(&world, no), VportState::Active);
            assert_eq!(adapter(&world, no).nport, None);
            assert_eq!(rport_states(&world, no), [PortState::Blocked; 2]);
            wait(&mut world, 61);
            assert_eq!(devices(&world, no), []);
        }
    }
}

#[test]
fn the_same_name_in_two_fabrics_is_no_duplicate() {
    let (mut world, _) = with_web1(EXAMPLE);
    let on_b = create(&mut world, 1, WEB1).unwrap();
    moment(&mut world);
    assert_eq!(vport_state(&world, on_b), VportState::Active);
}

#[test]
fn a_vport_made_in_the_dark_logs_in_when_there_is_light() {
    for driver in ["qla2xxx", "lpfc", "libfc"] {
        let mut world = with_policy(driver, "first-wins");
        let alpha = port(&world, 0, 0);
        light(&mut world, alpha, false);
        let no = create(&mut world, 0, WEB1).unwrap();
        assert_eq!(vport_state(&world, no), VportState::Linkdown, "{driver}");
        wait(&mut world, 10);
        assert_eq!(vport_state(&world, no), VportState::Linkdown, "{driver}");
        light(&mut world, alpha, true);
        moment(&mut world);
        assert_eq!(vport_state(&world, no), VportState::Active, "{driver}");
        assert_eq!(devices(&world, no).len(), 4);
    }
}

#[test]
fn a_vport_is_deleted_after_its_devices_and_its_login() {
    let (mut world, _) = with_web1(EXAMPLE);
    world.take_happenings();
    delete(&mut world, 0, WEB1).unwrap();
    let order: Vec<u8> = (world.take_happenings().into_iter())
        .map(|(_, happening)| match happening {
            Happening::Lun { present: false, .. } => 0,
            Happening::Logout { .. } => 1,
            Happening::Vport { state: None, .. } => 2,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(order, [0, 0, 0, 0, 1, 2]);
    wait(&mut world, 120);
    let later = world.take_happenings();
    let of_it = later.iter().any(|(_, happening)| !matches!(happening, Happening::Rscn { .. }));
    assert!(!of_it, "nothing of it happens later: {later:?}");
}

#[test]
fn a_vport_deleted_in_the_middle_of_its_login_leaves_nothing_behind() {
    for micros in (0..20_000).step_by(250) {
        let mut world = booted(EXAMPLE);
        create(&mut world, 0, WEB1).unwrap();
        world.advance(world.now() + micros);
        delete(&mut world, 0, WEB1).unwrap();
        let again = create(&mut world, 0, 2).unwrap();
        moment(&mut world);
        assert_eq!(world.san().by_name(A, wwpn(WEB1)), None, "{micros}");
        assert_eq!(world.san().logins(), 9, "{micros}");
        let new = adapter(&world, again);
        assert_eq!((new.rports.len(), new.devices.len()), (0, 0), "it is in no zone: {micros}");
        assert!(world.hosts()[0].adapters.len() == 3, "{micros}");
    }
}

#[test]
fn lpfc_shows_no_lun_above_255() {
    let flat = ("1 = \"web1-data\"", "255 = \"web1-data\", 256 = \"scratch\"");
    let lpfc = ("driver = \"qla2xxx\"", "driver = \"lpfc\"");
    let (mut world, web1) = with_web1(&example(&[flat, lpfc]));
    let luns: Vec<u64> = devices(&world, web1).iter().map(|(address, _)| address.lun).collect();
    assert_eq!(luns, [0, 255, 0, 255]);
    let scan = HostCommand::Scan { adapter: web1, target: Some(0), lun: Some(16_640) };
    assert!(ask(&mut world, ALPHA, scan).is_err());
}

#[test]
fn lpfc_takes_no_name_of_naa_1_with_an_extension() {
    let extended = WwnPair::new("1001a4a000000001".parse().unwrap(), names(1).wwnn);
    let plain = WwnPair::new("1000a4a000000001".parse().unwrap(), names(1).wwnn);
    for (driver, takes) in [("qla2xxx", true), ("lpfc", false), ("libfc", true)] {
        let mut world = with_policy(driver, "first-wins");
        let mut create = |names| {
            let command = HostCommand::CreateVport { parent: HostNo(0), names };
            ask(&mut world, ALPHA, command).is_ok()
        };
        assert!(create(plain));
        assert_eq!(create(extended), takes, "{driver}");
    }
}

#[test]
fn a_zone_database_that_is_only_saved_tells_no_host() {
    let (mut world, web1) = with_web1(EXAMPLE);
    let (token, checksum) = begin(&mut world);
    let edit = ZoneEdit::DeleteZone("web1_a".into());
    let answer =
        must(&mut world, Command::Zoning(A, ZoningCommand::Edit { token, checksum, edit }));
    let Reply::Transaction(open, _) = answer else { panic!("{answer:?}") };
    let commit = ZoningCommand::Commit { token, checksum: open.checksum, enable: None };
    must(&mut world, Command::Zoning(A, commit));
    world.take_happenings();
    moment(&mut world);
    assert_eq!(world.take_happenings(), []);
    assert_eq!(rport_states(&world, web1), [PortState::Online; 2]);
}
