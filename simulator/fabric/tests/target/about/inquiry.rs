//! INQUIRY and its pages (SPC-5, 6.7 and 7.7; SBC-4, 6.6).

use crate::bench::{Bench, INVALID_FIELD, NO_UNIT, codes, field, nexus};

#[test]
fn standard_data() {
    let mut bench = Bench::new();
    let data = bench.good(&[0x12, 0, 0, 0, 255, 0], &[]);
    // A connected disk; SPC-5; HISUP, format 2; 91 bytes follow; TPGS implicit; MULTIP; CMDQUE.
    assert_eq!(data[..8], [0x00, 0x00, 0x07, 0x12, 0x5b, 0x10, 0x10, 0x02]);
    assert_eq!(&data[8..36], b"NPIVOT  VOLUME          0001");
    assert_eq!(data.len(), 96);
    // Cut to the allocation length, which does not change what the data says of its length.
    for length in [0, 5, 36, 95] {
        let cut = bench.good(&[0x12, 0, 0, 0, length, 0], &[]);
        assert_eq!(cut, data[..length.into()]);
    }
    assert_eq!(bench.good(&[0x12, 0, 0, 1, 0, 0], &[]).len(), 96, "the length has two bytes");
}

#[test]
fn nothing_at_a_lun() {
    let mut bench = Bench::new();
    let data = bench.good_at(9, &[0x12, 0, 0, 0, 36, 0], &[]);
    assert_eq!((data[0], data.len()), (0x7f, 36), "qualifier 3, type 1Fh");
    let sense = bench.refused_at(9, &[0x12, 1, 0x83, 0, 255, 0], &[]);
    assert_eq!(codes(&sense), NO_UNIT);
}

#[test]
fn fields_that_are_wrong_are_pointed_at() {
    let mut bench = Bench::new();
    for (cdb, at) in [
        ([0x12, 0, 0x80, 0, 255, 0], (true, 2, None)),
        ([0x12, 1, 0x99, 0, 255, 0], (true, 2, None)),
        ([0x12, 2, 0, 0, 255, 0], (true, 1, Some(1))),
        // NACA, which ends up in the control byte.
        ([0x12, 0, 0, 0, 255, 4], (true, 5, Some(2))),
    ] {
        let sense = bench.refused(&cdb, &[]);
        assert_eq!((codes(&sense), field(&sense)), (INVALID_FIELD, at), "{cdb:02x?}");
    }
}

#[test]
fn pages_of_identity() {
    let mut bench = Bench::new();
    let mut page = |code| bench.good(&[0x12, 1, code, 1, 0, 0], &[]);
    assert_eq!(page(0x00), [0, 0x00, 0, 6, 0x00, 0x80, 0x83, 0xb0, 0xb1, 0xb2]);
    assert_eq!(page(0x80), [&[0, 0x80, 0, 8][..], b"serial-1"].concat());
    let expected = [
        &[0, 0x83, 0, 68][..],
        // T10 vendor identification, in ASCII.
        &[0x02, 0x01, 0, 16],
        b"NPIVOT  serial-1",
        // NAA of the logical unit.
        &[0x01, 0x03, 0, 16],
        &[0x60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        // NAA of the port, its relative identifier, its group; with PIV and for FCP.
        &[0x01, 0x93, 0, 8, 0x50, 0, 0, 0, 0, 0, 0, 1],
        &[0x01, 0x94, 0, 4, 0, 0, 0, 1],
        &[0x01, 0x95, 0, 4, 0, 0, 0, 1],
    ];
    assert_eq!(page(0x83), expected.concat());
    let other = bench.serve(nexus(1, 2), 0, &[0x12, 1, 0x83, 1, 0, 0], &[]).data;
    let through = &[0x01, 0x93, 0, 8, 0x50, 0, 0, 0, 0, 0, 0, 3, 0x01, 0x94, 0, 4, 0, 0, 0, 3];
    assert_eq!(&other[44..64], through, "through the third port");
}

#[test]
fn pages_of_a_block_device() {
    let mut bench = Bench::new();
    let mut page = |code| bench.good(&[0x12, 1, code, 1, 0, 0], &[]);
    let limits = page(0xb0);
    assert_eq!(limits.len(), 64);
    // WSNZ, 255 blocks of COMPARE AND WRITE, granularity 8, 65,536 blocks of a transfer.
    assert_eq!(limits[..12], [0, 0xb0, 0, 60, 0x01, 0xff, 0, 8, 0, 1, 0, 0]);
    // 8,388,608 blocks of UNMAP in 256 descriptors, by eights from 0 on; 65,536 blocks of WRITE SAME.
    assert_eq!(limits[20..28], [0, 0x80, 0, 0, 0, 0, 1, 0]);
    assert_eq!(limits[28..36], [0, 0, 0, 8, 0x80, 0, 0, 0]);
    assert_eq!(limits[36..44], [0, 0, 0, 0, 0, 1, 0, 0]);
    assert!(limits[44..].iter().all(|byte| *byte == 0));
    let characteristics = page(0xb1);
    assert_eq!(characteristics.len(), 64);
    assert_eq!(characteristics[..6], [0, 0xb1, 0, 60, 0, 1], "not rotating");
    // LBPU, LBPWS, LBPWS10, LBPRZ 001b; thin.
    assert_eq!(page(0xb2), [0, 0xb2, 0, 4, 0x00, 0xe4, 0x02, 0x00]);
}
