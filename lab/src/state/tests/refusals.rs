//! What is refused, with what is said, and that nothing is changed by it.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use npivot_fabric::Topology;
use proptest::prelude::*;

use crate::state::frame::{decode, encode};
use crate::state::{Kept, LOCK, LOG, MAX_BYTES, StateDir, StateError};

use super::{TOPOLOGY, example, log_of, open, with_steps};

/// The files of a directory, but for the lock, whose content is nobody's.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap());
    let files = entries.filter(|entry| entry.file_name() != LOCK);
    files
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            let bytes =
                if entry.path().is_file() { fs::read(entry.path()).unwrap() } else { vec![] };
            (name, bytes)
        })
        .collect()
}

/// Opens what cannot be opened: what is said, with the directory as HERE.
fn refused(dir: &Path) -> String {
    let before = files(dir);
    let error = open(dir).unwrap_err().to_string();
    assert_eq!(files(dir), before, "{error}");
    error.replace(dir.to_str().unwrap(), "HERE").replace(example().to_str().unwrap(), "EXAMPLE")
}

/// A directory with a world, whose records are changed so; they are all in order again.
fn with_records(change: impl FnOnce(&mut Vec<String>)) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    with_steps(dir.path());
    let log = log_of(dir.path());
    let mut payloads: Vec<String> =
        decode(&log).unwrap().payloads.into_iter().map(str::to_owned).collect();
    change(&mut payloads);
    let mut bytes = vec![];
    let mut sum = 0;
    for payload in payloads {
        let (record, next) = encode(sum, &payload).unwrap();
        bytes.extend(record);
        sum = next;
    }
    fs::write(dir.path().join(LOG), bytes).unwrap();
    dir
}

/// The same, with one text for another in one record.
fn with_text(record: usize, from: &str, to: &str) -> tempfile::TempDir {
    with_records(|records| {
        assert!(records[record].contains(from), "{}", records[record]);
        records[record] = records[record].replacen(from, to, 1);
    })
}

#[test]
fn what_is_no_directory_of_ours() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "mine").unwrap();
    let says = |path: &Path| {
        open(path).unwrap_err().to_string().replace(dir.path().to_str().unwrap(), "HERE")
    };
    insta::assert_snapshot!(says(&file), @"HERE/file: is not a directory: name one, or one that is to be made");
    insta::assert_snapshot!(says(&file.join("below")), @"HERE/file/below: is not a directory: name one, or one that is to be made");
    for name in ["a.txt", "b.txt", "c.txt", "d.txt"] {
        fs::write(dir.path().join(name), "mine").unwrap();
    }
    insta::assert_snapshot!(refused(dir.path()), @"HERE: there is no world in it, but a.txt, b.txt, c.txt and 2 more: name an empty directory, or one that is to be made");
    assert!(!dir.path().join(LOCK).exists(), "nothing is left in it");
    let other = tempfile::tempdir().unwrap();
    fs::write(other.path().join("world.toml"), "mine").unwrap();
    insta::assert_snapshot!(refused(other.path()), @"HERE: there is no world in it, but world.toml: name an empty directory, or one that is to be made");
    for name in [LOG, LOCK] {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join(name)).unwrap();
        let said = refused(dir.path());
        assert_eq!(
            said,
            format!("HERE/{name}: is not a file: move it away, or name another directory")
        );
    }
}

#[test]
fn what_cannot_be_written() {
    for kind in [io::ErrorKind::PermissionDenied, io::ErrorKind::ReadOnlyFilesystem] {
        let error = StateError::writing("DIR/world.lock", kind.into());
        assert!(matches!(error, StateError::ReadOnly { .. }));
    }
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o555)).unwrap();
    // Whoever may write everywhere may write there, too.
    if let Err(error) = open(dir.path()) {
        assert!(matches!(error, StateError::ReadOnly { .. }), "{error}");
        assert_eq!(files(dir.path()).len(), 0);
    }
    let error = StateError::writing("HERE/world.lock", io::Error::from_raw_os_error(30));
    insta::assert_snapshot!(error, @"HERE/world.lock: cannot be written (Read-only file system (os error 30)): name a directory of yours; a copy of this one will do");
}

#[test]
fn what_is_damaged() {
    let dir = tempfile::tempdir().unwrap();
    with_steps(dir.path());
    let log = log_of(dir.path());
    let flipped = |at: usize| {
        let mut bytes = log.clone();
        bytes[at] ^= 1;
        fs::write(dir.path().join(LOG), bytes).unwrap();
        refused(dir.path())
    };
    let middle = log.len() - 700;
    let said = [flipped(0), flipped(12), flipped(60), flipped(middle), flipped(log.len() - 2)];
    insta::assert_snapshot!("damaged", said.join("\n"));
    fs::write(dir.path().join(LOG), "").unwrap();
    insta::assert_snapshot!(refused(dir.path()), @"HERE/world.log: record 1 is damaged: it is missing, or not whole; nothing of it can be used: name another directory");
    let file = fs::File::create(dir.path().join(LOG)).unwrap();
    file.set_len(MAX_BYTES + 1).unwrap();
    assert!(matches!(open(dir.path()), Err(StateError::Full { .. })));
}

