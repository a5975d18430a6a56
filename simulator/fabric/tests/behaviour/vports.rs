//! A vport's life: its states (`enum fc_vport_state`), its numbers, its end.

use npivot_fabric::config::DuplicateWwpn;
use npivot_fabric::host::Kind;
use npivot_fabric::san::ids::HostIx;
use npivot_fabric::world::{HostCommand, Refusal};
use npivot_hal::{HostNo, PortState, VportState};

use crate::site::{ALPHA, BETA, GAMMA, HBA, Site, guest};

fn last_state(site: &Site, host: HostIx, no: HostNo) -> VportState {
    match site.adapter(host, no).kind {
        Kind::Virtual { last_state, .. } => last_state,
        Kind::Physical { .. } => panic!("{no} is no vport"),
    }
}

#[test]
fn it_logs_in_after_it_was_made() {
    let mut site = Site::campus();
    let no = site.create(ALPHA, 1).unwrap();
    assert_eq!(no, HostNo(2));
    assert_eq!(site.vport_state(ALPHA, no), VportState::Initializing);
    assert_eq!(last_state(&site, ALPHA, no), VportState::Unknown);
    assert!(site.adapter(ALPHA, no).nport.is_none());
    site.run(100);
    assert_eq!(site.vport_state(ALPHA, no), VportState::Active);
    // As in the capture of a 6.1 kernel.
    assert_eq!(last_state(&site, ALPHA, no), VportState::Initializing);
    assert_eq!(site.fc_id(ALPHA, no).unwrap(), "0x010001");
    assert_eq!(site.devices(ALPHA, no).len(), 4, "two volumes, two ports");
    // The port's own devices are another matter: the names go on where they ended.
    let mut disks: Vec<u32> =
        site.adapter(ALPHA, no).devices.values().map(|device| device.disk).collect();
    disks.sort_unstable();
    assert_eq!(disks, [6, 7, 8, 9]);
}

#[test]
fn without_zones_or_masks_it_sees_less() {
    let mut site = Site::campus();
    let (masked_out, unzoned) = (site.vport(ALPHA, 3), site.vport(ALPHA, 9));
    assert_eq!(site.rports(ALPHA, masked_out).len(), 2);
    assert_eq!(site.devices(ALPHA, masked_out).len(), 0);
    assert_eq!(site.rports(ALPHA, unzoned).len(), 0);
}

#[test]
fn on_a_dark_parent_it_waits_for_light() {
    let mut site = Site::campus();
    site.light("a1/0", false);
    let no = site.create(ALPHA, 1).unwrap();
    assert_eq!(site.vport_state(ALPHA, no), VportState::Linkdown);
    site.run(10_000);
    assert_eq!(site.vport_state(ALPHA, no), VportState::Linkdown);
    site.light("a1/0", true);
    site.run(100);
    assert_eq!(site.vport_state(ALPHA, no), VportState::Active);
    assert_eq!(site.devices(ALPHA, no).len(), 4);
}

#[test]
fn a_bounce_before_its_login_does_not_send_it_early() {
    let mut site = Site::campus();
    let no = site.create(BETA, 1).unwrap();
    site.light("a1/1", false);
    site.light("a1/1", true);
    site.run(100);
    assert_eq!(site.vport_state(BETA, no), VportState::Active);
    let happened = site.happened();
    assert!(!happened.iter().any(|line| line.contains("refused")), "{happened:#?}");
}

#[test]
fn a_short_bounce_keeps_its_devices() {
    let mut site = Site::campus();
    let no = site.vport(ALPHA, 1);
    let before = (site.rports(ALPHA, no), site.devices(ALPHA, no));
    site.light("a1/0", false);
    assert_eq!(site.adapter(ALPHA, HBA).state, PortState::Linkdown);
    assert_eq!(site.vport_state(ALPHA, no), VportState::Linkdown);
    assert!(site.devices(ALPHA, no).iter().all(|line| line.ends_with(" blocked")));
    site.run(59_000);
    site.light("a1/0", true);
    site.run(100);
    assert_eq!((site.rports(ALPHA, no), site.devices(ALPHA, no)), before);
    assert!(!site.happened().iter().any(|line| line.contains("removed")));
}

#[test]
fn deleting_it_leaves_nothing() {
    let mut site = Site::campus();
    let no = site.vport(ALPHA, 1);
    let logins = site.world.san().logins();
    let nexuses = |site: &Site| site.world.arrays()[0].array.nexus_count();
    let before = nexuses(&site);
    site.happened();
    site.delete(ALPHA, 1).unwrap();
    assert_eq!(nexuses(&site), before - 2, "the array forgets who is gone");
    assert!(site.world.find_adapter(ALPHA, no).is_none());
    assert_eq!(site.world.san().logins(), logins - 1);
    assert_eq!(site.world.arrays()[0].array.group_of(guest(1).wwpn), Some("guests"));
    let happened = site.happened();
    assert_eq!(happened.iter().filter(|line| line.ends_with(" removed")).count(), 4);
    assert_eq!(happened.last().unwrap(), "vport 5001a4a000000001 on host0 deleted");
    assert!(!happened.iter().any(|line| line.contains("Blocked")), "nothing waits for dev_loss");
    assert!(site.world.settle(site.world.now() + 1_000_000));
    // Both names must match, as the transport compares them.
    site.vport(ALPHA, 1);
    let other = npivot_hal::WwnPair::new(guest(1).wwpn, "50:01:a4:a0:00:00:09:09".parse().unwrap());
    let wrong = HostCommand::DeleteVport { parent: HBA, names: other };
    assert!(site.ask(ALPHA, wrong).is_err());
}

