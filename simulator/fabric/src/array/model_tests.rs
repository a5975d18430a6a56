//! Volumes, I/O and unit attentions of an array.

use npivot_hal::{ErrorKind, LunId};

use super::super::scsi::{Sense, SenseKey};
use super::super::{BLOCK_BYTES, MAX_TRANSFER_BLOCKS, Nexus, Refused};
use super::*;

pub(in super::super) fn wwpn(n: u64) -> Wwpn {
    Wwpn::new(0x2100_0000_0000_0000 + n).unwrap()
}

pub(in super::super) fn lun(number: u32) -> Lun {
    Lun::from_number(number).unwrap()
}

fn identity(n: u8) -> LunId {
    let mut bytes = [0; 16];
    (bytes[0], bytes[15]) = (0x60, n);
    LunId::Naa16(bytes)
}

/// Volumes `v0` to `v4` of 64 KiB, no groups, room for three initiators.
pub(in super::super) fn sample() -> Array {
    let wwnn = Wwnn::new(0x5000_0000_0000_0000).unwrap();
    let ports = (1..3).map(|n| WwnPair::new(wwpn(0x5000 + n), wwnn)).collect();
    let limits = ArrayLimits { max_initiators: 3, max_groups: 3, ..ArrayLimits::default() };
    let mut array = Array::new("vault", wwnn, ports, limits);
    for n in 0..5 {
        let (name, serial) = (format!("v{n}"), format!("serial-{n}"));
        array.add_volume(&name, identity(n), &serial, 65_536).unwrap();
    }
    array
}

/// The sample, with initiator 1 in a group that sees `v0` at LUN 0, and who has scanned through all ports.
fn used() -> Array {
    let mut array = sample();
    array.create_group("g").unwrap().changed();
    array.add_initiator("g", wwpn(1)).unwrap().changed();
    array.map("g", "v0", 0).unwrap().changed();
    (0..2).for_each(|port| array.scanned(wwpn(1), port));
    array
}

/// What a command ended with that was not done.
fn sense<T>(answer: Result<T, Refused>) -> Option<Sense> {
    answer.err().and_then(Refused::sense)
}

#[test]
fn volumes_are_told_apart() {
    let mut array = sample();
    let mut add =
        |name, identity, serial, size| array.add_volume(name, identity, serial, size).unwrap_err();
    assert_eq!(
        add("v0", identity(9), "s", 512).to_string(),
        "the array has a volume `v0`: give the new one another name"
    );
    let error = add("w", identity(3), "s", 512);
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    assert!(error.to_string().contains("is that of volume `v3`"));
    for (serial, size) in [("s", 0), ("s", 513), ("", 512), ("a\n", 512)] {
        assert_eq!(add("w", identity(9), serial, size).kind(), ErrorKind::InvalidArgument);
    }
    for bad in [LunId::Naa16([0; 16]), LunId::Naa8([0x20; 8]), LunId::T10("é".into())] {
        assert!(matches!(add("w", bad, "s", 512), VolumeError::BadIdentity { .. }));
    }
    assert_eq!(array.volumes().len(), 5);
    let names: Vec<_> = array.volume_records().map(|volume| volume.name).collect();
    assert_eq!(names, ["v0", "v1", "v2", "v3", "v4"]);
    let ix = array.volume_of(&identity(3)).unwrap();
    let page = array.vpd_83(ix, 1).unwrap();
    assert_eq!(npivot_hal::scsi::vpd_83(&page), Ok(identity(3)));
    assert_eq!(array.vpd_83(ix, 2), None);
}

#[test]
fn what_is_written_is_read_on_every_path() {
    let mut array = used();
    array.write(wwpn(1), 0, lun(0), 3, &[7; 1024]).unwrap();
    let read = array.read(wwpn(1), 1, lun(0), 2, 4).unwrap();
    let expected = [[0; 512], [7; 512], [7; 512], [0; 512]].concat();
    assert_eq!(read, expected);
    assert_eq!(array.volumes()[0].used_bytes(), 4096);
}

