//! Faults by chance, from a seed.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::layer::{Call, FaultPlan, Verdict};

/// The whole, in parts per thousand.
const WHOLE: u32 = 1000;

/// Why rates make no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the rates sum up to {sum} per thousand: they share one thousand, lower them")]
pub struct RatesError {
    sum: u64,
}

/// Verdicts at rates in parts per thousand of the changing calls, from a seed.
///
/// The same seed and rates give the same verdicts: that of the nth call depends on the seed and on n
/// alone, not on what is called. The generator is `SplitMix64` (Steele, Lea and Flood, 2014): the nth
/// number is a mix of `seed + (n + 1) * 0x9e3779b97f4a7c15`. It is good enough to spread faults and for
/// nothing that must not be guessed.
#[derive(Debug)]
pub struct Rates {
    seed: u64,
    shares: Vec<(Verdict, u32)>,
    reads_too: bool,
    seen: AtomicU64,
    fired: AtomicU64,
}

impl Rates {
    /// These verdicts, each at its rate in parts per thousand; what is left passes.
    ///
    /// # Errors
    /// The rates are more than one thousand together.
    pub fn new(
        seed: u64,
        rates: impl IntoIterator<Item = (Verdict, u32)>,
    ) -> Result<Self, RatesError> {
        let shares: Vec<_> = rates.into_iter().collect();
        let sum = shares.iter().fold(0_u64, |sum, (_, rate)| sum.saturating_add(u64::from(*rate)));
        if sum > u64::from(WHOLE) {
            return Err(RatesError { sum });
        }
        let (seen, fired) = (AtomicU64::new(0), AtomicU64::new(0));
        Ok(Self { seed, shares, reads_too: false, seen, fired })
    }

    /// The same, for calls of any kind, reads included.
    #[must_use]
    pub fn for_reads_too(self) -> Self {
        Self { reads_too: true, ..self }
    }

    /// How many calls got another verdict than `Pass`.
    pub fn fired(&self) -> u64 {
        self.fired.load(Ordering::SeqCst)
    }

    fn nth(&self, nth: u64) -> Verdict {
        let mut drawn = u32::try_from(number(self.seed, nth) % u64::from(WHOLE)).unwrap_or(WHOLE);
        for &(verdict, rate) in &self.shares {
            match drawn.checked_sub(rate) {
                Some(rest) => drawn = rest,
                None => return verdict,
            }
        }
        Verdict::Pass
    }
}

/// The nth number of `SplitMix64` from a seed, counted from 0.
const fn number(seed: u64, nth: u64) -> u64 {
    let mut mixed = seed.wrapping_add(nth.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl FaultPlan for Rates {
    fn verdict(&self, call: &Call<'_>) -> Verdict {
        if !call.changes && !self.reads_too {
            return Verdict::Pass;
        }
        let verdict = self.nth(self.seen.fetch_add(1, Ordering::SeqCst));
        self.fired.fetch_add(u64::from(verdict != Verdict::Pass), Ordering::SeqCst);
        verdict
    }
}
