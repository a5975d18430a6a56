//! Scans, devices that stay what they were, and what the array says of them.

mod commands;

use npivot_fabric::array::scsi::Sense;
use npivot_fabric::host::IoFailure;
use npivot_fabric::world::{HostCommand, Refusal, Reply};
use npivot_hal::{HostNo, Outcome, ScsiAddress};

use crate::site::{ALPHA, BETA, GAMMA, HBA, Site, at};

#[test]
fn a_mapping_is_found_by_the_next_scan_alone() {
    let mut site = Site::campus();
    let no = site.vport(ALPHA, 1);
    site.map("guests", "spare", 7);
    site.run(1_000);
    assert_eq!(site.devices(ALPHA, no).len(), 4, "nobody scans by himself");
    assert_eq!(site.scan(ALPHA, no, Some(1), Some(8)), Ok(Outcome::Unchanged));
    assert_eq!(site.scan(ALPHA, no, Some(1), Some(7)), Ok(Outcome::Changed));
    assert_eq!(site.devices(ALPHA, no).len(), 5, "target 1 alone");
    assert_eq!(site.scan(ALPHA, no, None, None), Ok(Outcome::Changed));
    assert_eq!(site.scan(ALPHA, no, None, None), Ok(Outcome::Unchanged));
    assert_eq!(site.devices(ALPHA, no).len(), 6);
    assert_eq!(site.scan(ALPHA, no, Some(5), None), Ok(Outcome::Unchanged), "no such target yet");
}

#[test]
fn limits_of_a_scan() {
    let mut site = Site::campus();
    for (host, targets, lun) in [(ALPHA, 2_048, 65_535), (BETA, 256, 65_535), (GAMMA, 4_096, 255)] {
        assert!(site.scan(host, HBA, Some(targets - 1), Some(lun)).is_ok());
        for (target, lun) in [(Some(targets), None), (None, Some(lun + 1)), (None, Some(u64::MAX))]
        {
            let refused = site.scan(host, HBA, target, lun).unwrap_err();
            assert!(matches!(refused, Refusal::Argument(_)), "{refused}");
        }
    }
    assert_eq!(site.scan(ALPHA, HostNo(9), None, None), Err(Refusal::NoAdapter(HostNo(9))));
}

#[test]
fn a_scan_skips_ports_that_are_not_online() {
    let mut site = Site::campus();
    site.light("a1/9", false);
    site.run(100);
    site.map("hosts", "data", 3);
    assert_eq!(site.scan(ALPHA, HBA, None, None), Ok(Outcome::Changed));
    assert_eq!(site.scan(ALPHA, HBA, Some(1), None), Ok(Outcome::Unchanged), "and succeeds");
    let with_it = site.adapter(ALPHA, HBA).devices.keys().filter(|key| key.lun == 3);
    assert_eq!(with_it.count(), 1);
}

#[test]
fn high_luns_have_the_number_that_linux_gives_them() {
    let mut site = Site::campus();
    assert_eq!(site.identify(ALPHA, at(HBA, 0, 16_640)), Ok("high".into()));
    let by_number = site.ask(ALPHA, HostCommand::Identify(at(HBA, 0, 256)));
    assert_eq!(by_number, Err(Refusal::NoDevice(at(HBA, 0, 256))));
    site.ask(ALPHA, HostCommand::Remove(at(HBA, 0, 16_640))).unwrap();
    assert_eq!(site.scan(ALPHA, HBA, Some(0), Some(256)), Ok(Outcome::Unchanged));
    assert_eq!(site.scan(ALPHA, HBA, Some(0), Some(16_640)), Ok(Outcome::Changed));
}

#[test]
fn removing_and_finding_again_takes_the_lowest_name() {
    let mut site = Site::campus();
    let address = at(HBA, 0, 0);
    let other = ScsiAddress { channel: 1, ..address };
    let remove = |site: &mut Site, address| match site.ask(ALPHA, HostCommand::Remove(address)) {
        Ok(Reply::Outcome(outcome)) => outcome,
        answer => panic!("{answer:?}"),
    };
    let disk = |site: &Site| site.adapter(ALPHA, HBA).devices.values().next().unwrap().disk;
    let before = disk(&site);
    assert_eq!(remove(&mut site, other), Outcome::Unchanged, "another channel is another device");
    assert_eq!(remove(&mut site, address), Outcome::Changed);
    assert_eq!(remove(&mut site, address), Outcome::Unchanged);
    let _ = site.scan(ALPHA, HBA, None, None).unwrap();
    assert_eq!(disk(&site), before);
}

