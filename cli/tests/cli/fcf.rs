//! The forwarder's command: what it refuses, and how it ends.

use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

use crate::{fresh, npivot, refused, root};

const SAN: &str = "examples/kernel-lab.toml";

/// Opened at a socket of this name.
fn at(name: &str) -> String {
    format!("stream:{}", fresh(name))
}

#[test]
fn nothing_is_open_that_cannot_be() {
    let [one, two] = [at("one.sock"), at("two.sock")];
    let ports = ["--port", "alpha:0", "--transport", &one, "--port", "a1/0", "--transport", &two];
    let said = refused(2, &[&["fcf", SAN], &ports[..]].concat());
    assert!(!said.contains("is open at"), "{said}");
    let disks = ["--volume", "vault/log=/nowhere/a", "--volume", "vault/log=/nowhere/b"];
    let port = ["--port", "alpha:0", "--transport", &one];
    let said = refused(2, &[&["fcf", SAN], &port[..], &disks].concat());
    assert_eq!(said, "npivot: the volume vault/log is given twice: it can have one file\n");
}

#[test]
fn a_command_that_cannot_be_run_is_127_or_126() {
    for (command, code) in [("/nonexistent", 127), ("/etc/passwd", 126)] {
        let words = ["--port", "alpha:0", "--transport", &at("command.sock"), "--", command];
        let output = npivot(&[&["fcf", SAN], &words[..]].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(&format!("npivot: {command}: cannot be run")), "{said}");
    }
}

#[test]
fn it_says_so_when_everybody_has_left() {
    let (theirs, ours) = UnixStream::pair().unwrap();
    drop(theirs);
    let mut command = Command::new(env!("CARGO_BIN_EXE_npivot"));
    command.current_dir(root()).args(["fcf", SAN, "--port", "alpha:0", "--transport", "fd:0"]);
    let output = command.stdin(Stdio::from(std::os::fd::OwnedFd::from(ours))).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.ends_with("npivot: all ports are closed: there is nobody left to serve\n"),
        "{said}"
    );
    assert_eq!(output.status.code(), Some(0), "who has left is no error: {said}");
}
