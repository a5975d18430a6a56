//! Every name that was ever given out.
//!
//! | record | what it says |
//! |---|---|
//! | `names/PREFIX` | which names with these upper 48 bits (12 digits) were given out: a `Block` |
//!
//! Two bytes for a name at most, and a record for up to 65,536 that lie together. 16 million pairs scattered
//! over one OUI's 36 bits are a million records of 32 names each.

use std::collections::BTreeMap;

use npivot_hal::{WwnPair, Wwnn, Wwpn};
use rand::Rng;

use super::block::Block;
use super::{IdentityError, NamesInUse, WwnRange};
use crate::store::{Change, Store};

const NAMES: &str = "names/";
/// How many names are tried by chance. That all of them are taken means that nearly all are, or that the
/// generator is broken.
const DRAWS: u32 = 64;
/// How many names are then looked at one after the other.
const WALK: u64 = 1 << 20;

/// A look at the names that were given out, and those that are to be, which are written by the caller
/// together with what uses them.
#[derive(Debug)]
pub struct Ledger<'s> {
    store: &'s dyn Store,
    blocks: BTreeMap<u64, Seen>,
}

/// A block as it was read, and what has been added to it.
#[derive(Debug)]
struct Seen {
    revision: Option<u64>,
    block: Block,
    changed: bool,
}

impl<'s> Ledger<'s> {
    /// A fresh look. After a conflict, take another one.
    pub fn of(store: &'s dyn Store) -> Self {
        Self { store, blocks: BTreeMap::new() }
    }

    /// Draws a pair that was never given out, that nobody uses, and gives it out.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn draw(
        &mut self,
        range: WwnRange,
        in_use: &NamesInUse,
        chance: &mut (impl Rng + Send),
    ) -> Result<WwnPair, IdentityError> {
        let wwpn = self.draw_name(range, in_use, chance).await?;
        let wwnn = self.draw_name(range, in_use, chance).await?;
        let pair = Wwpn::new(wwpn).zip(Wwnn::new(wwnn));
        let (wwpn, wwnn) = pair.ok_or(IdentityError::Exhausted { range, looked_at: 0 })?;
        Ok(WwnPair::new(wwpn, wwnn))
    }

    /// A free name, which is given out by this.
    async fn draw_name(
        &mut self,
        range: WwnRange,
        in_use: &NamesInUse,
        chance: &mut (impl Rng + Send),
    ) -> Result<u64, IdentityError> {
        for _ in 0..DRAWS {
            let name = range.any(chance);
            if !in_use.contains(name) && self.give(name).await? {
                return Ok(name);
            }
        }
        let looked_at = range.len().min(WALK);
        let mut name = range.any(chance);
        for _ in 0..looked_at {
            if !in_use.contains(name) && self.give(name).await? {
                return Ok(name);
            }
            name = range.after(name);
        }
        Err(IdentityError::Exhausted { range, looked_at })
    }

    /// Whether a pair has a name that was given out before.
    ///
    /// # Errors
    /// [`IdentityError::Unreadable`], [`IdentityError::Store`].
    pub async fn has(&mut self, names: WwnPair) -> Result<bool, IdentityError> {
        let (wwpn, wwnn) = (names.wwpn.get(), names.wwnn.get());
        Ok(self.block(wwpn).await?.block.contains(number(wwpn))
            || self.block(wwnn).await?.block.contains(number(wwnn)))
    }

    /// Gives out names that somebody has chosen, whether or not they were given out before.
    ///
    /// # Errors
    /// [`IdentityError::Unreadable`], [`IdentityError::Store`].
    pub async fn note(&mut self, names: WwnPair) -> Result<(), IdentityError> {
        self.give(names.wwpn.get()).await?;
        self.give(names.wwnn.get()).await?;
        Ok(())
    }

    /// What has been given out by this look, as changes. They conflict with everybody else's who gives out
    /// names near these at the same time.
    pub fn into_changes(self) -> Vec<Change> {
        let changed = self.blocks.into_iter().filter(|(_, seen)| seen.changed);
        changed
            .map(|(prefix, seen)| Change {
                key: key(prefix),
                expected: seen.revision,
                value: Some(seen.block.bytes()),
            })
            .collect()
    }

    /// Gives out a name. Whether it was not before.
    async fn give(&mut self, name: u64) -> Result<bool, IdentityError> {
        let seen = self.block(name).await?;
        let new = seen.block.insert(number(name));
        seen.changed |= new;
        Ok(new)
    }

    async fn block(&mut self, name: u64) -> Result<&mut Seen, IdentityError> {
        let prefix = prefix(name);
        if !self.blocks.contains_key(&prefix) {
            let record = key(prefix);
            let row = self.store.get(&record).await?;
            let revision = row.as_ref().map(|row| row.revision);
            let block = row.map_or(Ok(Block::default()), |row| Block::read(&row.value));
            let block = block.map_err(|cause| IdentityError::Unreadable { record, cause })?;
            self.blocks.insert(prefix, Seen { revision, block, changed: false });
        }
        Ok(self.blocks.get_mut(&prefix).expect("it has just been read"))
    }
}

/// The records in which these names are given out, in a store that has none yet.
pub(super) fn records(names: impl IntoIterator<Item = u64>) -> BTreeMap<String, Vec<u8>> {
    let mut blocks: BTreeMap<u64, Block> = BTreeMap::new();
    for name in names {
        blocks.entry(prefix(name)).or_default().insert(number(name));
    }
    blocks.into_iter().map(|(prefix, block)| (key(prefix), block.bytes())).collect()
}

fn key(prefix: u64) -> String {
    format!("{NAMES}{prefix:012x}")
}

fn prefix(name: u64) -> u64 {
    name >> 16
}

fn number(name: u64) -> u16 {
    let [.., higher, lower] = name.to_be_bytes();
    u16::from_be_bytes([higher, lower])
}
