//! What the name server's data base holds.

use std::fmt;

use npivot_hal::{FcId, Wwnn, Wwpn};

use super::code::EntryControl;
use crate::bytes::{Encode, Field, Reader, Writer};
use crate::error::{DecodeError, EncodeError};
use crate::fc2::FcType;

/// A symbolic name: at most 255 bytes, meant to be text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SymbolicName<'a>(&'a [u8]);

impl<'a> SymbolicName<'a> {
    /// The most bytes that it has.
    pub const MAX_BYTES: usize = 255;

    /// The name of these bytes, or `None` for more than 255.
    pub const fn new(bytes: &'a [u8]) -> Option<Self> {
        if bytes.len() <= Self::MAX_BYTES { Some(Self(bytes)) } else { None }
    }

    /// Its bytes.
    pub const fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// Reads its length, then the name.
    pub(super) fn read(from: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let length: u8 = from.field()?;
        Ok(Self(from.take(length.into())?))
    }

    /// Reads it from a place that is as long as the longest name.
    pub(super) fn read_padded(from: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let mut place = from.within("symbolic name", 1 + Self::MAX_BYTES)?;
        Self::read(&mut place)
    }

    pub(super) fn write_padded(self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        self.encode(to)?;
        to.zeros(Self::MAX_BYTES - self.0.len())
    }
}

/// Its length, then the name.
impl Encode for SymbolicName<'_> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        to.field(u8::try_from(self.0.len()).unwrap_or(u8::MAX))?;
        to.bytes(self.0)
    }
}

impl fmt::Display for SymbolicName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        String::from_utf8_lossy(self.0).fmt(f)
    }
}

impl fmt::Debug for SymbolicName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SymbolicName({:?})", String::from_utf8_lossy(self.0))
    }
}

/// Which FC-4s a port speaks: a bit for each of 256.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Fc4Types(
    /// Eight words of 32 bits; bit n of word m, counted from the least, is type 32 m + n.
    pub [u8; 32],
);

impl Fc4Types {
    const fn place(fc_type: FcType) -> (usize, u8) {
        // A word's bits are counted from its last byte.
        let number = fc_type.0 as usize;
        (number / 32 * 4 + 3 - number % 32 / 8, 1 << (number % 8))
    }

    /// Whether this one is among them.
    pub const fn has(self, fc_type: FcType) -> bool {
        let (byte, bit) = Self::place(fc_type);
        self.0[byte] & bit != 0
    }

    /// These and this one.
    #[must_use]
    pub const fn with(mut self, fc_type: FcType) -> Self {
        let (byte, bit) = Self::place(fc_type);
        self.0[byte] |= bit;
        self
    }
}

impl fmt::Debug for Fc4Types {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = (0..=u8::MAX).map(FcType);
        f.debug_set().entries(all.filter(|&fc_type| self.has(fc_type))).finish()
    }
}

impl Field for Fc4Types {
    type Wire = [u8; 32];
    fn of(wire: [u8; 32]) -> Self {
        Self(wire)
    }
    fn wire(self) -> [u8; 32] {
        self.0
    }
}

record! {
    /// A port by its address.
    pub struct PortId("port identifier") {
        /// The address.
        [1] id: FcId,
    }
}

record! {
    /// An address in a list of answers (GID_FT, GID_PT, GID_NN).
    pub struct PortIdEntry("port identifier entry") {
        /// Whether more follow.
        control: EntryControl,
        /// The address.
        id: FcId,
    }
}

record! {
    /// An address and a port name in a list of answers (GPN_FT).
    pub struct PortNameEntry("port name entry") {
        /// Whether more follow.
        control: EntryControl,
        /// The address.
        id: FcId,
        /// The name.
        [4] wwpn: Option<Wwpn>,
    }
}

record! {
    /// An address and a node name in a list of answers (GNN_FT).
    pub struct NodeNameEntry("node name entry") {
        /// Whether more follow.
        control: EntryControl,
        /// The address.
        id: FcId,
        /// The name.
        [4] wwnn: Option<Wwnn>,
    }
}

record! {
    /// RPN_ID: a port's name.
    pub struct PortNameOf("RPN_ID") {
        /// The port.
        [1] id: FcId,
        /// Its name.
        wwpn: Option<Wwpn>,
    }
}

record! {
    /// RNN_ID: a port's node name.
    pub struct NodeNameOf("RNN_ID") {
        /// The port.
        [1] id: FcId,
        /// Its node name.
        wwnn: Option<Wwnn>,
    }
}
