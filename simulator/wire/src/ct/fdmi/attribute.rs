//! Attribute blocks: a count, then values with their types and lengths.

use std::fmt;

use crate::bytes::{Encode, Field, Reader, Writer};
use crate::error::{DecodeError, EncodeError, fits};

/// The bytes before each value.
const HEAD_BYTES: usize = 4;

/// A value with its type: an [`HbaAttribute`](super::HbaAttribute) or a
/// [`PortAttribute`](super::PortAttribute).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute<'a, K> {
    /// What it is.
    pub kind: K,
    /// Its bytes. Texts are filled with zeros to a multiple of four, numbers are big-endian.
    pub value: &'a [u8],
}

/// The attributes of an HBA or a port: as they came, read in place, or a slice to be written.
#[derive(Clone, Copy)]
pub struct Attributes<'a, K>(Source<'a, K>);

#[derive(Clone, Copy)]
enum Source<'a, K> {
    Came { count: usize, bytes: &'a [u8] },
    Given(&'a [Attribute<'a, K>]),
}

impl<'a, K: Field> Attributes<'a, K> {
    /// A block of these.
    pub const fn new(attributes: &'a [Attribute<'a, K>]) -> Self {
        Self(Source::Given(attributes))
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        match self.0 {
            Source::Came { count, .. } => count,
            Source::Given(attributes) => attributes.len(),
        }
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The attributes, in order.
    pub fn iter(self) -> impl Iterator<Item = Attribute<'a, K>> + use<'a, K> {
        let (bytes, given) = match self.0 {
            Source::Came { bytes, .. } => (bytes, &[][..]),
            Source::Given(attributes) => (&[][..], attributes),
        };
        let mut from = Reader::new("FDMI attribute", bytes);
        // The block was read once when it was decoded, so each of them is whole.
        std::iter::from_fn(move || one(&mut from).ok()).chain(given.iter().copied())
    }

    pub(super) fn read(from: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let count: u32 = from.field()?;
        let mut walk = *from;
        for _ in 0..count {
            one::<K>(&mut walk)?;
        }
        let bytes = from.take(walk.at() - from.at())?;
        Ok(Self(Source::Came { count: usize::try_from(count).unwrap_or(usize::MAX), bytes }))
    }
}

fn one<'a, K: Field>(from: &mut Reader<'a>) -> Result<Attribute<'a, K>, DecodeError> {
    let kind = from.field()?;
    let length: u16 = from.field()?;
    let Some(value) = usize::from(length).checked_sub(HEAD_BYTES) else {
        return Err(from.unexpected(2, "a length of at least 4", length));
    };
    Ok(Attribute { kind, value: from.take(value)? })
}

impl<K: Field> Encode for Attributes<'_, K> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        let limit = u16::MAX as usize;
        to.field(fits::<u32>("FDMI attributes", limit, self.len())?)?;
        for Attribute { kind, value } in self.iter() {
            to.field(kind)?;
            to.field(fits::<u16>("FDMI attribute", limit, HEAD_BYTES + value.len())?)?;
            to.bytes(value)?;
        }
        Ok(())
    }
}

impl<K: Field + PartialEq> PartialEq for Attributes<'_, K> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<K: Field + Eq> Eq for Attributes<'_, K> {}

impl<K: Field + fmt::Debug> fmt::Debug for Attributes<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