#[test]
fn another_volume_at_the_same_lun_is_a_stale_device() {
    let mut site = Site::campus();
    let no = site.vport(ALPHA, 1);
    let address = at(no, 0, 1);
    site.write(ALPHA, address, b'd');
    let spare = at(HBA, 0, 0);
    site.write(ALPHA, spare, b's');
    assert_eq!(site.identify(ALPHA, address), Ok("data".into()));
    let before = site.devices(ALPHA, no);
    site.unmap("guests", "data");
    site.map("guests", "spare", 1);
    site.happened();

    assert_eq!(site.identify(ALPHA, address), Ok("spare".into()), "INQUIRY tells the truth");
    assert!(site.happened().is_empty(), "and leaves the unit attention for others");
    assert_eq!(site.read(ALPHA, address), Ok(b's'), "wrong data, and no error");
    let told = format!("{address} reports: LUNs have changed (3F/0E)");
    assert_eq!(site.happened(), [told]);
    assert_eq!(site.read(ALPHA, address), Ok(b's'));
    assert!(site.happened().is_empty(), "once for each port of the array");
    site.read(ALPHA, at(no, 1, 0)).unwrap();
    assert_eq!(site.happened().len(), 1, "the other port tells it too");
    // A write goes to the volume that is there now.
    site.write(ALPHA, address, b'x');
    assert_eq!(site.read(ALPHA, spare), Ok(b'x'));

    assert_eq!(site.scan(ALPHA, no, None, None), Ok(Outcome::Unchanged), "a scan mends nothing");
    assert_eq!(site.devices(ALPHA, no), before, "the kernel believes what it believed");
    site.ask(ALPHA, HostCommand::Remove(address)).unwrap();
    let _ = site.scan(ALPHA, no, Some(0), Some(1)).unwrap();
    assert!(site.devices(ALPHA, no)[1].contains(" spare running"));
}

#[test]
fn a_lun_that_shows_nothing_any_more() {
    let mut site = Site::campus();
    let no = site.vport(ALPHA, 1);
    site.unmap("guests", "data");
    let gone = Err(IoFailure::Check(Sense::LOGICAL_UNIT_NOT_SUPPORTED));
    assert_eq!(site.identify(ALPHA, at(no, 0, 1)), gone.clone().map(|_: u8| String::new()));
    assert_eq!(site.read(ALPHA, at(no, 0, 1)), gone);
    assert!(site.read(ALPHA, at(no, 0, 0)).is_ok());
    assert_eq!(site.devices(ALPHA, no).len(), 4, "the device stays");
    // What was told to the login before is told no more: the new one asks REPORT LUNS.
    site.light("a1/0", false);
    site.run(100);
    site.map("guests", "data", 1);
    site.light("a1/0", true);
    site.run(100);
    site.happened();
    assert!(site.read(ALPHA, at(no, 1, 1)).is_ok());
    assert!(site.happened().is_empty());
}

#[test]
fn reads_and_writes_beyond_what_is_there() {
    let mut site = Site::campus();
    let address = at(HBA, 0, 0);
    let read = |lba, blocks| HostCommand::Read { address, lba, blocks };
    for (lba, blocks) in [(2_048, 1), (2_047, 2), (u64::MAX, 1)] {
        let end = IoFailure::Check(Sense::LBA_OUT_OF_RANGE);
        assert_eq!(site.ask(ALPHA, read(lba, blocks)), Err(Refusal::Io(end)));
    }
    let last = site.ask(ALPHA, read(2_047, 1));
    assert_eq!(last, Ok(Reply::Data(vec![0; 512])));
    for length in [0, 5, 513] {
        let odd = HostCommand::Write { address, lba: 0, data: vec![1; length] };
        assert!(matches!(site.ask(ALPHA, odd), Err(Refusal::Argument(_))), "{length} bytes");
    }
}
