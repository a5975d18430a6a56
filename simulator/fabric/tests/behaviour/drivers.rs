//! What each driver allows and answers: the table "Creating and deleting a vport" of the reference.

use npivot_fabric::Topology;
use npivot_fabric::config::Driver;
use npivot_fabric::san::ids::HostIx;
use npivot_hal::{ErrorKind, HostNo, VportState, WwnPair};

use crate::site::{ALPHA, BETA, GAMMA, HBA, Site, guest};

const ENOENT: i32 = 2;
const EINVAL: i32 = 22;
const ENODEV: i32 = 19;
const ENOSPC: i32 = 28;
const ENOTUNIQ: i32 = 76;
const EOPNOTSUPP: i32 = 95;

/// Each host with its driver.
const HOSTS: [(HostIx, Driver); 3] =
    [(ALPHA, Driver::Qla2xxx), (BETA, Driver::Libfc), (GAMMA, Driver::Lpfc)];

fn switches(
    topology: &mut Topology,
) -> impl Iterator<Item = &mut npivot_fabric::config::SwitchSettings> {
    topology.fabrics[0].switches.iter_mut().map(|switch| &mut switch.settings)
}

#[test]
fn limits_and_their_errno() {
    let most = HOSTS.map(|(_, driver)| driver.max_vports());
    assert_eq!(most, [63, 65_535, 255]);
    let mut site = Site::with(|topology| {
        topology.hosts.iter_mut().for_each(|host| host.hbas[0].vports = Some(2));
    });
    for (host, driver) in HOSTS {
        let n = u64::from(host.0) * 10;
        site.create(host, n + 1).unwrap();
        site.create(host, n + 2).unwrap();
        let full = site.create(host, n + 3).unwrap_err();
        assert_eq!((full.errno, full.kind), (ENOSPC, ErrorKind::LimitReached), "{driver}");
        site.delete(host, n + 1).unwrap();
        site.create(host, n + 3).unwrap();
    }
}

#[test]
fn a_name_that_the_adapter_has() {
    let mut site = Site::campus();
    for (host, driver) in HOSTS {
        let errno = match driver {
            Driver::Qla2xxx => ENOTUNIQ,
            Driver::Lpfc => ENOENT,
            Driver::Libfc => EINVAL,
        };
        let n = u64::from(host.0) + 11;
        site.create(host, n).unwrap();
        let own = site.adapter(host, HBA).names;
        for names in [guest(n), own, WwnPair::new(own.wwpn, guest(n).wwnn)] {
            let taken = site.create_on(host, HBA, names).unwrap_err();
            assert_eq!((taken.errno, taken.kind), (errno, ErrorKind::AlreadyExists), "{driver}");
        }
    }
    // Another adapter of the host is not asked: the fabric will say no, or not.
    assert!(site.create_on(ALPHA, HostNo(1), guest(11)).is_ok());
}

#[test]
fn a_switch_without_npiv() {
    let mut site = Site::with(|topology| switches(topology).for_each(|s| s.npiv = false));
    let refused = site.create(ALPHA, 1).unwrap_err();
    assert_eq!((refused.errno, refused.kind), (EOPNOTSUPP, ErrorKind::Unsupported));
    let own = site.adapter(ALPHA, HBA).names;
    let looks_first = site.create_on(ALPHA, HBA, own).unwrap_err();
    assert_eq!(looks_first.errno, EOPNOTSUPP, "before it looks at names");
    for (host, n) in [(BETA, 1), (GAMMA, 2)] {
        let no = site.create(host, n).unwrap();
        assert_eq!(site.vport_state(host, no), VportState::NoFabricSupport);
        site.run(5_000);
        assert_eq!(site.vport_state(host, no), VportState::NoFabricSupport);
    }
}

#[test]
fn adapters_that_cannot() {
    let mut site = Site::with(|topology| {
        topology.hosts[0].hbas[0].npiv = false;
        topology.hosts[0].hbas[0].vports = Some(0);
    });
    let refused = site.create(ALPHA, 1).unwrap_err();
    assert_eq!((refused.errno, refused.kind), (ENOENT, ErrorKind::Unsupported));
    let vport = site.vport(BETA, 1);
    let refused = site.create_on(BETA, vport, guest(2)).unwrap_err();
    assert_eq!(refused.errno, ENOENT, "a vport has no vport_create");
    let absent = site.delete(BETA, 2).unwrap_err();
    assert_eq!((absent.errno, absent.kind), (ENODEV, ErrorKind::NotFound));
}