#[test]
fn transfers_end_with_the_volume() {
    let mut array = used();
    let mut read = |lba, blocks| array.read(wwpn(1), 0, lun(0), lba, blocks).map(|d| d.len());
    assert_eq!(read(127, 1), Ok(512));
    assert_eq!(read(128, 0), Ok(0));
    for (lba, blocks) in [(127, 2), (128, 1), (129, 0), (u64::MAX, 1)] {
        assert_eq!(sense(read(lba, blocks)), Some(Sense::LBA_OUT_OF_RANGE));
    }
    let too_many = sense(read(0, MAX_TRANSFER_BLOCKS + 1));
    assert_eq!(too_many, Some(Sense::INVALID_FIELD_IN_CDB));
    let write = array.write(wwpn(1), 0, lun(0), 127, &[1; 2 * BLOCK_BYTES]);
    assert_eq!(sense(write), Some(Sense::LBA_OUT_OF_RANGE));
    assert_eq!(array.volumes()[0].used_bytes(), 0, "nothing of it was written");
    let uneven = array.write(wwpn(1), 0, lun(0), 0, &[1; 513]);
    assert_eq!(sense(uneven), Some(Sense::INVALID_FIELD_IN_CDB));
}

#[test]
fn nobody_reads_what_is_not_mapped_to_him() {
    let mut array = used();
    let denied = Some(Sense::LOGICAL_UNIT_NOT_SUPPORTED);
    let flat_zero = Lun::from_wire([0x40, 0, 0, 0, 0, 0, 0, 0]);
    for (n, lun) in [(2, lun(0)), (1, lun(1)), (1, flat_zero)] {
        assert_eq!(sense(array.read(wwpn(n), 0, lun, 0, 1)), denied);
    }
}

#[test]
fn each_used_nexus_is_told_of_a_change_once() {
    let mut array = used();
    let read = |array: &mut Array, port| sense(array.read(wwpn(1), port, lun(0), 0, 1));
    assert_eq!(read(&mut array, 0), None);
    array.map("g", "v1", 1).unwrap().changed();
    let told = Some(Sense::REPORTED_LUNS_CHANGED);
    let new = Some(Sense::new(SenseKey::UnitAttention, 0x29, 0x00));
    assert_eq!([0, 1, 2].map(|port| read(&mut array, port)), [told, told, new]);
    assert_eq!([0, 1, 2].map(|port| read(&mut array, port)), [None; 3]);
    assert_eq!(array.nexus_count(), 3);
    array.unmap("g", "v1").unwrap().changed();
    array.unmap("g", "v0").unwrap().changed();
    array.luns_reported(wwpn(1), 0);
    array.forget_nexus(wwpn(1), 2);
    let gone = Some(Sense::LOGICAL_UNIT_NOT_SUPPORTED);
    assert_eq!([0, 1, 2].map(|port| read(&mut array, port)), [gone, told, gone]);
}

#[test]
fn only_a_change_of_what_is_seen_is_told() {
    let mut array = used();
    array.create_group("empty").unwrap().changed();
    array.note_nexus(wwpn(1), 0);
    array.note_nexus(wwpn(2), 0);
    let told = |array: &mut Array, n| {
        let owed = array.pending_attention(Nexus::new(wwpn(n), 0), None).is_some();
        array.luns_reported(wwpn(n), 0);
        owed
    };
    array.map("g", "v0", 0).unwrap().changed();
    array.add_initiator("g", wwpn(1)).unwrap().changed();
    array.add_initiator("empty", wwpn(2)).unwrap().changed();
    array.remove_initiator("empty", wwpn(2)).unwrap().changed();
    assert_eq!([1, 2].map(|n| told(&mut array, n)), [false, false]);
    array.add_initiator("g", wwpn(2)).unwrap().changed();
    assert_eq!([1, 2].map(|n| told(&mut array, n)), [false, true]);
    array.remove_initiator("g", wwpn(2)).unwrap().changed();
    assert_eq!([1, 2].map(|n| told(&mut array, n)), [false, true]);
    array.delete_group("g").changed();
    assert_eq!([1, 2].map(|n| told(&mut array, n)), [true, false]);
}
