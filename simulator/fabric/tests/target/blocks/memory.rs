//! What content may take of the array's memory, and sizes that change.

use npivot_fabric::array::{ArrayLimits, VolumeError};

use crate::bench::{Bench, DISK, OUT_OF_RANGE, Sense, cdb_10, cdb_16, codes, information, nexus};

const NO_SPACE: Sense = (0x07, 0x27, 0x07);

fn of(max_memory_bytes: u64) -> Bench {
    Bench::within(ArrayLimits { max_memory_bytes, ..ArrayLimits::default() })
}

#[test]
fn a_full_array_is_write_protected() {
    let mut bench = of(3 * 4096);
    bench.good(&cdb_10(0x2a, 0, 0, 8), &[1; 4096]);
    bench.good_at(1, &cdb_10(0x2a, 0, 0, 16), &[1; 8192]);
    let sense = bench.refused(&cdb_10(0x2a, 0, 7, 2), &[2; 1024]);
    assert_eq!((codes(&sense), information(&sense)), (NO_SPACE, Some(7)));
    assert_eq!(bench.sense(&cdb_10(0x41, 0, 64, 1), &[2; 512]), NO_SPACE);
    let mut compare = cdb_16(0x89, 0, 64, 0);
    compare[13] = 1;
    assert_eq!(bench.sense(&compare, &[&[0; 512][..], &[1; 512]].concat()), NO_SPACE);
    assert_eq!(bench.good(&cdb_10(0x28, 0, 7, 2), &[])[511..513], [1, 0], "all or nothing");
    bench.good(&cdb_10(0x2a, 0, 0, 8), &[3; 4096]);
    bench.good(&cdb_10(0x2a, 0, 64, 8), &[0; 4096]);
    // What is freed on one volume can be taken by another.
    bench.good_at(1, &cdb_10(0x41, 0, 0, 8), &[0; 512]);
    bench.good(&cdb_10(0x2a, 0, 64, 8), &[4; 4096]);
    assert_eq!(bench.sense(&cdb_10(0x2a, 0, 72, 1), &[4; 512]), NO_SPACE);
}

#[test]
fn another_size() {
    let mut bench = Bench::new();
    bench.good(&cdb_10(0x2a, 0, 0, 128), &vec![7; 65_536]);
    assert!(bench.array.resize(DISK, 12 * 4096 + 512).unwrap().changed());
    let told = Some((0x06, 0x2a, 0x09));
    assert_eq!([1, 2, 3].map(|n| bench.ready(nexus(n, 1))), [told; 3], "capacity has changed");
    bench.quiet();
    assert_eq!(bench.good(&[0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0], &[])[..4], [0, 0, 0, 96]);
    assert_eq!(bench.array.volume(DISK).used_bytes(), 13 * 4096);
    assert_eq!(bench.sense(&cdb_10(0x28, 0, 97, 1), &[]), OUT_OF_RANGE);
    assert!(bench.array.resize(DISK, 65_536).unwrap().changed());
    bench.quiet();
    let data = bench.good(&cdb_10(0x28, 0, 96, 32), &[]);
    assert_eq!((&data[..512], &data[512..]), (&[7; 512][..], &[0; 31 * 512][..]), "new is zeros");
    assert!(!bench.array.resize(DISK, 65_536).unwrap().changed());
    assert_eq!(bench.ready(nexus(1, 0)), None);
    for size in [0, 511, 513] {
        let refused = bench.array.resize(DISK, size);
        assert_eq!(refused, Err(VolumeError::BadSize { size_bytes: size }));
    }
}