#[test]
fn lpfc_looks_at_names_of_naa_1() {
    let mut site = Site::campus();
    let pair = |wwpn: &str, wwnn: &str| WwnPair::new(wwpn.parse().unwrap(), wwnn.parse().unwrap());
    let good = pair("10:00:00:00:c9:00:0c:01", "20:00:00:00:c9:00:0c:01");
    for bad in [
        pair("10:01:00:00:c9:00:0c:01", "20:00:00:00:c9:00:0c:01"),
        pair("10:00:00:00:c9:00:0c:01", "11:00:00:00:c9:00:0c:01"),
    ] {
        let refused = site.create_on(GAMMA, HBA, bad).unwrap_err();
        assert_eq!((refused.errno, refused.kind), (ENOENT, ErrorKind::InvalidArgument));
        assert!(site.create_on(ALPHA, HBA, bad).is_ok(), "the others do not care");
        site.ask(ALPHA, npivot_fabric::world::HostCommand::DeleteVport { parent: HBA, names: bad })
            .unwrap();
    }
    assert!(site.create_on(GAMMA, HBA, good).is_ok());
}

#[test]
fn a_fabric_without_room() {
    let mut site = Site::with(|topology| switches(topology).for_each(|s| s.logins_per_port = 2));
    for (host, driver) in HOSTS {
        let n = u64::from(host.0) * 10;
        site.vport(host, n + 1);
        let no = site.create(host, n + 2).unwrap();
        assert_eq!(site.vport_state(host, no), VportState::Initializing, "made is not logged in");
        site.run(7_000);
        let wanted = match driver {
            Driver::Qla2xxx => VportState::Failed,
            Driver::Lpfc => VportState::NoFabricResources,
            Driver::Libfc => VportState::Initializing,
        };
        assert_eq!(site.vport_state(host, no), wanted, "{driver}");
        let refusals = site.happened().iter().filter(|l| l.contains("resources: 2 logins")).count();
        assert_eq!(refusals, if driver == Driver::Libfc { 4 } else { 1 }, "libfc tries every 2 s");
        site.delete(host, n + 1).unwrap();
        site.run(2_100);
        let wanted = if driver == Driver::Libfc { VportState::Active } else { wanted };
        assert_eq!(site.vport_state(host, no), wanted, "{driver}, with room again");
    }
}

#[test]
fn a_name_that_the_fabric_has() {
    let mut site = Site::campus();
    site.vport(ALPHA, 1);
    let states = [(GAMMA, VportState::FabricRejectedWwn), (BETA, VportState::Initializing)];
    for (host, wanted) in states {
        let no = site.create(host, 1).unwrap();
        site.run(100);
        assert_eq!(site.vport_state(host, no), wanted);
    }
    site.delete(ALPHA, 1).unwrap();
    site.run(2_100);
    assert_eq!(site.vport_state(BETA, HostNo(1)), VportState::Active);
    let qla = site.create(ALPHA, 1).unwrap();
    site.run(100);
    assert_eq!(site.vport_state(ALPHA, qla), VportState::Failed, "it knows no other state");
}

#[test]
fn a_link_event_tries_a_refused_vport_again() {
    let mut site = Site::with(|topology| switches(topology).for_each(|s| s.logins_per_port = 2));
    site.vport(GAMMA, 1);
    let no = site.create(GAMMA, 2).unwrap();
    site.run(100);
    assert_eq!(site.vport_state(GAMMA, no), VportState::NoFabricResources);
    site.delete(GAMMA, 1).unwrap();
    site.light("a2/0", false);
    assert_eq!(site.vport_state(GAMMA, no), VportState::Linkdown);
    site.light("a2/0", true);
    site.run(100);
    assert_eq!(site.vport_state(GAMMA, no), VportState::Active);
}

#[test]
fn a_refused_flogi_is_tried_again() {
    let mut site = Site::cold(|topology| {
        topology.fabrics[0].switches[0].settings.logins = 2;
    });
    // a1 has two hosts and a target: one of them finds no room.
    site.run(9_000);
    let refused = site.happened().iter().filter(|line| line.contains("refused")).count();
    assert!((4..6).contains(&refused), "{refused} times in 9 s");
    let up = [ALPHA, BETA].iter().filter(|&&h| site.adapter(h, HBA).nport.is_some()).count();
    let target = site.world.targets()[1].nport.is_some();
    assert_eq!(up + usize::from(target), 2);
}
