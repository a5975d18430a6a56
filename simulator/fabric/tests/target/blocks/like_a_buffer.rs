//! Whatever is read, written, compared, freed and filled, a volume is what a plain buffer would be.

use proptest::prelude::*;

use crate::bench::{Bench, DISK, cdb_10, cdb_16, codes, information, nexus};

const BLOCKS: usize = 128;

#[derive(Debug, Clone)]
enum Step {
    Read,
    /// A byte for each block, counting up.
    Write(u8),
    Unmap,
    /// The byte of the block; UNMAP.
    Same(u8, bool),
    /// NDOB; UNMAP.
    Zero(bool),
    /// What is expected there, or what it differs from in one byte.
    Compare(u8, Option<prop::sample::Index>),
    Verify(Option<prop::sample::Index>),
}

fn a_step() -> impl Strategy<Value = Step> {
    let index = prop::option::of(any::<prop::sample::Index>());
    prop_oneof![
        3 => Just(Step::Read),
        4 => (0_u8..4).prop_map(Step::Write),
        2 => Just(Step::Unmap),
        2 => ((0_u8..2), any::<bool>()).prop_map(|(byte, unmap)| Step::Same(byte, unmap)),
        1 => any::<bool>().prop_map(Step::Zero),
        2 => ((0_u8..4), index.clone()).prop_map(|(byte, wrong)| Step::Compare(byte, wrong)),
        1 => index.prop_map(Step::Verify),
    ]
}

/// A command for a step, with its data.
fn command(step: &Step, lba: usize, blocks: usize, here: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (at, count) = (u64::try_from(lba).unwrap(), u32::try_from(blocks).unwrap());
    let filled = |byte: u8| -> Vec<u8> {
        (0..blocks).flat_map(|n| vec![byte * u8::try_from(n % 4).unwrap(); 512]).collect()
    };
    let off = |wrong: &Option<prop::sample::Index>| {
        let mut data = here.to_vec();
        if let Some(index) = wrong.as_ref().filter(|_| !data.is_empty()) {
            let at = index.index(data.len());
            data[at] ^= 0x80;
        }
        data
    };
    let (blocks, [a, b, c, d]) = (u8::try_from(blocks).unwrap(), count.to_be_bytes());
    match step {
        Step::Read => (cdb_16(0x88, 0, at, count), vec![]),
        Step::Write(byte) => (cdb_16(0x8a, 0, at, count), filled(*byte)),
        Step::Unmap => {
            let descriptor = [&at.to_be_bytes()[..], &[a, b, c, d, 0, 0, 0, 0]].concat();
            let list = [&[0, 22, 0, 16, 0, 0, 0, 0], &descriptor[..]].concat();
            (vec![0x42, 0, 0, 0, 0, 0, 0, 0, 24, 0], list)
        }
        Step::Same(byte, unmap) => {
            (cdb_16(0x93, u8::from(*unmap) << 3, at, count), vec![*byte; 512])
        }
        Step::Zero(unmap) => (cdb_16(0x93, 1 | u8::from(*unmap) << 3, at, count), vec![]),
        Step::Compare(byte, wrong) => {
            let mut cdb = cdb_16(0x89, 0, at, 0);
            cdb[13] = blocks;
            (cdb, [off(wrong), filled(*byte)].concat())
        }
        Step::Verify(wrong) => (cdb_16(0x8f, 2, at, count), off(wrong)),
    }
}

/// What a plain buffer makes of it: the data that is read, or where a comparison fails.
fn model(
    step: &Step,
    plain: &mut [u8],
    data: &[u8],
    (lba, blocks): (usize, usize),
) -> Result<Vec<u8>, u32> {
    let here = lba * 512..(lba + blocks) * 512;
    let first_off = |plain: &[u8]| plain[here.clone()].iter().zip(data).position(|(a, b)| a != b);
    match step {
        Step::Read => return Ok(plain[here].to_vec()),
        Step::Write(_) => plain[here].copy_from_slice(data),
        Step::Unmap | Step::Zero(_) => plain[here].fill(0),
        Step::Same(byte, _) => plain[here].fill(*byte),
        Step::Compare(..) => match first_off(plain) {
            Some(at) => return Err(u32::try_from(at).unwrap()),
            None => plain[here].copy_from_slice(&data[blocks * 512..]),
        },
        Step::Verify(_) => {
            if let Some(at) = first_off(plain) {
                return Err(u32::try_from(lba + at / 512).unwrap());
            }
        }
    }
    Ok(vec![])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_volume_is_a_buffer(
        steps in prop::collection::vec((a_step(), 0..BLOCKS, 1_usize..40), 0..60),
    ) {
        let mut bench = Bench::new();
        let mut plain = vec![0_u8; BLOCKS * 512];
        for (step, lba, blocks) in steps {
            let blocks = blocks.min(BLOCKS - lba);
            let here = &plain[lba * 512..(lba + blocks) * 512];
            let (cdb, data) = command(&step, lba, blocks, here);
            let expected = model(&step, &mut plain, &data, (lba, blocks));
            let done = bench.serve(nexus(1, 0), 0, &cdb, &data);
            match expected {
                Ok(expected) => {
                    prop_assert_eq!(done.check, None);
                    prop_assert_eq!(done.data, expected);
                }
                Err(at) => {
                    prop_assert_eq!(codes(&done.sense), (0x0e, 0x1d, 0x00));
                    prop_assert_eq!(information(&done.sense), Some(at));
                }
            }
        }
        let all = bench.good(&cdb_10(0x28, 0, 0, 128), &[]);
        prop_assert_eq!(&all, &plain);
        // What takes memory is what is not zeros, rounded up to granules that were ever written.
        let needed = plain.chunks(4096).filter(|chunk| chunk.iter().any(|byte| *byte != 0)).count();
        let used = bench.array.volume(DISK).used_bytes();
        prop_assert!(used >= needed as u64 * 4096 && used <= 65_536);
    }
}
