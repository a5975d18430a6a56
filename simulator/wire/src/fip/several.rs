//! Descriptors of one type, of which a message may have many.

use std::fmt;

use super::collect::contents_of;
use super::descriptor::{self, Descriptor};
use crate::bytes::{Encode, Writer};
use crate::error::EncodeError;

/// Descriptors of one type, wherever they stand in a message's list: as they came, read in place, or a
/// slice to be written.
#[derive(Clone, Copy)]
pub struct Several<'a, T>(Source<'a, T>);

#[derive(Clone, Copy)]
enum Source<'a, T> {
    Came(&'a [u8]),
    Given(&'a [T]),
}

impl<'a, T: Descriptor> Several<'a, T> {
    /// These.
    pub const fn new(contents: &'a [T]) -> Self {
        Self(Source::Given(contents))
    }

    /// Those in a list that has been found to be whole.
    pub(super) const fn of_list(list: &'a [u8]) -> Self {
        Self(Source::Came(list))
    }

    /// Their contents, in order.
    pub fn iter(self) -> impl Iterator<Item = T> + use<'a, T> {
        let (list, given) = match self.0 {
            Source::Came(list) => (list, &[][..]),
            Source::Given(contents) => (&[][..], contents),
        };
        contents_of(list).chain(given.iter().copied())
    }
}

impl<T: Descriptor> Encode for Several<'_, T> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        self.iter().try_for_each(|content| descriptor::write(content, to))
    }
}

impl<T: Descriptor + PartialEq> PartialEq for Several<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<T: Descriptor + Eq> Eq for Several<'_, T> {}

impl<T: Descriptor + fmt::Debug> fmt::Debug for Several<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
