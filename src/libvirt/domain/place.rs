//! Line and column.

use std::fmt;

/// A place in a document, both counted from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Finds places in the order in which they stand: each byte of the text is looked at once, however many
/// places are asked for.
pub(super) struct Places<'a> {
    text: &'a str,
    at: usize,
    place: Place,
}

impl<'a> Places<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0, place: Place { line: 1, column: 1 } }
    }

    /// The place of a byte. One before the last one asked for is told as the last one.
    pub(super) fn of(&mut self, at: usize) -> Place {
        let at = self.text.floor_char_boundary(at);
        for c in self.text.get(self.at..at).unwrap_or_default().chars() {
            if c == '\n' {
                self.place = Place { line: self.place.line.saturating_add(1), column: 1 };
            } else {
                self.place.column = self.place.column.saturating_add(1);
            }
        }
        self.at = self.at.max(at);
        self.place
    }
}
