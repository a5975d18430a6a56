//! Files that are no store, and a store that somebody has.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use npivot::store::{FileStore, OpenError, Store};
use npivot_fabric::world::random_stream;
use rand::RngExt as _;
use redb::{Database, TableDefinition};

use crate::{content, create};

#[tokio::test]
async fn a_second_opener_is_told_who_has_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("npivot.redb");
    let first = FileStore::open(&path).unwrap();
    first.commit(vec![create("a", "1")]).await.unwrap();
    let refused = FileStore::open(&path).unwrap_err();
    let OpenError::InUse { pid, .. } = &refused else { panic!("{refused}") };
    assert!(pid.is_none() || *pid == Some(std::process::id()), "{refused}");
    assert!(refused.to_string().contains("in use by"), "{refused}");
    drop(first);
    assert_eq!(content(&FileStore::open(&path).unwrap()).await.len(), 1);
}

#[test]
fn files_that_are_no_store_stay_as_they_are() {
    let dir = tempfile::tempdir().unwrap();
    let whole = dir.path().join("whole");
    drop(FileStore::open(&whole).unwrap());
    let bytes = fs::read(&whole).unwrap();
    let text = b"not a store".to_vec();
    let junk: Vec<u8> = (0..bytes.len()).map(|at| u8::try_from(at * 31 % 251).unwrap()).collect();
    for (name, content) in [
        ("empty", vec![]),
        ("text", text),
        ("junk", junk),
        ("cut", bytes[..bytes.len() / 2].to_vec()),
        ("header", bytes[..64].to_vec()),
    ] {
        let path = dir.path().join(name);
        fs::write(&path, &content).unwrap();
        let refused = FileStore::open(&path).unwrap_err();
        assert!(matches!(refused, OpenError::Damaged { .. }), "{name}: {refused:?}");
        assert_eq!(fs::read(&path).unwrap(), content, "{name} is as it was");
    }
    let refused = FileStore::open(dir.path()).unwrap_err();
    assert!(matches!(refused, OpenError::Damaged { .. }), "a directory: {refused:?}");
    let refused = FileStore::open(dir.path().join("no/such/place")).unwrap_err();
    assert!(matches!(refused, OpenError::Io { .. }), "{refused:?}");
    let left: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 6, "nothing half made: {left:?}");
}

#[test]
fn a_later_version_is_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("npivot.redb");
    drop(FileStore::open(&path).unwrap());
    let database = Database::open(&path).unwrap();
    let write = database.begin_write().unwrap();
    let meta: TableDefinition<'_, &str, u64> = TableDefinition::new("npivot");
    write.open_table(meta).unwrap().insert("version", 7).unwrap();
    write.commit().unwrap();
    drop(database);
    let refused = FileStore::open(&path).unwrap_err();
    assert!(matches!(refused, OpenError::Newer { found: 7, known: 3, .. }), "{refused:?}");
}

#[test]
fn what_a_crash_left_half_made_is_in_nobodys_way() {
    let dir = tempfile::tempdir().unwrap();
    // Of this process's number, as in each container; it may be another's that is at it right now.
    let unfinished = dir.path().join(format!(".npivot.redb.new-{}-0", std::process::id()));
    fs::write(&unfinished, "half").unwrap();
    drop(FileStore::open(dir.path().join("npivot.redb")).unwrap());
    drop(FileStore::open(dir.path().join("npivot.redb")).unwrap());
    assert_eq!(fs::read(&unfinished).unwrap(), b"half");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
}

/// Whoever may write to everything is refused nothing; then there is nothing to see here.
#[test]
fn a_store_that_cannot_be_written_is_refused_and_whole() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("npivot.redb");
    drop(FileStore::open(&path).unwrap());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    let before = fs::read(&path).unwrap();
    match FileStore::open(&path) {
        Ok(records) => drop(records),
        Err(refused) => {
            assert!(matches!(refused, OpenError::Io { .. }), "{refused:?}");
            assert_eq!(fs::read(&path).unwrap(), before);
        }
    }
}

/// Damage is an error, or is where nothing is: a store that opens has what was acknowledged, byte for byte.
#[tokio::test]
async fn damage_anywhere_is_an_error_or_has_changed_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let whole = dir.path().join("whole");
    let records = FileStore::open(&whole).unwrap();
    for n in 0..20 {
        records.commit(vec![create(&format!("k{n}"), &"x".repeat(n * 50))]).await.unwrap();
    }
    let there = records.list("").await.unwrap();
    drop(records);
    let bytes = fs::read(&whole).unwrap();
    // A value's bytes: of some of them the file has older copies, which nobody reads.
    let values: Vec<usize> = (1..bytes.len()).filter(|&at| bytes[at - 1..=at] == *b"xx").collect();
    // Another seed may meet a page number of which redb believes that its page has 4 GiB.
    let (mut chance, mut noticed) = (random_stream(4, "damage"), [0; 2]);
    for n in 0..300 {
        let mut damaged = bytes.clone();
        // One bit of a value, or many bytes anywhere.
        let is_bit = n % 3 > 0;
        if is_bit {
            let at = values[chance.random_range(0..values.len())];
            damaged[at] ^= 1 << chance.random_range(0..8);
        } else {
            for _ in 0..chance.random_range(1..200) {
                let at = chance.random_range(0..damaged.len());
                damaged[at] ^= chance.random_range(1..=255_u8);
            }
        }
        let path = dir.path().join("damaged");
        fs::write(&path, damaged).unwrap();
        match FileStore::open(&path) {
            Ok(records) => assert_eq!(records.list("").await.unwrap(), there, "{n}"),
            Err(refused) => {
                assert!(matches!(refused, OpenError::Damaged { .. }), "{refused:?}");
                noticed[usize::from(is_bit)] += 1;
            }
        }
    }
    let [many, one] = noticed;
    assert!(many > 50 && one > 20, "most damage shows: {many} of 100, {one} bits of 200");
}

/// redb reads some of its books only when it writes, others when it closes, and panics on some damage there.
#[tokio::test]
async fn damage_that_shows_late_is_no_panic() {
    let dir = tempfile::tempdir().unwrap();
    let whole = dir.path().join("whole");
    let records = FileStore::open(&whole).unwrap();
    for n in 0..20 {
        records.commit(vec![create(&format!("k{n}"), "x")]).await.unwrap();
    }
    drop(records);
    let bytes = fs::read(&whole).unwrap();
    // Which pages are free is in bits, most of them set.
    let books = |page: usize| (page..page + 4096).filter(|&at| bytes.get(at) >= Some(&0xfe));
    let some: Vec<usize> =
        (0..bytes.len()).step_by(4096).flat_map(|page| books(page).step_by(29).take(8)).collect();
    let mut opened = 0;
    for at in some {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x81;
        let path = dir.path().join("damaged");
        fs::write(&path, damaged).unwrap();
        let Ok(records) = FileStore::open(&path) else { continue };
        opened += 1;
        if let Err(refused) = records.commit(vec![create("new", "y")]).await {
            let said = refused.to_string();
            assert!(said.starts_with(&path.display().to_string()), "{said}");
        }
    }
    assert!(opened > 20, "{opened} were opened: nothing was tried");
}
