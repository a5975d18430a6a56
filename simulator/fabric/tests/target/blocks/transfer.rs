//! READ and WRITE in their four lengths, SYNCHRONIZE CACHE (SBC-4, 5.16 to 5.19, 5.34, 5.40 to 5.43).

use npivot_fabric::array::{Request, Residual, Status};

use crate::bench::{
    Bench, INVALID_FIELD, LIST_LENGTH, NO_COMMAND, OUT_OF_RANGE, cdb_10, cdb_16, codes, field,
    information, lun, nexus,
};

/// READ and WRITE of one length: code, address, number of blocks.
type Form = (u8, u8, fn(u8, u32, u8) -> Vec<u8>);

const FORMS: [Form; 4] = [
    (0x08, 0x0a, |code, lba, blocks| {
        let [_, a, b, c] = lba.to_be_bytes();
        vec![code, a, b, c, blocks, 0]
    }),
    (0x28, 0x2a, |code, lba, blocks| cdb_10(code, 0, lba, blocks.into()).to_vec()),
    (0xa8, 0xaa, |code, lba, blocks| {
        let [a, b, c, d] = lba.to_be_bytes();
        vec![code, 0, a, b, c, d, 0, 0, 0, blocks, 0, 0]
    }),
    (0x88, 0x8a, |code, lba, blocks| cdb_16(code, 0, lba.into(), blocks.into())),
];

#[test]
fn what_is_written_in_one_length_is_read_in_all() {
    let mut bench = Bench::new();
    for (n, (_, write, form)) in (1..).zip(FORMS) {
        let data = [vec![n; 512], vec![n + 100; 512]].concat();
        bench.good(&form(write, 10 * u32::from(n), 2), &data);
        for (read, _, form) in FORMS {
            let around = bench.good(&form(read, 10 * u32::from(n) - 1, 4), &[]);
            assert_eq!(around, [&[0; 512][..], &data, &[0; 512]].concat());
        }
    }
    let through_another = bench.serve(nexus(3, 2), 0, &cdb_10(0x28, 0, 10, 1), &[]);
    assert_eq!(through_another.data, [1; 512]);
}

#[test]
fn transfer_lengths_of_zero() {
    let mut bench = Bench::new();
    for (read, write, form) in &FORMS[1..] {
        assert!(bench.good(&form(*read, 128, 0), &[]).is_empty());
        assert!(bench.good(&form(*write, 128, 0), &[]).is_empty());
        assert_eq!(bench.sense(&form(*read, 129, 0), &[]), OUT_OF_RANGE);
    }
    // Six bytes cannot say zero: it stands for 256, of which there are not so many on a small disk.
    assert_eq!(bench.sense(&[0x08, 0, 0, 0, 0, 0], &[]), OUT_OF_RANGE);
    let many = bench.good_at(1, &[0x08, 0x1f, 0xff, 0xff, 0, 0], &[]);
    assert_eq!(many.len(), 256 * 512);
    bench.good_at(1, &[0x0a, 0x1f, 0xff, 0xff, 0, 0], &vec![5; 256 * 512]);
    assert_eq!(bench.good_at(1, &cdb_10(0x28, 0, 0x1f_ffff + 255, 2), &[])[511..513], [5, 0]);
    assert_eq!(bench.good_at(1, &cdb_10(0x28, 0, 0x1f_fffe, 2), &[])[511..513], [0, 5]);
}

#[test]
fn beyond_the_end() {
    let mut bench = Bench::new();
    for (read, write, form) in FORMS {
        for (lba, blocks, first) in [(127, 2, 128), (128, 1, 128), (100, 29, 128), (200, 1, 200)] {
            for code in [read, write] {
                let sense = bench.refused(&form(code, lba, blocks), &[9; 29 * 512]);
                assert_eq!((codes(&sense), information(&sense)), (OUT_OF_RANGE, Some(first)));
            }
        }
        assert_eq!(bench.good(&form(read, 127, 1), &[]), [0; 512], "nothing was written");
    }
    let sense = bench.refused(&cdb_16(0x88, 0, u64::MAX, 1), &[]);
    assert_eq!((codes(&sense), information(&sense)), (OUT_OF_RANGE, None), "64 bits do not fit");
    let sense = bench.refused_at(1, &cdb_16(0x88, 0, (1 << 33) - 1, 2), &[]);
    assert_eq!((codes(&sense), information(&sense)), (OUT_OF_RANGE, None));
    assert_eq!(bench.good_at(1, &cdb_16(0x88, 0, (1 << 33) - 1, 1), &[]), [0; 512]);
}

#[test]
fn protection_is_refused_and_cache_hints_are_taken() {
    let mut bench = Bench::new();
    for code in [0x28, 0x2a] {
        let sense = bench.refused(&cdb_10(code, 0x20, 0, 1), &[0; 512]);
        assert_eq!((codes(&sense), field(&sense)), (INVALID_FIELD, (true, 1, Some(7))));
        bench.good(&cdb_10(code, 0x18, 0, 1), &[0; 512]);
    }
    for code in [0x88, 0x8a] {
        assert_eq!(bench.sense(&cdb_16(code, 0xe0, 0, 1), &[0; 512]), INVALID_FIELD);
        bench.good(&cdb_16(code, 0x18, 0, 1), &[0; 512]);
    }
}