#[test]
fn numbers_only_grow_and_disks_are_used_again() {
    let mut site = Site::campus();
    let first = site.vport(ALPHA, 1);
    let second = site.vport(ALPHA, 2);
    site.delete(ALPHA, 1).unwrap();
    let again = site.vport(ALPHA, 1);
    assert_eq!((first, second, again), (HostNo(2), HostNo(3), HostNo(4)));
    let number = |no| match site.adapter(ALPHA, no).kind {
        Kind::Virtual { number, .. } => number,
        Kind::Physical { .. } => panic!("{no} is no vport"),
    };
    assert_eq!((number(second), number(again)), (1, 2), "N of vport-0:0-N");
    let mut disks: Vec<u32> =
        site.adapter(ALPHA, again).devices.values().map(|device| device.disk).collect();
    disks.sort_unstable();
    assert_eq!(disks, [6, 7, 8, 9], "the lowest that are free");
    assert_eq!(site.fc_id(ALPHA, again).unwrap(), "0x010001", "so is the address");
}

#[test]
fn who_takes_its_name_logs_it_out() {
    let mut site = Site::with(|topology| {
        topology.fabrics[0].switches[1].settings.duplicate_wwpn = DuplicateWwpn::SecondWins;
    });
    let loser = site.vport(ALPHA, 1);
    let winner = site.vport(GAMMA, 1);
    assert_eq!(site.vport_state(ALPHA, loser), VportState::Unknown);
    assert_eq!(last_state(&site, ALPHA, loser), VportState::Active);
    assert_eq!(site.adapter(ALPHA, loser).state, PortState::Offline);
    assert!(site.devices(ALPHA, loser).iter().all(|line| line.ends_with(" blocked")));
    assert!(site.devices(GAMMA, winner).iter().all(|line| line.ends_with(" running")));
    site.run(60_000);
    assert!(site.devices(ALPHA, loser).is_empty(), "dev_loss");
}

#[test]
fn a_reset_of_its_parent_logs_it_out_and_in() {
    for keep in [false, true] {
        let mut site = Site::with(|topology| {
            topology.fabrics[0].switches[0].settings.keep_npiv_on_base_logout = keep;
        });
        let no = site.vport(ALPHA, 1);
        let devices = site.devices(ALPHA, no);
        site.happened();
        site.ask(ALPHA, HostCommand::Reset(HBA)).unwrap();
        let now = if keep { VportState::Active } else { VportState::Unknown };
        assert_eq!(site.vport_state(ALPHA, no), now, "keep: {keep}");
        assert_eq!(site.adapter(ALPHA, HBA).state, PortState::Offline);
        site.run(100);
        assert_eq!(site.adapter(ALPHA, HBA).state, PortState::Online);
        assert_eq!(site.vport_state(ALPHA, no), VportState::Active, "keep: {keep}");
        assert_eq!(site.devices(ALPHA, no), devices, "keep: {keep}");
        let happened = site.happened();
        assert!(!happened.iter().any(|line| line.contains("refused")), "{happened:#?}");
        // On a vport it does nothing that can be seen.
        site.ask(ALPHA, HostCommand::Reset(no)).unwrap();
        assert_eq!((site.happened().len(), site.world.next_due()), (0, None));
    }
}

#[test]
fn one_that_was_never_logged_in_can_be_deleted() {
    let mut site = Site::campus();
    site.create(ALPHA, 1).unwrap();
    site.delete(ALPHA, 1).unwrap();
    // Its slot and its login's place in the queue are another's at once.
    let next = site.create(ALPHA, 2).unwrap();
    site.run(100);
    assert_eq!(site.vport_state(ALPHA, next), VportState::Active);
    let logins = site.happened().iter().filter(|line| line.contains("logged in")).count();
    assert_eq!(logins, 1);
}

#[test]
fn a_vport_that_is_disabled_is_logged_out_until_it_is_enabled() {
    let mut site = Site::campus();
    let no = site.vport(ALPHA, 1);
    let set = |disable| HostCommand::DisableVport { vport: no, disable };
    assert!(matches!(site.ask(ALPHA, set(false)), Err(Refusal::Already(_))));
    site.ask(ALPHA, set(true)).unwrap();
    assert_eq!(site.adapter(ALPHA, no).vport_state(), Some(VportState::Disabled));
    assert_eq!(site.adapter(ALPHA, no).nport, None);
    assert!(matches!(site.ask(ALPHA, set(true)), Err(Refusal::Already(_))));
    // Its parent's link comes and goes: it stays as it was told.
    site.light("a1/0", false);
    site.run(100);
    site.light("a1/0", true);
    site.run(100);
    assert_eq!(site.adapter(ALPHA, no).vport_state(), Some(VportState::Disabled));
    site.ask(ALPHA, set(false)).unwrap();
    site.run(100);
    assert_eq!(site.adapter(ALPHA, no).vport_state(), Some(VportState::Active));
}
