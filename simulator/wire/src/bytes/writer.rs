//! Writing into a buffer of the caller's.

use zerocopy::IntoBytes;

use super::field::Field;
use crate::error::EncodeError;

/// Something that can be written to the wire.
pub trait Encode {
    /// Writes it at the writer's place.
    ///
    /// # Errors
    /// [`EncodeError::NoRoom`] when the buffer is too small, [`EncodeError::TooLong`] when a part is longer
    /// than its length field can say. What was written until then stays in the buffer.
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError>;

    /// Writes it to the beginning of a buffer, and says how many bytes it has.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    fn encode_to(&self, buffer: &mut [u8]) -> Result<usize, EncodeError> {
        let mut writer = Writer::new(buffer);
        self.encode(&mut writer)?;
        Ok(writer.written().len())
    }
}

impl Encode for &[u8] {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        to.bytes(self)
    }
}

/// A place in a buffer, from which bytes are written on.
#[derive(Debug)]
pub struct Writer<'b> {
    buffer: &'b mut [u8],
    at: usize,
}

impl<'b> Writer<'b> {
    /// At the beginning of this buffer.
    pub const fn new(buffer: &'b mut [u8]) -> Self {
        Self { buffer, at: 0 }
    }

    /// What has been written.
    pub fn written(&self) -> &[u8] {
        &self.buffer[..self.at]
    }

    /// How many bytes have been written.
    pub const fn at(&self) -> usize {
        self.at
    }

    /// Writes these bytes.
    ///
    /// # Errors
    /// [`EncodeError::NoRoom`].
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.room(bytes.len())?.copy_from_slice(bytes);
        Ok(())
    }

    /// Writes this many zeros.
    ///
    /// # Errors
    /// [`EncodeError::NoRoom`].
    pub fn zeros(&mut self, count: usize) -> Result<(), EncodeError> {
        self.room(count)?.fill(0);
        Ok(())
    }

    /// Writes a field or a record.
    ///
    /// # Errors
    /// [`EncodeError::NoRoom`].
    pub fn field<T: Field>(&mut self, value: T) -> Result<(), EncodeError> {
        self.bytes(value.wire().as_bytes())
    }

    /// Writes a field again that was written before, now that its value is known. A place that has not
    /// been written stays as it is.
    pub(crate) fn amend<T: Field>(&mut self, at: usize, value: T) {
        let wire = value.wire();
        let bytes = wire.as_bytes();
        if let Some(place) = self.buffer[..self.at].get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }

    fn room(&mut self, count: usize) -> Result<&mut [u8], EncodeError> {
        let (at, room) = (self.at, self.buffer.len() - self.at);
        if count > room {
            return Err(EncodeError::NoRoom { at, needed: count, room });
        }
        self.at += count;
        Ok(&mut self.buffer[at..at + count])
    }
}
