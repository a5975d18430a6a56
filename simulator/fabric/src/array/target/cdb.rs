//! Fields of a command descriptor block.

use crate::array::scsi::Check;

/// A command whose length fits its operation code: 6, 10, 12 or 16 bytes; of an operation code that tells
/// none, nothing but that.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cdb<'a>(&'a [u8]);

impl<'a> Cdb<'a> {
    /// Cuts a command to the length that the group code in the upper three bits of its first byte tells
    /// (SPC-5, 4.2.5.1). `None`: it is shorter. Of the groups that tell no length no command is known.
    pub(super) fn of(bytes: &'a [u8]) -> Option<Self> {
        let length = match bytes.first()? >> 5 {
            0 => 6,
            1 | 2 => 10,
            4 => 16,
            5 => 12,
            _ => 1,
        };
        bytes.get(..length).map(Self)
    }

    /// The operation code.
    pub(super) fn code(self) -> u8 {
        self.byte(0)
    }

    /// The service action, for the operation codes that have them.
    pub(super) fn action(self) -> u8 {
        self.byte(1) & 0x1f
    }

    /// NACA, in the control byte at the end.
    pub(super) fn naca(self) -> bool {
        self.0.last().is_some_and(|control| control & 0x04 != 0)
    }

    /// Where the control byte is.
    pub(super) fn last(self) -> u16 {
        u16::try_from(self.0.len().saturating_sub(1)).unwrap_or(0)
    }

    /// A byte; 0 beyond the end.
    pub(super) fn byte(self, at: usize) -> u8 {
        self.0.get(at).copied().unwrap_or(0)
    }

    pub(super) fn bit(self, at: usize, bit: u8) -> bool {
        self.byte(at) >> bit & 1 != 0
    }

    pub(super) fn u16(self, at: usize) -> u16 {
        u16::from_be_bytes([self.byte(at), self.byte(at + 1)])
    }

    pub(super) fn u32(self, at: usize) -> u32 {
        u32::from(self.u16(at)) << 16 | u32::from(self.u16(at + 2))
    }

    pub(super) fn u64(self, at: usize) -> u64 {
        u64::from(self.u32(at)) << 32 | u64::from(self.u32(at + 4))
    }

    /// That bits, of which `bit` is the leftmost, are zero.
    pub(super) fn must_be_zero(self, at: usize, mask: u8, bit: u8) -> Result<(), Check> {
        if self.byte(at) & mask == 0 {
            return Ok(());
        }
        Err(Check::cdb(u16::try_from(at).unwrap_or(0), Some(bit)))
    }
}
