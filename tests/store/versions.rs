//! A store of an earlier version becomes one of today's, whole or not at all.

use std::path::Path;

use npivot::identity::{Ledger, lease_key};
use npivot::store::{FileStore, Lease, Store};
use npivot_fabric::world::random_stream;
use npivot_hal::WwnPair;
use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition};

use crate::content;
use crate::disk::{Cut, Disk};

const META: TableDefinition<'_, &str, u64> = TableDefinition::new("npivot");
const RECORDS: TableDefinition<'_, &str, (u64, &[u8])> = TableDefinition::new("records");

/// What version 1 wrote, letter by letter.
const VERSION_1: &[(&str, u64, &str)] = &[
    ("odd", 1, "not of ours"),
    (
        "pool/alpha/6f3b1c52-8a04-4e0d-9d57-1be2c0a7f1a1",
        2,
        r#"{"xml":"<pool type='scsi'>\n  <name>web1-a</name>\n  <source>\n    <adapter type='fc_host' wwnn='5001a4a000000101' wwpn='5001a4a000000001'/>\n  </source>\n</pool>\n","autostart":true}"#,
    ),
    ("pool/beta/damaged", 3, r#"{"xml":"<pool","autostart":false}"#),
    (
        "pool-up/alpha/6f3b1c52-8a04-4e0d-9d57-1be2c0a7f1a1",
        4,
        r#"{"complete":true,"vhbas":[{"names":{"wwpn":"5001a4a000000001","wwnn":"5001a4a000000101"},"adopted":false}]}"#,
    ),
    (
        "vhba/alpha/web2",
        5,
        r#"{"names":{"wwpn":"5001a4a900000002","wwnn":"5001a4a900000102"},"parent":"automatic","autostart":false}"#,
    ),
    ("vhba/beta/damaged", 6, "{"),
    (
        "vhba-up/beta/web3",
        7,
        r#"{"complete":false,"vhbas":[{"names":{"wwpn":"5001a4a900000003","wwnn":"5001a4a900000103"},"adopted":true}]}"#,
    ),
    // Two hosts that had one name up at once, which nothing kept them from.
    (
        "vhba-up/gamma/web3",
        8,
        r#"{"complete":true,"vhbas":[{"names":{"wwpn":"5001a4a900000003","wwnn":"5001a4a900000103"},"adopted":false}]}"#,
    ),
];

fn pair(wwpn: &str, wwnn: &str) -> WwnPair {
    WwnPair::new(wwpn.parse().unwrap(), wwnn.parse().unwrap())
}

fn write_version_1(database: &Database) {
    let write = database.begin_write().unwrap();
    {
        let mut meta = write.open_table(META).unwrap();
        meta.insert("version", 1).unwrap();
        meta.insert("revision", 8).unwrap();
        let mut records = write.open_table(RECORDS).unwrap();
        for (key, revision, value) in VERSION_1 {
            records.insert(*key, (*revision, value.as_bytes())).unwrap();
        }
    }
    write.commit().unwrap();
}

/// The version of a database, and how many records it has.
fn state(database: &Database) -> (u64, usize) {
    let read = database.begin_read().unwrap();
    let version = read.open_table(META).unwrap().get("version").unwrap().unwrap().value();
    (version, read.open_table(RECORDS).unwrap().iter().unwrap().count())
}

fn file_of_version_1(path: &Path) {
    write_version_1(&Database::create(path).unwrap());
}

/// Whether a store has all of version 1, and what version 2 knows of it.
async fn is_migrated(store: &FileStore) {
    for (key, revision, value) in VERSION_1 {
        let row = store.get(key).await.unwrap().unwrap();
        assert_eq!((row.revision, &*row.value), (*revision, value.as_bytes()), "{key}");
    }
    let mut ledger = Ledger::of(store);
    for (wwpn, wwnn) in [
        ("5001a4a000000001", "5001a4a000000101"),
        ("5001a4a900000002", "5001a4a900000102"),
        ("5001a4a900000003", "5001a4a900000103"),
    ] {
        // Each name by itself, with one beside it that nobody has.
        assert!(ledger.has(pair(wwpn, "5001a4a0000000ff")).await.unwrap(), "{wwpn}");
        assert!(ledger.has(pair("5001a4a0000000ff", wwnn)).await.unwrap(), "{wwnn}");
    }
    assert!(!ledger.has(pair("5001a4a900000001", "5001a4a000000002")).await.unwrap());
    let leases = Lease::list(store, "").await.unwrap();
    let held: Vec<_> = leases.iter().map(|lease| (&*lease.key, &*lease.holder)).collect();
    let key = |wwpn: &str| lease_key(wwpn.parse().unwrap());
    let (first, second) = (key("5001a4a000000001"), key("5001a4a900000003"));
    assert_eq!(held, [(&*first, "alpha"), (&*second, "beta")]);
}

#[tokio::test]
async fn a_file_of_version_1_is_opened_as_one_of_today() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("npivot.redb");
    file_of_version_1(&path);
    let store = FileStore::open(&path).unwrap();
    is_migrated(&store).await;
    assert_eq!(store.watch("", None).await.unwrap().revision(), 9, "it was one commit");
    let rows = store.list("names/").await.unwrap();
    assert_eq!(rows.len(), 2, "names that lie together are one record");
    assert!(rows.iter().all(|row| row.revision == 9));
    let before = store.list("").await.unwrap();
    drop(store);
    let store = FileStore::open(&path).unwrap();
    assert_eq!(store.list("").await.unwrap(), before, "it is done once");
    drop(store);
    assert_eq!(state(&Database::open(&path).unwrap()), (3, VERSION_1.len() + 4));
}

