//! MODE SENSE and MODE SELECT (SPC-5, 6.12 to 6.15 and 7.5; SBC-4, 6.5).

use crate::bench::{
    Bench, DISK, INVALID_FIELD, INVALID_LIST, LIST_LENGTH, READY, cdb_10, cdb_16, codes, field,
    lun, nexus,
};

const RECOVERY: [u8; 12] = [0x01, 10, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
/// WCE.
const CACHING: [u8; 20] = [0x08, 18, 0x04, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
/// Unrestricted reordering; a busy time of any length.
const CONTROL: [u8; 12] = [0x0a, 10, 0, 0x10, 0, 0, 0, 0, 0xff, 0xff, 0, 0];
/// DEXCPT.
const EXCEPTIONS: [u8; 12] = [0x1c, 10, 0x08, 0, 0, 0, 0, 0, 0, 0, 0, 0];
/// 128 blocks of 512 bytes.
const BLOCKS: [u8; 8] = [0, 0, 0, 128, 0, 0, 2, 0];

fn sense_6(flags: u8, page: u8, subpage: u8) -> [u8; 6] {
    [0x1a, flags, page, subpage, 255, 0]
}

fn sense_10(flags: u8, page: u8) -> [u8; 10] {
    [0x5a, flags, page, 0, 0, 0, 0, 1, 0, 0]
}

fn select_6(length: u8) -> [u8; 6] {
    [0x15, 0x10, 0, 0, length, 0]
}

/// MODE SELECT (6) of one page, without a block descriptor.
fn select(bench: &mut Bench, page: &[u8]) -> Vec<u8> {
    let list = [&[0; 4], page].concat();
    bench.serve(nexus(1, 0), 0, &select_6(list.len().try_into().unwrap()), &list).sense
}

#[test]
fn one_page_and_all_pages() {
    let mut bench = Bench::new();
    // DPOFUA; eight bytes of block descriptor.
    let with = [&[31, 0, 0x10, 8], &BLOCKS[..], &CACHING].concat();
    assert_eq!(bench.good(&sense_6(0, 0x08, 0), &[]), with);
    let without = [&[23, 0, 0x10, 0], &CACHING[..]].concat();
    assert_eq!(bench.good(&sense_6(8, 0x08, 0), &[]), without, "DBD");
    let all = [&RECOVERY[..], &CACHING, &CONTROL, &EXCEPTIONS].concat();
    let six = [&[59, 0, 0x10, 0], &all[..]].concat();
    assert_eq!(bench.good(&sense_6(8, 0x3f, 0), &[]), six);
    assert_eq!(bench.good(&sense_6(8, 0x3f, 0xff), &[]), six, "and there are no subpages");
    assert_eq!(bench.good(&[0x1a, 8, 0x3f, 0, 4, 0], &[]), six[..4], "as the kernel asks first");
    let ten = [&[0, 62, 0, 0x10, 0, 0, 0, 0], &all[..]].concat();
    assert_eq!(bench.good(&sense_10(8, 0x3f), &[]), ten);
    let long = bench.good_at(1, &sense_10(0x10, 0x0a), &[]);
    assert_eq!(long[..8], [0, 34, 0, 0x10, 1, 0, 0, 16], "LONGLBA");
    assert_eq!(long[8..24], [0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0], "2^33 blocks");
    assert_eq!(bench.good_at(1, &sense_10(0, 0x0a), &[])[8..12], [0xff; 4], "too many to say");
}

#[test]
fn other_values_and_what_there_is_not() {
    let mut bench = Bench::new();
    let changeable = bench.good(&sense_6(8, 0x40 | 0x3f, 0), &[]);
    let mut masks = [&RECOVERY[..], &CACHING, &CONTROL, &EXCEPTIONS].concat();
    // Nothing but WCE, D_SENSE and SWP.
    for (at, value) in
        [(2, 0), (14, 0x04), (34, 0x04), (35, 0), (36, 0x08), (40, 0), (41, 0), (46, 0)]
    {
        masks[at] = value;
    }
    assert_eq!(changeable[4..], masks);
    select(&mut bench, &[0x0a, 10, 0x04, 0x10, 0, 0, 0, 0, 0xff, 0xff, 0, 0]);
    assert_eq!(bench.good(&sense_6(8, 0x0a, 0), &[])[6], 0x04);
    assert_eq!(bench.good(&sense_6(8, 0x80 | 0x0a, 0), &[])[4..], CONTROL, "by default");
    bench.array.power_cycle();
    bench.quiet();
    let saved = bench.refused(&sense_6(8, 0xc0 | 0x0a, 0), &[]);
    assert_eq!(codes(&saved), (0x05, 0x39, 0x00));
    for (page, subpage, at) in [(0x02, 0, (true, 2, Some(5))), (0x0a, 5, (true, 3, None))] {
        let sense = bench.refused(&sense_6(8, page, subpage), &[]);
        assert_eq!((codes(&sense), field(&sense)), (INVALID_FIELD, at));
    }
}

#[test]
fn write_protected_volumes() {
    let mut bench = Bench::new();
    let protected = (0x07, 0x27, 0x00);
    let write = cdb_10(0x2a, 0, 0, 1);
    bench.array.set_read_only(DISK, true).changed();
    assert_eq!(bench.good(&sense_6(8, 0x08, 0), &[])[2], 0x90, "WP, DPOFUA");
    assert_eq!(bench.good(&sense_10(8, 0x08), &[])[3], 0x90);
    assert_eq!(bench.sense(&write, &[1; 512]), protected);
    for cdb in [
        cdb_10(0x41, 0, 0, 1).to_vec(),
        vec![0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        cdb_16(0x89, 0, 0, 1 << 8),
        cdb_16(0x93, 1, 0, 1),
    ] {
        assert_eq!(bench.sense(&cdb, &[0; 1024]), protected, "{cdb:02x?}");
    }
    assert_eq!(bench.good(&cdb_10(0x28, 0, 0, 1), &[]), [0; 512]);
    bench.array.set_read_only(DISK, false).changed();
    // SWP does the same, for all initiators.
    assert!(select(&mut bench, &[0x0a, 10, 0, 0x10, 8, 0, 0, 0, 0xff, 0xff, 0, 0]).is_empty());
    assert_eq!(bench.sense(&write, &[1; 512]), protected);
    assert_eq!(bench.good(&sense_6(8, 0x08, 0), &[])[2], 0x90);
    assert!(select(&mut bench, &CONTROL).is_empty());
    bench.good(&write, &[1; 512]);
}

#[test]
fn descriptor_sense() {
    let mut bench = Bench::new();
    select(&mut bench, &[0x0a, 10, 0x04, 0x10, 0, 0, 0, 0, 0xff, 0xff, 0, 0]);
    assert_eq!(bench.ready(nexus(1, 0)), None, "who changes it knows");
    let told = bench.serve(nexus(2, 0), 0, &READY, &[]).sense;
    assert_eq!(told, [0x72, 0x06, 0x2a, 0x01, 0, 0, 0, 0], "mode parameters changed");
    let far = bench.serve(nexus(1, 0), 0, &cdb_10(0x28, 0, 127, 2), &[]).sense;
    let information = [0, 10, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 128];
    assert_eq!(far, [&[0x72, 0x05, 0x21, 0, 0, 0, 0, 12], &information[..]].concat());
    let field = bench.serve(nexus(1, 0), 0, &cdb_10(0x28, 0x20, 0, 1), &[]).sense;
    let specific = [2, 6, 0, 0, 0xcf, 0, 1, 0];
    assert_eq!(field, [&[0x72, 0x05, 0x24, 0, 0, 0, 0, 8], &specific[..]].concat());
    let other = bench.serve(nexus(1, 0), 1, &cdb_10(0x28, 0x20, 0, 1), &[]).sense;
    assert_eq!(other[0], 0x70, "a mode page is one logical unit's");
}

#[test]
fn lists_that_are_wrong() {
    let mut bench = Bench::new();
    let mut other = CACHING;
    other[2] = 0x05;
    let mut short = CONTROL;
    short[1] = 9;
    for (list, at) in [
        // RCD cannot be changed; a page of another length; one that is not there; a subpage.
        ([&[0; 4], &other[..]].concat(), 4 + 2),
        ([&[0; 4], &short[..]].concat(), 4 + 1),
        ([&[0; 4], &[0x02, 2, 0, 0][..]].concat(), 4),
        ([&[0; 4], &[0x4a, 1, 0, 0][..]].concat(), 4),
        // Another number of blocks, another length of a block.
        (vec![0, 0, 0, 8, 0, 0, 0, 127, 0, 0, 2, 0], 4),
        (vec![0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 4, 0], 9),
        (vec![0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0], 3),
    ] {
        let length = u8::try_from(list.len()).unwrap();
        let sense = bench.refused(&select_6(length), &list);
        assert_eq!((codes(&sense), field(&sense).0), (INVALID_LIST, false), "{list:02x?}");
        assert_eq!(field(&sense).1, at, "{list:02x?}");
    }
    for (length, list) in [(3, vec![0; 3]), (12, vec![0; 4]), (6, vec![0, 0, 0, 0, 0x0a, 10])] {
        assert_eq!(bench.sense(&select_6(length), &list), LIST_LENGTH);
    }
    let sense = bench.refused(&[0x15, 0x11, 0, 0, 0, 0], &[]);
    assert_eq!(field(&sense), (true, 1, Some(0)), "nothing is saved");
    let sense = bench.refused(&[0x15, 0, 0, 0, 4, 0], &[0; 4]);
    assert_eq!(field(&sense), (true, 1, Some(4)), "only pages are taken");
    assert_eq!(bench.good(&sense_6(8, 0x08, 0), &[])[4..], CACHING, "nothing has changed");
}

#[test]
fn a_list_of_ten_with_all_that_can_be_in_it() {
    let mut bench = Bench::new();
    let mut caching = CACHING;
    caching[2] = 0;
    let header = [0, 0, 0, 0, 1, 0, 0, 16];
    let blocks = [0, 0, 0, 0, 0, 0, 0, 128, 0, 0, 0, 0, 0, 0, 2, 0];
    let list = [&header[..], &blocks, &caching, &CONTROL].concat();
    let cdb = [0x55, 0x10, 0, 0, 0, 0, 0, 0, u8::try_from(list.len()).unwrap(), 0];
    bench.good(&cdb, &list);
    assert_eq!(bench.good(&sense_6(8, 0x08, 0), &[])[4..], caching, "the write cache is off");
    bench.good(&[0x55, 0x10, 0, 0, 0, 0, 0, 0, 0, 0], &[]);
    assert_eq!(bench.array.admit(nexus(1, 0), lun(0), &cdb), Ok(list.len() as u64));
}
