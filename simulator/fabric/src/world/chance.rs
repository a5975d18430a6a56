//! Chance: one seed, and a stream of its own for each purpose.
//!
//! A stream's numbers depend on the seed and the stream's name alone, so that drawing once more for one
//! purpose does not change what the others get.

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The world's random numbers.
#[derive(Debug)]
pub(super) struct Chance {
    seed: u64,
    streams: BTreeMap<&'static str, ChaCha8Rng>,
}

impl Chance {
    /// All streams of this seed, at their beginning.
    pub(super) const fn new(seed: u64) -> Self {
        Self { seed, streams: BTreeMap::new() }
    }

    /// A number between two, both included, from the stream of this name.
    pub(super) fn between(&mut self, stream: &'static str, (low, high): (u64, u64)) -> u64 {
        if low >= high {
            return low;
        }
        let seed = self.seed;
        let stream = self.streams.entry(stream).or_insert_with(|| child(seed, stream));
        stream.random_range(low..=high)
    }
}

/// The generator for one purpose of a run with this seed.
pub fn child(seed: u64, name: &str) -> ChaCha8Rng {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    // FNV-1a: any spread of names over stream numbers will do, but it must never change.
    let stream = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    generator.set_stream(stream);
    generator
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_do_not_disturb_each_other() {
        let (mut one, mut two) = (Chance::new(7), Chance::new(7));
        for _ in 0..5 {
            two.between("other", (0, 9));
        }
        let draw =
            |c: &mut Chance| -> Vec<u64> { (0..8).map(|_| c.between("a", (0, 999))).collect() };
        assert_eq!(draw(&mut one), draw(&mut two));
        assert_ne!(draw(&mut one), draw(&mut Chance::new(8)));
        assert_eq!(one.between("a", (5, 5)), 5);
    }
}
