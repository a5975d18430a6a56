//! The sink that keeps the last calls in memory.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::layer::Call;

use super::{End, Record, TraceSink};

/// Keeps the last calls in memory, so many at most; older ones are dropped and counted.
///
/// `Display` prints them, one a line, in the order in which they began: the same run prints the same text.
/// A first line says how many were dropped, if any were.
#[derive(Debug)]
pub struct TraceLog {
    capacity: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// By ascending number.
    records: VecDeque<Record>,
    next_number: u64,
    next_step: u64,
    open: u32,
    dropped: u64,
}

impl TraceLog {
    /// A log of at most so many calls. One of none only counts.
    pub fn new(capacity: usize) -> Self {
        Self { capacity, kept: Mutex::default() }
    }

    /// The calls that are kept, in the order in which they began.
    pub fn records(&self) -> Vec<Record> {
        self.kept().records.iter().cloned().collect()
    }

    /// How many calls were dropped because there was no room.
    pub fn dropped(&self) -> u64 {
        self.kept().dropped
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TraceSink for TraceLog {
    fn began(&self, call: &Call<'_>) -> u64 {
        let mut kept = self.kept();
        let (number, step) = (kept.next_number, kept.next_step);
        let record = Record::new(call, number, step, kept.open);
        kept.next_number += 1;
        kept.next_step += 1;
        kept.open += 1;
        kept.records.push_back(record);
        while kept.records.len() > self.capacity {
            kept.records.pop_front();
            kept.dropped += 1;
        }
        number
    }

    fn ended(&self, number: u64, _call: &Call<'_>, end: End<'_>) {
        let mut kept = self.kept();
        let step = kept.next_step;
        kept.next_step += 1;
        kept.open = kept.open.saturating_sub(1);
        // It may have been dropped since.
        if let Ok(at) = kept.records.binary_search_by_key(&number, |record| record.number) {
            let record = &mut kept.records[at];
            record.ended_at = Some(step);
            record.finish = Some(end.into());
        }
    }
}

impl fmt::Display for TraceLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.kept();
        if kept.dropped > 0 {
            writeln!(f, "({} older calls were dropped)", kept.dropped)?;
        }
        kept.records.iter().try_for_each(|record| writeln!(f, "{record}"))
    }
}
