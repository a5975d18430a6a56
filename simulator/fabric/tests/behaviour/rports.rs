//! Remote ports lost and found.

use npivot_fabric::host::IoFailure;
use npivot_fabric::world::{HostCommand, Refusal};
use npivot_hal::{FcId, PortState, Zone, ZoneEdit, ZoneMember};

use crate::site::{ALPHA, BETA, HBA, Site, at, guest};

#[test]
fn dev_loss_takes_the_devices_and_keeps_the_binding() {
    let mut site = Site::campus();
    let before = site.devices(ALPHA, HBA);
    site.light("a1/9", false);
    site.run(100);
    assert_eq!(site.rports(ALPHA, HBA), ["0: target 0 Online", "1: target 1 Blocked"]);
    assert_eq!(site.read(ALPHA, at(HBA, 1, 0)), Err(IoFailure::Held));
    assert!(site.read(ALPHA, at(HBA, 0, 0)).is_ok());
    site.run(59_800);
    assert_eq!(site.devices(ALPHA, HBA).len(), 4, "60 s is the default");
    site.run(200);
    assert_eq!(site.devices(ALPHA, HBA).len(), 2);
    let lost = &site.adapter(ALPHA, HBA).rports[&1];
    assert_eq!((lost.state, lost.fc_id), (PortState::NotPresent, None));
    let gone = site.ask(ALPHA, HostCommand::Identify(at(HBA, 1, 0)));
    assert_eq!(gone, Err(Refusal::NoDevice(at(HBA, 1, 0))));
    site.light("a1/9", true);
    site.run(100);
    assert_eq!(site.rports(ALPHA, HBA)[1], "1: target 1 Online", "number and target id as before");
    let mut now = site.devices(ALPHA, HBA);
    let names = |lines: &[String]| {
        let mut names: Vec<String> =
            lines.iter().map(|line| line.split(' ').nth(1).unwrap().to_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&now), names(&before), "rescanned; the lowest free names are the old ones");
    now.retain(|line| !line.contains("running"));
    assert!(now.is_empty());
}

#[test]
fn a_short_loss_changes_no_name() {
    let mut site = Site::campus();
    let before = (site.rports(ALPHA, HBA), site.devices(ALPHA, HBA));
    site.light("a1/9", false);
    site.run(30_000);
    site.light("a1/9", true);
    site.run(100);
    assert_eq!((site.rports(ALPHA, HBA), site.devices(ALPHA, HBA)), before);
    site.run(60_000);
    assert_eq!(site.devices(ALPHA, HBA), before.1, "the clock of that loss is over");
}

#[test]
fn a_shorter_dev_loss() {
    let mut site = Site::campus();
    let set = |secs| HostCommand::SetDevLoss { adapter: HBA, secs };
    site.ask(ALPHA, set(601)).unwrap();
    let held = |site: &Site| site.adapter(ALPHA, HBA).rports[&1].dev_loss_secs;
    assert_eq!(held(&site), 60, "the host takes it, its remote ports do not");
    let one = |secs| HostCommand::SetRportDevLoss { adapter: HBA, rport: 1, secs };
    let too_long = site.ask(ALPHA, one(601)).unwrap_err();
    assert!(matches!(too_long, Refusal::Argument(_)), "{too_long}");
    site.ask(ALPHA, set(5)).unwrap();
    site.light("a1/9", false);
    site.run(5_020);
    assert_eq!(site.rports(ALPHA, HBA)[1], "1: target 1 Not Present");
}

#[test]
fn fast_io_fail_ends_io_before_the_devices_go() {
    let mut site = Site::campus();
    let set = |secs| HostCommand::SetFastIoFail { adapter: HBA, rport: 1, secs };
    for wrong in [60, 61, 601] {
        assert!(site.ask(ALPHA, set(Some(wrong))).is_err(), "below dev_loss: {wrong}");
    }
    site.ask(ALPHA, set(Some(5))).unwrap();
    let secs = 3_600;
    site.ask(ALPHA, HostCommand::SetDevLoss { adapter: HBA, secs }).unwrap();
    assert!(site.ask(ALPHA, set(Some(601))).is_err(), "SCSI_DEVICE_BLOCK_MAX_TIMEOUT");
    site.light("a1/9", false);
    site.run(4_900);
    assert_eq!(site.read(ALPHA, at(HBA, 1, 0)), Err(IoFailure::Held));
    site.run(200);
    assert_eq!(site.rports(ALPHA, HBA)[1], "1: target 1 Blocked");
    assert_eq!(site.read(ALPHA, at(HBA, 1, 0)), Err(IoFailure::PathLost));
    assert!(site.devices(ALPHA, HBA)[2].ends_with("transport-offline"));
    site.light("a1/9", true);
    site.run(100);
    assert!(site.read(ALPHA, at(HBA, 1, 0)).is_ok());
    // Off again, it holds for the next loss.
    site.ask(ALPHA, set(None)).unwrap();
    site.light("a1/9", false);
    site.run(10_000);
    assert_eq!(site.read(ALPHA, at(HBA, 1, 0)), Err(IoFailure::Held));
}

