//! A kill at any instant: the directory is read by the next, and what was acknowledged is there.

use super::{LOG, Opened, StateError, create, log_of, open, run, with_steps};

/// Where each record ends.
fn boundaries(log: &[u8]) -> Vec<usize> {
    (log.iter().zip(1..)).filter(|(byte, _)| **byte == b'\n').map(|(_, end)| end).collect()
}

#[test]
fn cut_at_every_byte_of_a_step_the_world_is_that_of_the_step_before() {
    let dir = tempfile::tempdir().unwrap();
    let prints = with_steps(dir.path());
    let whole = log_of(dir.path());
    let ends = boundaries(&whole);
    assert_eq!(ends.len(), 2 + 3, "beginning, boot, three steps");
    // The last step at every byte, those before at their ends.
    let lengths = (ends[3]..=whole.len()).chain([ends[1], ends[2], ends[2] + 1]);
    for length in lengths {
        for zeros in if length % 16 == 0 { vec![0, 7] } else { vec![0] } {
            let mut bytes = whole[..length].to_vec();
            bytes.resize(length + zeros, 0);
            std::fs::write(dir.path().join(LOG), &bytes).unwrap();
            let steps = ends.iter().filter(|&&end| end <= length).count() - 2;
            let Opened { world, kept, notice } = open(dir.path()).unwrap();
            assert_eq!(world.fingerprint().unwrap().to_string(), prints[steps], "{length}");
            let good = ends[steps + 1];
            assert_eq!(notice.is_some(), bytes.len() > good, "{length}: {notice:?}");
            drop(kept);
            assert_eq!(log_of(dir.path()), whole[..good], "what is no record is cut off");
        }
    }
}

#[test]
fn after_a_cut_the_log_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    with_steps(dir.path());
    let whole = log_of(dir.path());
    std::fs::write(dir.path().join(LOG), &whole[..whole.len() - 40]).unwrap();
    let Opened { mut world, mut kept, notice } = open(dir.path()).unwrap();
    let notice = notice.unwrap();
    assert!(notice.contains("killed while it wrote its last step"), "{notice}");
    // The same again gives the same bytes.
    create(&mut world, 3);
    run(&mut world, 100);
    assert!(kept.keep(&world).unwrap());
    drop(kept);
    assert_eq!(log_of(dir.path()), whole);
    assert_eq!(open(dir.path()).unwrap().notice, None);
}

#[test]
fn a_log_whose_boot_is_cut_is_no_world_and_stays_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    with_steps(dir.path());
    let whole = log_of(dir.path());
    let booted = boundaries(&whole)[1];
    let begun = boundaries(&whole)[0] + 64;
    for length in (0..begun).chain((begun..booted).step_by(97)).chain(booted - 64..booted) {
        std::fs::write(dir.path().join(LOG), &whole[..length]).unwrap();
        let error = open(dir.path()).unwrap_err();
        assert!(matches!(error, StateError::Damaged { record: 1 | 2, .. }), "{length}: {error}");
        assert_eq!(log_of(dir.path()), whole[..length]);
    }
}

#[test]
fn a_beginning_that_was_not_finished_begins_again() {
    let dir = tempfile::tempdir().unwrap();
    with_steps(dir.path());
    let whole = log_of(dir.path());
    // Each of these files is there before the next one is.
    for left in [
        &["world.lock"][..],
        &["world.lock", "world.toml.new"],
        &["world.toml"],
        &["world.toml", "world.log.new", "store.redb"],
    ] {
        let other = tempfile::tempdir().unwrap();
        for name in left {
            let bytes = match *name {
                "world.toml" => std::fs::read(dir.path().join(name)).unwrap(),
                _ => b"half".to_vec(),
            };
            std::fs::write(other.path().join(name), bytes).unwrap();
        }
        with_steps(other.path());
        assert_eq!(log_of(other.path()), whole, "{left:?}");
    }
}
