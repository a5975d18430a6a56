//! The blocks that a guest writes: each says whose it is, which one, and proves that it is whole.

use sha2::{Digest, Sha256};

/// How many blocks of a volume a guest writes to, in turn: enough that overwriting and reading old ones
/// both happen in a short run.
pub const BLOCKS_IN_USE: u64 = 256;

/// How long a block is, in bytes.
pub const BLOCK_BYTES: usize = 512;

const MAGIC: &[u8; 8] = b"npivotB1";
const SUM_AT: usize = 480;

/// A block of 512 bytes: magic, volume, sequence number, guest's name, filler, SHA-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Which of the guest's volumes, from 0.
    pub volume: u32,
    /// The guest's count of writes.
    pub sequence: u64,
    /// The guest's name, cut to 64 bytes.
    pub guest: String,
}

impl Block {
    /// Where the block of this sequence number is written.
    pub const fn lba(sequence: u64) -> u64 {
        sequence % BLOCKS_IN_USE
    }

    /// The block of this sequence number, of a guest that writes to each of so many volumes in turn.
    pub fn of(guest: &str, sequence: u64, volumes: usize) -> Self {
        let volume = sequence % (volumes as u64).max(1);
        let volume = u32::try_from(volume).unwrap_or(u32::MAX);
        Self { volume, sequence, guest: guest.to_owned() }
    }

    /// The 512 bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![0_u8; BLOCK_BYTES];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..12].copy_from_slice(&self.volume.to_be_bytes());
        bytes[16..24].copy_from_slice(&self.sequence.to_be_bytes());
        let name = self.guest.as_bytes();
        let len = name.len().min(64);
        bytes[24..24 + len].copy_from_slice(&name[..len]);
        // A filler that differs from block to block, so that a mixture of two is never whole.
        let filler = self.sequence.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
        for chunk in bytes[88..SUM_AT].chunks_exact_mut(8) {
            chunk.copy_from_slice(&filler);
        }
        let sum = Sha256::digest(&bytes[..SUM_AT]);
        bytes[SUM_AT..].copy_from_slice(&sum);
        bytes
    }

    /// The block in these bytes; `None` when they are not a whole one.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != BLOCK_BYTES || &bytes[..8] != MAGIC {
            return None;
        }
        if Sha256::digest(&bytes[..SUM_AT]).as_slice() != &bytes[SUM_AT..] {
            return None;
        }
        let name = bytes[24..88].split(|&b| b == 0).next()?;
        Some(Self {
            volume: u32::from_be_bytes(bytes[8..12].try_into().ok()?),
            sequence: u64::from_be_bytes(bytes[16..24].try_into().ok()?),
            guest: String::from_utf8(name.to_vec()).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_whole_or_nothing() {
        let block = Block { volume: 1, sequence: 300, guest: "web1".into() };
        let bytes = block.encode();
        assert_eq!(Block::decode(&bytes), Some(block));
        assert_eq!(Block::lba(300), 44);
        for damaged in [0, 12, 20, 100, 479, 480, 511] {
            let mut bytes = bytes.clone();
            bytes[damaged] ^= 1;
            assert_eq!(Block::decode(&bytes), None, "byte {damaged}");
        }
        assert_eq!(Block::decode(&bytes[..511]), None);
    }
}
