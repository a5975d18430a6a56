//! Records one after the other.

use std::fmt;

use zerocopy::{FromBytes, IntoBytes};

use super::field::Field;
use super::writer::{Encode, Writer};
use crate::error::EncodeError;

/// Records of one kind, one after the other: as they came, read in place, or a slice to be written.
/// Either way nothing is allocated, and two lists are equal when their records are.
#[derive(Clone, Copy)]
pub struct List<'a, T: Field>(Source<'a, T>);

#[derive(Clone, Copy)]
enum Source<'a, T: Field> {
    Came(&'a [T::Wire]),
    Given(&'a [T]),
}

impl<'a, T: Field> List<'a, T> {
    /// A list of these.
    pub const fn new(records: &'a [T]) -> Self {
        Self(Source::Given(records))
    }

    /// The list that these bytes hold; what is left after the last whole record is returned with it.
    pub(crate) fn of_bytes(bytes: &'a [u8]) -> (Self, &'a [u8]) {
        let count = bytes.len() / size_of::<T::Wire>();
        match <[T::Wire]>::ref_from_prefix_with_elems(bytes, count) {
            Ok((records, rest)) => (Self(Source::Came(records)), rest),
            Err(_) => (Self::new(&[]), bytes),
        }
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        match self.0 {
            Source::Came(records) => records.len(),
            Source::Given(records) => records.len(),
        }
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes they have on the wire.
    pub const fn bytes(&self) -> usize {
        self.len() * size_of::<T::Wire>()
    }

    /// The record at this place, counted from 0.
    pub fn get(&self, at: usize) -> Option<T> {
        match self.0 {
            Source::Came(records) => records.get(at).copied().map(T::of),
            Source::Given(records) => records.get(at).copied(),
        }
    }

    /// The records, in order.
    pub fn iter(self) -> impl Iterator<Item = T> + use<'a, T> {
        let (came, given) = match self.0 {
            Source::Came(records) => (records, &[][..]),
            Source::Given(records) => (&[][..], records),
        };
        came.iter().map(|&wire| T::of(wire)).chain(given.iter().copied())
    }
}

impl<T: Field> Encode for List<'_, T> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        match self.0 {
            Source::Came(records) => to.bytes(records.as_bytes()),
            Source::Given(records) => records.iter().try_for_each(|&record| to.field(record)),
        }
    }
}

impl<T: Field + PartialEq> PartialEq for List<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<T: Field + Eq> Eq for List<'_, T> {}

impl<T: Field + fmt::Debug> fmt::Debug for List<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
