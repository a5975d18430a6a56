//! A sum over all records, kept beside them: redb believes the bytes that it reads, and a bit that a disk has lost
//! would make another name of a name.

use sha2::{Digest, Sha256};

/// The sum. Each commit takes out of it what it replaces and adds what it writes, so that it need not read the rest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Seal(pub(super) u64);

impl Seal {
    /// With a record.
    pub(super) fn with(self, key: &str, revision: u64, value: &[u8]) -> Self {
        Self(self.0.wrapping_add(digest(key, revision, value)))
    }

    /// Without a record that it has.
    pub(super) fn without(self, key: &str, revision: u64, value: &[u8]) -> Self {
        Self(self.0.wrapping_sub(digest(key, revision, value)))
    }

    /// With the revision of the last commit.
    pub(super) fn at(self, revision: u64) -> Self {
        self.with("", revision, b"")
    }

    /// Without it.
    pub(super) fn not_at(self, revision: u64) -> Self {
        self.without("", revision, b"")
    }
}

fn digest(key: &str, revision: u64, value: &[u8]) -> u64 {
    let mut hash = Sha256::new();
    hash.update((key.len() as u64).to_le_bytes());
    hash.update(key);
    hash.update(revision.to_le_bytes());
    hash.update(value);
    let bytes: [u8; 32] = hash.finalize().into();
    bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}
