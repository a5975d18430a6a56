//! The systemd unit that starts at boot what is to be up.

use std::fs;
use std::process::Command;

use crate::{file, printed, root};

fn unit() -> String {
    fs::read_to_string(root().join("cli/systemd/npivot-autostart.service")).unwrap()
}

/// What the unit calls is a command with these words.
#[test]
fn the_unit_calls_what_there_is() {
    let unit = unit();
    let start = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    let words: Vec<&str> = start.split(' ').collect();
    assert_eq!(words[0], "/usr/bin/npivot");
    let state = crate::fresh("unit");
    let uri = "sim:examples/two-fabrics.toml#alpha";
    let printed = printed(0, &[&["--state", &state, "-c", uri], &words[1..]].concat());
    assert_eq!(printed, "nothing is to be started\n");
}

/// systemd finds nothing to object to, where it is installed.
#[test]
fn systemd_understands_the_unit() {
    let program = env!("CARGO_BIN_EXE_npivot");
    let here = unit().replace("/usr/bin/npivot", program);
    let path = file("npivot-autostart.service", &here);
    let mut verify = Command::new("systemd-analyze");
    let Ok(output) = verify.args(["verify", "--man=no", &path]).output() else {
        // A system without systemd has no use for the unit.
        assert!(!std::path::Path::new("/run/systemd/system").exists());
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("npivot-autostart"), "{said}");
}
