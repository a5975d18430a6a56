//! VERIFY (SBC-4, 5.36 to 5.38) and COMPARE AND WRITE (5.3).

use crate::bench::{
    Bench, INVALID_FIELD, OUT_OF_RANGE, Sense, cdb_10, cdb_16, codes, field, information,
};

const MISCOMPARE: Sense = (0x0e, 0x1d, 0x00);

fn compare(lba: u64, blocks: u8) -> Vec<u8> {
    let mut cdb = cdb_16(0x89, 0, lba, 0);
    cdb[13] = blocks;
    cdb
}

/// Blocks 10 to 13 hold 1 to 4.
fn written() -> (Bench, Vec<u8>) {
    let mut bench = Bench::new();
    let data = [[1; 512], [2; 512], [3; 512], [4; 512]].concat();
    bench.good(&cdb_10(0x2a, 0, 10, 4), &data);
    (bench, data)
}

#[test]
fn verify_in_its_three_ways() {
    let (mut bench, mut data) = written();
    for form in [cdb_10(0x2f, 2, 10, 4).to_vec(), cdb_16(0x8f, 2, 10, 4)] {
        bench.good(&form, &data);
    }
    bench.good(&[0xaf, 2, 0, 0, 0, 10, 0, 0, 0, 4, 0, 0], &data);
    bench.good(&cdb_10(0x2f, 0, 10, 4), &[]);
    bench.good(&cdb_10(0x2f, 0, 0, 128), &[]);
    data[2 * 512 + 17] ^= 1;
    let sense = bench.refused(&cdb_10(0x2f, 2, 10, 4), &data);
    assert_eq!((codes(&sense), information(&sense)), (MISCOMPARE, Some(12)));
    // One block for all.
    bench.good(&cdb_10(0x2f, 6, 20, 100), &[0; 512]);
    let sense = bench.refused(&cdb_10(0x2f, 6, 0, 100), &[0; 512]);
    assert_eq!((codes(&sense), information(&sense)), (MISCOMPARE, Some(10)));
    bench.good(&cdb_10(0x2f, 6, 0, 0), &[]);
}

#[test]
fn what_verify_does_not_take() {
    let (mut bench, data) = written();
    let sense = bench.refused(&cdb_10(0x2f, 4, 10, 1), &data);
    assert_eq!((codes(&sense), field(&sense)), (INVALID_FIELD, (true, 1, Some(2))), "BYTCHK 10b");
    let sense = bench.refused(&cdb_10(0x2f, 0x22, 10, 1), &data);
    assert_eq!(field(&sense), (true, 1, Some(7)), "VRPROTECT");
    assert_eq!(bench.sense(&cdb_10(0x2f, 2, 10, 5), &data), (0x05, 0x0e, 0x03), "too little data");
    let sense = bench.refused(&cdb_10(0x2f, 0, 120, 9), &[]);
    assert_eq!((codes(&sense), information(&sense)), (OUT_OF_RANGE, Some(128)));
    let sense = bench.refused_at(1, &cdb_16(0x8f, 2, 0, 65_537), &[]);
    assert_eq!((codes(&sense), field(&sense)), (INVALID_FIELD, (true, 10, None)));
    bench.good_at(1, &cdb_16(0x8f, 0, 0, u32::MAX), &[]);
}

#[test]
fn compare_and_write() {
    let (mut bench, data) = written();
    let new = [[5; 512], [6; 512]].concat();
    bench.good(&compare(11, 2), &[&data[512..1536], &new].concat());
    assert_eq!(bench.good(&cdb_10(0x28, 0, 11, 2), &[]), new);
    // Again, it is not what it was: told is where the data first differs, and nothing is written.
    let mut stale = [&new[..], &[9; 1024]].concat();
    stale[700] = 0;
    let sense = bench.refused(&compare(11, 2), &stale);
    assert_eq!((codes(&sense), information(&sense)), (MISCOMPARE, Some(700)));
    assert_eq!(bench.good(&cdb_10(0x28, 0, 11, 2), &[]), new);
    let sense = bench.refused(&compare(11, 1), &[&[0; 512][..], &[9; 512]].concat());
    assert_eq!(information(&sense), Some(0));
}

#[test]
fn what_compare_and_write_does_not_take() {
    let (mut bench, data) = written();
    assert!(bench.good(&compare(10, 0), &[]).is_empty());
    assert_eq!(bench.sense(&compare(10, 4), &data), (0x05, 0x0e, 0x03), "half of the data");
    let sense = bench.refused(&compare(126, 3), &[0; 3072]);
    assert_eq!((codes(&sense), information(&sense)), (OUT_OF_RANGE, Some(128)));
    let mut protected = compare(10, 1);
    protected[1] = 0x40;
    assert_eq!(field(&bench.refused(&protected, &[0; 1024])), (true, 1, Some(7)));
    assert_eq!(bench.good(&cdb_10(0x28, 0, 10, 4), &[]), data);
}