/// What is said of a damaged log can be done.
#[test]
fn what_was_before_the_damage_can_be_gone_on_with() {
    let dir = tempfile::tempdir().unwrap();
    let prints = with_steps(dir.path());
    let mut log = log_of(dir.path());
    let at = log.len() - 20;
    log[at] ^= 1;
    fs::write(dir.path().join(LOG), &log).unwrap();
    let said = refused(dir.path());
    assert!(said.ends_with("head -n 4 HERE/world.log > DIR/world.log"), "{said}");
    let other = tempfile::tempdir().unwrap();
    let lines: Vec<&[u8]> = log.split_inclusive(|&byte| byte == b'\n').take(4).collect();
    fs::write(other.path().join(LOG), lines.concat()).unwrap();
    let world = open(other.path()).unwrap().world;
    assert_eq!(world.fingerprint().unwrap().to_string(), prints[2]);
}

#[test]
fn what_another_program_wrote() {
    let said = [
        with_text(0, r#""npivot_state":1"#, r#""npivot_state":2"#),
        with_text(0, r#""npivot_command_log":1"#, r#""npivot_command_log":7"#),
        with_text(0, r#""npivot_state":1"#, r#""npivot_state":"x""#),
        with_text(4, r#""create-vport""#, r#""create-wormhole""#),
        with_text(4, r#""fingerprint":""#, r#""fingerprint":"0"#),
        with_text(4, r#"{"end":"#, r#"{"more":1,"end":"#),
        with_text(4, r#"{"end":"#, r#"{"end":1,"was":"#),
        with_records(|records| records.truncate(1)),
        with_records(|records| records[4] = records[3].clone()),
    ]
    .map(|dir| refused(dir.path()));
    insta::assert_snapshot!("another_program", said.join("\n"));
}

#[test]
fn what_belongs_to_another_topology() {
    let dir = tempfile::tempdir().unwrap();
    with_steps(dir.path());
    let text = fs::read_to_string(example()).unwrap();
    assert_eq!(fs::read_to_string(dir.path().join("world.toml")).unwrap(), text);
    let open = |text: &str| {
        let topology = Topology::parse("now.toml", text).unwrap_or_else(|error| panic!("{error}"));
        Kept::open(&StateDir::new(dir.path()), &topology, Path::new("now.toml"))
    };
    let before = files(dir.path());
    for (from, to) in [
        ("\"1 TiB\"", "\"2 TiB\""),
        ("driver = \"qla2xxx\"", "driver = \"lpfc\""),
        ("# A SAN", "[latency]\nlogin-us = [1, 2]\n# A SAN"),
        ("[array.vault.group.web1]", "[array.vault.group.web2]"),
    ] {
        let said = open(&text.replacen(from, to, 1)).unwrap_err().to_string();
        let said = said.replace(dir.path().to_str().unwrap(), "HERE");
        insta::allow_duplicates! {
            insta::assert_snapshot!(said, @"HERE: its world was built from another topology than now.toml is now: go on with HERE/world.toml, which is what it was, or begin anew in another directory");
        }
        assert_eq!(files(dir.path()), before);
    }
    // What people write for people is no difference.
    assert!(open(&text.replacen("# A SAN", "# The SAN", 1)).is_ok());
}

#[test]
fn one_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path()).unwrap();
    let StateError::InUse { by, .. } = open(dir.path()).unwrap_err() else {
        panic!("two have it");
    };
    assert_eq!(by, format!("process {}", std::process::id()));
    drop(first);
    let waiting = StateDir::new(dir.path()).waiting(true);
    assert!(Kept::open(&waiting, &TOPOLOGY, &example()).is_ok());
    assert!(open(dir.path()).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Records that are in order, and say anything: a world, or an error; never a panic.
    #[test]
    fn a_record_may_say_anything(
        record in 0_usize..5,
        at in any::<prop::sample::Index>(),
        instead in prop_oneof![4 => b' '..b'~', 2 => b'0'..b':'],
        cut in prop::bool::weighted(0.2),
    ) {
        let dir = with_records(|records| {
            let mut bytes = records[record].clone().into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = instead;
            if cut {
                bytes.truncate(at);
            }
            records[record] = String::from_utf8(bytes).unwrap();
        });
        let before = files(dir.path());
        let _ = open(dir.path());
        prop_assert_eq!(files(dir.path()), before, "opening alone adds nothing");
    }
}
