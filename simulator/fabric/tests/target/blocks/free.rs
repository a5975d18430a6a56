//! UNMAP (SBC-4, 5.35) and WRITE SAME (5.51, 5.52).

use npivot_fabric::array::Array;

use crate::bench::{
    Bench, DISK, INVALID_FIELD, INVALID_LIST, LIST_LENGTH, OUT_OF_RANGE, cdb_10, cdb_16, codes,
    field, information,
};

/// An UNMAP parameter list.
fn list(descriptors: &[(u64, u32)]) -> Vec<u8> {
    let length = u16::try_from(16 * descriptors.len()).unwrap();
    let mut list = [(length + 6).to_be_bytes(), length.to_be_bytes()].concat();
    list.extend([0; 4]);
    for (lba, blocks) in descriptors {
        list.extend([&lba.to_be_bytes()[..], &blocks.to_be_bytes(), &[0; 4]].concat());
    }
    list
}

fn unmap(length: usize) -> [u8; 10] {
    let [a, b] = u16::try_from(length).unwrap().to_be_bytes();
    [0x42, 0, 0, 0, 0, 0, 0, a, b, 0]
}

fn used(array: &Array) -> u64 {
    array.volume(DISK).used_bytes()
}

/// All 128 blocks hold 7.
fn full() -> Bench {
    let mut bench = Bench::new();
    bench.good(&cdb_10(0x2a, 0, 0, 128), &vec![7; 65_536]);
    assert_eq!(used(&bench.array), 65_536);
    bench
}

#[test]
fn unmap_frees() {
    let mut bench = full();
    let list = list(&[(0, 8), (17, 30), (120, 0)]);
    bench.good(&unmap(list.len()), &list);
    let mut expected = vec![7; 65_536];
    expected[..8 * 512].fill(0);
    expected[17 * 512..47 * 512].fill(0);
    assert_eq!(bench.good(&cdb_10(0x28, 0, 0, 128), &[]), expected);
    // Blocks 0 to 7, 24 to 39: three whole granules; the rest reads as zeros and stays.
    assert_eq!(used(&bench.array), 65_536 - 3 * 4096);
    bench.good(&unmap(0), &[]);
    bench.good(&unmap(8), &[0, 6, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn unmap_does_all_or_nothing() {
    let mut bench = full();
    let beyond = list(&[(0, 8), (127, 2)]);
    let sense = bench.refused(&unmap(beyond.len()), &beyond);
    assert_eq!((codes(&sense), information(&sense)), (OUT_OF_RANGE, Some(128)));
    let far = list(&[(0, 8), (u64::MAX, 1)]);
    assert_eq!(bench.sense(&unmap(far.len()), &far), OUT_OF_RANGE);
    for (length, data) in [(7, vec![0; 7]), (24, vec![0; 23])] {
        assert_eq!(bench.sense(&unmap(length), &data), LIST_LENGTH);
    }
    let mut lying = list(&[(0, 8)]);
    lying[3] = 32;
    let sense = bench.refused(&unmap(lying.len()), &lying);
    assert_eq!((codes(&sense), field(&sense)), (INVALID_LIST, (false, 2, None)));
    let mut anchor = unmap(24);
    anchor[1] = 1;
    assert_eq!(field(&bench.refused(&anchor, &list(&[(0, 8)]))), (true, 1, Some(0)));
    assert_eq!(used(&bench.array), 65_536);
    // A descriptor that is cut off does not count.
    let mut cut = list(&[(0, 8), (8, 8)]);
    cut[3] = 31;
    bench.good(&unmap(cut.len()), &cut);
    assert_eq!(used(&bench.array), 65_536 - 4096);
}

#[test]
fn unmap_of_more_than_one_command_takes() {
    let mut bench = Bench::new();
    let most = 0x0080_0000;
    let list_of_most = list(&[(0, most)]);
    bench.good_at(1, &unmap(24), &list_of_most);
    let more = list(&[(0, most), (0, 1)]);
    let sense = bench.refused_at(1, &unmap(more.len()), &more);
    assert_eq!((codes(&sense), field(&sense)), (INVALID_LIST, (false, 8 + 16 + 8, None)));
    let many = list(&[(0, 1); 256]);
    bench.good_at(1, &unmap(many.len()), &many);
    let too_many = list(&[(0, 1); 257]);
    let sense = bench.refused_at(1, &unmap(too_many.len()), &too_many);
    assert_eq!((codes(&sense), field(&sense)), (INVALID_LIST, (false, 2, None)));
}

#[test]
fn write_same_in_both_lengths() {
    let mut bench = full();
    let block: Vec<u8> = (0..=255).chain(0..=255).collect();
    bench.good(&cdb_10(0x41, 0, 3, 5), &block);
    bench.good(&cdb_16(0x93, 0, 100, 2), &block);
    let data = bench.good(&cdb_10(0x28, 0, 2, 7), &[]);
    assert_eq!(data, [&[7; 512][..], &block.repeat(5), &[7; 512]].concat());
    assert_eq!(bench.good(&cdb_10(0x28, 0, 100, 2), &[]), block.repeat(2));
    // Zeros, by data and without.
    bench.good(&cdb_10(0x41, 0, 0, 8), &[0; 512]);
    bench.good(&cdb_16(0x93, 1, 8, 8), &[]);
    bench.good(&cdb_16(0x93, 9, 16, 8), &[]);
    bench.good(&cdb_10(0x41, 8, 24, 8), &[0; 512]);
    assert_eq!(bench.good(&cdb_10(0x28, 0, 0, 32), &[]), [0; 32 * 512]);
    assert_eq!(used(&bench.array), 65_536 - 4 * 4096);
    // With UNMAP, but not of zeros: what is free would not read as it, so it is written.
    bench.good(&cdb_10(0x41, 8, 0, 1), &block);
    assert_eq!(bench.good(&cdb_10(0x28, 0, 0, 1), &[]), block);
}

#[test]
fn what_write_same_does_not_take() {
    let mut bench = full();
    for (cdb, at) in [
        (cdb_10(0x41, 0x10, 0, 1).to_vec(), (true, 1, Some(4))),
        (cdb_10(0x41, 0x20, 0, 1).to_vec(), (true, 1, Some(7))),
        (cdb_10(0x41, 0x04, 0, 1).to_vec(), (true, 1, Some(2))),
        (cdb_10(0x41, 0x01, 0, 1).to_vec(), (true, 1, Some(0))),
        (cdb_10(0x41, 0, 0, 0).to_vec(), (true, 7, None)),
        (cdb_16(0x93, 0, 0, 0), (true, 10, None)),
        (cdb_16(0x93, 0, 0, 65_537), (true, 10, None)),
    ] {
        let sense = bench.refused(&cdb, &[1; 512]);
        assert_eq!((codes(&sense), field(&sense)), (INVALID_FIELD, at), "{cdb:02x?}");
    }
    let sense = bench.refused(&cdb_16(0x93, 1, 120, 9), &[]);
    assert_eq!((codes(&sense), information(&sense)), (OUT_OF_RANGE, Some(128)));
    assert_eq!(bench.sense(&cdb_16(0x93, 0, 0, 1), &[1; 511]), (0x05, 0x0e, 0x03));
    assert_eq!(bench.good(&cdb_10(0x28, 0, 0, 128), &[]), vec![7; 65_536]);
}