#[test]
fn longer_than_one_command_may_be() {
    let mut bench = Bench::new();
    for (cdb, at) in [
        (cdb_16(0x88, 0, 0, 65_537), 10),
        (cdb_16(0x8a, 0, 0, u32::MAX), 10),
        (vec![0xa8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0], 6),
    ] {
        let sense = bench.refused_at(1, &cdb, &[]);
        assert_eq!((codes(&sense), field(&sense)), (INVALID_FIELD, (true, at, None)));
    }
    assert_eq!(bench.good_at(1, &cdb_16(0x88, 0, 0, 65_536), &[]).len(), 32 << 20);
}

/// What is moved is the lesser of what the command names and what the initiator gives or takes.
#[test]
fn residuals() {
    let mut bench = Bench::new();
    bench.good(&cdb_10(0x2a, 0, 0, 2), &[[1; 512], [2; 512]].concat());
    let (from, at) = (nexus(1, 0), lun(0));
    let mut serve = |cdb: &[u8], data_out: &[u8], room| {
        bench.array.serve(&Request { nexus: from, lun: at, cdb, data_out, room })
    };
    let read = cdb_10(0x28, 0, 0, 2);
    for (room, length, residual) in [
        (1024, 1024, Residual::None),
        (4096, 1024, Residual::Under(3072)),
        (600, 600, Residual::Over(424)),
        (0, 0, Residual::Over(1024)),
    ] {
        let done = serve(&read, &[], room);
        assert_eq!((done.status, done.data.len()), (Status::Good, length));
        assert_eq!(done.residual(u32::try_from(room).unwrap()), residual);
    }
    let inquiry = serve(&[0x12, 0, 0, 0, 255, 0], &[], 255);
    assert_eq!(inquiry.residual(255), Residual::Under(255 - 96));
    let short = serve(&[0x12, 0, 0, 0, 36, 0], &[], 5);
    assert_eq!((short.data.len(), short.residual(5)), (5, Residual::Over(31)));
    // Three whole blocks of four came, and one that is cut off.
    let write = serve(&cdb_10(0x2a, 0, 4, 4), &[7; 3 * 512 + 100], 0);
    assert_eq!((write.status, write.residual(3 * 512 + 100)), (Status::Good, Residual::Over(412)));
    assert_eq!(serve(&cdb_10(0x28, 0, 4, 4), &[], 2048).data[3 * 512 - 1..][..2], [7, 0]);
    let more = serve(&cdb_10(0x2a, 0, 4, 1), &[8; 4096], 0);
    assert_eq!(more.residual(4096), Residual::Under(4096 - 512));
    assert_eq!(serve(&cdb_10(0x28, 0, 5, 1), &[], 512).data, [7; 512]);
    let refused = serve(&cdb_10(0x28, 0, 500, 1), &[], 512);
    assert_eq!(refused.residual(512), Residual::Under(512), "nothing was moved");
}

/// What a transport asks before it sends for data.
#[test]
fn how_much_data_a_command_needs() {
    let mut bench = Bench::new();
    let mut compare = cdb_16(0x89, 0, 0, 0);
    compare[13] = 3;
    let mut needs = |cdb: &[u8]| {
        let admitted = bench.array.admit(nexus(1, 0), lun(0), cdb);
        admitted.map_err(|done| codes(&done.sense))
    };
    assert_eq!(needs(&[0x0a, 0, 0, 1, 3, 0]), Ok(3 * 512));
    assert_eq!(needs(&cdb_10(0x2a, 0, 0, 2)), Ok(1024));
    assert_eq!(needs(&cdb_10(0x28, 0, 0, 2)), Ok(0), "reads need none");
    assert_eq!(needs(&cdb_10(0x41, 0, 0, 100)), Ok(512));
    assert_eq!(needs(&cdb_16(0x93, 1, 0, 100)), Ok(0), "NDOB");
    assert_eq!(needs(&compare), Ok(3 * 1024));
    assert_eq!(needs(&[0x42, 0, 0, 0, 0, 0, 0, 0, 24, 0]), Ok(24));
    assert_eq!(needs(&[0x5f, 0, 0, 0, 0, 0, 0, 0, 24, 0]), Ok(24));
    assert_eq!(needs(&cdb_10(0x2f, 2, 0, 4)), Ok(2048));
    assert_eq!(needs(&cdb_10(0x2f, 6, 0, 4)), Ok(512));
    assert_eq!(needs(&cdb_10(0x2f, 0, 0, 4)), Ok(0));
    assert_eq!(needs(&cdb_10(0x2a, 0, 127, 2)), Err(OUT_OF_RANGE), "before any data");
    assert_eq!(needs(&[0x5f, 0, 0, 0, 0, 0, 0, 0, 23, 0]), Err(LIST_LENGTH));
    assert_eq!(needs(&[0xc5; 16]), Err(NO_COMMAND));
}

#[test]
fn synchronize_cache() {
    let mut bench = Bench::new();
    for cdb in [cdb_10(0x35, 2, 0, 0).to_vec(), cdb_16(0x91, 0, 127, 1)] {
        assert!(bench.good(&cdb, &[]).is_empty());
    }
    let sense = bench.refused(&cdb_10(0x35, 0, 127, 2), &[]);
    assert_eq!((codes(&sense), information(&sense)), (OUT_OF_RANGE, Some(128)));
    assert_eq!(bench.sense(&cdb_16(0x91, 0, 129, 0), &[]), OUT_OF_RANGE);
}
