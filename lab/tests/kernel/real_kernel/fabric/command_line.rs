//! `npivot lab run` as a user has it: how it ends.

use std::io::Read as _;
use std::process::{Command, Stdio};

use super::{TOPOLOGY, npivot};

/// A run of alpha with this script.
fn run(clock: &str, script: &str) -> Command {
    let mut command = Command::new(npivot());
    command.args(["lab", "run", TOPOLOGY, "--host", "alpha", "--limit", "120", "--clock", clock]);
    command.args(["--", "sh", "-c", script]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn it_ends_when_nobody_reads_what_it_prints() {
    for clock in ["real", "travel"] {
        let mut child = run(clock, "yes").spawn().unwrap();
        let mut out = child.stdout.take().unwrap();
        out.read_exact(&mut [0; 10]).unwrap();
        drop(out);
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.as_str()), (Some(0), ""), "{clock}");
    }
}
