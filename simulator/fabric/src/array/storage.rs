//! The content of a volume: only what was written takes memory.

use std::collections::BTreeMap;

/// The size of a logical block, in bytes, as SCSI carries it.
pub const BLOCK_LENGTH: u32 = 512;
/// The same, to count bytes in memory.
pub const BLOCK_BYTES: usize = BLOCK_LENGTH as usize;
/// What is kept together: eight blocks, one page.
const CHUNK_BYTES: usize = 4096;

/// The blocks of a volume. What was never written is zeros; so is what was written with zeros, which takes
/// no memory unless something else was there.
#[derive(Debug, Clone, Default)]
pub(super) struct Storage {
    chunks: BTreeMap<u64, Box<[u8; CHUNK_BYTES]>>,
}

impl Storage {
    /// Fills `into` from byte `at` on. The caller has checked the range.
    pub(super) fn read(&self, at: u64, into: &mut [u8]) {
        into.fill(0);
        for (chunk, offset, range) in pieces(at, into.len()) {
            if let Some(content) = self.chunks.get(&chunk) {
                let length = range.len();
                into[range].copy_from_slice(&content[offset..offset + length]);
            }
        }
    }

    /// Puts `data` at byte `at`. The caller has checked the range.
    pub(super) fn write(&mut self, at: u64, data: &[u8]) {
        for (chunk, offset, range) in pieces(at, data.len()) {
            let piece = &data[range];
            let content = match self.chunks.get_mut(&chunk) {
                Some(content) => content,
                None if piece.iter().all(|byte| *byte == 0) => continue,
                None => self.chunks.entry(chunk).or_insert_with(|| Box::new([0; CHUNK_BYTES])),
            };
            content[offset..offset + piece.len()].copy_from_slice(piece);
        }
    }

    /// The memory that the content takes, in bytes.
    pub(super) fn used_bytes(&self) -> u64 {
        (self.chunks.len() * CHUNK_BYTES) as u64
    }
}

/// Cuts a range at the borders of chunks: chunk, offset in it, and place in the caller's buffer.
fn pieces(at: u64, length: usize) -> impl Iterator<Item = (u64, usize, std::ops::Range<usize>)> {
    const CHUNK: u64 = CHUNK_BYTES as u64;
    let mut done = 0;
    std::iter::from_fn(move || {
        let here = at + done as u64;
        // The remainder is below 4096.
        let offset = usize::try_from(here % CHUNK).unwrap_or(0);
        let piece = (CHUNK_BYTES - offset).min(length - done);
        let start = done;
        done += piece;
        (piece > 0).then_some((here / CHUNK, offset, start..done))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn zeros_take_no_memory() {
        let mut storage = Storage::default();
        storage.write(0, &vec![0; 100_000]);
        assert_eq!(storage.used_bytes(), 0);
        storage.write(u64::MAX - 600, &[7; 512]);
        assert_eq!(storage.used_bytes(), 4096);
        storage.write(8191, &[1, 1]);
        assert_eq!(storage.used_bytes(), 3 * 4096);
    }

    proptest! {
        #[test]
        fn is_like_a_plain_buffer(
            writes in prop::collection::vec((0_u16..20_000, 0_u16..9_000, 0_u8..3), 0..12),
            at in 0_u16..20_000,
            length in 0_u16..9_000,
        ) {
            let mut storage = Storage::default();
            let mut plain = vec![0_u8; 30_000];
            for (at, length, byte) in writes {
                let data = vec![byte; length.into()];
                storage.write(at.into(), &data);
                plain[at.into()..][..data.len()].copy_from_slice(&data);
            }
            let mut read = vec![9; length.into()];
            storage.read(at.into(), &mut read);
            prop_assert_eq!(&read[..], &plain[at.into()..][..length.into()]);
        }
    }
}
