//! Random walks: commands drawn by chance are given to the backend and to a model of the contract, and
//! every answer and every listing is compared after each.

mod masks;
mod paths;
mod vports;
mod zones;

use std::fmt::Debug;

use npivot_hal::{Error, Outcome};

use crate::Case;
use crate::bed::{Bed, Problem, Verdict};
use crate::model::{Answer, Dice};

pub(super) const ALL: &[&[Case]] = &[vports::CASES, zones::CASES, masks::CASES, paths::CASES];

/// The seeds of each walk.
const SEEDS: [u64; 4] = [1, 2, 3, 4];
/// How long a walk may take, in the fixture's time.
const LONG: std::time::Duration = std::time::Duration::from_hours(2);

/// How many steps a walk may have, at so many calls for each.
fn steps(bed: &Bed, calls_per_step: u32) -> u32 {
    let affordable =
        bed.fixture.budget() / (calls_per_step * u32::try_from(SEEDS.len()).unwrap_or(1));
    affordable.clamp(10, 120)
}

/// Walks once for each seed, and says at which seed and step a walk ended.
async fn walk(
    bed: &Bed,
    calls_per_step: u32,
    mut step: impl AsyncFnMut(&mut Dice) -> Verdict<String>,
    mut hold: impl AsyncFnMut() -> Verdict,
) -> Verdict {
    for seed in SEEDS {
        let mut dice = Dice::new(seed);
        let mut last = vec![];
        for nth in 0..steps(bed, calls_per_step) {
            let done = match step(&mut dice).await {
                Ok(what) => {
                    last.push(what);
                    hold().await
                }
                Err(problem) => Err(problem),
            };
            if let Err(Problem::Failed(why)) = done {
                let from = last.len().saturating_sub(4);
                let text = format!("seed {seed}, step {nth}, after {:?}: {why}", &last[from..]);
                return Err(Problem::Failed(text));
            }
            done?;
        }
    }
    Ok(())
}

/// That an answer is the model's: its outcome, or one of its kinds of error.
fn agree(what: impl Debug, found: Result<Outcome, Error>, expected: &Answer) -> Verdict<String> {
    let right = match (&found, expected) {
        (Ok(found), Ok(expected)) => found == expected,
        (Err(error), Err(kinds)) => kinds.contains(&error.kind()),
        _ => false,
    };
    if right {
        return Ok(format!("{what:?}"));
    }
    let found = found.map_err(|error| format!("{:?}: {error}", error.kind()));
    Err(Problem::failed(format!("{what:?} answers {found:?}, the model says {expected:?}")))
}
