//! The `npivot` command, run as a user would: what it prints, and how it exits.

mod answers;
mod fcf;
mod foreign;
mod hosts;
mod node;
mod pictures;
mod state;
mod transcripts;
mod words;

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// The root of the repository: paths on the command line and in outputs are relative to it.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Runs the command with these words.
fn npivot(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_npivot"));
    command.env_remove("NPIVOT_STATE").env_remove("NPIVOT_STORE");
    command.current_dir(root()).args(args).output().expect("the command can be started")
}

/// Runs the command with these words and this text on standard input.
fn fed(text: &str, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_npivot"));
    command.env_remove("NPIVOT_STATE").env_remove("NPIVOT_STORE").current_dir(root()).args(args);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // One that does not read it has ended by then.
    let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
    child.wait_with_output().unwrap()
}

/// What it printed, if it exited with this code and said nothing on stderr.
fn printed(code: i32, args: &[&str]) -> String {
    let output = npivot(args);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), error.as_str()), (Some(code), ""), "{args:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// What it said on stderr, if it exited with this code.
fn refused(code: i32, args: &[&str]) -> String {
    let output = npivot(args);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {error}");
    assert!(!error.contains("panicked"), "{error}");
    error
}

/// A path of this run where nothing is.
fn fresh(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    match fs::symlink_metadata(&path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(&path).unwrap(),
        Ok(_) => fs::remove_file(&path).unwrap(),
        Err(_) => {}
    }
    path.to_str().unwrap().to_owned()
}

/// A file of this run with this text.
fn file(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// An example's text.
fn example(name: &str) -> String {
    std::fs::read_to_string(root().join("examples").join(name)).unwrap()
}
