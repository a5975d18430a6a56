//! Numbers that the kernel gives out lowest first and takes back: disks, generic devices, bsg minors.

use std::collections::BTreeSet;

/// Gives out the lowest number that is free, as the kernel's ida does (`lib/idr.c`).
#[derive(Debug, Clone, Default)]
pub(crate) struct Numbers {
    /// All from here on are free.
    next: u32,
    /// Those below that were given back.
    free: BTreeSet<u32>,
}

impl Numbers {
    pub(crate) fn take(&mut self) -> u32 {
        self.free.pop_first().unwrap_or_else(|| {
            self.next += 1;
            self.next - 1
        })
    }

    pub(crate) fn give_back(&mut self, number: u32) {
        self.free.insert(number);
    }

    /// How many are in use.
    #[cfg(test)]
    pub(crate) fn in_use(&self) -> usize {
        self.next as usize - self.free.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_free_number_first() {
        let mut numbers = Numbers::default();
        assert_eq!([numbers.take(), numbers.take(), numbers.take()], [0, 1, 2]);
        numbers.give_back(1);
        numbers.give_back(0);
        assert_eq!(numbers.in_use(), 1);
        assert_eq!([numbers.take(), numbers.take(), numbers.take()], [0, 1, 3]);
    }
}
