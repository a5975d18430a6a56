//! The cursor that decoders go by: it knows what is being read and where it stands.

use zerocopy::FromBytes;

use super::field::Field;
use super::list::List;
use crate::error::DecodeError;

/// Bytes that are still to be read. Offsets in errors count from the first byte that the outermost decoder
/// was given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    what: &'static str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(what: &'static str, bytes: &'a [u8]) -> Self {
        Self { what, bytes, at: 0 }
    }

    /// The same place, with another name for what is read from here on.
    pub(crate) const fn named(self, what: &'static str) -> Self {
        Self { what, ..self }
    }

    pub(crate) const fn at(&self) -> usize {
        self.at
    }

    pub(crate) const fn left(&self) -> usize {
        self.bytes.len()
    }

    /// Everything that is left, without going on.
    pub(crate) const fn peek(&self) -> &'a [u8] {
        self.bytes
    }

    /// The next bytes.
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let Some((taken, rest)) = self.bytes.split_at_checked(count) else {
            return Err(self.truncated(count));
        };
        self.bytes = rest;
        self.at += count;
        Ok(taken)
    }

    /// The next bytes, as a reader of their own.
    pub(crate) fn within(&mut self, what: &'static str, count: usize) -> Result<Self, DecodeError> {
        let at = self.at;
        Ok(Self { what, bytes: self.take(count)?, at })
    }

    /// Everything that is left.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        self.at += self.bytes.len();
        std::mem::take(&mut self.bytes)
    }

    /// Everything but this many bytes at the end.
    pub(crate) fn all_but(&mut self, end: usize) -> Result<&'a [u8], DecodeError> {
        let Some(count) = self.left().checked_sub(end) else {
            return Err(self.truncated(end));
        };
        self.take(count)
    }

    /// The next field or record.
    pub(crate) fn field<T: Field>(&mut self) -> Result<T, DecodeError> {
        let Ok((wire, rest)) = T::Wire::read_from_prefix(self.bytes) else {
            return Err(self.truncated(size_of::<T::Wire>()));
        };
        self.bytes = rest;
        self.at += size_of::<T::Wire>();
        Ok(T::of(wire))
    }

    /// The next records, this many.
    pub(crate) fn list<T: Field>(&mut self, count: usize) -> Result<List<'a, T>, DecodeError> {
        let bytes = count.saturating_mul(size_of::<T::Wire>());
        Ok(List::of_bytes(self.take(bytes)?).0)
    }

    /// As many whole records as there are.
    pub(crate) fn records<T: Field>(&mut self) -> List<'a, T> {
        let (list, rest) = List::of_bytes(self.bytes);
        self.at += self.bytes.len() - rest.len();
        self.bytes = rest;
        list
    }

    pub(crate) const fn truncated(&self, needed: usize) -> DecodeError {
        DecodeError::Truncated { what: self.what, at: self.at, needed, found: self.bytes.len() }
    }

    /// What was read `back` bytes ago is not what it must be.
    pub(crate) fn unexpected(
        &self,
        back: usize,
        expected: &'static str,
        found: impl Into<u64>,
    ) -> DecodeError {
        let (what, at) = (self.what, self.at.saturating_sub(back));
        DecodeError::Unexpected { what, at, expected, found: found.into() }
    }
}
