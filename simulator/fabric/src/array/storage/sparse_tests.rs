//! Sparse content against a plain buffer, and what it takes.

use proptest::prelude::*;

use super::*;

#[test]
fn zeros_take_no_memory() {
    let mut storage = Sparse::default();
    storage.write(0, &vec![0; 100_000]);
    assert_eq!(storage.used_bytes(), 0);
    storage.write(u64::MAX - 600, &[7; 512]);
    assert_eq!(storage.used_bytes(), 4096);
    storage.write(8191, &[1, 1]);
    assert_eq!(storage.used_bytes(), 3 * 4096);
}

#[test]
fn what_becomes_zeros_is_given_back() {
    let mut storage = Sparse::default();
    storage.write(0, &[7; 4 * 4096]);
    storage.zero(512, 2 * 4096);
    assert_eq!(storage.used_bytes(), 3 * 4096, "only the one in the middle is empty");
    storage.zero(0, 512);
    assert_eq!(storage.used_bytes(), 2 * 4096);
    storage.zero(0, 0);
    storage.zero(u64::MAX, u64::MAX);
    assert_eq!(storage.used_bytes(), 2 * 4096);
    storage.zero(0, u64::MAX);
    assert_eq!(storage.used_bytes(), 0);
}

#[test]
fn it_grows_to_its_limit_and_no_further() {
    let mut storage = Sparse::default();
    assert_eq!(storage.write_within(0, &[1; 8192], 8192), Ok(()));
    assert_eq!(storage.write_within(0, &[2; 8192], 0), Ok(()), "nothing of it is new");
    assert_eq!(storage.write_within(8192, &[0; 8192], 0), Ok(()), "zeros take nothing");
    assert_eq!(storage.write_within(4096, &[3; 8192], 4095), Err(StorageError::Full));
    let mut read = [0; 8192];
    storage.read(4096, &mut read);
    assert_eq!((read[0], read[4096]), (2, 0), "nothing of it was written");
    assert_eq!(storage.write_within(4096, &[3; 8192], 4096), Ok(()));
    assert_eq!(storage.used_bytes(), 3 * 4096);
}

proptest! {
    #[test]
    fn is_like_a_plain_buffer(
        writes in prop::collection::vec((0_u16..20_000, 0_u16..9_000, 0_u8..3, any::<bool>()), 0..12),
        at in 0_u16..20_000,
        length in 0_u16..9_000,
    ) {
        let mut storage = Sparse::default();
        let mut plain = vec![0_u8; 30_000];
        for (at, length, byte, zeroed) in writes {
            let data = vec![if zeroed { 0 } else { byte }; length.into()];
            if zeroed {
                storage.zero(at.into(), length.into());
            } else {
                storage.write(at.into(), &data);
            }
            plain[at.into()..][..data.len()].copy_from_slice(&data);
        }
        let mut read = vec![9; length.into()];
        storage.read(at.into(), &mut read);
        prop_assert_eq!(&read[..], &plain[at.into()..][..length.into()]);
    }
}
