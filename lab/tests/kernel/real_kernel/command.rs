//! A command's words, streams and status, to the byte.

use std::io::{self, Write};

use super::{LIMIT, finish, machine, run, text};
use npivot_lab::kernel::Program;

#[test]
fn output_and_status_come_back_exactly() {
    let finished = run(&["sh", "-c", "echo hello; printf 'no newline' >&2; exit 7"]);
    assert_eq!(text(&finished.stdout), "hello\n");
    assert_eq!(text(&finished.stderr), "no newline");
    assert_eq!(finished.status, 7);
}

/// As many scripts do, which would overwrite a file.
#[test]
fn its_streams_can_be_opened_again() {
    let script = "echo one; echo two >/dev/stdout; echo three; echo a >&2; echo b >/dev/stderr";
    let finished = run(&["sh", "-c", script]);
    assert_eq!((text(&finished.stdout), text(&finished.stderr)), ("one\ntwo\nthree\n", "a\nb\n"));
}

#[test]
fn what_it_leaves_running_does_not_keep_it() {
    let finished = run(&["sh", "-c", "sleep infinity & echo started; exit 3"]);
    assert_eq!((finished.status, text(&finished.stdout)), (3, "started\n"));
}

#[test]
fn it_is_another_kernel() {
    let finished = run(&["cat", "/proc/sys/kernel/osrelease"]);
    assert!(text(&finished.stdout).starts_with("6.1."), "{finished:?}");
    assert_ne!(Some(finished.stdout), std::fs::read("/proc/sys/kernel/osrelease").ok());
}

#[test]
fn words_environment_folder_and_input_are_the_callers() {
    let script = "printf '%s|' \"$@\" \"$GREETING\" \"$PWD\"; cat";
    let program = Program::new(["sh", "-c", script, "sh", "two words", "", "it's", "*"])
        .env("GREETING", "good 'day'")
        .folder("/usr")
        .input(b"in\0put\n".to_vec());
    let finished = finish(machine(), &program);
    assert_eq!(finished.stdout, b"two words||it's|*|good 'day'|/usr|in\0put\n");
    assert_eq!((finished.status, text(&finished.stderr)), (0, ""));
}

#[test]
fn no_such_command_is_127_and_says_so() {
    let finished = run(&["npivot-no-such-command", "--help"]);
    assert_eq!(finished.status, 127);
    assert_eq!(text(&finished.stderr), "npivot: npivot-no-such-command: not found\n");
    assert_eq!(finished.stdout, b"");
    assert_eq!(run(&["/etc/passwd"]).status, 126, "not executable");
}

#[test]
fn a_signal_is_128_and_its_number() {
    assert_eq!(run(&["sh", "-c", "kill -KILL $$"]).status, 128 + 9);
}

/// Far more than any buffer on the way, and than what is kept of what was passed on.
#[test]
fn much_output_is_whole() {
    let finished = run(&["seq", "600000"]);
    let expected: Vec<u8> = (1..=600_000).flat_map(|n| format!("{n}\n").into_bytes()).collect();
    assert!(finished.stdout == expected, "{} of {} bytes", finished.stdout.len(), expected.len());
}

/// Sees a line and only then lets the command go on: output arrives while the command runs, or this never ends.
#[test]
fn output_arrives_as_it_is_printed() {
    struct Answer<'a>(&'a std::path::Path, Vec<u8>);
    impl Write for Answer<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1.extend_from_slice(bytes);
            if self.1 == b"ready\n" {
                std::fs::write(self.0, "go")?;
            }
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answer");
    let mut machine = machine();
    machine.share(folder.path());
    let wait =
        format!("echo ready; until [ -s {} ]; do sleep 0.05; done; echo seen", file.display());
    let running = machine.boot(&Program::new(["sh", "-c", &wait])).unwrap();
    let mut answer = Answer(&file, vec![]);
    let status = running.wait_with(LIMIT, &mut answer, &mut io::sink()).unwrap();
    assert_eq!((status, text(&answer.1)), (0, "ready\nseen\n"));
}
