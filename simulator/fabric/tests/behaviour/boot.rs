//! From light to devices.

use npivot_hal::{HostNo, PortState};

use crate::site::{ALPHA, BETA, GAMMA, HBA, Site};

#[test]
fn every_host_finds_what_it_is_zoned_to_and_shown() {
    let site = Site::campus();
    let both = ["0: target 0 Online", "1: target 1 Online"];
    assert_eq!(site.rports(ALPHA, HBA), both);
    assert_eq!(site.rports(ALPHA, HostNo(1)), both[..1]);
    assert_eq!(site.fc_id(ALPHA, HBA).unwrap(), "0x010000");
    assert_eq!(site.fc_id(GAMMA, HBA).unwrap(), "0x020000");
    // LUN 256 in flat addressing is what Linux calls 16640.
    for (host, no, targets) in [(ALPHA, HBA, 2), (ALPHA, HostNo(1), 1), (BETA, HBA, 2)] {
        let luns: Vec<(u32, u64)> =
            site.adapter(host, no).devices.keys().map(|key| (key.target, key.lun)).collect();
        let wanted = (0..targets).flat_map(|target| [(target, 0), (target, 16_640)]);
        assert_eq!(luns, wanted.collect::<Vec<_>>());
    }
    // lpfc's lpfc_max_luns is 255 unless somebody raises it.
    assert_eq!(site.devices(GAMMA, HBA).len(), 2);
    let mut disks: Vec<u32> = [HBA, HostNo(1)]
        .iter()
        .flat_map(|&no| site.adapter(ALPHA, no).devices.values().map(|d| d.disk))
        .collect();
    disks.sort_unstable();
    assert_eq!(disks, [0, 1, 2, 3, 4, 5], "sda to sdf, over all adapters");
}

#[test]
fn first_the_login_then_remote_ports_then_devices() {
    let mut site = Site::cold(|topology| topology.hosts.truncate(1));
    assert_eq!(site.adapter(ALPHA, HBA).state, PortState::Linkdown);
    site.run(100);
    let happened = site.happened();
    let place = |text: &str| happened.iter().position(|line| line == text).expect(text);
    let order = [
        "2100000000000a00 logged in as 0x010000",
        "host0 Online",
        "host0 target 500601600000000a Online",
    ];
    assert!(order.map(place).is_sorted(), "{happened:#?}");
    let device = happened.iter().position(|line| line.starts_with("0:0:0:0 is sd")).unwrap();
    assert!(device > place(order[2]));
    assert_eq!(site.world.next_due(), None, "nothing goes on by itself");
}

#[test]
fn a_target_that_comes_later_is_found_by_rscn() {
    let mut site = Site::cold(|_| ());
    site.light("a1/9", false);
    site.run(100);
    assert_eq!(site.rports(ALPHA, HBA).len(), 1);
    site.happened();
    site.light("a1/9", true);
    site.run(100);
    assert_eq!(site.rports(ALPHA, HBA)[1], "1: target 1 Online");
    let rscn = "host0 RSCN for 0x010900".to_owned();
    assert!(site.happened().contains(&rscn));
}
