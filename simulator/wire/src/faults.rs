//! Faults on the wire: frames that are lost, late, doubled, damaged, out of order. Pure: what becomes of a
//! frame follows from the plan, the seed and the frames before it.

use std::fmt;
use std::str::FromStr;

use npivot_fabric::world::{SimTime, random_stream};

/// One frame in so many gets a fault.
const OF: u64 = 1_000_000;

/// How often what happens to frames of one direction. Rates are in millionths; of several faults that
/// could befall one frame, the first in this order does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct FaultPlan {
    /// It is lost.
    pub drop_ppm: u32,
    /// A byte of it is another one.
    pub corrupt_ppm: u32,
    /// It comes twice, which no fabric does to a frame: a command is carried out twice, and a host that uses the
    /// exchange's number again at once (libfc does) takes the second answer for its next command's.
    pub duplicate_ppm: u32,
    /// It is overtaken by the next one, or comes [`HELD_US`] later if there is none by then.
    pub reorder_ppm: u32,
    /// It comes `delay_us` later.
    pub delay_ppm: u32,
    /// How much later, in microseconds.
    pub delay_us: u64,
    /// The seed of chance.
    pub seed: u64,
}

/// How long a frame waits to be overtaken, in microseconds.
pub const HELD_US: u64 = 1_000;

/// Words that are no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{}` is no fault of frames: expected drop=RATE, corrupt=RATE, duplicate=RATE, reorder=RATE, delay=RATE:MILLISECONDSms or seed=NUMBER, a RATE being 0 to 1",
    .0.escape_debug()
)]
pub struct PlanError(String);

impl FromStr for FaultPlan {
    type Err = PlanError;
    /// Reads `drop=0.01,delay=0.1:5ms,seed=7`.
    fn from_str(text: &str) -> Result<Self, PlanError> {
        let mut plan = Self::default();
        for word in text.split(',').map(str::trim) {
            let refused = || PlanError(word.into());
            let (what, value) = word.split_once('=').ok_or_else(refused)?;
            let ppm = |value: &str| ppm(value).ok_or_else(refused);
            match what {
                "drop" => plan.drop_ppm = ppm(value)?,
                "corrupt" => plan.corrupt_ppm = ppm(value)?,
                "duplicate" => plan.duplicate_ppm = ppm(value)?,
                "reorder" => plan.reorder_ppm = ppm(value)?,
                "delay" => {
                    let (rate, time) = value.split_once(':').ok_or_else(refused)?;
                    let ms: u64 = time
                        .strip_suffix("ms")
                        .and_then(|ms| ms.parse().ok())
                        .filter(|&ms| ms <= 3_600_000)
                        .ok_or_else(refused)?;
                    plan.delay_ppm = ppm(rate)?;
                    plan.delay_us = ms * 1_000;
                }
                "seed" => plan.seed = value.parse().map_err(|_| refused())?,
                _ => return Err(refused()),
            }
        }
        Ok(plan)
    }
}

/// A rate of 0 to 1 with up to six digits after the point, in millionths.
fn ppm(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if part.len() > 6 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole: u32 = whole.parse().ok().filter(|&whole| whole <= 1)?;
    let part: u32 = format!("{part:0<6}").parse().ok()?;
    Some(whole * 1_000_000 + part).filter(|&ppm| ppm <= 1_000_000)
}

impl fmt::Display for FaultPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rate = |ppm: u32| format!("{}.{:06}", ppm / 1_000_000, ppm % 1_000_000);
        for (what, ppm) in [
            ("drop", self.drop_ppm),
            ("corrupt", self.corrupt_ppm),
            ("duplicate", self.duplicate_ppm),
            ("reorder", self.reorder_ppm),
        ] {
            if ppm != 0 {
                write!(f, "{what}={},", rate(ppm))?;
            }
        }
        if self.delay_ppm != 0 {
            write!(f, "delay={}:{}ms,", rate(self.delay_ppm), self.delay_us / 1_000)?;
        }
        write!(f, "seed={}", self.seed)
    }
}

/// A plan at work on the frames of one direction.
#[derive(Debug)]
pub struct Faults {
    plan: FaultPlan,
    chance: Chance,
    /// Frames that come later, with when; in order.
    late: Vec<(SimTime, Vec<u8>)>,
    /// The one that waits to be overtaken.
    held: Option<(SimTime, Vec<u8>)>,
    /// How many frames got a fault.
    count: u64,
}

/// Numbers of the plan's stream.
struct Chance(Box<dyn FnMut() -> u64 + Send>);

impl fmt::Debug for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chance")
    }
}

/// How many frames may be late at a time; beyond it they are lost.
const LATE: usize = 4_096;

impl Faults {
    /// A plan for the frames of a direction: `name` tells the directions of one plan apart.
    pub fn new(plan: FaultPlan, name: &str) -> Self {
        use rand::Rng as _;
        let mut stream = random_stream(plan.seed, name);
        let chance = Chance(Box::new(move || stream.next_u64()));
        Self { plan, chance, late: vec![], held: None, count: 0 }
    }

