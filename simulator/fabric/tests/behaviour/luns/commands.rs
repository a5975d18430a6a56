//! What a device answers to the commands by which programs ask it, byte for byte.

use npivot_fabric::array::scsi::Sense;
use npivot_fabric::host::IoFailure;
use npivot_fabric::world::{HostCommand, Refusal, Reply};
use npivot_hal::scsi::vpd_83;

use crate::site::{ALPHA, HBA, Site, at};

fn send(site: &mut Site, cdb: &[u8]) -> Result<Vec<u8>, Sense> {
    let command = HostCommand::Scsi { address: at(HBA, 0, 0), cdb: cdb.to_vec() };
    match site.ask(ALPHA, command) {
        Ok(Reply::Data(data)) => Ok(data),
        Err(Refusal::Io(IoFailure::Check(sense))) => Err(sense),
        other => panic!("{other:?}"),
    }
}

fn identity(site: &mut Site) -> String {
    match site.ask(ALPHA, HostCommand::Identify(at(HBA, 0, 0))).unwrap() {
        Reply::Identity(identity) => identity.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_device_says_who_it_is_and_how_large() {
    let mut site = Site::campus();
    let inquiry = send(&mut site, &[0x12, 0, 0, 0, 96, 0]).unwrap();
    assert_eq!((inquiry.len(), &inquiry[8..16]), (96, b"NPIVOT  ".as_slice()));
    assert_eq!(
        send(&mut site, &[0x12, 0, 0, 0, 5, 0]).unwrap(),
        inquiry[..5],
        "cut to what is asked"
    );
    let page = send(&mut site, &[0x12, 1, 0x83, 0, 255, 0]).unwrap();
    assert_eq!(vpd_83(&page).unwrap().to_string(), identity(&mut site));
    let pages = send(&mut site, &[0x12, 1, 0, 0, 255, 0]).unwrap();
    assert_eq!(pages[4..], [0x00, 0x80, 0x83, 0xb0, 0xb1, 0xb2]);
    let short = send(&mut site, &[0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap();
    let mut cdb = [0_u8; 16];
    (cdb[0], cdb[1], cdb[13]) = (0x9e, 0x10, 32);
    let long = send(&mut site, &cdb).unwrap();
    assert_eq!((short.len(), long.len(), &long[8..12]), (8, 32, [0, 0, 2, 0].as_slice()));
    assert_eq!(short[..4], long[4..8], "the last block");
    let mut keys = [0_u8; 10];
    (keys[0], keys[8]) = (0x5e, 64);
    assert_eq!(send(&mut site, &keys).unwrap(), [0; 8], "nobody is registered");
}

#[test]
fn what_it_does_not_know_is_refused() {
    let mut site = Site::campus();
    let refused: [(&[u8], Sense); 6] = [
        (&[], Sense::INVALID_FIELD_IN_CDB),
        (&[0x12, 1], Sense::INVALID_FIELD_IN_CDB),
        (&[0x12, 1, 0x99, 0, 255, 0], Sense::INVALID_FIELD_IN_CDB),
        (&[0x12, 0, 0x80, 0, 255, 0], Sense::INVALID_FIELD_IN_CDB),
        (&[0xa0, 0, 9, 0, 0, 0, 0, 0, 1, 0, 0, 0], Sense::INVALID_FIELD_IN_CDB),
        (&[0x1d, 0, 0, 0, 0, 0], Sense::INVALID_OPERATION_CODE),
    ];
    for (cdb, sense) in refused {
        assert_eq!(send(&mut site, cdb), Err(sense), "{cdb:02x?}");
    }
}

#[test]
fn report_luns_settles_the_unit_attention_that_other_commands_get() {
    let mut site = Site::campus();
    let ready = [0; 6];
    let luns = [0xa0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0];
    assert_eq!(send(&mut site, &ready), Ok(vec![]));
    let before = send(&mut site, &luns).unwrap();
    site.map("hosts", "data", 9);
    assert_eq!(send(&mut site, &ready), Err(Sense::REPORTED_LUNS_CHANGED));
    assert_eq!(send(&mut site, &ready), Ok(vec![]), "told once");
    site.unmap("hosts", "data");
    assert!(send(&mut site, &[0x12, 0, 0, 0, 96, 0]).is_ok(), "INQUIRY is answered all the same");
    assert_eq!(send(&mut site, &luns).unwrap(), before);
    assert_eq!(send(&mut site, &ready), Ok(vec![]), "settled");
}

#[test]
fn a_rescan_and_nothing_else_makes_the_host_believe_the_new_volume() {
    let mut site = Site::campus();
    let before = site.devices(ALPHA, HBA)[0].clone();
    let there = site.adapter(ALPHA, HBA).devices.values().next().unwrap().seen;
    let old = site.world.arrays()[0].array.volume(there).name().to_owned();
    site.unmap("hosts", &old);
    site.map("hosts", "data", 0);
    site.run(1_000);
    assert_eq!(site.devices(ALPHA, HBA)[0], before);
    site.ask(ALPHA, HostCommand::Rescan(at(HBA, 0, 0))).unwrap();
    assert_ne!(site.devices(ALPHA, HBA)[0], before);
    let believed = site.adapter(ALPHA, HBA).devices.values().next().unwrap().seen;
    assert_eq!(site.world.arrays()[0].array.volume(believed).name(), "data");
    site.unmap("hosts", "data");
    site.ask(ALPHA, HostCommand::Rescan(at(HBA, 0, 0))).unwrap();
    let kept = site.adapter(ALPHA, HBA).devices.values().next().unwrap().seen;
    assert_eq!(kept, believed, "where nothing answers it keeps what it knew");
}
