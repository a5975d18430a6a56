//! Uevents in both forms.

use npivot_sysfs::events::uevent::{MOST_BYTES, MOST_KEYS, UeventError, parse};
use proptest::prelude::*;

use crate::bytes::{udev, uevent};

const RPORT: &str = "/devices/virtual/net/v0/ctlr_0/host0/rport-0:0-1";

#[test]
fn the_kernels_form() {
    let message = b"add@/devices/virtual/net/v0/ctlr_0/host0/rport-0:0-1\0ACTION=add\0\
        DEVPATH=/devices/virtual/net/v0/ctlr_0/host0/rport-0:0-1\0SUBSYSTEM=scsi\0DEVTYPE=fc_remote_ports\0\
        SEQNUM=1862\0";
    let read = parse(message).unwrap();
    assert_eq!((read.action.as_str(), read.devpath.as_str()), ("add", RPORT));
    assert_eq!((read.subsystem(), read.get("SEQNUM")), (Some("scsi"), Some("1862")));
    assert_eq!(read.keys.len(), 5);
}

#[test]
fn udevs_form() {
    let read = parse(&udev("change", RPORT)).unwrap();
    assert_eq!((read.action.as_str(), read.devpath.as_str()), ("change", RPORT));
    assert_eq!(read.subsystem(), Some("scsi"));
    let mut longer = udev("change", RPORT);
    longer.splice(40..40, [0; 8]);
    longer[12..16].copy_from_slice(&48_u32.to_ne_bytes());
    longer[16..20].copy_from_slice(&48_u32.to_ne_bytes());
    assert_eq!(parse(&longer).unwrap(), read, "a later udev may have a longer header");
}

#[test]
fn values_may_hold_anything_but_a_nul() {
    let read = parse(&uevent("add", "/devices/x", &[("NAME", "a=b@c"), ("EMPTY", "")])).unwrap();
    assert_eq!((read.get("NAME"), read.get("EMPTY")), (Some("a=b@c"), Some("")));
    let raw = parse(b"add@/x\0NAME=\xff\xfe\0").unwrap();
    assert_eq!(raw.get("NAME"), Some("\u{fffd}\u{fffd}"));
}

#[test]
fn what_is_none() {
    let expected = |message: &[u8]| match parse(message) {
        Err(UeventError::Expected { expected, at }) => (expected, at),
        other => panic!("{:?} for {other:?}", String::from_utf8_lossy(message)),
    };
    assert_eq!(expected(b""), ("the NUL after action@devpath", 0));
    assert_eq!(expected(b"add@/x"), ("the NUL after action@devpath", 6));
    assert_eq!(expected(b"add\0"), ("an action and an @ in front of the path", 0));
    assert_eq!(expected(b"@/x\0"), ("an action in lower-case letters", 0));
    assert_eq!(expected(b"add@x\0"), ("an absolute path without dots", 0));
    assert_eq!(expected(b"add@/a/../b\0"), ("an absolute path without dots", 0));
    assert_eq!(expected(b"a\xffd@/x\0"), ("text in UTF-8", 1));
    assert_eq!(expected(b"add@/x\0KEY=1"), ("the NUL after a key", 12));
    assert_eq!(expected(b"add@/x\0KEY\0"), ("KEY=value", 7));
    assert_eq!(expected(b"add@/x\0=1\0"), ("KEY=value", 7));
    assert_eq!(expected(b"add@/x\0ACTION=remove\0").0, "keys that agree with the first line");
    assert_eq!(expected(b"add@/x\0DEVPATH=/y\0").0, "keys that agree with the first line");

    let whole = udev("add", RPORT);
    let with = |at: usize, bytes: [u8; 4]| {
        let mut message = whole.clone();
        message[at..at + 4].copy_from_slice(&bytes);
        message
    };
    assert_eq!(expected(&with(8, [0; 4])), ("the magic number feedcafe", 8));
    assert_eq!(expected(&with(12, 39_u32.to_ne_bytes())), ("the header's length", 12));
    assert_eq!(expected(&with(12, [0xff; 4])), ("the header's length", 12));
    assert_eq!(expected(&with(16, 8_u32.to_ne_bytes())), ("keys within the message", 16));
    assert_eq!(expected(&with(16, [0xff; 4])), ("keys within the message", 16));
    assert_eq!(expected(&with(20, [0xff; 4])), ("keys within the message", 16));
    assert_eq!(expected(&whole[..30]).1, 12);
    assert_eq!(expected(b"libudev\0"), ("a header of 40 bytes", 8));
}

#[test]
fn what_is_too_much() {
    let long = vec![b'a'; MOST_BYTES + 1];
    assert_eq!(parse(&long), Err(UeventError::TooLong { length: MOST_BYTES + 1 }));
    let names: Vec<String> = (0..=MOST_KEYS).map(|n| format!("K{n}")).collect();
    let keys: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1")).collect();
    assert_eq!(parse(&uevent("add", "/x", &keys)), Err(UeventError::TooManyKeys));
}

proptest! {
    #[test]
    fn what_was_sent_is_read(
        action in "[a-z]{1,10}", parts in prop::collection::vec("[a-z0-9:-]{1,12}", 1..8),
        keys in prop::collection::btree_map("[B-Z_]{1,8}", "[^\\x00]{0,20}", 0..20),
    ) {
        let devpath = format!("/{}", parts.join("/"));
        let pairs: Vec<(&str, &str)> =
            keys.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        prop_assume!(!keys.contains_key("DEVPATH") && !keys.contains_key("SEQNUM"));
        let read = parse(&uevent(&action, &devpath, &pairs)).unwrap();
        prop_assert_eq!((&read.action, &read.devpath), (&action, &devpath));
        for (key, value) in pairs {
            prop_assert_eq!(read.get(key), Some(value));
        }
    }

    #[test]
    fn any_bytes(message in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse(&message);
        let _ = parse(&[b"libudev\0\xfe\xed\xca\xfe", message.as_slice()].concat());
        let _ = parse(&[b"add@/x\0", message.as_slice()].concat());
    }

    #[test]
    fn cut_anywhere(cut in any::<prop::sample::Index>()) {
        let whole = udev("add", RPORT);
        prop_assert!(parse(&whole[..cut.index(whole.len())]).is_err());
        let whole = uevent("add", RPORT, &[("SUBSYSTEM", "scsi")]);
        let cut = &whole[..cut.index(whole.len())];
        prop_assert_eq!(parse(cut).is_ok(), cut.ends_with(&[0]), "whole keys or nothing");
    }

    #[test]
    fn one_lie(at in any::<prop::sample::Index>(), byte: u8) {
        for mut message in [udev("add", RPORT), uevent("add", RPORT, &[("SUBSYSTEM", "scsi")])] {
            let at = at.index(message.len());
            message[at] = byte;
            let _ = parse(&message);
        }
    }
}
