//! Ports and transports in words.

use npivot_lab::wire::{Place, TransportSpec};

#[test]
fn what_is_read_is_written_alike() {
    for text in ["a1/3", "alpha:0", "core/1/47"] {
        assert_eq!(text.parse::<Place>().unwrap().to_string(), text);
    }
    for text in ["packet:v1", "stream:/run/a", "connect:/run/a", "dgram:/run/a,/run/b", "fd:3"] {
        assert_eq!(text.parse::<TransportSpec>().unwrap().to_string(), text);
    }
}

#[test]
fn what_is_neither_says_what_it_could_be() {
    for bad in ["", "a1", "a1/", "/3", "a1/70000", "alpha:", "alpha:-1", ":0"] {
        let error = bad.parse::<Place>().unwrap_err().to_string();
        assert!(error.contains("SWITCH/NUMBER") && error.contains("HOST:NUMBER"), "{bad}: {error}");
    }
    for bad in ["", "packet", "packet:", "dgram:/run/a", "dgram:,", "fd:x", "fd:-1", "tap:t0"] {
        let error = bad.parse::<TransportSpec>().unwrap_err().to_string();
        assert!(error.contains("packet:INTERFACE"), "{bad}: {error}");
    }
}

#[test]
fn what_cannot_be_opened_says_why() {
    let open = |text: &str| text.parse::<TransportSpec>().unwrap().open().unwrap_err().to_string();
    let error = open("fd:1000");
    assert!(error.starts_with("fd:1000: there is no open file 1000"), "{error}");
    let error = open("connect:/nowhere/at/all");
    assert!(error.starts_with("connect:/nowhere/at/all: "), "{error}");
    let long = format!("/tmp/{}", "a".repeat(103));
    for transport in ["stream:", "connect:", "dgram:/tmp/own,"] {
        let error = open(&format!("{transport}{long}"));
        assert!(error.contains("the path has 108 bytes, a socket's at most 107"), "{error}");
    }
    let directory = tempfile::tempdir().unwrap();
    let taken = directory.path().join("taken");
    let _first = std::os::unix::net::UnixListener::bind(&taken).unwrap();
    let error = open(&format!("stream:{}", taken.display()));
    assert!(error.contains("remove") && error.contains("if nobody uses it"), "{error}");
}