#[test]
fn a_zoning_change_is_noticed_when_the_rscn_has_arrived() {
    let mut site = Site::campus();
    site.happened();
    site.unzone("alpha");
    let address = at(HBA, 0, 0);
    assert_eq!(site.rports(ALPHA, HBA)[0], "0: target 0 Online", "nobody has told the host");
    assert_eq!(site.read(ALPHA, address), Err(IoFailure::NoAnswer));
    assert_eq!(site.identify(ALPHA, address), Err(IoFailure::NoAnswer));
    site.run(20);
    assert_eq!(site.rports(ALPHA, HBA), ["0: target 0 Blocked", "1: target 1 Blocked"]);
    assert_eq!(site.read(ALPHA, address), Err(IoFailure::Held));
    let happened = site.happened();
    assert_eq!(happened[0], "zone set cfg in force anew");
    assert!(happened.contains(&"host0 RSCN for 0x010000".to_owned()), "{happened:#?}");
    site.rezone("alpha");
    site.run(20);
    assert!(site.read(ALPHA, address).is_ok());
}

#[test]
fn a_split_fabric_loses_the_other_half() {
    let mut site = Site::campus();
    let states = |site: &Site| {
        let adapter = site.adapter(ALPHA, HBA);
        ["50:06:01:61:00:00:00:0a", "50:06:01:60:00:00:00:0a"]
            .map(|wwpn| adapter.rport(wwpn.parse().unwrap()).unwrap().state)
    };
    site.light("a2/47", false);
    site.run(20);
    assert_eq!(states(&site), [PortState::Online, PortState::Blocked], "near and far");
    site.light("a1/47", true);
    site.run(20);
    assert_eq!(states(&site), [PortState::Online; 2]);
}

#[test]
fn a_port_that_is_lost_again_is_not_scanned() {
    // The scan takes longer than it takes to lose the port, and to be able to reach it again.
    let mut site = Site::cold(|topology| {
        let latencies = &mut topology.latencies;
        (latencies.rscn_us, latencies.discovery_us) = ((1_000, 1_000), (1_000, 1_000));
        latencies.port_login_us = (200_000, 200_000);
        latencies.lun_probe_us = (50_000, 50_000);
    });
    while site.rports(ALPHA, HBA).is_empty() {
        site.run(1);
    }
    site.run(10);
    site.unzone("alpha");
    site.run(10);
    assert_eq!(site.rports(ALPHA, HBA), ["0: target 0 Blocked", "1: target 1 Blocked"]);
    site.rezone("alpha");
    site.run(150);
    assert_eq!(site.rports(ALPHA, HBA)[0], "0: target 0 Blocked", "its login is under way");
    assert!(site.devices(ALPHA, HBA).is_empty());
    site.run(300);
    assert_eq!(site.devices(ALPHA, HBA).len(), 4, "the scan after the login finds them");
}

#[test]
fn libfc_lists_the_directory_server_and_the_initiators_in_its_zones() {
    let mut site = Site::campus();
    let lines = |site: &Site| -> Vec<String> {
        let rports = site.adapter(BETA, HBA).rports.iter();
        rports
            .map(|(n, r)| {
                let id = r.fc_id.map_or_else(|| "-".into(), |id| id.to_string());
                format!("{n} {} {id} {} {:?}", r.names.wwpn, r.state, r.target)
            })
            .collect()
    };
    let before = lines(&site);
    assert!(before[0].contains("0xfffffc Online None"), "the directory server first: {before:?}");
    let guests = [site.vport(BETA, 1), site.vport(BETA, 2)];
    let two = [1, 2].map(|n| ZoneMember::Wwpn(guest(n).wwpn));
    site.zone([ZoneEdit::PutZone("guests".into(), Zone::of(two))]);
    site.run(1_000);
    for (own, other) in [(guests[0], guests[1]), (guests[1], guests[0])] {
        let seen = site.adapter(BETA, own).rports.values().filter(|r| r.roles.initiator);
        let seen: Vec<_> = seen.map(|r| (r.names, r.target)).collect();
        assert_eq!(seen, [(site.adapter(BETA, other).names, None)]);
    }
    let alpha = site.vport(ALPHA, 3);
    site.run(1_000);
    let seen = &site.adapter(ALPHA, alpha).rports;
    assert!(seen.values().all(|r| r.roles.target), "qla2xxx keeps targets only");
    // Without its link it loses them all; what never was a target is gone after dev_loss.
    site.light("a1/1", false);
    assert!(site.adapter(BETA, HBA).rports.values().all(|r| r.state == PortState::Blocked));
    site.run(60_100);
    let left = site.adapter(BETA, HBA).rports.clone();
    assert!(!left.is_empty() && left.values().all(|r| r.target.is_some()));
    site.light("a1/1", true);
    site.run(200);
    let after = site.adapter(BETA, HBA);
    let server = after.rports.iter().find(|(_, r)| r.fc_id == Some(FcId::DIRECTORY_SERVER));
    let (number, _) = server.expect("it is met at each login");
    assert!(left.keys().all(|old| old < number), "under a new number");
}
