//! The content of a volume in memory: only what was written takes any.

use std::collections::BTreeMap;
use std::ops::Range;

use super::StorageError;

/// What is kept together: eight blocks, one page.
const CHUNK_BYTES: usize = 4096;
const CHUNK: u64 = CHUNK_BYTES as u64;

/// The blocks of a volume. What was never written is zeros; so is what was written with zeros, which takes
/// no memory unless something else was there.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Sparse {
    chunks: BTreeMap<u64, Box<[u8; CHUNK_BYTES]>>,
}

impl Sparse {
    /// Fills `into` from byte `at` on. The caller has checked the range.
    pub(super) fn read(&self, at: u64, into: &mut [u8]) {
        for (chunk, offset, range) in pieces(at, into.len()) {
            let length = range.len();
            match self.chunks.get(&chunk) {
                Some(content) => {
                    into[range].copy_from_slice(&content[offset..offset + length]);
                }
                None => into[range].fill(0),
            }
        }
    }

    /// Puts `data` at byte `at`, unless that takes more than `room` bytes of new memory: nothing is
    /// written then. The caller has checked the range.
    pub(super) fn write_within(
        &mut self,
        at: u64,
        data: &[u8],
        room: u64,
    ) -> Result<(), StorageError> {
        // Only near the limit is it worth to count what is really new.
        if room < data.len() as u64 + 2 * CHUNK && self.growth(at, data) > room {
            return Err(StorageError::Full);
        }
        self.write(at, data);
        Ok(())
    }

    fn write(&mut self, at: u64, data: &[u8]) {
        for (chunk, offset, range) in pieces(at, data.len()) {
            let piece = &data[range];
            let content = match self.chunks.get_mut(&chunk) {
                Some(content) => content,
                None if is_zero(piece) => continue,
                None => self.chunks.entry(chunk).or_insert_with(|| Box::new([0; CHUNK_BYTES])),
            };
            content[offset..offset + piece.len()].copy_from_slice(piece);
        }
    }

    /// How much memory a write would take that is not taken yet, in bytes.
    fn growth(&self, at: u64, data: &[u8]) -> u64 {
        let new = pieces(at, data.len())
            .filter(|(chunk, _, range)| {
                !self.chunks.contains_key(chunk) && !is_zero(&data[range.clone()])
            })
            .count();
        new as u64 * CHUNK
    }

    /// Makes `bytes` bytes from `at` on zeros, and gives back the memory of what is zeros then. It costs
    /// what is there, not what is named.
    pub(super) fn zero(&mut self, at: u64, bytes: u64) {
        let Some(last) = bytes.checked_sub(1).map(|rest| at.saturating_add(rest)) else { return };
        let touched: Vec<u64> =
            self.chunks.range(at / CHUNK..=last / CHUNK).map(|(chunk, _)| *chunk).collect();
        for chunk in touched {
            let first = chunk * CHUNK;
            // Both are positions within the chunk, below 4096.
            let from = usize::try_from(at.saturating_sub(first)).unwrap_or(0);
            let to = usize::try_from(last - first).map_or(CHUNK_BYTES, |n| CHUNK_BYTES.min(n + 1));
            if let Some(content) = self.chunks.get_mut(&chunk) {
                content[from..to].fill(0);
                if is_zero(&content[..]) {
                    self.chunks.remove(&chunk);
                }
            }
        }
    }

    /// The memory that the content takes, in bytes.
    pub(super) fn used_bytes(&self) -> u64 {
        self.chunks.len() as u64 * CHUNK
    }
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

/// Cuts a range at the borders of chunks: chunk, offset in it, and place in the caller's buffer.
fn pieces(at: u64, length: usize) -> impl Iterator<Item = (u64, usize, Range<usize>)> {
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
#[path = "sparse_tests.rs"]
mod tests;
