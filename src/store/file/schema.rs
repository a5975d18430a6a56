//! What is in a store's database, and how an older one becomes today's.
//!
//! | version | what came with it |
//! |---|---|
//! | 1 | records and their revisions |
//! | 2 | the names that were ever given out, and who has a vHBA up under which |
//! | 3 | a sum over all records, by which damage is noticed |

use std::collections::BTreeMap;

use redb::{
    Database, ReadableDatabase, ReadableTable, Table, TableDefinition, TableError, WriteTransaction,
};

use super::seal::Seal;
use crate::identity;

/// The format of today.
pub(super) const VERSION: u64 = 3;
/// The version, the revision of the last change, and the [`Seal`] of all records at it.
pub(super) const META: TableDefinition<'_, &str, u64> = TableDefinition::new("npivot");
/// The records: revision and value.
pub(super) const RECORDS: TableDefinition<'_, &str, (u64, &[u8])> = TableDefinition::new("records");

/// Records by key.
pub(crate) type Content = BTreeMap<String, Vec<u8>>;

/// A step to the next version: from all records to those that are to be written.
pub(crate) type Step = fn(&Content) -> Content;

/// The steps: the first leads from version 1 to 2. The seal, which version 3 brought, is made whatever comes before.
const STEPS: &[Step] = &[identity::names_of_version_1, |_| Content::new()];
const _: () = assert!(STEPS.len() as u64 == VERSION - 1, "a step for each version but the first");

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unfit {
    /// Of a later version.
    #[error("its version is {0}")]
    Newer(u64),
    /// Not as npivot leaves one.
    #[error("{0}")]
    Damaged(String),
    /// It cannot be read or written.
    #[error(transparent)]
    Failed(#[from] redb::Error),
}

macro_rules! failures {
    ($($error:ty),*) => { $(impl From<$error> for Unfit {
        fn from(error: $error) -> Self {
            Self::Failed(error.into())
        }
    })* };
}
failures!(redb::StorageError, redb::TransactionError, redb::CommitError);

/// That a table is missing is damage.
impl From<TableError> for Unfit {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Storage(error) => error.into(),
            error => Self::Damaged(error.to_string()),
        }
    }
}

/// Writes into a database that is empty what an empty store has.
pub(super) fn fill(database: &Database) -> Result<(), Unfit> {
    let write = database.begin_write()?;
    {
        let mut meta = write.open_table(META)?;
        meta.insert("version", VERSION)?;
        meta.insert("revision", 0)?;
        meta.insert("seal", Seal::default().at(0).0)?;
        write.open_table(RECORDS)?;
    }
    Ok(write.commit()?)
}

/// Whether nothing has ever been written into a database.
pub(super) fn is_blank(database: &Database) -> Result<bool, Unfit> {
    Ok(database.begin_read()?.list_tables().map_err(Unfit::from)?.next().is_none())
}

/// Sees to it that a database is of today's version, in one commit if it is older. The revision of its last
/// change.
pub(super) fn prepare(database: &Database) -> Result<u64, Unfit> {
    let read = database.begin_read()?;
    let (version, revision, sealed) = {
        let meta = read.open_table(META)?;
        let number = |key| Ok::<_, Unfit>(meta.get(key)?.map(|value| value.value()));
        (number("version")?, number("revision")?.unwrap_or(0), number("seal")?)
    };
    match version {
        Some(VERSION) => {
            let seal = seal(&read.open_table(RECORDS)?)?.at(revision);
            if sealed != Some(seal.0) {
                return Err(Unfit::Damaged("its records do not match the sum of them".into()));
            }
            Ok(revision)
        }
        Some(found) if found > VERSION => Err(Unfit::Newer(found)),
        Some(found @ 1..) => {
            let done = usize::try_from(found - 1).unwrap_or(usize::MAX);
            migrate(database, STEPS.get(done..).unwrap_or_default(), revision + 1)
        }
        _ => Err(Unfit::Damaged("it does not tell its version".into())),
    }
}

fn migrate(database: &Database, steps: &[Step], revision: u64) -> Result<u64, Unfit> {
    let write = database.begin_write()?;
    write_steps(&write, steps, revision)?;
    write.commit()?;
    Ok(revision)
}

fn write_steps(write: &WriteTransaction, steps: &[Step], revision: u64) -> Result<(), Unfit> {
    let mut records = write.open_table(RECORDS)?;
    for step in steps {
        for (key, value) in step(&content(&records)?) {
            records.insert(&*key, (revision, &*value))?;
        }
    }
    let mut meta = write.open_table(META)?;
    meta.insert("version", VERSION)?;
    meta.insert("revision", revision)?;
    meta.insert("seal", seal(&records)?.at(revision).0)?;
    Ok(())
}

fn seal(records: &impl ReadableTable<&'static str, (u64, &'static [u8])>) -> Result<Seal, Unfit> {
    let mut seal = Seal::default();
    for entry in records.iter()? {
        let (key, value) = entry?;
        let (revision, value) = value.value();
        seal = seal.with(key.value(), revision, value);
    }
    Ok(seal)
}

fn content(records: &Table<'_, &str, (u64, &[u8])>) -> Result<Content, Unfit> {
    let mut content = Content::new();
    for entry in records.iter()? {
        let (key, value) = entry?;
        content.insert(key.value().to_owned(), value.value().1.to_vec());
    }
    Ok(content)
}