/// What version 2 lacks is the sum over its records.
#[tokio::test]
async fn a_file_of_version_2_is_sealed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("npivot.redb");
    file_of_version_1(&path);
    let before = FileStore::open(&path).unwrap().list("").await.unwrap();
    let database = Database::open(&path).unwrap();
    let write = database.begin_write().unwrap();
    {
        let mut meta = write.open_table(META).unwrap();
        meta.insert("version", 2).unwrap();
        meta.remove("seal").unwrap();
    }
    write.commit().unwrap();
    drop(database);
    assert_eq!(FileStore::open(&path).unwrap().list("").await.unwrap(), before);
    assert_eq!(state(&Database::open(&path).unwrap()).0, 3);
    // And without it, version 3 is damaged.
    let database = Database::open(&path).unwrap();
    let write = database.begin_write().unwrap();
    write.open_table(META).unwrap().remove("seal").unwrap();
    write.commit().unwrap();
    drop(database);
    let refused = FileStore::open(&path).unwrap_err().to_string();
    assert!(refused.contains("its records do not match the sum of them"), "{refused}");
}

#[tokio::test]
async fn an_empty_file_of_version_1_is_one_of_today() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("npivot.redb");
    let database = Database::create(&path).unwrap();
    let write = database.begin_write().unwrap();
    write.open_table(META).unwrap().insert("version", 1).unwrap();
    write.open_table(RECORDS).unwrap();
    write.commit().unwrap();
    drop(database);
    assert_eq!(content(&FileStore::open(&path).unwrap()).await, []);
}

#[test]
fn a_version_that_never_was_is_damage() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("npivot.redb");
    file_of_version_1(&path);
    let database = Database::open(&path).unwrap();
    let write = database.begin_write().unwrap();
    write.open_table(META).unwrap().insert("version", 0).unwrap();
    write.commit().unwrap();
    drop(database);
    let refused = FileStore::open(&path).unwrap_err().to_string();
    assert!(refused.contains("it does not tell its version"), "{refused}");
}

fn database(disk: &Disk) -> Result<Database, redb::DatabaseError> {
    Database::builder().create_with_backend(disk.clone())
}

/// Opens what is on a disk as a store, and closes it.
fn migrate(disk: &Disk) -> Result<(), String> {
    let database = database(disk).map_err(|error| error.to_string())?;
    FileStore::on(database).map(drop).map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_power_cut_leaves_the_old_one_or_the_new_one_whole() {
    let disk = Disk::of(vec![], None, true);
    write_version_1(&database(&disk).unwrap());
    let old = disk.image();
    let disk = Disk::of(old.clone(), None, true);
    migrate(&disk).unwrap();
    let (syncs, writes) = disk.counts();
    assert!(syncs > 1 && writes > syncs, "{syncs} syncs, {writes} writes");
    let (mut olds, mut news) = (0, 0);
    let cuts = (0..syncs).map(Cut::AtSync).chain((0..writes).map(Cut::AtWrite));
    for cut in cuts {
        for seed in 0..8 {
            let disk = Disk::of(old.clone(), Some(cut), true);
            let done = migrate(&disk);
            let left = disk.left(&mut random_stream(seed, "power"));
            let disk = Disk::of(left, None, true);
            let state = state(&database(&disk).unwrap_or_else(|e| panic!("{cut:?} {seed}: {e}")));
            match state.0 {
                1 => olds += 1,
                _ => news += 1,
            }
            let whole = [(1, VERSION_1.len()), (3, VERSION_1.len() + 4)];
            assert!(whole.contains(&state), "{cut:?} {seed}: {state:?}");
            assert!(done.is_err() || state.0 == 3, "{cut:?} {seed}: it was acknowledged");
            is_migrated(&FileStore::on(database(&disk).unwrap()).unwrap()).await;
        }
    }
    assert!(olds > 0 && news > 0, "{olds} old ones and {news} new ones");
}
