//! Commands to the medium.

mod compare;
mod free;
mod transfer;

pub(super) use compare::{compare_and_write, compare_needs, verify, verify_needs};
pub(super) use free::{same, same_needs, unmap, unmap_needs};
pub(super) use transfer::{read, synchronize, write, write_needs};

use super::{Call, Refused};
use crate::array::scsi::{BlockLimits, Check, Sense};
use crate::array::{Array, BLOCK_BYTES, BLOCK_LENGTH, StorageError, VolumeIx};

/// The most blocks of one command that moves data: 32 MiB. A longer one is `INVALID FIELD IN CDB`.
pub const MAX_TRANSFER_BLOCKS: u32 = 65_536;

/// What one command can be about, as VPD page B0 tells it. UNMAP takes 4 GiB at once, since freeing costs
/// what was there.
pub const BLOCK_LIMITS: BlockLimits = BlockLimits {
    compare: u8::MAX,
    transfer: MAX_TRANSFER_BLOCKS,
    unmap: 0x0080_0000,
    unmap_descriptors: 256,
    granularity: 8,
    same: MAX_TRANSFER_BLOCKS as u64,
};

/// A block as long as the field of a command is long.
const BLOCK: u64 = BLOCK_LENGTH as u64;

/// Which blocks a command is about.
#[derive(Debug, Clone, Copy)]
struct Span {
    lba: u64,
    blocks: u64,
}

impl Span {
    /// Reads it from a command: each of the four lengths has its own places for the two fields.
    fn of(call: &Call<'_>) -> Self {
        let cdb = call.cdb;
        let (lba, blocks) = match cdb.code() >> 5 {
            // 21 bits of address, and zero blocks stand for 256.
            0 => match cdb.byte(4) {
                0 => (cdb.u32(0) & 0x001f_ffff, 256),
                blocks => (cdb.u32(0) & 0x001f_ffff, blocks.into()),
            },
            4 => return Self { lba: cdb.u64(2), blocks: cdb.u32(10).into() },
            5 => (cdb.u32(2), cdb.u32(6)),
            _ => (cdb.u32(2), cdb.u16(7).into()),
        };
        Self { lba: lba.into(), blocks: blocks.into() }
    }

    /// Where the field of the number of blocks begins.
    fn length_byte(call: &Call<'_>) -> u16 {
        match call.cdb.code() >> 5 {
            0 => 4,
            4 => 10,
            5 => 6,
            _ => 7,
        }
    }

    /// That it ends with the volume. INFORMATION tells the first block that is beyond.
    fn within(self, array: &Array, unit: VolumeIx) -> Result<Self, Check> {
        let size = array.volume(unit).size_blocks();
        let inside = self.lba.checked_add(self.blocks).is_some_and(|end| end <= size);
        let beyond = || Check::of(Sense::LBA_OUT_OF_RANGE).at(self.lba.max(size));
        if inside { Ok(self) } else { Err(beyond()) }
    }

    /// That one command may move so much.
    fn at_most(self, call: &Call<'_>, max: u64) -> Result<Self, Check> {
        if self.blocks > max {
            return Err(Check::cdb(Self::length_byte(call), None));
        }
        Ok(self)
    }

    /// Its place in bytes. A volume has at most 2^64 of them, so a block within it has one.
    const fn at(self) -> u64 {
        self.lba * BLOCK
    }

    /// Its length in bytes, at most 2^41.
    const fn bytes(self) -> u64 {
        self.blocks * BLOCK
    }
}

/// RDPROTECT, WRPROTECT, VRPROTECT: there is no protection information.
fn no_protection(call: &Call<'_>) -> Result<(), Check> {
    // The six byte commands have a part of the address there.
    if call.cdb.code() >> 5 == 0 {
        return Ok(());
    }
    call.cdb.must_be_zero(1, 0xe0, 7)
}

/// That the unit may be written to.
fn writable(array: &Array, call: &Call<'_>) -> Result<VolumeIx, Refused> {
    let unit = call.unit()?;
    if array.volume(unit).is_write_protected() {
        return Err(Sense::WRITE_PROTECTED.into());
    }
    Ok(unit)
}

/// What a failure to read is to the initiator.
fn read_failed(error: StorageError, span: Span) -> Refused {
    Check::of(Sense::UNRECOVERED_READ_ERROR).at(block_of(error, span)).into()
}

/// What a failure to write is to the initiator.
fn write_failed(error: StorageError, span: Span) -> Refused {
    let sense = match error {
        StorageError::Full => Sense::SPACE_ALLOCATION_FAILED,
        StorageError::Failed { .. } => Sense::WRITE_ERROR,
    };
    Check::of(sense).at(block_of(error, span)).into()
}

fn block_of(error: StorageError, span: Span) -> u64 {
    match error {
        StorageError::Failed { at } => at / BLOCK,
        StorageError::Full => span.lba,
    }
}

/// As a length of memory; the caller has bounded it.
fn length(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

/// So much of the data as makes whole blocks, and not more than the command names.
fn whole_blocks<'a>(call: &Call<'a>, span: Span) -> &'a [u8] {
    let have = call.data.len() / BLOCK_BYTES * BLOCK_BYTES;
    &call.data[..have.min(length(span.bytes()))]
}