    /// How many frames got a fault so far.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// A frame is on its way: `go` gets what comes of it now.
    pub fn pass(&mut self, now: SimTime, frame: &[u8], mut go: impl FnMut(&[u8])) {
        let overtaken = self.held.take();
        let plan = self.plan;
        let draw = (self.chance.0)() % OF;
        let mut under = 0;
        let mut befalls = |ppm: u32| {
            under += u64::from(ppm);
            draw < under
        };
        let fault = if befalls(plan.drop_ppm) {
            Some(Fault::Drop)
        } else if befalls(plan.corrupt_ppm) {
            Some(Fault::Corrupt)
        } else if befalls(plan.duplicate_ppm) {
            Some(Fault::Duplicate)
        } else if befalls(plan.reorder_ppm) {
            Some(Fault::Reorder)
        } else if befalls(plan.delay_ppm) {
            Some(Fault::Delay)
        } else {
            None
        };
        self.count += u64::from(fault.is_some());
        match fault {
            None => go(frame),
            Some(Fault::Duplicate) => {
                go(frame);
                go(frame);
            }
            Some(Fault::Corrupt) => go(&self.damaged(frame)),
            Some(Fault::Reorder) => self.held = Some((now + HELD_US, frame.to_vec())),
            Some(Fault::Delay) if self.late.len() < LATE => {
                let at = now + plan.delay_us;
                let place = self.late.partition_point(|(when, _)| *when <= at);
                self.late.insert(place, (at, frame.to_vec()));
            }
            // Too many are late already: one more is lost.
            Some(Fault::Drop | Fault::Delay) => {}
        }
        if let Some((_, frame)) = overtaken {
            go(&frame);
        }
    }

    /// Frames that were late come now.
    pub fn release(&mut self, now: SimTime, mut go: impl FnMut(&[u8])) {
        let due = self.late.partition_point(|(at, _)| *at <= now);
        for (_, frame) in self.late.drain(..due) {
            go(&frame);
        }
        if let Some((_, frame)) = self.held.take_if(|(at, _)| *at <= now) {
            go(&frame);
        }
    }

    /// When the next one that is late comes.
    pub fn next_due(&self) -> Option<SimTime> {
        let late = self.late.first().map(|(at, _)| *at);
        late.into_iter().chain(self.held.as_ref().map(|(at, _)| *at)).min()
    }

    fn damaged(&mut self, frame: &[u8]) -> Vec<u8> {
        let mut frame = frame.to_vec();
        let draw = (self.chance.0)();
        let bit = 1 << (draw >> 61);
        let place = usize::try_from(draw).unwrap_or(usize::MAX).checked_rem(frame.len());
        if let Some(byte) = place.and_then(|place| frame.get_mut(place)) {
            *byte ^= bit;
        }
        frame
    }
}

#[derive(Clone, Copy)]
enum Fault {
    Drop,
    Corrupt,
    Duplicate,
    Reorder,
    Delay,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(plan: &str, frames: u8) -> (Vec<Vec<u8>>, Faults) {
        let mut faults = Faults::new(plan.parse().unwrap(), "in");
        let mut came = vec![];
        for n in 0..frames {
            faults.pass(SimTime(u64::from(n)), &[n; 60], |frame| came.push(frame.to_vec()));
        }
        (came, faults)
    }

    #[test]
    fn each_fault_is_what_it_says() {
        assert_eq!(run("drop=1", 5).0.len(), 0);
        let twice = run("duplicate=1", 2).0;
        assert_eq!(twice, [[0; 60], [0; 60], [1; 60], [1; 60]]);
        let damaged = run("corrupt=1", 3).0;
        for (n, frame) in (0_u8..).zip(&damaged) {
            let bits: u32 = frame.iter().map(|byte| (byte ^ n).count_ones()).sum();
            assert_eq!(bits, 1);
        }
        let (swapped, mut faults) = run("reorder=1", 3);
        // Each is held until the next one comes, which is held in turn; the last one waits for its time.
        assert_eq!(swapped, [[0; 60], [1; 60]]);
        assert_eq!(faults.next_due(), Some(SimTime(2 + HELD_US)));
        let mut last = vec![];
        faults.release(SimTime(2 + HELD_US), |frame| last.push(frame.to_vec()));
        assert_eq!(last, [[2; 60]]);
        let (now, mut faults) = run("delay=1:5ms", 2);
        assert!(now.is_empty());
        faults.release(SimTime(4_999), |_| panic!("too early"));
        faults.release(SimTime(5_000), |frame| last.push(frame.to_vec()));
        assert_eq!(last.last().unwrap(), &[0; 60]);
        assert_eq!(faults.next_due(), Some(SimTime(5_001)));
    }

    #[test]
    fn rates_are_kept_and_repeat_with_the_seed() {
        let lost = |seed: u64| {
            let plan = format!("drop=0.25,seed={seed}");
            let mut faults = Faults::new(plan.parse().unwrap(), "out");
            let mut came = vec![];
            for n in 0..4_000_u64 {
                faults.pass(SimTime(n), &n.to_be_bytes(), |frame| came.push(frame.to_vec()));
            }
            assert_eq!(faults.count(), 4_000 - came.len() as u64);
            came
        };
        let one = lost(1);
        assert!((2_850..3_150).contains(&one.len()), "{}", one.len());
        assert_eq!(one, lost(1));
        assert_ne!(one, lost(2));
    }

    #[test]
    fn words_are_read_and_written() {
        let text = "drop=0.010000,reorder=0.500000,delay=0.100000:5ms,seed=7";
        assert_eq!(text.parse::<FaultPlan>().unwrap().to_string(), text);
        for bad in ["", "drop", "drop=2", "drop=1.0000001", "drop=-1", "delay=0.1", "lose=1"] {
            let error = bad.parse::<FaultPlan>().unwrap_err();
            assert!(error.to_string().contains("expected drop=RATE"), "{bad}: {error}");
        }
    }
}
