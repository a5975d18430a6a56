//! Rows of numbers of varying length in two arrays ("compressed sparse rows"), and what a number says.

/// Set in a place of a row: the member is a principal of the zone.
pub(super) const PRINCIPAL: u32 = 1 << 31;
/// Set in a member's row: the zone is a peer zone.
pub(super) const PEER: u32 = 1 << 30;
/// The number of the zone in a member's row.
pub(super) const ZONE: u32 = PEER - 1;
/// The number of the member in a zone's row.
pub(super) const MEMBER: u32 = PRINCIPAL - 1;

/// Many rows: 4 bytes for each number, and 4 for each row.
#[derive(Debug, Clone)]
pub(super) struct Table {
    starts: Box<[u32]>,
    items: Box<[u32]>,
}

impl Default for Table {
    fn default() -> Self {
        Self::new(vec![0], vec![])
    }
}

impl Table {
    /// Rows that start at these places in `items`; the last start is the end of the last row.
    pub(super) fn new(starts: Vec<u32>, items: Vec<u32>) -> Self {
        Self { starts: starts.into(), items: items.into() }
    }

    /// How many rows.
    pub(super) fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// How many numbers in all rows.
    pub(super) fn items(&self) -> usize {
        self.items.len()
    }

    /// A row; empty beyond the last.
    pub(super) fn row(&self, row: usize) -> &[u32] {
        match self.starts.get(row..row + 2) {
            Some(&[start, end]) => &self.items[start as usize..end as usize],
            _ => &[],
        }
    }

    /// The heap that it takes.
    pub(super) fn memory_bytes(&self) -> usize {
        size_of_val(&*self.starts) + size_of_val(&*self.items)
    }
}

/// The zones of a port, merged from the rows of its member keys. Each row ascends by zone.
#[derive(Debug, Clone)]
pub(super) struct Places<'a>(pub(super) [&'a [u32]; 3]);

impl Places<'_> {
    /// How many places at most: a zone in two rows counts twice.
    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|row| row.len()).sum()
    }

    /// Whether the port is in no zone.
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|row| row.is_empty())
    }

    /// The place in this zone, with the marks of all rows. O(log zones of the port).
    pub(super) fn find(&self, zone: u32) -> Option<u32> {
        let place = |row: &&[u32]| {
            let found = row.binary_search_by_key(&zone, |place| place & ZONE).ok();
            found.map(|i| row[i])
        };
        self.0.iter().filter_map(place).reduce(|a, b| a | b)
    }
}

impl Iterator for Places<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let heads = self.0.iter().filter_map(|row| row.first());
        let zone = heads.map(|place| place & ZONE).min()?;
        let mut merged = zone;
        for row in &mut self.0 {
            if let Some((place, rest)) = row.split_first()
                && place & ZONE == zone
            {
                merged |= place;
                *row = rest;
            }
        }
        Some(merged)
    }
}
