//! `npivot lab run` as a user has it: its input, and how it ends.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

use super::{TOPOLOGY, npivot};

/// A run of alpha with this script.
fn run(clock: &str, words: &[&str], script: &str) -> Command {
    let mut command = Command::new(npivot());
    command.args(["lab", "run", TOPOLOGY, "--host", "alpha", "--limit", "120", "--clock", clock]);
    command.args(words).args(["--", "sh", "-c", script]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// To the byte, from a pipe and from a file, and to its end.
#[test]
fn the_commands_input_is_what_it_is_given() {
    let mut bytes: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
    bytes.extend(b"no newline");
    for clock in ["real", "travel"] {
        let mut child = run(clock, &["--stdin"], "cat").stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(&bytes).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.stdout == bytes, "{} of {}", output.stdout.len(), bytes.len());
    }
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&bytes).unwrap();
    let from = File::open(file.path()).unwrap();
    let output = run("travel", &["-i"], "wc -c").stdin(from).output().unwrap();
    assert_eq!(output.stdout, b"1200010\n", "{output:?}");
    // A pipe that nobody closes is not waited for unless that was asked for.
    let mut child = run("travel", &[], "wc -c").stdin(Stdio::piped()).spawn().unwrap();
    let open = child.stdin.take();
    let output = child.wait_with_output().unwrap();
    drop(open);
    assert_eq!(output.stdout, b"0\n", "{output:?}");
}

#[test]
fn it_ends_when_nobody_reads_what_it_prints() {
    for clock in ["real", "travel"] {
        let mut child = run(clock, &[], "yes").spawn().unwrap();
        let mut out = child.stdout.take().unwrap();
        out.read_exact(&mut [0; 10]).unwrap();
        drop(out);
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.as_str()), (Some(0), ""), "{clock}");
    }
}
